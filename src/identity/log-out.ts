import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import type { Browser } from '#platform/http/browser.ts';
import type { AidantAtWork } from './guards.tsx';
import { aidantLoggedOut } from './identity.events.ts';
import { deleteSession } from './session.queries.ts';

/** What other domains do when a session ends by its aidant's will, in the same transaction: revoke what it issued. */
export type LogoutHook = (trx: Trx, ended: { aidantId: string; sessionIdHash: Buffer; now: Date }) => Promise<void>;

/** Ends a session, once: the row goes, the browser receives a new id, the journal says so. */
export async function logOut(
  ctx: AppContext,
  { who, browser, hooks }: { who: AidantAtWork; browser: Browser; hooks: readonly LogoutHook[] },
): Promise<void> {
  const { aidantId, sessionIdHash, organisation } = who;
  await inTransaction(ctx, async (trx) => {
    if (!(await deleteSession(trx, sessionIdHash))) return;
    for (const hook of hooks) await hook(trx, { aidantId, sessionIdHash, now: ctx.clock.now() });
    const actor = { aidantId, organisationId: organisation.id };
    await record(ctx, trx, aidantLoggedOut.event({ actor, result: 'ok', clear: {} }));
  });
  browser.renew();
}
