import type { Db, Trx } from '#platform/db/database.ts';
import { inScope, type Who } from '../scope.ts';

/** Why the identity of a person is open to an auditor, and until when; a complaint is open until it is answered. */
export type OpenIdentity = {
  usagerId: string;
  by: 'unmasking' | 'complaint';
  id: string;
  until: Date | null;
  /** The mandate that it was opened for, and its alias in the journal. */
  mandateId: string | null;
  alias: string | null;
};

/**
 * Which of these persons this auditor may see the identity of now, by usager: a second auditor agreed less than 7 days ago,
 * or a complaint of the person is theirs to answer. Asked at each request, within the départements of this very moment. Two
 * queries. Whoever shows one writes it first: `identityShownEvents`.
 */
export async function identitiesOpenTo(
  db: Db | Trx,
  who: Who,
  usagerIds: readonly string[],
  now: Date,
): Promise<Map<string, OpenIdentity>> {
  if (usagerIds.length === 0) return new Map();
  const complaints = await openComplaints(db, who).where('complaint.usagerId', 'in', usagerIds).execute();
  const granted = await openUnmaskings(db, who, now).where('unmasking.usagerId', 'in', usagerIds).execute();
  return new Map(
    [
      ...complaints.map((row) => ({ ...row, by: 'complaint' as const, until: null })),
      ...granted.map((row) => ({ ...row, by: 'unmasking' as const })),
    ].map((open) => [open.usagerId, open]),
  );
}

/** The one with this id, if it is open to this auditor now. */
export async function findOpenIdentity(
  db: Db | Trx,
  who: Who,
  { by, id, now }: Pick<OpenIdentity, 'by' | 'id'> & { now: Date },
): Promise<OpenIdentity | undefined> {
  const row =
    by === 'complaint'
      ? await openComplaints(db, who).where('complaint.id', '=', id).executeTakeFirst()
      : await openUnmaskings(db, who, now).where('unmasking.id', '=', id).executeTakeFirst();
  return row && { until: null, ...row, by };
}

function openComplaints(db: Db | Trx, who: Who) {
  return db
    .selectFrom('complaint')
    .innerJoin('organisation', 'organisation.id', 'complaint.organisationId')
    .innerJoin('mandate', 'mandate.id', 'complaint.mandateId')
    .select(['complaint.id', 'complaint.usagerId', 'complaint.mandateId', 'mandate.journalAlias as alias'])
    .where('complaint.auditorId', '=', who.auditorId)
    .where('complaint.closedAt', 'is', null)
    .where(inScope(who));
}

function openUnmaskings(db: Db | Trx, who: Who, now: Date) {
  return db
    .selectFrom('unmasking')
    .innerJoin('organisation', 'organisation.id', 'unmasking.organisationId')
    .leftJoin('mandate', 'mandate.id', 'unmasking.mandateId')
    .select([
      'unmasking.id',
      'unmasking.usagerId',
      'unmasking.mandateId',
      'unmasking.openUntil as until',
      'mandate.journalAlias as alias',
    ])
    .where('unmasking.askedBy', '=', who.auditorId)
    .where('unmasking.openUntil', '>', now)
    .where(inScope(who))
    .orderBy('unmasking.openUntil');
}
