import { type JournalEvent, record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';

/** Writes that an auditor is about to be shown something: the page comes after, so that nothing is seen untold. */
export async function recordReading(ctx: AppContext, event: JournalEvent): Promise<void> {
  await inTransaction(ctx, (trx) => record(ctx, trx, event));
}
