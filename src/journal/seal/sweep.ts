import type { AppContext } from '#platform/context.ts';
import { uuidv7With } from '#platform/ids/ids.ts';
import { after, MINUTE, systemClock } from '#platform/time/clock.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { memoryOf } from './memory.ts';
import { inSealing, openTree, takeLock } from './open-tree.ts';
import { type Sealed, sealBatch } from './seal-batch.ts';
import { tell, withCode } from './sealing-state.ts';
import { allowMinutes, entriesById, forgottenEntries } from './unsealed.queries.ts';

/** How far back a sweep looks that is not wide: ids begin with the time of their making. */
const RECENT = 120 * MINUTE;

/**
 * Seals whatever has waited for more than a minute, whatever the cursor and the horizon say, and raises the alarm: an entry
 * is never skipped for good. 5 000 at most. `wide`: looks at the last two partitions whole, which reads them; else at the
 * entries of the last two hours. Gives how many it sealed; nothing while another program seals or the tree may not grow.
 */
export async function sweep(ctx: AppContext, log: LogName, { wide = true } = {}): Promise<number> {
  const memory = memoryOf(ctx, log);
  const since = wide ? undefined : uuidv7With(after(systemClock.now(), -RECENT).getTime(), '000');
  const swept = await inSealing(ctx, async (trx) => {
    if (!(await takeLock(trx, log))) return undefined;
    const tree = await openTree(trx, log, memory);
    if (!tree.ok) return undefined;
    await allowMinutes(trx);
    const ids = await forgottenEntries(trx, LOG_IDS[log], since);
    const entries = ids.length > 0 ? await entriesById(trx, LOG_IDS[log], ids) : [];
    const { frontier: before, cursor, state } = tree;
    const sealed: Sealed = await sealBatch(ctx, trx, { log, before, entries, cursor, cluster: state.cluster });
    return { ...sealed, cursor };
  });
  if (!swept) return 0;
  const { frontier, root, cursor, added } = swept;
  memory.tree = { frontier, root, cursor };
  const alarm =
    added > 0
      ? withCode(
          'swept',
          `${added} entries had waited for more than a minute and were sealed by the sweeper: a transaction stayed open, ` +
            'nobody sealed, or something changed the order of transactions',
        )
      : undefined;
  await tell(ctx, log, 'sweeper', alarm);
  return added;
}
