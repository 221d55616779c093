import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { lockDraft, updateDraft } from './draft.queries.ts';
import { isAttemptOf } from './find-attempt.ts';
import { type BrowserAtWork, findSessionLeftOpen, lockBrowser } from './franceconnect-session.queries.ts';

/**
 * The browser leaves for FranceConnect: from now on somebody may have a session there, whatever comes back. False, and not to
 * be sent, when the attempt is not under way any more or when another departure of this browser is not known to be closed.
 */
export async function depart(ctx: AppContext, { draftId, number, browser, remember }: Departure): Promise<boolean> {
  return inTransaction(ctx, async (trx) => {
    await lockBrowser(trx, browser);
    const draft = await lockDraft(trx, { aidantId: browser.aidantId, draftId });
    const now = ctx.clock.now();
    if (!draft || draft.attempt !== number || !isAttemptOf(draft, browser.sessionIdHash, now)) return false;
    if (await findSessionLeftOpen(trx, browser, { now, departing: draftId })) return false;
    await updateDraft(trx, draftId, { departedAt: now, browserHash: remember() });
    return true;
  });
}

export type Departure = {
  draftId: string;
  /** The attempt that the address belongs to. */
  number: number;
  browser: BrowserAtWork;
  /** `Browser.remember`. */
  remember(): Buffer;
};
