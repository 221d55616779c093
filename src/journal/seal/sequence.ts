import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { readHead } from './head.queries.ts';
import { originProblem } from './log.ts';
import { type Memory, memoryOf } from './memory.ts';
import { openTree, type Refused, takeLock } from './open-tree.ts';
import { sealBatch } from './seal-batch.ts';
import { tell } from './sealing-state.ts';
import { BATCH, nextEntries } from './unsealed.queries.ts';

/** `isMore`: there may be more entries that are settled already. */
export type Sequenced = { size: bigint; added: number; isMore: boolean };

type Batch = { ok: true; size: bigint; added: number; isMore: boolean; tree?: Memory['tree'] };

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
  return { size: batch.size, added: batch.added, isMore: batch.isMore };
}

/** READ COMMITTED, whatever the database is set to: the head must be read by a snapshot younger than the lock. */
function nextBatch(ctx: AppContext, log: LogName, memory: Memory): Promise<Batch | Refused> {
  return ctx.db
    .transaction()
    .setIsolationLevel('read committed')
    .execute(async (trx) => {
      if (!(await takeLock(trx, log))) {
        const { head } = await readHead(trx, LOG_IDS[log]);
        return { ok: true, size: head?.size ?? 0n, added: 0, isMore: false };
      }
      const tree = await openTree(trx, log, memory);
      return tree.ok ? sealNext(ctx, trx, log, tree) : tree;
    });
}

async function sealNext(
  ctx: AppContext,
  trx: Trx,
  log: LogName,
  { frontier, cursor, state }: Extract<Awaited<ReturnType<typeof openTree>>, { ok: true }>,
): Promise<Batch> {
  const entries = await nextEntries(trx, LOG_IDS[log], cursor);
  const last = entries.at(-1);
  const next = last ? { xid: last.xid, id: last.id } : cursor;
  const sealed = await sealBatch(ctx, trx, { log, before: frontier, entries, cursor: next, cluster: state.cluster });
  return {
    ok: true,
    size: sealed.frontier.size,
    added: sealed.added,
    isMore: entries.length === BATCH,
    tree: { frontier: sealed.frontier, root: sealed.root, cursor: next },
  };
}
