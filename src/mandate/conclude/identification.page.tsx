import type { Franceconnect } from '#franceconnect';
import { type Reply, redirect } from '#platform/http/reply.ts';
import { draftPath, pathOfStep } from './conclude.paths.ts';
import { depart } from './depart.ts';
import { stepOf } from './draft.rules.ts';
import { browserOf, type DraftRequest, draftOf } from './draft-page.ts';
import { findAttempt } from './find-attempt.ts';
import { keepFailure } from './keep-failure.ts';

/** Leaves for FranceConnect with the state and nonce of the attempt under way. Nothing to leave with: back where the draft is. */
export function identificationPage(franceconnect: Franceconnect) {
  return async (request: DraftRequest): Promise<Reply> => {
    const { ctx, who, now } = request;
    const draft = await draftOf(request);
    const whose = { aidantId: who.aidantId, draftId: draft.id };
    const attempt = await findAttempt(ctx, { ...whose, sessionIdHash: who.sessionIdHash });
    if (!attempt) return redirect(pathOfStep(draft.id, stepOf(draft, now)));
    const address = await franceconnect.authorizationUrl(attempt);
    if (!address.ok) {
      await keepFailure(ctx, { ...whose, number: draft.attempt }, { reason: address.reason });
      return redirect(draftPath(draft.id, 'outcome'));
    }
    const departure = { draftId: draft.id, number: draft.attempt, browser: browserOf(request) };
    const departed = await depart(ctx, { ...departure, remember: () => request.browser.remember() });
    return redirect(departed ? address.url : draftPath(draft.id, 'agreement'));
  };
}
