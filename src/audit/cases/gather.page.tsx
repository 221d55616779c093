import { z } from 'zod';
import { type AuditorAtWork, leaveNotice } from '#identity';
import { notFound } from '#platform/http/errors.ts';
import { type FieldErrors, type Form, readForm, textOf } from '#platform/http/form.ts';
import { html, type Reply, redirect, refusedForm } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { lineOfText } from '#platform/http/text-field.ts';
import { inGroups, isUuid } from '#platform/ids/ids.ts';
import { GatherPage } from '#views/audit/cases/gather.tsx';
import { recordReading } from '../unmask/record-reading.ts';
import { caseFormOpened } from './case.events.ts';
import { casePath, type Gathered, gatherPath } from './case.paths.ts';
import { complaintsWithCase, findCaseOfComplaint, listOpenCases } from './case.queries.ts';
import { LONGEST_SUBJECT, MOST_ADDED, MOST_IN_A_CASE } from './case.rules.ts';
import { openSubject } from './case-texts.ts';
import { type PutInCase, putInCase, underMandate } from './put-in-case.ts';
import { type Resolved, resolveGathered } from './resolve-gathered.ts';

type Asked = PageRequest<AuditorAtWork>;

/** What is put in a case stands in the address; it is looked up again, under the right of who asks, at each request. */
export const gatherPage: Page<AuditorAtWork> = async (request) => {
  const { ctx, who, query, filled } = request;
  const what = await resolvedIn(request);
  const existing = query.plainte ? await findCaseOfComplaint(ctx.db, who, query.plainte) : undefined;
  if (existing) return redirect(casePath(existing.id));
  return html(await view(request, what, { form: filled }));
};

const NEW = 'nouveau';
const subjectForm = z.object({ subject: lineOfText(LONGEST_SUBJECT, 'Écrivez l’objet du dossier de contrôle.') });

export const gatherPost: Page<AuditorAtWork> = async (request) => {
  const { ctx, who, form } = request;
  const what = await resolvedIn(request);
  const into = textOf(form, 'into');
  if (into !== NEW && (!isUuid(into) || what.complaintId))
    return refused(request, what, { into: 'Choisissez le dossier de contrôle.' });
  const subject = readForm(subjectForm, { subject: textOf(form, 'subject') });
  if (into === NEW && !subject.ok) return refused(request, what, subject.errors);
  const target = into === NEW && subject.ok ? { subject: subject.value.subject } : { caseId: into };
  return answer(request, what, await putInCase(ctx, who, { what, into: target }));
};

async function answer(request: Asked, what: Resolved, put: PutInCase): Promise<Reply> {
  const { ctx, who, form } = request;
  if (put.ok) {
    const notice = textOf(form, 'into') === NEW ? 'dossier-ouvert' : 'entrees-ajoutees';
    await leaveNotice(ctx.db, who.sessionIdHash, notice);
    return redirect(casePath(put.caseId));
  }
  if (put.reason === 'complaint-has-a-case') {
    if (put.caseId) return redirect(casePath(put.caseId));
    return refused(request, what, {
      form: 'Un autre auditeur a déjà ouvert un dossier de contrôle pour cette réclamation.',
    });
  }
  if (put.reason === 'not-found') throw notFound();
  return refused(request, what, put.reason === 'decided' ? DECIDED : TOO_MANY);
}

const DECIDED = {
  into: 'Ce dossier de contrôle vient d’être décidé\u00a0: il ne reçoit plus d’entrées. Choisissez-en un autre.',
};
const TOO_MANY = { into: `Un dossier de contrôle a ${MOST_IN_A_CASE} entrées au plus. Ouvrez-en un autre.` };

async function refused(request: Asked, what: Resolved, errors: FieldErrors): Promise<Reply> {
  return refusedForm(await view(request, what, { form: request.form, errors }));
}

/** Forged or foreign: as if nothing of it existed. */
async function resolvedIn({ ctx, who, query }: Asked): Promise<Resolved> {
  const gathered = gatheredIn(query);
  const what = gathered && (await resolveGathered(ctx, who, gathered));
  if (!what) throw notFound();
  return what;
}

function gatheredIn({ plainte, mandat, tirage, entrees }: Asked['query']): Gathered | undefined {
  if (plainte !== undefined) return { complaint: plainte };
  if (mandat !== undefined) return { mandate: mandat };
  if (tirage !== undefined) return { sample: tirage };
  return entrees === undefined ? undefined : { entries: entrees.split(',', MOST_ADDED + 1) };
}

async function view(
  { ctx, who, frame, query }: Asked,
  what: Resolved,
  { form, errors = {} }: { form: Form | null; errors?: FieldErrors },
) {
  const onlyNew = what.complaintId !== undefined;
  const cases = onlyNew ? [] : await listOpenCases(ctx.db, who);
  const clear = { auditor: who.auditorId, entries: what.entryIds.length, cases: cases.length };
  await recordReading(ctx, caseFormOpened.event({ actor: {}, result: 'ok', ...underMandate(what.about), clear }));
  const taken = what.complaintId ? await complaintsWithCase(ctx.db, [what.complaintId]) : new Set();
  const closed =
    taken.size > 0 ? { form: 'Un autre auditeur a déjà ouvert un dossier de contrôle pour cette réclamation.' } : {};
  return (
    <GatherPage
      frame={frame}
      action={gatherPath(gatheredIn(query) ?? {})}
      what={what.label}
      entries={what.entryIds.length}
      onlyNew={onlyNew}
      aboutMandate={what.about !== undefined}
      cases={cases.map((row) => ({
        id: row.id,
        label: `${inGroups(row.number)}\u00a0: ${openSubject(ctx, row.id, row.subjectSealed)}`,
      }))}
      values={{ into: textOf(form, 'into') || NEW, subject: form ? textOf(form, 'subject') : what.subject }}
      errors={{ ...closed, ...errors }}
    />
  );
}
