import { record } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { lockMandate } from '../follow/end.queries.ts';
import { writeDueExpiry } from '../follow/write-end.ts';
import { takeEntryNumbers } from '../mandate.queries.ts';
import { stopCodePrinted } from './document.events.ts';
import { keepStopCode } from './document.queries.ts';
import { newStopCode } from './stop-code.ts';

export type CopyAsked = { aidantId: string; organisationId: string; mandateId: string };

/**
 * Makes the stop code of the person's copy, just before it is printed. A later print makes another one: the code of the copy
 * that is lost or spoilt is worth nothing any more. `ended`: nothing is left to stop, the copy is printed without a code.
 */
export async function printUsagerCopy(
  ctx: AppContext,
  { aidantId, organisationId, mandateId }: CopyAsked,
): Promise<{ ok: true } | { ok: false; reason: 'not-found' | 'ended' }> {
  return inTransaction(ctx, async (trx) => {
    const mandate = await lockMandate(trx, { mandateId, organisationId });
    if (!mandate) return { ok: false, reason: 'not-found' };
    const now = ctx.clock.now();
    if (mandate.endedAt || (await writeDueExpiry(ctx, trx, mandate, now))) return { ok: false, reason: 'ended' };
    const reprint = await keepStopCode(trx, mandate.id, { sealed: newStopCode(ctx, mandate.id), now });
    const [mn] = await takeEntryNumbers(trx, mandate.id, 1);
    await record(
      ctx,
      trx,
      stopCodePrinted.event({
        actor: { aidantId, organisationId },
        about: { usagerId: mandate.usagerId, mandateId: mandate.id },
        mandate: { alias: mandate.journalAlias, mn },
        result: 'ok',
        clear: { reprint },
      }),
    );
    return { ok: true };
  });
}
