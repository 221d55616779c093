import { join } from 'node:path';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { LogName } from '../event.ts';
import { readTiles } from '../read/read-tiles.ts';
import { LOG_IDS } from '../record.ts';
import { entriesPath, leafHash, newTiles, sameBytes, TILE_WIDTH, tilePath, writeBundle } from '../verify/index.ts';
import { treeAt } from './frontier.queries.ts';
import { originOf } from './log.ts';
import { headAt, type MirroredEntry, nextHead, publishedNote, sealedEntries, tellsErasure } from './mirror.queries.ts';
import { mirrorErasures } from './mirror-erasures.ts';
import { type Mirrored, readMirrored, removeParts, writeFiles, writeMirrored } from './mirror-files.ts';
import { type ErasedPlaces, erasedPlaces } from './mirrored-erasures.ts';
import { type SealingProblem, withCode } from './sealing-state.ts';

const WIDTH = BigInt(TILE_WIDTH);
/** Leaves at once: sixteen bundles. */
const STEP = 16n * WIDTH;
/** Leaves after which it is said how far the copy has come. */
const LEAP = 16n * STEP;

/** The last published checkpoint, in the folder of its log. */
export const CHECKPOINT = 'checkpoint';

type File = { path: string; bytes: Uint8Array };

/** The folder of one log inside the mirror. */
export function mirrorOf(mirror: string, log: LogName): string {
  return join(mirror, log);
}

/** The path of the node signatures of a bundle: beside `tile/entries/…`. */
export function signaturesPath(n: bigint, width: number): string {
  return entriesPath(n, width).replace(/^tile\/entries\//, 'node-signatures/');
}

/**
 * Copies what is sealed of a log to its folder: bundles of leaves and tiles as C2SP tlog-tiles lays them out, and beside
 * each bundle a line per entry with the node's signature and the hour of recording, so that an entry that the database has
 * lost can be put back as it was; and the last checkpoint that was published. What it answers is safe on that disk and may
 * be signed. May be called again at any moment, by several workers on one folder. Throws when the disk refuses; refuses when
 * the folder knows another tree.
 */
export async function mirror(
  ctx: Pick<AppContext, 'db' | 'config'>,
  log: LogName,
  folder: string,
): Promise<Mirrored | { refused: SealingProblem<'mirror'> }> {
  const head = await headAt(ctx.db, LOG_IDS[log]);
  const where = mirrorOf(folder, log);
  const there = await readMirrored(where);
  const note = there && (await publishedNote(ctx.db, LOG_IDS[log], there.size));
  if (note) await writeFiles(where, [{ path: CHECKPOINT, bytes: Buffer.from(note) }]);
  if (!head || head.size === there?.size) return agreed(log, there, head ?? there);
  if (there) {
    if (there.size > head.size) return agreed(log, there, undefined);
    const before = (await headAt(ctx.db, LOG_IDS[log], there.size)) ?? (await treeAt(ctx.db, LOG_IDS[log], there.size));
    if (!before || !sameBytes(before.root, there.root)) return { refused: otherTree(log, there.size, head.size) };
  }
  // no entry of the mirror tells an erasure that its list does not have: a restore would put back the one and forget the other
  if (log === 'actes' && (await tellsErasure(ctx.db, there?.size ?? 0n, head.size))) await mirrorErasures(ctx, folder);
  let done: Mirrored | undefined = there;
  const erased = await erasedPlaces(ctx.db, log, folder);
  while (!done || done.size < head.size) {
    done = await copyToNextHead(ctx, log, { folder: where, from: done?.size ?? 0n, erased });
  }
  return done;
}

/** A mirror that begins on a log of years says on its way how far it has come: a restart goes on from there. */
async function copyToNextHead(
  ctx: Pick<AppContext, 'db' | 'config'>,
  log: LogName,
  { folder, from, erased }: { folder: string; from: bigint; erased: ErasedPlaces },
): Promise<Mirrored> {
  const head = await nextHead(ctx.db, LOG_IDS[log], from, from + LEAP);
  if (!head) throw new Error(`the head of « ${log} » after ${from} is gone`);
  for (let at = from; at < head.size; ) {
    const next = at - (at % WIDTH) + STEP;
    const end = next < head.size ? next : head.size;
    await copy(ctx, log, { folder, from: at, to: end, erased });
    at = end;
  }
  await writeMirrored(folder, head, originOf(ctx, log));
  return head;
}

/** The mirror when the database says the same, else why it may not be used. */
function agreed(
  log: LogName,
  there: Mirrored | undefined,
  here: Mirrored | undefined,
): Mirrored | { refused: SealingProblem<'mirror'> } {
  if (!there || (here && here.size === there.size && sameBytes(here.root, there.root))) {
    return there ?? { size: 0n, root: sha256(new Uint8Array()) };
  }
  return {
    refused: withCode(
      'other-tree',
      `the mirror of « ${log} » has ${there.size} entries of a tree that the database does not know: the database was taken ` +
        `back to an older state (run « npm run cli -- journal reconcile --log ${log} »), or JOURNAL_MIRROR is the folder of ` +
        'another service',
    ),
  };
}

/** It is no later state of this tree: nothing is put back from it. */
function otherTree(log: LogName, there: bigint, here: bigint): SealingProblem<'mirror'> {
  return withCode(
    'other-tree',
    `the mirror of « ${log} » has ${there} entries that are not the first ${there} of the ${here} of the database: one of them was ` +
      'changed (« npm run cli -- journal check »), or JOURNAL_MIRROR is the folder of another service. When the check finds ' +
      `nothing: put the folder « ${log} » aside, and keep it (mv ${log} ${log}-other); it is made anew`,
  );
}

async function copy(
  ctx: Pick<AppContext, 'db'>,
  log: LogName,
  { folder, from, to, erased }: { folder: string; from: bigint; to: bigint; erased: ErasedPlaces },
): Promise<void> {
  const first = from - (from % WIDTH);
  const entries = await sealedEntries(ctx.db, LOG_IDS[log], first, to);
  const bundles: File[] = [];
  for (let begin = first; begin < to; begin += WIDTH) {
    const end = begin + WIDTH < to ? begin + WIDTH : to;
    const some = whatIsLeft(log, begin, entries.slice(Number(begin - first), Number(end - first)), erased);
    // a bundle of holes alone is not written
    if (some.some(({ leaf }) => leaf !== null)) bundles.push(...bundleOf(begin / WIDTH, some));
  }
  const tiles = newTiles(from, to);
  const tileAt = await readTiles(ctx.db, log, tiles);
  const files = [...bundles, ...tiles.map((tile) => ({ path: tilePath(tile), bytes: tileAt(tile.level, tile.n) }))];
  await writeFiles(folder, files);
  for (const { path } of files) await removeParts(folder, path);
}

/**
 * Each entry of a bundle is the one that was sealed, or was erased with its period and leaves a hole of no bytes: also where the
 * database has it back, because it was taken back to an older state.
 */
function whatIsLeft(
  log: LogName,
  begin: bigint,
  entries: readonly MirroredEntry[],
  erased: ErasedPlaces,
): MirroredEntry[] {
  return entries.map((entry, offset) => {
    const index = begin + BigInt(offset);
    if (erased.has(index)) return { ...entry, leaf: null, nodeSig: null };
    if (!entry.leaf) throw new Error(`entry ${index} of « ${log} » is gone`);
    if (sameBytes(leafHash(sha256, entry.leaf), entry.hash)) return entry;
    throw new Error(`entry ${index} of « ${log} » is not the one that was sealed`);
  });
}

function bundleOf(n: bigint, entries: readonly MirroredEntry[]): File[] {
  const leaves = entries.map(({ leaf }) => leaf ?? new Uint8Array());
  const lines = entries.map(({ nodeSig, recordedAt }) =>
    nodeSig ? `${nodeSig.toString('base64')} ${recordedAt}\n` : '-\n',
  );
  return [
    { path: entriesPath(n, entries.length), bytes: writeBundle(leaves) },
    { path: signaturesPath(n, entries.length), bytes: Buffer.from(lines.join('')) },
  ];
}
