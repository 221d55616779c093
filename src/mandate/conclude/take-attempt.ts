import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { updateDraft } from './draft.queries.ts';
import { isOpen } from './draft.rules.ts';
import { type Attempt, openAttempt } from './sealed-draft.ts';

export type ReturnOfPerson = { aidantId: string; sessionIdHash: Buffer; state: string };

export type TakenAttempt =
  /** The first to come back with this state: the answer of FranceConnect may be redeemed, once. */
  | { outcome: 'taken'; draftId: string; number: number; attempt: Attempt }
  /** Came back before (double click, « back »), or the draft is over: its own page says where it stands. */
  | { outcome: 'over'; draftId: string }
  /** Nobody's state, or that of another session or aidant. */
  | { outcome: 'unknown' };

/**
 * Takes the attempt that a state belongs to: only in the session that began it, and once. Decided before anything else
 * of the answer is looked at (federation.md §1.7).
 */
export async function takeAttempt(
  ctx: AppContext,
  { aidantId, sessionIdHash, state }: ReturnOfPerson,
): Promise<TakenAttempt> {
  return inTransaction(ctx, async (trx) => {
    const draft = await trx
      .selectFrom('mandateDraft')
      .selectAll()
      .where('stateHash', '=', sha256(state))
      .where('aidantId', '=', aidantId)
      .where('sessionIdHash', '=', sessionIdHash)
      .forUpdate()
      .executeTakeFirst();
    if (!draft) return { outcome: 'unknown' };
    const now = ctx.clock.now();
    if (!draft.attemptSealed || !isOpen(draft, now)) return { outcome: 'over', draftId: draft.id };
    await updateDraft(trx, draft.id, { attemptSealed: null, updatedAt: now });
    const attempt = openAttempt(ctx, draft.id, draft.attemptSealed);
    return { outcome: 'taken', draftId: draft.id, number: draft.attempt, attempt };
  });
}
