import type { AuditorAtWork } from '#identity';
import type { JournalRegistry } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { html } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { inGroups } from '#platform/ids/ids.ts';
import { monthsBefore } from '#platform/time/months.ts';
import { inWords, momentOf } from '#platform/time/paris.ts';
import { CasePage, type CaseView } from '#views/audit/cases/case.tsx';
import { findComplaint } from '../complaint/complaint.queries.ts';
import { TERMS } from '../retain/audit-terms.ts';
import { mandateFilePath } from '../search/search.paths.ts';
import { toldRows } from '../told-rows.ts';
import { complaintPath } from '../unmask/unmask.paths.ts';
import { answerPath, caseExportPath, decisionPath, notePath, sharePath } from './case.paths.ts';
import { type CaseRow, findCaseEntries, findExports, findNotes, findShares, type NoteRow } from './case.queries.ts';
import { DECISION_LABELS, ORIGIN_LABELS } from './case.rules.ts';
import { readCase } from './case-page.ts';
import { hashOf, openDecision, openNote, openSubject } from './case-texts.ts';

/** One case: what it holds, under the right of who reads it. A constant number of queries. */
export function casePage({ registry }: { registry: JournalRegistry }): Page<AuditorAtWork> {
  return async (request) => {
    const { ctx, who, frame } = request;
    const row = await readCase(request);
    const ids = (await findCaseEntries(ctx.db, row.id)).map(({ entryId }) => entryId);
    const entries = await toldRows(ctx, registry, who, ids);
    const mine = row.complaintId ? await findComplaint(ctx.db, who, row.complaintId) : undefined;
    const file: CaseView = {
      ...headOf(ctx, row),
      ...{ entries, hidden: ids.length - entries.length },
      shares: (await findShares(ctx.db, row.id)).map(({ auditor, sharedAt }) => ({ auditor, at: momentOf(sharedAt) })),
      notes: (await findNotes(ctx.db, row.id)).map((note) => noteOf(ctx, note)),
      exports: (await findExports(ctx.db, row.id)).map(({ id, auditor, exportedAt, sha256 }) => ({
        ...{ id, auditor, at: momentOf(exportedAt), hash: sha256.toString('hex') },
      })),
      complaintHref: mine ? complaintPath(mine.id) : null,
      paths: {
        note: notePath(row.id),
        share: row.ownerId === who.auditorId ? sharePath(row.id) : null,
        decision: decisionPath(row.id),
        export: caseExportPath(row.id),
        answer: mine ? answerPath(row.id) : null,
      },
    };
    return html(<CasePage frame={frame} file={file} />);
  };
}

function headOf(ctx: AppContext, row: CaseRow) {
  const { decision, decisionSealed, decidedAt, decidedBy } = row;
  return {
    number: inGroups(row.number),
    subject: openSubject(ctx, row.id, row.subjectSealed),
    origin: ORIGIN_LABELS[row.origin],
    owner: row.owner,
    opened: momentOf(row.openedAt),
    decision:
      decision && decisionSealed && decidedAt
        ? {
            label: DECISION_LABELS[decision],
            by: decidedBy ?? '',
            at: momentOf(decidedAt),
            reasons: openDecision(ctx, row.id, decisionSealed),
          }
        : null,
    kept: keptInWords(decidedAt, ctx.config.retention[TERMS['audit-cases']]),
    mandateHref: row.mandateId ? mandateFilePath(row.mandateId) : null,
  };
}

function keptInWords(decidedAt: Date | null, months: number): string {
  if (!decidedAt) return `Jusqu’à la décision, puis ${months}\u00a0mois. Il est ensuite effacé.`;
  return `Jusqu’au ${inWords(monthsBefore(decidedAt, -months))}. Il est ensuite effacé, sauf si un gel l’interdit.`;
}

function noteOf(ctx: AppContext, { id, author, writtenAt, sealed }: NoteRow): CaseView['notes'][number] {
  const text = openNote(ctx, id, sealed);
  return { id, author, at: momentOf(writtenAt), text, hash: hashOf(text) };
}
