import { record } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { consentDeclined } from './conclude.events.ts';
import { lockDraft, NO_IDENTIFICATION, updateDraft } from './draft.queries.ts';
import { isOpen } from './draft.rules.ts';

export type Closing = { aidantId: string; draftId: string; cause: 'declined' | 'abandoned' };

/**
 * Ends a draft without a mandate: the person said no (written in the journal), or the aidant gives up (not written: no one
 * agreed to or refused anything). Whatever was known of the person goes at once. A draft that is over stays as it is.
 */
export async function closeDraft(
  ctx: AppContext,
  { aidantId, draftId, cause }: Closing,
): Promise<{ ok: true } | { ok: false; reason: 'not-found' | 'over' }> {
  return inTransaction(ctx, async (trx) => {
    const draft = await lockDraft(trx, { aidantId, draftId });
    if (!draft) return { ok: false, reason: 'not-found' };
    const now = ctx.clock.now();
    if (!isOpen(draft, now)) return { ok: false, reason: 'over' };
    await updateDraft(trx, draftId, {
      ...NO_IDENTIFICATION,
      attemptSealed: null,
      closedAt: now,
      closedCause: cause,
      updatedAt: now,
    });
    if (cause === 'declined') {
      await record(
        ctx,
        trx,
        consentDeclined.event({
          actor: { aidantId, organisationId: draft.organisationId },
          mandate: { alias: draft.journalAlias },
          result: 'refused',
          clear: { themes: [...draft.themes].sort(), duration: draft.duration ?? '' },
        }),
      );
    }
    return { ok: true };
  });
}
