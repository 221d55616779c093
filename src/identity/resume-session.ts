import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Browser } from '#platform/http/browser.ts';
import { acceptCode } from './check-code.ts';
import type { Actor, Entrance } from './entrance.ts';
import { lockSession, renewSession } from './session.queries.ts';

/**
 * Wakes a session that fell asleep, with a code. The browser receives a new id: whoever had the old one has nothing.
 * `gone`: the session ended, or was woken by another tab, meanwhile.
 */
export async function resumeSession(
  ctx: AppContext,
  { accounts, journal }: Pick<Entrance, 'accounts' | 'journal'>,
  { actor, sessionIdHash, browser, code }: { actor: Actor; sessionIdHash: Buffer; browser: Browser; code: string },
): Promise<'resumed' | 'refused' | 'gone'> {
  const fresh = browser.fresh();
  const outcome = await inTransaction(ctx, async (trx) => {
    if ((await acceptCode(ctx, trx, { accounts, id: actor.id }, code)) === 'refused') return 'refused';
    if (!(await lockSession(trx, sessionIdHash, browser.idHash))) return 'gone';
    await renewSession(trx, sessionIdHash, { cookieHash: fresh.idHash, now: ctx.clock.now() });
    await record(ctx, trx, journal.resumed(actor));
    return 'resumed';
  });
  if (outcome === 'resumed') fresh.adopt();
  return outcome;
}
