import { type AuditorAtWork, leaveNotice } from '#identity';
import { notFound } from '#platform/http/errors.ts';
import { type FieldErrors, type Form, readForm, textOf } from '#platform/http/form.ts';
import { html, redirect, refusedForm } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { after } from '#platform/time/clock.ts';
import { momentOf } from '#platform/time/paris.ts';
import { UnmaskingPage } from '#views/audit/unmask/unmasking.tsx';
import { maskedPerson } from '../mask.ts';
import { placeOf } from '../place.ts';
import { type Answer, answerUnmasking } from './answer-unmasking.ts';
import { recordReading } from './record-reading.ts';
import { unmaskingRead } from './unmask.events.ts';
import { IDENTITIES, identityPath, unmaskingPath } from './unmask.paths.ts';
import { findUnmasking, type Unmasking } from './unmask.queries.ts';
import { OPEN_FOR, openWords, refusalSchema, stateOf } from './unmask.rules.ts';

type Asked = PageRequest<AuditorAtWork>;

/** A request, its motive and where it stands. */
export const unmaskingPage: Page<AuditorAtWork> = async (request) =>
  html(await view(request, await unmaskingOf(request), { form: request.filled }));

export const unmaskingPost: Page<AuditorAtWork> = async (request) => {
  const { ctx, who, form, now } = request;
  const unmasking = await unmaskingOf(request);
  const page = unmaskingPath(unmasking.id);
  if (unmasking.askedBy === who.auditorId || stateOf(unmasking, now) !== 'waiting') return redirect(page);
  const read = readAnswer(form);
  if (!read.ok) return refusedForm(await view(request, unmasking, { form, errors: read.errors }));
  const outcome = await answerUnmasking(ctx, { who, unmasking, code: textOf(form, 'code'), ...read.answer });
  if (outcome === 'wrong-code')
    return refusedForm(await view(request, unmasking, { form, errors: { code: WRONG_CODE } }));
  if (outcome === 'answered') return redirect(page);
  // another answered meanwhile: what they answered is not this auditor's to read
  await leaveNotice(ctx.db, who.sessionIdHash, 'identite-trop-tard');
  return redirect(IDENTITIES);
};

const WRONG_CODE = 'Ce code n’est pas valable. Attendez le code suivant de votre application, puis tapez-le.';

function readAnswer(form: Form): { ok: true; answer: Answer } | { ok: false; errors: FieldErrors } {
  const answer = textOf(form, 'answer');
  if (answer === 'granted') return { ok: true, answer: { answer } };
  if (answer !== 'refused') return { ok: false, errors: { answer: 'Choisissez une réponse.' } };
  const read = readForm(refusalSchema, { reason: textOf(form, 'reason') });
  return read.ok ? { ok: true, answer: { answer, reason: read.value.reason } } : read;
}

async function unmaskingOf({ ctx, who, params, now }: Asked): Promise<Unmasking> {
  const unmasking = await findUnmasking(ctx.db, who, params.id ?? '', now);
  if (!unmasking) throw notFound();
  return unmasking;
}

/** Shows the motive, asked or refused: each reading is in the log `acces` before. */
async function view(
  { ctx, who, frame, now }: Asked,
  unmasking: Unmasking,
  { form, errors }: { form: Form | null; errors?: FieldErrors },
) {
  await recordReading(ctx, readEvent(who, unmasking));
  const { id, usagerId, mandateId, answeredAt, openUntil, refusalSealed } = unmasking;
  const mine = unmasking.askedBy === who.auditorId;
  const state = stateOf(unmasking, now);
  return (
    <UnmaskingPage
      frame={frame}
      action={unmaskingPath(id)}
      person={maskedPerson(ctx.keys, usagerId)}
      place={placeOf(unmasking)}
      mandateNumber={unmasking.mandateNumber}
      mandateHref={mandateId ? `/auditeur/mandats/${mandateId}` : undefined}
      motive={openWords(ctx.keys, id, 'motive_sealed', unmasking.motiveSealed)}
      asker={mine ? 'Vous' : unmasking.askerName}
      askedAt={momentOf(unmasking.askedAt)}
      lapsesAt={momentOf(unmasking.lapsesAt)}
      state={state}
      answer={
        answeredAt && {
          by: unmasking.answeredBy === who.auditorId ? 'Vous' : (unmasking.answererName ?? ''),
          at: momentOf(answeredAt),
          openUntil: openUntil && momentOf(openUntil),
          reason: refusalSealed && openWords(ctx.keys, id, 'refusal_sealed', refusalSealed),
        }
      }
      identityHref={mine && state === 'open' ? identityPath({ by: 'unmasking', id }) : null}
      mayAnswer={!mine && state === 'waiting'}
      acceptedNow={momentOf(after(now, OPEN_FOR))}
      values={{ answer: textOf(form, 'answer'), reason: textOf(form, 'reason') }}
      errors={errors}
    />
  );
}

function readEvent({ auditorId }: AuditorAtWork, { id, usagerId, mandateId }: Unmasking) {
  const about = { usagerId, mandateId: mandateId ?? undefined };
  return unmaskingRead.event({ actor: {}, about, result: 'ok', clear: { auditor: auditorId, unmasking: id } });
}
