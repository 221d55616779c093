import type { AuditorAtWork } from '#identity';
import type { JournalRegistry } from '#journal';
import { notFound } from '#platform/http/errors.ts';
import { html, redirect } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { inGroups } from '#platform/ids/ids.ts';
import { AnswerPage } from '#views/audit/cases/answer.tsx';
import { findComplaint } from '../complaint/complaint.queries.ts';
import { openMandateFile } from '../mandate-file/open-mandate-file.ts';
import { complaintPath } from '../unmask/unmask.paths.ts';
import { answerLetter } from './answer-letter.ts';
import { casePath, decisionPath } from './case.paths.ts';
import { readCase } from './case-page.ts';
import { openDecision } from './case-texts.ts';

/** The letter to who complained, for the auditor who has the complaint, once they decided. */
export function answerPage({ registry }: { registry: JournalRegistry }): Page<AuditorAtWork> {
  return async (request) => {
    const { ctx, who, frame, now } = request;
    const row = await readCase(request);
    const complaint = row.complaintId ? await findComplaint(ctx.db, who, row.complaintId) : undefined;
    if (!complaint) throw notFound();
    if (!row.decision || !row.decisionSealed) return redirect(decisionPath(row.id));
    const file = await openMandateFile(ctx, who, { named: complaint.mandateId, registry });
    if (!file) throw notFound();
    const letter = answerLetter(ctx, file, {
      ...{ complaint, decision: row.decision, now },
      reasons: openDecision(ctx, row.id, row.decisionSealed),
      auditor: `${who.firstName} ${who.lastName}`,
    });
    return html(
      <AnswerPage
        frame={frame}
        caseHref={casePath(row.id)}
        caseNumber={inGroups(row.number)}
        complaintHref={complaintPath(complaint.id)}
        letter={letter}
      />,
    );
  };
}
