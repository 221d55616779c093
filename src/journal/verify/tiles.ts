import { nodeHash, type Sha256 } from './hashes.ts';
import { emptyRoot } from './merkle.ts';
import { perfectSubtrees, type Range } from './ranges.ts';

/** How many hashes a full tile has, and how many levels of the tree it stands for (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 8;
const HASH_LENGTH = 32;
const FULL = BigInt(TILE_WIDTH);

/** A tile: its level (0: leaf hashes), its place in the level, and how many hashes it has (1 to 256, 256: full). */
export type TileAddress = { level: number; n: bigint; width: number };

/** A hash that could not be computed: it equals no hash. */
const NO_HASH = new Uint8Array();

/** How many hashes the tile has in the tree of this size: 0 when there is no such tile. */
export function tileWidth(level: number, n: bigint, size: bigint): number {
  const width = (size >> BigInt(TILE_HEIGHT * level)) - n * FULL;
  return width <= 0n ? 0 : Number(width < FULL ? width : FULL);
}

/** The tiles from which the hashes of these ranges are computed in the tree of this size: each once, by level and place. */
export function tilesFor(ranges: readonly Range[], size: bigint): TileAddress[] {
  const tiles = new Map<string, TileAddress>();
  for (const subtree of ranges.flatMap((range) => perfectSubtrees(range) ?? [])) {
    const { level, n } = sliceOf(subtree);
    const width = tileWidth(level, n, size);
    if (width > 0) tiles.set(`${level}/${n}`, { level, n, width });
  }
  return [...tiles.values()].sort((one, other) => one.level - other.level || (one.n < other.n ? -1 : 1));
}

/** The tiles that exist in the tree of `newSize` and not, or not as wide, in the tree of `oldSize`: what a log that grew has to write. */
export function newTiles(oldSize: bigint, newSize: bigint): TileAddress[] {
  const tiles: TileAddress[] = [];
  for (let level = 0; newSize >> BigInt(TILE_HEIGHT * level) > 0n; level += 1) {
    const [before, after] = [oldSize, newSize].map((size) => size >> BigInt(TILE_HEIGHT * level)) as [bigint, bigint];
    if (before === after) continue;
    for (let n = before / FULL; n * FULL < after; n += 1n)
      tiles.push({ level, n, width: tileWidth(level, n, newSize) });
  }
  return tiles;
}

/**
 * The hash of a subtree, from tiles: perfect subtrees are slices of one tile each. `tileAt` gives at least the width that
 * `tilesFor` names (the full tile serves for a partial one). When a tile is missing or too short (no bytes, or fewer than
 * are needed) or the range is not a subtree, the answer has no bytes, so that it equals no hash and proves nothing.
 */
export function hashRange(sha256: Sha256, range: Range, tileAt: (level: number, n: bigint) => Uint8Array): Uint8Array {
  if (range.begin === 0n && range.end === 0n) return emptyRoot(sha256);
  let whole: Uint8Array | undefined;
  for (const subtree of (perfectSubtrees(range) ?? []).reverse()) {
    const { level, n, offset, width } = sliceOf(subtree);
    const slice = tileAt(level, n).subarray(offset * HASH_LENGTH, (offset + width) * HASH_LENGTH);
    if (slice.length !== width * HASH_LENGTH) return NO_HASH;
    const hash = perfectRoot(sha256, slice);
    whole = whole ? nodeHash(sha256, hash, whole) : hash;
  }
  return whole ?? NO_HASH;
}

/** Where the hashes stand from which a perfect subtree is hashed: at the tile level at or just below its height. */
function sliceOf({ height, index }: { height: number; index: bigint }) {
  const level = Math.floor(height / TILE_HEIGHT);
  const width = 2 ** (height % TILE_HEIGHT);
  const start = index * BigInt(width);
  return { level, n: start / FULL, offset: Number(start % FULL), width };
}

/** The root of a power of two of hashes that stand one after the other. */
function perfectRoot(sha256: Sha256, hashes: Uint8Array): Uint8Array {
  let row = Array.from({ length: hashes.length / HASH_LENGTH }, (_, index) =>
    hashes.subarray(index * HASH_LENGTH, (index + 1) * HASH_LENGTH),
  );
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, index) =>
      nodeHash(sha256, row[2 * index] ?? NO_HASH, row[2 * index + 1] ?? NO_HASH),
    );
  }
  return row[0] ?? NO_HASH;
}
