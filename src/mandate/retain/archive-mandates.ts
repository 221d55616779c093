import { batchEvent, record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { monthsBefore } from '#platform/time/months.ts';
import { lockToArchive } from './retain.queries.ts';

const BATCH = 200;

/**
 * Takes mandates that ended long enough ago out of everyday pages: structures see them no more, auditors do. Batch by batch,
 * each with its entry; several workers may do it. Returns how many.
 */
export async function archiveMandates(ctx: AppContext): Promise<number> {
  const before = monthsBefore(ctx.clock.now(), ctx.config.retention.mandate);
  let total = 0;
  for (let archived = BATCH; archived === BATCH; total += archived) archived = await archiveBatch(ctx, before);
  return total;
}

async function archiveBatch(ctx: AppContext, before: Date): Promise<number> {
  return inTransaction(ctx, async (trx) => {
    const due = await lockToArchive(trx, { before, limit: BATCH });
    if (due.length === 0) return 0;
    await trx
      .updateTable('mandate')
      .set({ archivedAt: ctx.clock.now() })
      .where(
        'id',
        'in',
        due.map(({ id }) => id),
      )
      .execute();
    await record(ctx, trx, batchEvent({ rule: 'mandate-archive', before, rows: due.length }, 0));
    return due.length;
  });
}
