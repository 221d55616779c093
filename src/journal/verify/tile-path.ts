import { LARGEST } from './bytes.ts';
import { TILE_WIDTH, type TileAddress } from './tiles.ts';

/** A bundle of entries: its place and how many it has (1 to 256, 256: full). */
export type BundleAddress = { n: bigint; width: number };

const HIGHEST_LEVEL = 63;
const LONGEST_PATH = 64;

/** The path of a tile under its log: `tile/0/x001/x234/067.p/41` (C2SP tlog-tiles, Merkle Tree). */
export function tilePath({ level, n, width }: TileAddress): string {
  return `tile/${level}/${placePath({ n, width })}`;
}

/** The path of a bundle of entries under its log: `tile/entries/x001/x234/067.p/41` (C2SP tlog-tiles, Log entries). */
export function entriesPath(n: bigint, width: number): string {
  return `tile/entries/${placePath({ n, width })}`;
}

/** The tile that a path names, or undefined when it is not exactly what `tilePath` writes. */
export function parseTilePath(path: string): TileAddress | undefined {
  const [, level = '', place = ''] = /^tile\/(0|[1-9][0-9]?)\/(.+)$/.exec(path.slice(0, LONGEST_PATH + 1)) ?? [];
  const address = readPlace(place);
  if (!address || Number(level) > HIGHEST_LEVEL) return undefined;
  const tile = { level: Number(level), ...address };
  return tilePath(tile) === path ? tile : undefined;
}

/** The bundle that a path names, or undefined when it is not exactly what `entriesPath` writes. */
export function parseEntriesPath(path: string): BundleAddress | undefined {
  const [, place = ''] = /^tile\/entries\/(.+)$/.exec(path.slice(0, LONGEST_PATH + 1)) ?? [];
  const bundle = readPlace(place);
  return bundle && entriesPath(bundle.n, bundle.width) === path ? bundle : undefined;
}

function placePath({ n, width }: BundleAddress): string {
  const digits = n.toString();
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? [];
  const place = groups.map((group, index) => (index < groups.length - 1 ? `x${group}` : group)).join('/');
  return width === TILE_WIDTH ? place : `${place}.p/${width}`;
}

function readPlace(place: string): BundleAddress | undefined {
  const [, groups = '', width] = /^((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(place) ?? [];
  if (groups === '' || Number(width ?? 1) >= TILE_WIDTH) return undefined;
  const n = BigInt(groups.replace(/[x/]/g, ''));
  return n <= LARGEST ? { n, width: width === undefined ? TILE_WIDTH : Number(width) } : undefined;
}
