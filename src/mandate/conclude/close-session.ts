import { record } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { randomToken, sha256 } from '#platform/crypto/hashes.ts';
import { consentSessionLeftOpen } from './conclude.events.ts';
import { lockDraft, updateDraft } from './draft.queries.ts';
import { stepOf } from './draft.rules.ts';
import {
  type BrowserAtWork,
  findSessionLeftOpen,
  lockBrowser,
  ofThisBrowser,
} from './franceconnect-session.queries.ts';
import { openHint } from './sealed-draft.ts';

type Whose = { aidantId: string; draftId: string };

/**
 * What is needed to close the session that somebody has, or may have, at FranceConnect in this browser: its ID token, when one
 * came back, and a state for the way back to this draft. `idTokenHint`: one that is kept nowhere. Undefined when there is
 * nothing (any more) to close.
 */
export async function startClosing(
  ctx: AppContext,
  { draftId, browser, idTokenHint }: { draftId: string; browser: BrowserAtWork; idTokenHint?: string },
): Promise<{ idTokenHint: string | null; state: string } | undefined> {
  return inTransaction(ctx, async (trx) => {
    const draft = await lockDraft(trx, { aidantId: browser.aidantId, draftId });
    if (!draft) return undefined;
    const open = await findSessionLeftOpen(trx, browser, { now: ctx.clock.now() });
    const own = draft.idTokenHintSealed && { draftId, sealed: draft.idTokenHintSealed };
    if (!open && !own && !idTokenHint) return undefined;
    const state = randomToken();
    await updateDraft(trx, draftId, { logoutStateHash: sha256(state) });
    const hint = own ?? open?.hint;
    return { idTokenHint: idTokenHint ?? (hint ? openHint(ctx, hint.draftId, hint.sealed) : null), state };
  });
}

/**
 * FranceConnect sent the browser back with this state: whatever was open in this browser is closed, also what another aidant
 * left here. Nothing is known of another browser. Returns the draft, once.
 */
export async function finishClosing(
  ctx: AppContext,
  { browser, state }: { browser: BrowserAtWork; state: string },
): Promise<string | undefined> {
  return inTransaction(ctx, async (trx) => {
    await lockBrowser(trx, browser);
    const row = await trx
      .updateTable('mandateDraft')
      .set({ logoutStateHash: null })
      .where('logoutStateHash', '=', sha256(state))
      .where('aidantId', '=', browser.aidantId)
      .returning('id')
      .executeTakeFirst();
    if (!row) return undefined;
    await trx
      .updateTable('mandateDraft')
      .set({ departedAt: null, franceconnectOpenedAt: null, idTokenHintSealed: null })
      .where(ofThisBrowser(browser))
      .where((eb) => eb.or([eb('departedAt', 'is not', null), eb('franceconnectOpenedAt', 'is not', null)]))
      .execute();
    return row.id;
  });
}

/** The aidant goes on although the session could not be closed: written in the journal, told in the mandate. */
export async function leaveSessionOpen(
  ctx: AppContext,
  { aidantId, draftId }: Whose,
): Promise<{ ok: true } | { ok: false; reason: 'not-found' | 'not-this-step' }> {
  return inTransaction(ctx, async (trx) => {
    const draft = await lockDraft(trx, { aidantId, draftId });
    if (!draft) return { ok: false, reason: 'not-found' };
    const now = ctx.clock.now();
    if (stepOf(draft, now) !== 'close-session') return { ok: false, reason: 'not-this-step' };
    await updateDraft(trx, draftId, { logoutSkippedAt: now, updatedAt: now });
    await record(
      ctx,
      trx,
      consentSessionLeftOpen.event({
        actor: { aidantId, organisationId: draft.organisationId },
        mandate: { alias: draft.journalAlias },
        result: 'ok',
        clear: { attempt: draft.attempt },
      }),
    );
    return { ok: true };
  });
}
