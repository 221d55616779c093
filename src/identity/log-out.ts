import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Browser } from '#platform/http/browser.ts';
import type { AidantAtWork } from './guards.tsx';
import { aidantLoggedOut } from './identity.events.ts';
import { deleteSession } from './session.queries.ts';

/** Ends a session, once: the row goes, the browser receives a new id, the journal says so. */
export async function logOut(
  ctx: AppContext,
  { who, browser }: { who: AidantAtWork; browser: Browser },
): Promise<void> {
  const { aidantId, sessionIdHash, organisation } = who;
  await inTransaction(ctx, async (trx) => {
    if (!(await deleteSession(trx, sessionIdHash))) return;
    const actor = { aidantId, organisationId: organisation.id };
    await record(ctx, trx, aidantLoggedOut.event({ actor, result: 'ok', clear: {} }));
  });
  browser.fresh().adopt();
}
