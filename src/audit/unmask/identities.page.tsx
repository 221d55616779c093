import type { AuditorAtWork } from '#identity';
import { html } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { inDigits } from '#platform/time/paris.ts';
import { type ComplaintRow, IdentitiesPage, type RequestRow } from '#views/audit/unmask/identities.tsx';
import { type Complaint, complaintsOf } from '../complaint/complaint.queries.ts';
import { SAYS } from '../complaint/complaint.words.ts';
import { maskedPerson } from '../mask.ts';
import { placeOf } from '../place.ts';
import { recordReading } from './record-reading.ts';
import { identitiesListed } from './unmask.events.ts';
import { complaintPath, unmaskingPath } from './unmask.paths.ts';
import { listUnmaskings, type Unmasking } from './unmask.queries.ts';
import { stateOf } from './unmask.rules.ts';

type Asked = PageRequest<AuditorAtWork>;

/** What waits for this auditor, what they asked and answered, and their complaints. */
export const identitiesPage: Page<AuditorAtWork> = async (request) => {
  const { ctx, who, frame, now } = request;
  const { auditorId } = who;
  const [unmaskings, complaints] = [await listUnmaskings(ctx.db, who, now), await complaintsOf(ctx.db, who)];
  const clear = { auditor: auditorId, requests: unmaskings.length, complaints: complaints.length };
  await recordReading(ctx, identitiesListed.event({ actor: {}, result: 'ok', clear }));
  const rows = (belongs: (one: Unmasking) => boolean) =>
    unmaskings.filter(belongs).map((unmasking) => requestRow(request, unmasking));
  return html(
    <IdentitiesPage
      frame={frame}
      toAnswer={rows(({ askedBy, answer }) => askedBy !== auditorId && answer === null)}
      mine={rows(({ askedBy }) => askedBy === auditorId)}
      answered={rows(({ answeredBy }) => answeredBy === auditorId)}
      complaints={complaints.map((complaint) => complaintRow(request, complaint))}
    />,
  );
};

/** Short, for a table. */
const rowMoment = (instant: Date) => ({ iso: instant.toISOString(), words: inDigits(instant) });

function requestRow({ ctx, now }: Asked, unmasking: Unmasking): RequestRow {
  return {
    id: unmasking.id,
    href: unmaskingPath(unmasking.id),
    person: maskedPerson(ctx.keys, unmasking.usagerId),
    place: placeOf(unmasking),
    askedAt: rowMoment(unmasking.askedAt),
    asker: unmasking.askerName,
    state: stateInWords(unmasking, now),
  };
}

function stateInWords(unmasking: Unmasking, now: Date): string {
  const { lapsesAt, openUntil } = unmasking;
  switch (stateOf(unmasking, now)) {
    case 'waiting':
      return `En attente, jusqu’au ${inDigits(lapsesAt)}`;
    case 'lapsed':
      return `Tombée sans réponse le ${inDigits(lapsesAt)}`;
    case 'refused':
      return 'Refusée';
    case 'open':
      return `Ouverte jusqu’au ${inDigits(openUntil ?? now)}`;
    case 'over':
      return `Refermée le ${inDigits(openUntil ?? now)}`;
  }
}

function complaintRow({ ctx }: Asked, complaint: Complaint): ComplaintRow {
  const { id, usagerId, motive, receivedAt, closedAt } = complaint;
  return {
    id,
    href: complaintPath(id),
    person: maskedPerson(ctx.keys, usagerId),
    place: placeOf(complaint),
    receivedAt: rowMoment(receivedAt),
    says: SAYS[motive],
    state: closedAt ? `Close le ${inDigits(closedAt)}` : 'À répondre',
  };
}
