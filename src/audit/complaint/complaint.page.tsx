import type { AuditorAtWork } from '#identity';
import { notFound } from '#platform/http/errors.ts';
import { type FieldErrors, type Form, textOf } from '#platform/http/form.ts';
import { html, redirect, refusedForm } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { momentOf } from '#platform/time/paris.ts';
import { ComplaintPage } from '#views/audit/complaint/complaint.tsx';
import { gatherPath } from '../cases/case.paths.ts';
import { maskedPerson } from '../mask.ts';
import { placeOf } from '../place.ts';
import { recordReading } from '../unmask/record-reading.ts';
import { complaintPath, identityPath } from '../unmask/unmask.paths.ts';
import { closeComplaint } from './close-complaint.ts';
import { complaintRead } from './complaint.events.ts';
import { type Complaint, type ComplaintAnswer, findComplaint } from './complaint.queries.ts';
import { ANSWERED, CAME, SAYS } from './complaint.words.ts';

type Asked = PageRequest<AuditorAtWork>;

/** A complaint, for the auditor who has it. */
export const complaintPage: Page<AuditorAtWork> = async (request) =>
  html(await view(request, await complaintOf(request), { form: request.filled }));

export const complaintPost: Page<AuditorAtWork> = async (request) => {
  const { ctx, who, form } = request;
  const complaint = await complaintOf(request);
  if (complaint.closedAt) return redirect(complaintPath(complaint.id));
  const answer = textOf(form, 'answer');
  if (!isAnswer(answer)) {
    return refusedForm(await view(request, complaint, { form, errors: { answer: 'Choisissez la réponse.' } }));
  }
  const outcome = await closeComplaint(ctx, { who, complaint, answer, code: textOf(form, 'code') });
  if (outcome === 'wrong-code')
    return refusedForm(await view(request, complaint, { form, errors: { code: WRONG_CODE } }));
  return redirect(complaintPath(complaint.id));
};

const WRONG_CODE = 'Ce code n’est pas valable. Attendez le code suivant de votre application, puis tapez-le.';

function isAnswer(text: string): text is ComplaintAnswer {
  return Object.hasOwn(ANSWERED, text);
}

async function complaintOf({ ctx, who, params }: Asked): Promise<Complaint> {
  const id = params.id ?? '';
  const complaint = isUuid(id) ? await findComplaint(ctx.db, who, id) : undefined;
  if (!complaint) throw notFound();
  return complaint;
}

/** Each showing is in the log `acces` before, asked or refused. */
async function view(
  { ctx, who, frame }: Asked,
  complaint: Complaint,
  { form, errors }: { form: Form | null; errors?: FieldErrors },
) {
  const { id, usagerId, mandateId, alias, motive, channel, receivedAt, closedAt, answer } = complaint;
  const clear = { auditor: who.auditorId, complaint: id };
  const told = { actor: {}, about: { usagerId, mandateId }, mandate: { alias }, result: 'ok', clear } as const;
  await recordReading(ctx, complaintRead.event(told));
  return (
    <ComplaintPage
      frame={frame}
      action={complaintPath(id)}
      person={maskedPerson(ctx.keys, usagerId)}
      place={placeOf(complaint)}
      mandateNumber={complaint.mandateNumber}
      mandateHref={`/auditeur/mandats/${mandateId}`}
      says={SAYS[motive]}
      channel={CAME[channel]}
      receivedAt={momentOf(receivedAt)}
      closed={closedAt && answer && { at: momentOf(closedAt), answer: ANSWERED[answer] }}
      caseHref={gatherPath({ complaint: id })}
      identityHref={closedAt ? null : identityPath({ by: 'complaint', id })}
      answer={textOf(form, 'answer')}
      errors={errors}
    />
  );
}
