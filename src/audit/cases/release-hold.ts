import { liftHoldIn } from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';

/**
 * Ends what a complaint that is answered, or a case that is decided, kept from being erased. A mandate has one hold: it passes
 * on to a case or a complaint about the same mandate that still waits; with none, it is lifted.
 */
export async function releaseHold(
  ctx: Pick<AppContext, 'keys'>,
  trx: Trx,
  { holdId, mandateId }: { holdId: string; mandateId: string },
): Promise<void> {
  const waitingCase = await trx
    .selectFrom('auditCase')
    .select('id')
    .where('mandateId', '=', mandateId)
    .where('decidedAt', 'is', null)
    .orderBy('openedAt')
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  if (waitingCase) {
    await trx.updateTable('auditCase').set({ holdId }).where('id', '=', waitingCase.id).execute();
    return;
  }
  const { numUpdatedRows } = await trx
    .updateTable('complaint')
    .set({ holdId })
    .where('mandateId', '=', mandateId)
    .where('closedAt', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) await liftHoldIn(ctx, trx, holdId);
}
