import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { lockDraft, NO_IDENTIFICATION, updateDraft } from './draft.queries.ts';
import { isOpen } from './draft.rules.ts';

/** What the person agreed to is not what a mandate would say any more: the agreement goes, with the identification. */
export async function dropAgreement(
  ctx: AppContext,
  { aidantId, draftId }: { aidantId: string; draftId: string },
): Promise<void> {
  await inTransaction(ctx, async (trx) => {
    const draft = await lockDraft(trx, { aidantId, draftId });
    const now = ctx.clock.now();
    if (!draft || !isOpen(draft, now)) return;
    const dropped = { terms: null, shownTexts: null, failure: 'terms-changed', updatedAt: now };
    await updateDraft(trx, draftId, { ...NO_IDENTIFICATION, ...dropped });
  });
}
