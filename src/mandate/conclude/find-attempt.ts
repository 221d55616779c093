import type { AppContext } from '#platform/context.ts';
import { type Draft, findDraft } from './draft.queries.ts';
import { stepOf } from './draft.rules.ts';
import { type Attempt, openAttempt } from './sealed-draft.ts';

/** The attempt under way in this session: what is asked of FranceConnect. Undefined when there is none. */
export async function findAttempt(
  ctx: AppContext,
  { aidantId, sessionIdHash, draftId }: { aidantId: string; sessionIdHash: Buffer; draftId: string },
): Promise<Attempt | undefined> {
  const draft = await findDraft(ctx.db, { aidantId, draftId });
  if (!draft?.attemptSealed || !isAttemptOf(draft, sessionIdHash, ctx.clock.now())) return undefined;
  return openAttempt(ctx, draftId, draft.attemptSealed);
}

/** Whether this session has an attempt of this draft under way, that has not come back. */
export function isAttemptOf(draft: Draft, sessionIdHash: Buffer, now: Date): boolean {
  if (!draft.attemptSealed || !draft.terms || !draft.sessionIdHash?.equals(sessionIdHash)) return false;
  return stepOf(draft, now) === 'agree';
}
