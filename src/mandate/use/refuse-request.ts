import type { AidantAtWork } from '#identity';
import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { useRefused } from './use.events.ts';

/**
 * A partner asked for themes that no mandate of the structure has: nobody could be chosen, and that is written, once for a
 * request: `firstTime` notes in the request that it was, and says whether it was not yet.
 */
export async function refuseRequest(
  ctx: AppContext,
  { who, clientId, firstTime }: { who: AidantAtWork; clientId: string; firstTime: (trx: Trx) => Promise<boolean> },
): Promise<void> {
  const event = useRefused.event({
    actor: { aidantId: who.aidantId, organisationId: who.organisation.id },
    result: 'refused',
    clear: { client: clientId, step: 'choice', reason: 'no-common-theme' },
  });
  await inTransaction(ctx, async (trx) => {
    if (await firstTime(trx)) await record(ctx, trx, event);
  });
}
