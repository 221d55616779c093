import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { mandateRead, type ReadOfAMandate } from './document.events.ts';

export type MandateRead = {
  aidantId: string;
  organisationId: string;
  mandate: { id: string; usagerId: string; journalAlias: string };
  shown: ReadOfAMandate;
};

/** Writes in the log `acces` that an aidant is shown a mandate, and so who gave it. */
export async function recordMandateRead(
  ctx: AppContext,
  { aidantId, organisationId, mandate, shown }: MandateRead,
): Promise<void> {
  const event = mandateRead.event({
    actor: { aidantId, organisationId },
    about: { usagerId: mandate.usagerId, mandateId: mandate.id },
    mandate: { alias: mandate.journalAlias },
    result: 'ok',
    clear: { shown },
  });
  await inTransaction(ctx, (trx) => record(ctx, trx, event));
}
