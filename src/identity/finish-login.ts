import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import type { Browser } from '#platform/http/browser.ts';
import { after } from '#platform/time/clock.ts';
import { findFirstStructure, lockAidant } from './aidant.queries.ts';
import { aidantLoggedIn } from './identity.events.ts';
import { endPendingLogins, findPendingLogin, takeLogin } from './login.queries.ts';
import { deleteSessionOfBrowser, insertSession } from './session.queries.ts';
import { LONGEST_SESSION } from './session.rules.ts';

export type FinishLogin = { loginId: string; by: 'link' | 'short-code'; browser: Browser; address: string };

/**
 * Second half of a login: opens the session, once, in the browser that typed the code; every other mail of this aidant is
 * dead from then on. The browser receives a new id (session fixation). `ok: false`: used, too old, other browser, or the
 * aidant may not come in any more.
 */
export async function finishLogin(
  ctx: AppContext,
  { loginId, by, browser, address }: FinishLogin,
): Promise<{ ok: true; returnTo: string } | { ok: false }> {
  const now = ctx.clock.now();
  const fresh = browser.fresh();
  const finished = await inTransaction(ctx, async (trx) => {
    const pending = await findPendingLogin(trx, loginId, now);
    if (!pending?.browserHash.equals(browser.idHash)) return { ok: false } as const;
    const organisationId = await structureFor(trx, pending.aidantId);
    const login = organisationId && (await takeLogin(trx, loginId, now));
    if (!login) return { ok: false } as const;
    const { aidantId, createdAt: factorAt } = login;
    await endPendingLogins(trx, aidantId, now);
    await deleteSessionOfBrowser(trx, browser.idHash);
    const expiresAt = after(now, LONGEST_SESSION);
    await insertSession(trx, { aidantId, organisationId, cookieHash: fresh.idHash, now, factorAt, expiresAt });
    await record(
      ctx,
      trx,
      aidantLoggedIn.event({
        actor: { aidantId, organisationId },
        result: 'ok',
        clear: { by },
        committed: { address },
        subject: { kind: 'aidant', id: aidantId },
      }),
    );
    return { ok: true, returnTo: login.returnTo } as const;
  });
  if (finished.ok) fresh.adopt();
  return finished;
}

/** The aidant's row is locked first: two mails used at once, or one used during a deactivation, come one after the other. */
async function structureFor(trx: Trx, aidantId: string): Promise<string | undefined> {
  const aidant = await lockAidant(trx, aidantId);
  return aidant?.active ? findFirstStructure(trx, aidantId) : undefined;
}
