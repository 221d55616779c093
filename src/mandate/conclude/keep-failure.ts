import type { RefusalReason } from '#franceconnect';
import { record } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { consentRefused, REFUSALS, type Refusal } from './conclude.events.ts';
import { type Draft, lockDraft, updateDraft } from './draft.queries.ts';
import { isOpen } from './draft.rules.ts';
import { sealHint } from './sealed-draft.ts';

/** Why an attempt led to no identity; each has its words on the page that follows. */
export type KeptFailure = RefusalReason | 'minor' | 'earlier-session';

export type Failure = {
  reason: KeptFailure;
  /** FranceConnect's own code, to quote to its support. */
  reference?: { code: string; id?: string } | undefined;
  /** Present when somebody did identify: their session at FranceConnect then has to be closed. */
  idTokenHint?: string | undefined;
};

/** Keeps why an attempt failed, for the page that says so; only what closes the session when the draft has gone on without it. */
export async function keepFailure(
  ctx: AppContext,
  { aidantId, draftId, number }: { aidantId: string; draftId: string; number: number },
  failure: Failure,
): Promise<void> {
  await inTransaction(ctx, async (trx) => {
    const draft = await lockDraft(trx, { aidantId, draftId });
    if (!draft || !isOpen(draft, ctx.clock.now())) return;
    if (draft.attempt === number && draft.terms) await writeFailure(ctx, trx, draft, failure);
    else if (failure.idTokenHint) await keepHint(ctx, trx, draft, failure.idTokenHint);
  });
}

/** Keeps what closes the session that somebody has just opened at FranceConnect. */
export async function keepHint(ctx: AppContext, trx: Trx, draft: Draft, idToken: string): Promise<void> {
  const franceconnectOpenedAt = ctx.clock.now();
  await updateDraft(trx, draft.id, { idTokenHintSealed: sealHint(ctx, draft.id, idToken), franceconnectOpenedAt });
}

/**
 * Writes a failure on a locked draft, and in the journal when somebody identified, or tried to pass for identified, and is
 * refused by us. Giving up, or FranceConnect being down, is nobody's act. A minor ends the draft.
 */
export async function writeFailure(
  ctx: AppContext,
  trx: Trx,
  draft: Draft,
  { reason, reference, idTokenHint }: Failure,
): Promise<void> {
  const now = ctx.clock.now();
  await updateDraft(trx, draft.id, {
    failure: reason,
    failureReference: reference ? [reference.code, reference.id].filter(Boolean).join(' ') : null,
    ...(reason === 'minor' && { closedAt: now, closedCause: 'minor' }),
    updatedAt: now,
  });
  if (idTokenHint) await keepHint(ctx, trx, draft, idTokenHint);
  if (!isRefusal(reason)) return;
  await record(
    ctx,
    trx,
    consentRefused.event({
      actor: { aidantId: draft.aidantId, organisationId: draft.organisationId },
      mandate: { alias: draft.journalAlias },
      result: 'refused',
      clear: { attempt: draft.attempt, reason },
    }),
  );
}

function isRefusal(reason: KeptFailure): reason is Refusal {
  return (REFUSALS as readonly string[]).includes(reason);
}
