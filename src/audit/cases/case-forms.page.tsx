import { z } from 'zod';
import type { AuditorAtWork } from '#identity';
import { notFound } from '#platform/http/errors.ts';
import { type FieldErrors, readForm, textOf } from '#platform/http/form.ts';
import { html, redirect, refusedForm } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { emailAddress } from '#platform/http/text-field.ts';
import { inGroups } from '#platform/ids/ids.ts';
import { NotePage, SharePage } from '#views/audit/cases/case-forms.tsx';
import { addNote } from './add-note.ts';
import { casePath, notePath, sharePath } from './case.paths.ts';
import type { CaseRow } from './case.queries.ts';
import { readNote } from './case.rules.ts';
import { caseOf } from './case-page.ts';
import { type SharedCase, shareCase } from './share-case.ts';

type Asked = PageRequest<AuditorAtWork>;

export const notePage: Page<AuditorAtWork> = async (request) => {
  const row = await caseOf(request);
  return html(noteView(request, row, textOf(request.filled, 'note')));
};

export const notePost: Page<AuditorAtWork> = async (request) => {
  const { ctx, who, form } = request;
  const row = await caseOf(request);
  const read = readNote(form);
  if (!read.ok) return refusedForm(noteView(request, row, textOf(form, 'note'), read.errors));
  if (!(await addNote(ctx, who, { caseId: row.id, note: read.value.note }))) throw notFound();
  return redirect(casePath(row.id));
};

function noteView({ frame }: Asked, row: CaseRow, note: string, errors: FieldErrors = {}) {
  const { id, number } = row;
  const common = { frame, number: inGroups(number), caseHref: casePath(id), action: notePath(id), errors };
  return <NotePage {...common} note={note} />;
}

/** Only the owner opens a case to others: for them this page does not exist. */
async function ownCaseOf(request: Asked): Promise<CaseRow> {
  const row = await caseOf(request);
  if (row.ownerId !== request.who.auditorId) throw notFound();
  return row;
}

export const sharePage: Page<AuditorAtWork> = async (request) => {
  const row = await ownCaseOf(request);
  return html(shareView(request, row, textOf(request.filled, 'email')));
};

const shareForm = z.object({ email: emailAddress('Écrivez l’adresse e-mail de l’auditeur.') });

const REFUSALS: Readonly<Record<Exclude<(SharedCase & { ok: false })['reason'], 'not-found'>, string>> = {
  'unknown-auditor': 'Aucun auditeur en activité, et qui ait ce département, n’a cette adresse.',
  yourself: 'Ce dossier de contrôle est déjà à vous.',
  'already-shared': 'Ce dossier de contrôle lui est déjà ouvert.',
};

export const sharePost: Page<AuditorAtWork> = async (request) => {
  const { ctx, who, form } = request;
  const row = await ownCaseOf(request);
  const typed = textOf(form, 'email');
  const read = readForm(shareForm, { email: typed });
  if (!read.ok) return refusedForm(shareView(request, row, typed, read.errors));
  const shared = await shareCase(ctx, who, { caseId: row.id, email: read.value.email });
  if (shared.ok) return redirect(casePath(row.id));
  if (shared.reason === 'not-found') throw notFound();
  return refusedForm(shareView(request, row, typed, { email: REFUSALS[shared.reason] }));
};

function shareView({ frame }: Asked, row: CaseRow, email: string, errors: FieldErrors = {}) {
  const { id, number } = row;
  const common = { frame, number: inGroups(number), caseHref: casePath(id), action: sharePath(id), errors };
  return <SharePage {...common} email={email} />;
}
