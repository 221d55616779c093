import { randomBytes } from 'node:crypto';
import { nonceOf } from '#consent';
import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { randomToken, sha256 } from '#platform/crypto/hashes.ts';
import type { Trx } from '#platform/db/database.ts';
import { lockDraft, NO_IDENTIFICATION, updateDraft } from './draft.queries.ts';
import { stepOf } from './draft.rules.ts';
import {
  type BrowserAtWork,
  findSessionLeftOpen,
  lockBrowser,
  ofThisBrowser,
} from './franceconnect-session.queries.ts';
import { sealAttempt } from './sealed-draft.ts';
import { type Professional, textOfDraft } from './shown-text.ts';

export type PersonSaysYes = {
  aidant: Professional;
  browser: BrowserAtWork;
  draftId: string;
  /** The SHA-256 that the page carried: of the text that was really on the screen. */
  textSha256: string;
};

/**
 * The person says yes to the text on the screen: fixes the terms and begins an attempt, with a salt, a nonce and a state of
 * its own, bound to this session. An earlier attempt, done or not, counts no more, nor one that another tab has under way.
 * Refuses when the text on the screen is not, or not any more, the one of the draft, and while FranceConnect may answer for
 * somebody who identified before.
 */
export async function startConsent(
  ctx: AppContext,
  { aidant, browser, draftId, textSha256 }: PersonSaysYes,
): Promise<{ ok: true } | { ok: false; reason: 'not-found' | 'not-this-step' | 'session-open' | 'text-changed' }> {
  return inTransaction(ctx, async (trx) => {
    // two tabs that say yes at once queue up: the second sees, and drops, the attempt of the first
    await lockBrowser(trx, browser);
    const draft = await lockDraft(trx, { aidantId: browser.aidantId, draftId });
    if (!draft) return { ok: false, reason: 'not-found' };
    const now = ctx.clock.now();
    if (stepOf(draft, now) !== 'agree') return { ok: false, reason: 'not-this-step' };
    if (await findSessionLeftOpen(trx, browser, { now })) return { ok: false, reason: 'session-open' };
    const { text, terms } = textOfDraft(ctx, draft, aidant);
    if (terms.text.sha256 !== textSha256) return { ok: false, reason: 'text-changed' };
    await dropOtherAttempts(trx, browser, draftId);
    const salt = randomBytes(32);
    const attempt = { state: randomToken(), nonce: nonceOf(terms, salt), salt: salt.toString('base64url') };
    await updateDraft(trx, draftId, {
      ...NO_IDENTIFICATION,
      terms: canonicalJson(terms),
      shownTexts: canonicalJson(text),
      attempt: draft.attempt + 1,
      sessionIdHash: browser.sessionIdHash,
      stateHash: sha256(attempt.state),
      attemptSealed: sealAttempt(ctx, draftId, attempt),
      startedAt: now,
      departedAt: null,
      franceconnectOpenedAt: null,
      logoutStateHash: null,
      idTokenHintSealed: null,
      logoutSkippedAt: null,
      updatedAt: now,
    });
    return { ok: true };
  });
}

/**
 * One attempt under way per browser: it holds one person's session at FranceConnect, and one identification must not
 * answer for two sets of terms. What another tab brings back is redeemed, to close that session, and not kept.
 */
async function dropOtherAttempts(trx: Trx, browser: BrowserAtWork, draftId: string): Promise<void> {
  await trx
    .updateTable('mandateDraft')
    .set({ terms: null, shownTexts: null })
    .where(ofThisBrowser(browser))
    .where('attemptSealed', 'is not', null)
    .where('closedAt', 'is', null)
    .where('wipedAt', 'is', null)
    .where('id', '<>', draftId)
    .execute();
}
