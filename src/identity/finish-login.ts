import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Browser } from '#platform/http/browser.ts';
import { after } from '#platform/time/clock.ts';
import type { Entrance, LoggedInBy } from './entrance.ts';
import { endPendingLogins, findPendingLogin, takeLogin } from './login.queries.ts';
import { deleteSessionOfBrowser, insertSessionAt } from './session.queries.ts';
import { LONGEST_SESSION } from './session.rules.ts';

export type FinishLogin = { loginId: string; by: LoggedInBy; browser: Browser; address: string };

/**
 * Second half of a login: opens the session, once, in the browser that typed the code; every other mail of this
 * account is dead from then on. The browser receives a new id (session fixation). `ok: false`: used, too old, other browser,
 * other door, or the account may not come in any more. The account is locked first: two mails used at once, or one used while
 * it is closed, come one after the other.
 */
export async function finishLogin(
  ctx: AppContext,
  { door, placeFor, journal }: Entrance,
  { loginId, by, browser, address }: FinishLogin,
): Promise<{ ok: true; returnTo: string } | { ok: false }> {
  const now = ctx.clock.now();
  const fresh = browser.fresh();
  const finished = await inTransaction(ctx, async (trx) => {
    const pending = await findPendingLogin(trx, door, { id: loginId, now });
    if (!pending?.browserHash.equals(browser.idHash)) return { ok: false } as const;
    const place = await placeFor(trx, pending.actorId);
    const login = place && (await takeLogin(trx, loginId, now));
    if (!login) return { ok: false } as const;
    const { actorId, createdAt: factorAt } = login;
    await endPendingLogins(trx, actorId, now);
    await deleteSessionOfBrowser(trx, browser.idHash);
    const expiresAt = after(now, LONGEST_SESSION);
    const dates = { now, factorAt, expiresAt };
    await insertSessionAt(trx, door, { actorId, ...place, cookieHash: fresh.idHash, ...dates });
    await record(ctx, trx, journal.loggedIn({ id: actorId, ...place }, { by, address }));
    return { ok: true, returnTo: login.returnTo } as const;
  });
  if (finished.ok) fresh.adopt();
  return finished;
}
