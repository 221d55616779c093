import { notFound } from '#platform/http/errors.ts';
import { textOf } from '#platform/http/form.ts';
import { html, type Reply, redirect } from '#platform/http/reply.ts';
import { inWords } from '#platform/time/paris.ts';
import { Agreement } from '#views/mandate/conclude/agreement.tsx';
import { SessionOpen } from '#views/mandate/conclude/session-open.tsx';
import { ToFranceconnect } from '#views/mandate/conclude/to-franceconnect.tsx';
import { closeDraft } from './close-draft.ts';
import { draftPath, pathOfStep } from './conclude.paths.ts';
import type { Draft } from './draft.queries.ts';
import { stepOf } from './draft.rules.ts';
import { browserOf, type DraftRequest, draftOf, headerOf } from './draft-page.ts';
import { findSessionLeftOpen, type SessionLeftOpen } from './franceconnect-session.queries.ts';
import { textOfDraft } from './shown-text.ts';
import { startConsent } from './start-consent.ts';

/** Page 2, for the usager: the exact text, and two answers. */
export async function agreementPage(request: DraftRequest): Promise<Reply> {
  const draft = await draftOf(request);
  const step = stepOf(draft, request.now);
  if (step !== 'agree') return redirect(pathOfStep(draft.id, step));
  const open = await findSessionLeftOpen(request.ctx.db, browserOf(request), { now: request.now });
  return open ? html(sessionOpen(request, draft, open), 409) : html(agreement(request, draft));
}

/** The person answers. « Oui » leaves for FranceConnect through a page of ours: a form may not lead off the site. */
export async function answerPage(request: DraftRequest): Promise<Reply> {
  const { ctx, who, form, frame } = request;
  const draft = await draftOf(request);
  const answer = textOf(form, 'answer');
  if (answer === 'no') {
    await closeDraft(ctx, { aidantId: who.aidantId, draftId: draft.id, cause: 'declined' });
    return redirect(draftPath(draft.id, 'end'));
  }
  if (answer !== 'yes') return redirect(draftPath(draft.id, 'agreement'));
  const started = await startConsent(ctx, {
    ...{ aidant: who, browser: browserOf(request), draftId: draft.id },
    textSha256: textOf(form, 'text'),
  });
  if (started.ok) return html(<ToFranceconnect frame={frame} to={draftPath(draft.id, 'identification')} />);
  if (started.reason === 'not-found') throw notFound();
  if (started.reason === 'text-changed') return html(agreement(request, draft, true), 409);
  return redirect(draftPath(draft.id, 'agreement'));
}

function agreement({ ctx, frame, who }: DraftRequest, draft: Draft, changed = false) {
  const { text, terms } = textOfDraft(ctx, draft, who);
  return (
    <Agreement
      frame={frame}
      draft={headerOf(draft, who)}
      text={text}
      textSha256={terms.text.sha256}
      changed={changed}
    />
  );
}

function sessionOpen({ frame, who }: DraftRequest, draft: Draft, { until }: SessionLeftOpen) {
  return <SessionOpen frame={frame} draft={headerOf(draft, who)} until={inWords(until)} />;
}
