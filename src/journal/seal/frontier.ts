import { sha256 } from '#platform/crypto/hashes.ts';
import { emptyRoot, nodeHash, TILE_WIDTH } from '../verify/index.ts';

/**
 * What must be known of a tree to let it grow: the perfect subtrees at its right edge, and at each level the hashes of the
 * tile that is not full yet. Never changed in place: a batch that fails leaves the one before it.
 */
export type Frontier = {
  readonly size: bigint;
  readonly subtrees: readonly Subtree[];
  readonly partials: readonly (readonly Uint8Array[])[];
};

/** The root of a perfect subtree of 2^height leaves. */
type Subtree = { readonly height: number; readonly hash: Uint8Array };

/** A tile that will never change, and the root of its subtree. */
export type FullTile = { level: number; n: bigint; hashes: Uint8Array; root: Uint8Array };

type Growing = { size: bigint; subtrees: Subtree[]; partials: Uint8Array[][]; full: FullTile[] };

const LEVEL_HEIGHT = 8;

/** The tree without a leaf. */
export const emptyFrontier: Frontier = { size: 0n, subtrees: [], partials: [] };

/** How many hashes the partial tile of each level has, from level 0 up, in a tree of this size. */
export function partialWidths(size: bigint): number[] {
  const widths: number[] = [];
  for (let left = size; left > 0n; left >>= BigInt(LEVEL_HEIGHT)) widths.push(Number(left % BigInt(TILE_WIDTH)));
  return widths;
}

/** The frontier of a tree of this size from its partial tiles, whose widths are those of `partialWidths`. */
export function frontierOf(size: bigint, partials: readonly (readonly Uint8Array[])[]): Frontier {
  const growing: Growing = { size, subtrees: [], partials: partials.map(() => []), full: [] };
  for (let level = partials.length - 1; level >= 0; level -= 1) {
    for (const hash of partials[level] ?? []) place(growing, level, hash);
  }
  return growing;
}

/** The tree with these leaf hashes more, and the tiles that they filled: one hash of a node for each, amortised. */
export function grow(frontier: Frontier, leafHashes: readonly Uint8Array[]): { frontier: Frontier; full: FullTile[] } {
  const growing: Growing = {
    size: frontier.size,
    subtrees: [...frontier.subtrees],
    partials: frontier.partials.map((hashes) => [...hashes]),
    full: [],
  };
  for (const hash of leafHashes) {
    growing.size += 1n;
    place(growing, 0, hash);
  }
  const { full, ...grown } = growing;
  return { frontier: grown, full };
}

/** The root of the tree (RFC 9162 §2.1.1). */
export function rootOfFrontier({ subtrees }: Frontier): Uint8Array {
  const root = subtrees.reduceRight<Uint8Array | undefined>(
    (right, { hash }) => (right ? nodeHash(sha256, hash, right) : hash),
    undefined,
  );
  return root ?? emptyRoot(sha256);
}

/** Adds one hash at a level, and joins it with the subtrees on its left that are as high. */
function place(growing: Growing, level: number, hash: Uint8Array): void {
  const { subtrees } = growing;
  partialAt(growing, level).push(hash);
  let height = LEVEL_HEIGHT * level;
  let joined = hash;
  for (let left = subtrees.at(-1); left?.height === height; left = subtrees.at(-1)) {
    subtrees.pop();
    joined = nodeHash(sha256, left.hash, joined);
    height += 1;
    if (height % LEVEL_HEIGHT === 0) close(growing, height / LEVEL_HEIGHT - 1, joined);
  }
  subtrees.push({ height, hash: joined });
}

/** The partial tile of a level is full: it becomes one hash of the level above. */
function close(growing: Growing, level: number, root: Uint8Array): void {
  const n = (growing.size >> BigInt(LEVEL_HEIGHT * (level + 1))) - 1n;
  growing.full.push({ level, n, hashes: Buffer.concat(partialAt(growing, level)), root });
  growing.partials[level] = [];
  partialAt(growing, level + 1).push(root);
}

function partialAt({ partials }: Growing, level: number): Uint8Array[] {
  while (partials.length <= level) partials.push([]);
  return partials[level] ?? [];
}
