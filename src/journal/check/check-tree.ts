import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { LogName } from '../event.ts';
import { GrowingRoot, rootOfHashes, type Subtree } from '../growing-root.ts';
import { TILE_WIDTH } from '../verify/index.ts';
import { type EntryChecker, entryChecker, type Told } from './check-entries.ts';
import { type NoteChecker, noteChecker } from './check-notes.ts';
import type { Findings } from './problems.ts';
import {
  cosignaturesMissing,
  type LeafRow,
  leavesIn,
  PAGE,
  type StatedRoot,
  sizesOf,
  statedRoots,
  tileRootsIn,
  tilesBeyond,
  tilesIn,
} from './tree.queries.ts';

export type TreeAsked = { log: LogName /** A multiple of 256. */; begin: bigint; end: bigint };

type Work = TreeAsked & {
  ctx: Pick<AppContext, 'db' | 'keys' | 'config'>;
  found: Findings;
  growing: GrowingRoot;
  entries: EntryChecker;
  notes: NoteChecker;
};

const WIDTH = BigInt(TILE_WIDTH);

/**
 * Hashes the entries [begin, end) of a log again, page by page, and compares with everything that was ever written of them:
 * leaf hashes, tiles, tree heads, checkpoints, publications, index, openings. What comes before `begin` is taken from tiles.
 */
export async function checkTree(
  ctx: Pick<AppContext, 'db' | 'keys' | 'config'>,
  asked: TreeAsked & Told,
  found: Findings,
): Promise<void> {
  const { log, begin, end, kinds, whose } = asked;
  const growing = new GrowingRoot(sha256, await subtreesBefore(ctx, asked, found));
  const work = { log, begin, end, ctx, found, growing };
  const checkers = {
    entries: await entryChecker(ctx, { log, kinds, whose }, found),
    notes: await noteChecker(ctx, log, found),
  };
  for (let at = begin; at < end; at += PAGE) {
    let stop = at + PAGE;
    if (stop > end) stop = end;
    await checkPage({ ...work, ...checkers, begin: at, end: stop });
  }
  await checkUpperTiles({ ...work, ...checkers });
}

/** Whether the tree is as long as what was signed, and no longer than its head. */
export async function checkSizes({ db }: Pick<AppContext, 'db'>, log: LogName, found: Findings): Promise<bigint> {
  const { size, beyond, signed } = await sizesOf(db, log);
  if (signed > size) found.over('tail-missing', size, signed - 1n);
  if (beyond > 0n) found.over('root-differs', size, size + beyond - 1n, 'feuilles au-delà de l’arbre');
  const stray = await tilesBeyond(db, log, size);
  if (stray > 0 && size === (await sizesOf(db, log)).size) found.aside('tile-differs', `${stray} au-delà de l’arbre`);
  return size;
}

async function checkPage(work: Work): Promise<void> {
  const { ctx, log, begin, end, found, growing } = work;
  const [leaves, stated] = await Promise.all([leavesIn(ctx.db, log, begin, end), statedRoots(ctx.db, log, begin, end)]);
  await Promise.all([work.entries(leaves), checkTiles(work, leaves)]);
  for (const { size, witness } of await cosignaturesMissing(ctx.db, log, begin, end))
    found.at('cosignature-missing', size - 1n, `taille ${size}, ${witness}`);
  const byPlace = new Map(leaves.map((leaf) => [leaf.idx, leaf.leafHash]));
  const waiting = [...stated];
  for (let idx = begin; idx < end; idx += 1n) {
    const hash = byPlace.get(idx);
    if (!hash) found.at('leaf-missing', idx);
    growing.add(hash ?? new Uint8Array(32));
    while (waiting[0]?.size === idx + 1n) compareRoot(work, waiting.shift() as StatedRoot);
  }
}

function compareRoot({ growing, found, notes }: Work, { size, root, note }: StatedRoot): void {
  const computed = growing.root();
  if (note !== null) notes({ size, root: computed, note });
  else if (!root?.equals(computed)) found.at('root-differs', size - 1n, `taille ${size}`);
}

/** The full tiles of this page, against the leaves they stand for. */
async function checkTiles({ ctx, log, begin, end, found }: Work, leaves: readonly LeafRow[]): Promise<void> {
  const last = end / WIDTH;
  const tiles = await tilesIn(ctx.db, log, { level: 0, begin: begin / WIDTH, end: last });
  const hashes = new Map(leaves.map(({ idx, leafHash }) => [idx, leafHash]));
  for (let n = begin / WIDTH; n < last; n += 1n) {
    const below = Array.from({ length: TILE_WIDTH }, (_, at) => hashes.get(n * WIDTH + BigInt(at)) ?? Buffer.alloc(32));
    compareTile({ found }, { tile: tiles.get(n), below, level: 0, n });
  }
}

type Compared = {
  tile: { hashes: Buffer; root: Buffer } | undefined;
  below: readonly Buffer[];
  level: number;
  n: bigint;
};

function compareTile({ found }: Pick<Work, 'found'>, { tile, below, level, n }: Compared): void {
  const span = WIDTH ** BigInt(level + 1);
  const [first, last] = [n * span, (n + 1n) * span - 1n];
  const detail = level > 0 ? `niveau ${level}` : undefined;
  if (!tile) found.over('tile-missing', first, last, detail);
  else if (!tile.hashes.equals(Buffer.concat(below)) || !tile.root.equals(rootOfHashes(sha256, below))) {
    found.over('tile-differs', first, last, detail);
  }
}

/** Tiles of tiles: few, each against the roots of the 256 below it. */
async function checkUpperTiles({ ctx, log, begin, end, found }: Work): Promise<void> {
  for (let level = 1; end >> BigInt(8 * (level + 1)) > 0n; level += 1) {
    const height = BigInt(8 * (level + 1));
    for (let n = begin >> height; n < end >> height; n += 1n) {
      const tiles = await tilesIn(ctx.db, log, { level, begin: n, end: n + 1n });
      const roots = await tileRootsIn(ctx.db, log, { level: level - 1, begin: n * WIDTH, end: (n + 1n) * WIDTH });
      const below = roots.map((root) => root ?? Buffer.alloc(32));
      compareTile({ found }, { tile: tiles.get(n), below, level, n });
    }
  }
}

/** The perfect subtrees of the leaves before `begin`, the largest first, from the roots of their tiles. */
async function subtreesBefore(
  { db }: Pick<AppContext, 'db'>,
  { log, begin }: TreeAsked,
  found: Findings,
): Promise<Subtree[]> {
  const subtrees: Subtree[] = [];
  let at = 0n;
  for (const [place, bit] of [...begin.toString(2)].entries()) {
    if (bit === '0') continue;
    const height = begin.toString(2).length - 1 - place;
    const width = 1n << BigInt(height % 8);
    const level = Math.floor(height / 8) - 1;
    const first = at >> BigInt(8 * (level + 1));
    const roots = await tileRootsIn(db, log, { level, begin: first, end: first + width });
    if (roots.includes(undefined)) found.over('tile-missing', at, at + (1n << BigInt(height)) - 1n, `niveau ${level}`);
    const hashes = roots.map((root) => root ?? Buffer.alloc(32));
    subtrees.push({ height, hash: rootOfHashes(sha256, hashes) });
    at += 1n << BigInt(height);
  }
  return subtrees;
}
