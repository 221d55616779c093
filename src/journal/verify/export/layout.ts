import { LARGEST } from '../bytes.ts';
import { consistencyRanges, rootRange } from '../ranges.ts';
import { entriesPath, tilePath } from '../tile-path.ts';
import { TILE_HEIGHT, TILE_WIDTH, type TileAddress, tilesFor, tileWidth } from '../tiles.ts';

/** Paths of the files of an export that stand alone. Names are sorted by their bytes in the archive. */
export const FILES = {
  readme: 'README.txt',
  sums: 'SHA256SUMS',
  checkpoint: 'checkpoint',
  previous: 'checkpoint.old',
  disclosures: 'disclosures.jsonl',
  erasures: 'erasures.jsonl',
  manifest: 'manifest.json',
  nodeKeys: 'node-keys.jsonl',
  nodeSignatures: 'node-signatures.jsonl',
  policy: 'policy.txt',
  timestamps: 'timestamps/README.txt',
} as const;

/** The pieces of the evidence of one mandate, in `consent/<number>/`. */
export const EVIDENCE_FILES = {
  about: 'about.json',
  terms: 'terms.json',
  shownTexts: 'shown-texts.json',
  salt: 'salt.txt',
  idToken: 'id-token.jwt',
  userinfo: 'userinfo.jwt',
  jwks: 'jwks.json',
  snapshot: 'snapshot.json',
  seal: 'snapshot-seal.jws',
  sealKeys: 'snapshot-jwks.json',
} as const;
export type EvidencePart = keyof typeof EVIDENCE_FILES;

export const evidencePath = (number: string, part: EvidencePart) => `consent/${number}/${EVIDENCE_FILES[part]}`;
/** The exact bytes of one entry, and its proof, by its place. */
export const leafPath = (index: bigint) => `leaves/${index}.json`;
export const proofPath = (index: bigint) => `proofs/${index}.tlog-proof`;
/** Before the paths of entries of `actes` that go with an export of `acces`: what registers its nodes and tells its erasures. */
export const ACTES = 'actes/';
/** The place of the entry at this path, when it is one of those that stand alone. */
export function leafIndex(path: string): bigint | undefined {
  const [, digits] = /^leaves\/(0|[1-9][0-9]{0,18})\.json$/.exec(path) ?? [];
  return digits === undefined ? undefined : BigInt(digits);
}
export const isTimestamp = (path: string) => /^timestamps\/(0|[1-9][0-9]{0,18})\.tsr$/.test(path);

const WIDTH = BigInt(TILE_WIDTH);

/** [from, to) widened to whole bundles of the tree of this size, so that any tool for tlog-tiles reads them. */
export function wholeBundles(from: bigint, to: bigint, size: bigint): { from: bigint; to: bigint } {
  const end = ((to + WIDTH - 1n) / WIDTH) * WIDTH;
  return { from: (from / WIDTH) * WIDTH, to: end < size ? end : size };
}

/** A bundle of a range: its path, the place of its first entry and how many it has. */
export type Bundle = { n: bigint; first: bigint; width: number; path: string };

/** The bundles of [from, to), which begins and ends as `wholeBundles` says. */
export function* bundlesOf(from: bigint, to: bigint, size: bigint): Generator<Bundle> {
  for (let n = from / WIDTH; n * WIDTH < to; n += 1n) {
    const width = tileWidth(0, n, size);
    yield { n, first: n * WIDTH, width, path: entriesPath(n, width) };
  }
}

/** The tiles that lead from the entries of [from, to) to the root of the tree of this size. */
export function tilesOfRange(from: bigint, to: bigint, size: bigint): TileAddress[] {
  const tiles = new Map(tilesFor([rootRange(size)], size).map((tile) => [tilePath(tile), tile]));
  for (let level = 0; to > from && size >> BigInt(TILE_HEIGHT * level) > 0n; level += 1) {
    const scale = BigInt(TILE_HEIGHT * level);
    for (let n = (from >> scale) / WIDTH; n <= ((to - 1n) >> scale) / WIDTH; n += 1n) {
      const tile = { level, n, width: tileWidth(level, n, size) };
      if (tile.width > 0) tiles.set(tilePath(tile), tile);
    }
  }
  return [...tiles.values()];
}

/** The tiles that show that the tree of this size begins with an earlier tree; none when one of them is empty. */
export function tilesSince(previous: bigint, size: bigint): TileAddress[] {
  return previous <= size && size <= LARGEST ? tilesFor(consistencyRanges(previous, size), size) : [];
}

/** How many bytes a file at this path may have at most: what is longer is refused before it is unpacked. */
export function longestFile(path: string): number {
  if (path.startsWith('tile/entries/')) return TILE_WIDTH * (0xff_ff + 2);
  if (path.startsWith('tile/')) return TILE_WIDTH * 32;
  if (/\.jsonl$|^SHA256SUMS$|^manifest\.json$/.test(path)) return 256 * MEGABYTE;
  return MEGABYTE;
}

/** How many bytes are read at most of a file that stands in a folder: what is a little too long is for the checks to tell. */
export const longestRead = (path: string): number => Math.max(longestFile(path), MEGABYTE);

const MEGABYTE = 1_048_576;
