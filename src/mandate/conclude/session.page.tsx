import type { Franceconnect } from '#franceconnect';
import type { AidantAtWork } from '#identity';
import { notFound } from '#platform/http/errors.ts';
import { html, type Reply, redirect } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { after } from '#platform/time/clock.ts';
import { inWords } from '#platform/time/paris.ts';
import { CloseSession } from '#views/mandate/conclude/close-session.tsx';
import { finishClosing, leaveSessionOpen, startClosing } from './close-session.ts';
import { draftPath, RETURN_UNKNOWN } from './conclude.paths.ts';
import { stepOf } from './draft.rules.ts';
import { browserOf, type DraftRequest, draftOf, headerOf } from './draft-page.ts';
import { FRANCECONNECT_SESSION } from './franceconnect-session.queries.ts';

const UNAVAILABLE = 'indisponible';

/** Sends the browser to close the session that somebody has at FranceConnect, before or after this draft's own. Nothing to close: on to what came back. */
export function closeSessionPage(franceconnect: Franceconnect) {
  return async (request: DraftRequest): Promise<Reply> => {
    const draft = await draftOf(request);
    const closing = await startClosing(request.ctx, { draftId: draft.id, browser: browserOf(request) });
    if (!closing) return redirect(draftPath(draft.id, 'outcome'));
    const address = await franceconnect.endSessionUrl(closing);
    return redirect(address.ok ? address.url : `${draftPath(draft.id, 'session')}?${UNAVAILABLE}`);
  };
}

/** FranceConnect sends the browser back once the session is closed. */
export const sessionClosedPage: Page<AidantAtWork> = async (request) => {
  const { ctx, query, browser } = request;
  const draftId = query.state && (await finishClosing(ctx, { browser: browserOf(request), state: query.state }));
  if (!draftId) return redirect(RETURN_UNKNOWN);
  // a browser that had lost its name answers for itself again from here
  browser.remember();
  return redirect(draftPath(draftId, 'outcome'));
};

/** FranceConnect did not come back: try again, or go on after a warning. */
export async function sessionPage(request: DraftRequest): Promise<Reply> {
  const { frame, who, query, now } = request;
  const draft = await draftOf(request);
  if (stepOf(draft, now) !== 'close-session' || !draft.franceconnectOpenedAt) {
    return redirect(draftPath(draft.id, 'outcome'));
  }
  return html(
    <CloseSession
      frame={frame}
      draft={headerOf(draft, who)}
      until={inWords(after(draft.franceconnectOpenedAt, FRANCECONNECT_SESSION))}
      unavailable={query[UNAVAILABLE] !== undefined}
    />,
  );
}

export async function leaveSessionOpenPage(request: DraftRequest): Promise<Reply> {
  const draftId = request.params.id ?? '';
  const left = await leaveSessionOpen(request.ctx, { aidantId: request.who.aidantId, draftId });
  if (!left.ok && left.reason === 'not-found') throw notFound();
  return redirect(draftPath(draftId, 'outcome'));
}
