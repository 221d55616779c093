import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS, record } from '../record.ts';
import { type Cursor, readHead } from './head.queries.ts';
import type { KnownSize } from './head.rules.ts';
import { originProblem } from './log.ts';
import { inSealing, type OpenTree, openTree, takeLock } from './open-tree.ts';
import { rebaselinedAcces, rebaselinedActes } from './seal.events.ts';
import { sealBatch } from './seal-batch.ts';
import { allowMinutes, allUnsealed, BATCH, entriesById, ownEntries } from './unsealed.queries.ts';

const BUSY = 'another program is sealing this log: stop the workers first';
/** The last of all ids: the cursor stands behind every entry of its transaction. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Lets a log that was restored from a dump go on in its new cluster, whose transaction numbers start over: every entry
 * without a place gets one, found by comparing all entries with all leaves, and from then on the cursor counts the
 * transactions of this cluster. Told in the journal. A run that was cut short is run again. Refuses when the log was sealed
 * in this cluster, or when anybody (`known`) remembers more than the dump: put the rest back first.
 */
export async function rebaseline(
  ctx: AppContext,
  log: LogName,
  known: readonly KnownSize[] = [],
): Promise<{ sealed: number; size: bigint } | { refused: string }> {
  const origin = await originProblem(ctx, log);
  if (origin) return { refused: origin };
  const { head, cluster, isAhead } = await readHead(ctx.db, LOG_IDS[log]);
  if (!head || (head.systemIdentifier === cluster && !isAhead)) {
    return { refused: `the log « ${log} » was sealed in this cluster: there is nothing to do` };
  }
  const { ids, horizon } = await inSealing(ctx, async (trx) => {
    await allowMinutes(trx);
    return allUnsealed(trx, LOG_IDS[log]);
  });
  let sealed = 0;
  for (let first = 0; first < ids.length; first += BATCH) {
    const added = await step(ctx, log, known, (trx, tree) =>
      sealThese(ctx, trx, { log, tree, ids: ids.slice(first, first + BATCH) }),
    );
    if (typeof added === 'string') return { refused: added };
    sealed += added.added;
  }
  // everything below the horizon was compared: from there on, entries are taken by the transactions of this cluster
  const cursor = { xid: String(BigInt(horizon) - 1n), id: LAST_ID };
  const last = await step(ctx, log, known, (trx, tree) => settle(ctx, trx, { log, tree, cursor, cluster }));
  return typeof last === 'string' ? { refused: last } : { sealed, size: last.size };
}

type Step = { added: number; size: bigint };

async function step(
  ctx: AppContext,
  log: LogName,
  known: readonly KnownSize[],
  work: (trx: Trx, tree: OpenTree) => Promise<Step>,
): Promise<Step | string> {
  return inSealing(ctx, async (trx) => {
    if (!(await takeLock(trx, log))) return BUSY;
    const tree = await openTree(trx, log, { said: new Map() }, { known, anyCluster: true });
    return tree.ok ? work(trx, tree) : tree.refused;
  });
}

/** The head goes on naming the old cluster, so that nobody but this command seals before it is done. */
async function sealThese(
  ctx: AppContext,
  trx: Trx,
  { log, tree, ids }: { log: LogName; tree: OpenTree; ids: readonly string[] },
): Promise<Step> {
  const entries = await entriesById(trx, LOG_IDS[log], ids);
  const cluster = tree.state.head?.systemIdentifier ?? tree.state.cluster;
  const { cursor, frontier: before } = tree;
  const { added, frontier } = await sealBatch(ctx, trx, { log, before, entries, cursor, cluster });
  return { added, size: frontier.size };
}

/** The entry that tells it is the one whose head has the new cursor. */
async function settle(
  ctx: AppContext,
  trx: Trx,
  { log, tree, cursor, cluster }: { log: LogName; tree: OpenTree; cursor: Cursor; cluster: string },
): Promise<Step> {
  const told = log === 'actes' ? rebaselinedActes : rebaselinedAcces;
  const size = Number(tree.frontier.size);
  await record(ctx, trx, told.event({ actor: {}, result: 'ok', clear: { size } }));
  const entries = await ownEntries(trx, LOG_IDS[log]);
  const { added, frontier } = await sealBatch(ctx, trx, { log, before: tree.frontier, entries, cursor, cluster });
  if (added === 0) throw new Error('the entry that tells the new baseline was refused: is the node key registered?');
  return { added, size: frontier.size };
}
