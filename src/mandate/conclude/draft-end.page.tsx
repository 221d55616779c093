import { notFound } from '#platform/http/errors.ts';
import { html, type Reply, redirect } from '#platform/http/reply.ts';
import { Abandon } from '#views/mandate/conclude/abandon.tsx';
import { DraftEnd, type DraftEndProps } from '#views/mandate/conclude/draft-end.tsx';
import { WithoutFranceconnect } from '#views/mandate/conclude/without-franceconnect.tsx';
import { documentPath } from '../document/document.paths.ts';
import { closeDraft } from './close-draft.ts';
import { draftPath, pathOfStep } from './conclude.paths.ts';
import type { Draft } from './draft.queries.ts';
import { isOpen, stepOf } from './draft.rules.ts';
import { type DraftRequest, draftOf, headerOf } from './draft-page.ts';

/** A draft that is over: its mandate, or why there is none. A draft that is not goes on where it stands. */
export async function draftEndPage(request: DraftRequest): Promise<Reply> {
  const { frame, who, now } = request;
  const draft = await draftOf(request);
  const step = stepOf(draft, now);
  if (step !== 'concluded' && step !== 'declined' && step !== 'expired') return redirect(pathOfStep(draft.id, step));
  const elsewhere = draft.organisationId !== who.organisation.id;
  if (draft.mandateId && !elsewhere) return redirect(documentPath(draft.mandateId));
  return html(
    <DraftEnd frame={frame} draft={headerOf(draft, who)} end={endOf(draft)} />,
    endOf(draft) === 'expired' ? 410 : 200,
  );
}

function endOf({ mandateId, closedCause }: Draft): DraftEndProps['end'] {
  if (mandateId) return 'concluded-elsewhere';
  const causes: Record<string, DraftEndProps['end']> = { declined: 'declined', minor: 'minor', abandoned: 'abandoned' };
  return causes[closedCause ?? ''] ?? 'expired';
}

export async function abandonPage(request: DraftRequest): Promise<Reply> {
  const draft = await draftOf(request);
  if (!isOpen(draft, request.now)) return redirect(pathOfStep(draft.id, stepOf(draft, request.now)));
  return html(<Abandon frame={request.frame} draft={headerOf(draft, request.who)} />);
}

/** Gives up; a session that the person left open at FranceConnect is closed on the way. */
export async function confirmAbandonPage(request: DraftRequest): Promise<Reply> {
  const draftId = request.params.id ?? '';
  const closed = await closeDraft(request.ctx, { aidantId: request.who.aidantId, draftId, cause: 'abandoned' });
  if (!closed.ok && closed.reason === 'not-found') throw notFound();
  const draft = await draftOf(request);
  return redirect(pathOfStep(draft.id, stepOf(draft, request.now)));
}

/** The sheet for when FranceConnect is not possible. The draft stays as it is. */
export async function withoutFranceconnectPage(request: DraftRequest): Promise<Reply> {
  const draft = await draftOf(request);
  const { frame, who } = request;
  if (!isOpen(draft, request.now)) return redirect(draftPath(draft.id, 'end'));
  const { name, phone } = draft.organisation;
  return html(<WithoutFranceconnect frame={frame} draft={headerOf(draft, who)} structure={{ name, phone }} />);
}
