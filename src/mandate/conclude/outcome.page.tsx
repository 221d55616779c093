import { html, type Reply, redirect } from '#platform/http/reply.ts';
import { MINUTE } from '#platform/time/clock.ts';
import { Outcome } from '#views/mandate/conclude/outcome.tsx';
import { isOutcomeReason } from '#views/mandate/conclude/outcome-words.ts';
import { Waiting } from '#views/mandate/conclude/waiting.tsx';
import { draftPath, pathOfStep } from './conclude.paths.ts';
import type { Draft } from './draft.queries.ts';
import { stepOf } from './draft.rules.ts';
import { type DraftRequest, draftOf, headerOf } from './draft-page.ts';

/** Longer than FranceConnect is given to answer: then whoever was redeeming the code is gone. */
const REDEEMING = MINUTE / 2;

/** What came of an identification: the failure, said on a page; or the step that the draft is at. */
export async function outcomePage(request: DraftRequest): Promise<Reply> {
  const { frame, who, now } = request;
  const draft = await draftOf(request);
  const step = stepOf(draft, now);
  const { failure, failureReference: reference } = draft;
  const header = headerOf(draft, who);
  if (step === 'close-session') return redirect(pathOfStep(draft.id, step));
  const shown = step === 'agree' || draft.closedCause === 'minor';
  if (shown && failure && isOutcomeReason(failure)) {
    return html(<Outcome frame={frame} draft={header} reason={failure} reference={reference} />);
  }
  if (step === 'agree' && isBeingRedeemed(draft, now)) {
    return html(<Waiting frame={frame} draft={header} href={draftPath(draft.id, 'outcome')} />);
  }
  return redirect(pathOfStep(draft.id, step));
}

/** Another request of this browser has taken the attempt and has not come to an end yet. */
function isBeingRedeemed({ terms, attemptSealed, updatedAt }: Draft, now: Date): boolean {
  const taken = terms !== null && attemptSealed === null;
  return taken && now.getTime() - updatedAt.getTime() < REDEEMING;
}
