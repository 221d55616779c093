import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { readHead } from './head.queries.ts';
import { lockProblem } from './lock-holder.ts';
import { originProblem } from './log.ts';
import { lookAtCandidates } from './look-at-candidates.ts';
import { type Memory, memoryOf } from './memory.ts';
import { inSealing, type OpenTree, openTree, type Refused, takeLock } from './open-tree.ts';
import { sealLooked } from './seal-batch.ts';
import { type SealingProblem, tell, withCode } from './sealing-state.ts';
import { BATCH, heldEntries, nextEntries } from './unsealed.queries.ts';

/** `aside`: strangers put aside. `isMore`: there may be more entries that are settled already. */
export type Sequenced = { size: bigint; added: number; aside: number; isMore: boolean };

/** What a batch shrinks to at least after failures: a session that is idle for 10 s while signatures are verified is ended. */
const SMALLEST = 100;

/** `held`: why entries wait. Absent when another program was sealing. */
type Batch = Sequenced & { ok: true; tree?: Memory['tree']; held?: SealingProblem<'horizon'> | null };

/**
 * Seals the next entries of a log, 5 000 at most, in one transaction: each gets the next index, the tree grows by their
 * hashes, and one head says where it stands. Entries that no registered node signed are put aside and told in the journal.
 * Adds nothing while another program is sealing. Refuses, with what to do, when the tree may not be built upon.
 */
export async function sequence(ctx: AppContext, log: LogName): Promise<Sequenced | { refused: string }> {
  const memory = memoryOf(ctx, log);
  const origin = await originProblem(ctx, log);
  const batch = origin ? { ok: false as const, refused: origin } : await nextBatch(ctx, log, memory);
  await tell(ctx, log, 'sequencer', batch.ok ? undefined : batch.refused);
  if (!batch.ok) return { refused: batch.refused };
  // only now: what a transaction did is not so before its end
  if (batch.tree) memory.tree = batch.tree;
  if (batch.held !== undefined) await tell(ctx, log, 'horizon', batch.held ?? undefined);
  const { size, added, aside, isMore } = batch;
  return { size, added, aside, isMore };
}

async function nextBatch(ctx: AppContext, log: LogName, memory: Memory): Promise<Batch | Refused> {
  const limit = memory.batch ?? BATCH;
  memory.batch = Math.max(SMALLEST, Math.floor(limit / 4)); // in case it fails
  const done = await oneBatch(ctx, log, memory, limit);
  memory.batch = Math.min(BATCH, limit * 2);
  return done;
}

function oneBatch(ctx: AppContext, log: LogName, memory: Memory, limit: number): Promise<Batch | Refused> {
  return inSealing(ctx, async (trx) => {
    if (!(await takeLock(trx, log))) {
      const state = await readHead(trx, LOG_IDS[log]);
      const held = await lockProblem(ctx, trx, { log, memory, state });
      return {
        ...{ ok: true, size: state.head?.size ?? 0n, added: 0, aside: 0, isMore: false },
        ...(held !== undefined && { held }),
      };
    }
    delete memory.lockedOut;
    const tree = await openTree(trx, log, memory);
    return tree.ok ? sealNext(ctx, trx, { log, tree, limit }) : tree;
  });
}

async function sealNext(
  ctx: AppContext,
  trx: Trx,
  { log, tree, limit }: { log: LogName; tree: OpenTree; limit: number },
): Promise<Batch> {
  const { frontier: before, state } = tree;
  const candidates = lookAtCandidates(log);
  let { cursor } = tree;
  let read = 0;
  for await (const next of nextEntries(trx, LOG_IDS[log], cursor, limit)) {
    candidates.add(next.entries);
    cursor = next.cursor;
    read += next.entries.length;
  }
  const looked = await candidates.all();
  const sealed = await sealLooked(ctx, trx, { log, before, cursor, cluster: state.cluster, ...looked });
  const { frontier, root, added, aside } = sealed;
  return {
    ok: true,
    size: frontier.size,
    added,
    aside,
    isMore: read === limit,
    tree: { frontier, root, cursor },
    held: read > 0 ? null : await heldBack(trx, log, tree),
  };
}

/** Why entries that are committed cannot be sealed yet, for people: somebody anywhere in the cluster has not finished. */
async function heldBack(trx: Trx, log: LogName, { cursor }: OpenTree): Promise<SealingProblem<'horizon'> | null> {
  const { held, horizon } = await heldEntries(trx, LOG_IDS[log], cursor);
  if (held === 0) return null;
  return withCode(
    'held-back',
    `entries committed more than 5 s ago wait behind transaction ${horizon}, which is still open in some database of this ` +
      'cluster: see pg_stat_activity (backend_xid) and pg_prepared_xacts. Nothing is lost; they are sealed after a minute at most',
  );
}
