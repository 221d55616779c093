import { record } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { randomToken, sha256 } from '#platform/crypto/hashes.ts';
import { consentSessionLeftOpen } from './conclude.events.ts';
import { lockDraft, updateDraft } from './draft.queries.ts';
import { stepOf } from './draft.rules.ts';
import { openHint } from './sealed-draft.ts';

type Whose = { aidantId: string; draftId: string };

/**
 * What is needed to close the person's session at FranceConnect: the ID token, and a state of its own for the way back.
 * Undefined when there is nothing (any more) to close.
 */
export async function startClosing(
  ctx: AppContext,
  { aidantId, draftId }: Whose,
): Promise<{ idTokenHint: string; state: string } | undefined> {
  return inTransaction(ctx, async (trx) => {
    const draft = await lockDraft(trx, { aidantId, draftId });
    if (!draft?.idTokenHintSealed || !draft.franceconnectOpenedAt) return undefined;
    const state = randomToken();
    await updateDraft(trx, draftId, { logoutStateHash: sha256(state) });
    return { idTokenHint: openHint(ctx, draftId, draft.idTokenHintSealed), state };
  });
}

/** FranceConnect sent the browser back with this state: the session is closed. Returns the draft, once. */
export async function finishClosing(
  ctx: AppContext,
  { aidantId, sessionIdHash, state }: { aidantId: string; sessionIdHash: Buffer; state: string },
): Promise<string | undefined> {
  return inTransaction(ctx, async (trx) => {
    const row = await trx
      .updateTable('mandateDraft')
      .set({ franceconnectOpenedAt: null, logoutStateHash: null, idTokenHintSealed: null, updatedAt: ctx.clock.now() })
      .where('logoutStateHash', '=', sha256(state))
      .where('aidantId', '=', aidantId)
      .where('sessionIdHash', '=', sessionIdHash)
      .returning('id')
      .executeTakeFirst();
    return row?.id;
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
