import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Browser } from '#platform/http/browser.ts';
import type { Actor, Entrance } from './entrance.ts';
import { deleteSession } from './session.queries.ts';

/** Ends a session, once: the row goes, the browser receives a new id, the journal says so. */
export async function logOut(
  ctx: AppContext,
  { journal }: Pick<Entrance, 'journal'>,
  { actor, sessionIdHash, browser }: { actor: Actor; sessionIdHash: Buffer; browser: Browser },
): Promise<void> {
  await inTransaction(ctx, async (trx) => {
    if (await deleteSession(trx, sessionIdHash)) await record(ctx, trx, journal.loggedOut(actor));
  });
  browser.fresh().adopt();
}
