import type { AuditorAtWork } from '#identity';
import type { AppContext } from '#platform/context.ts';
import { html } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { inGroups, isUuid } from '#platform/ids/ids.ts';
import { inDigits, inWords } from '#platform/time/paris.ts';
import { type CaseLine, CasesPage } from '#views/audit/cases/cases.tsx';
import { complaintsOf } from '../complaint/complaint.queries.ts';
import { SAYS } from '../complaint/complaint.words.ts';
import { recordReading } from '../unmask/record-reading.ts';
import { casesListed } from './case.events.ts';
import { CASES, casePath, gatherPath } from './case.paths.ts';
import { CASES_PER_PAGE, type CaseRow, complaintsWithCase, findCase, listCases } from './case.queries.ts';
import { DECISION_LABELS, ORIGIN_LABELS } from './case.rules.ts';
import { openSubject } from './case-texts.ts';

/** The auditor's own cases and those opened to them; complaints that have none yet. */
export const casesPage: Page<AuditorAtWork> = async ({ ctx, who, frame, query }) => {
  const last = query.apres && isUuid(query.apres) ? await findCase(ctx.db, who, query.apres) : undefined;
  const after = last && { decided: last.decidedAt !== null, openedAt: last.openedAt, id: last.id };
  const rows = await listCases(ctx.db, who, after);
  const shown = rows.slice(0, CASES_PER_PAGE);
  const complaints = await complaintsOf(ctx.db, who);
  const open = complaints.filter(({ closedAt }) => closedAt === null);
  const started = await complaintsWithCase(
    ctx.db,
    open.map(({ id }) => id),
  );
  const clear = { auditor: who.auditorId, shown: shown.length };
  await recordReading(ctx, casesListed.event({ actor: {}, result: 'ok', clear }));
  return html(
    <CasesPage
      frame={frame}
      cases={shown.map((row) => lineOf(ctx, row))}
      complaints={open
        .filter(({ id }) => !started.has(id))
        .map(({ id, motive, mandateNumber, receivedAt }) => ({
          id,
          href: gatherPath({ complaint: id }),
          label: `«\u00a0${SAYS[motive]}\u00a0», mandat ${inGroups(mandateNumber)}`,
          received: inWords(receivedAt),
        }))}
      nextHref={rows.length > CASES_PER_PAGE ? `${CASES}?apres=${shown.at(-1)?.id}` : null}
    />,
  );
};

function lineOf(ctx: AppContext, row: CaseRow): CaseLine {
  return {
    id: row.id,
    href: casePath(row.id),
    number: inGroups(row.number),
    subject: openSubject(ctx, row.id, row.subjectSealed),
    origin: ORIGIN_LABELS[row.origin],
    opened: { iso: row.openedAt.toISOString(), words: inDigits(row.openedAt) },
    owner: row.owner,
    entries: String(row.entries),
    decision: row.decision ? DECISION_LABELS[row.decision] : 'En attente',
  };
}
