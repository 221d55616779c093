import type { AppContext } from '#platform/context.ts';
import { findDraft } from './draft.queries.ts';
import { stepOf } from './draft.rules.ts';
import { type Attempt, openAttempt } from './sealed-draft.ts';

/** The attempt under way in this session: what is asked of FranceConnect. Undefined when there is none. */
export async function findAttempt(
  ctx: AppContext,
  { aidantId, sessionIdHash, draftId }: { aidantId: string; sessionIdHash: Buffer; draftId: string },
): Promise<Attempt | undefined> {
  const draft = await findDraft(ctx.db, { aidantId, draftId });
  if (!draft?.attemptSealed || !draft.terms || !draft.sessionIdHash?.equals(sessionIdHash)) return undefined;
  if (stepOf(draft, ctx.clock.now()) !== 'agree') return undefined;
  return openAttempt(ctx, draftId, draft.attemptSealed);
}
