import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Browser } from '#platform/http/browser.ts';
import { acceptCode } from './check-code.ts';
import { aidantResumed } from './identity.events.ts';
import { lockSession, renewSession } from './session.queries.ts';

type SessionOwner = { aidantId: string; sessionIdHash: Buffer; organisation: { id: string } };

/**
 * Wakes a session that fell asleep, with a code. The browser receives a new id: whoever had the old one has nothing.
 * `gone`: the session ended, or was woken by another tab, meanwhile.
 */
export async function resumeSession(
  ctx: AppContext,
  { who, browser, code }: { who: SessionOwner; browser: Browser; code: string },
): Promise<'resumed' | 'refused' | 'gone'> {
  const fresh = browser.fresh();
  const outcome = await inTransaction(ctx, async (trx) => {
    if ((await acceptCode(ctx, trx, who.aidantId, code)) === 'refused') return 'refused';
    if (!(await lockSession(trx, who.sessionIdHash, browser.idHash))) return 'gone';
    await renewSession(trx, who.sessionIdHash, { cookieHash: fresh.idHash, now: ctx.clock.now() });
    const actor = { aidantId: who.aidantId, organisationId: who.organisation.id };
    await record(ctx, trx, aidantResumed.event({ actor, result: 'ok', clear: {} }));
    return 'resumed';
  });
  if (outcome === 'resumed') fresh.adopt();
  return outcome;
}
