import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import type { Duration } from '../mandate.rules.ts';
import { lockDraft, NO_IDENTIFICATION, updateDraft } from './draft.queries.ts';
import { type DraftStep, isOpen, stepOf } from './draft.rules.ts';

export type ChosenTerms = { aidantId: string; draftId: string; themes: readonly string[]; duration: Duration };

/**
 * Writes what the mandate is to be about. The same choice again leaves everything as it is; another one deletes the
 * identification that was there, and what an attempt under way brings back is not kept: the person agrees to these terms, or
 * to none (decisions, « Federation »).
 */
export async function chooseTerms(
  ctx: AppContext,
  { aidantId, draftId, themes, duration }: ChosenTerms,
): Promise<{ ok: true; step: DraftStep } | { ok: false; reason: 'not-found' | 'over' }> {
  return inTransaction(ctx, async (trx) => {
    const draft = await lockDraft(trx, { aidantId, draftId });
    if (!draft) return { ok: false, reason: 'not-found' };
    const now = ctx.clock.now();
    if (!isOpen(draft, now)) return { ok: false, reason: 'over' };
    const same = draft.duration === duration && sameThemes(draft.themes, themes);
    if (same) return { ok: true, step: stepOf(draft, now) };
    const chosen = { ...NO_IDENTIFICATION, themes: [...themes], duration, terms: null, shownTexts: null };
    await updateDraft(trx, draftId, { ...chosen, updatedAt: now });
    return { ok: true, step: stepOf({ ...draft, ...chosen }, now) };
  });
}

function sameThemes(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((theme) => other.includes(theme));
}
