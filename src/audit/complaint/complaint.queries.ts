import type { Db, Trx } from '#platform/db/database.ts';
import { inScope, type Who } from '../scope.ts';

export type ComplaintMotive = 'never-signed' | 'not-recognised';
export type ComplaintChannel = 'letter' | 'phone' | 'counter';
export type ComplaintAnswer = 'confirmed' | 'contested' | 'undecided';

/** A complaint, without anything of who the person is. */
export type Complaint = {
  id: string;
  mandateId: string;
  mandateNumber: string;
  /** The mandate's alias in the journal. */
  alias: string;
  usagerId: string;
  organisationId: string;
  organisationName: string;
  departement: string;
  motive: ComplaintMotive;
  channel: ComplaintChannel;
  receivedAt: Date;
  closedAt: Date | null;
  answer: ComplaintAnswer | null;
};

/** The complaints that are this auditor's to answer, or that they answered: the open ones first, then the newest. */
export async function complaintsOf(db: Db | Trx, who: Who): Promise<Complaint[]> {
  return complaints(db, who)
    .orderBy(({ eb }) => eb('complaint.closedAt', 'is', null), 'desc')
    .orderBy('complaint.receivedAt', 'desc')
    .limit(200)
    .execute();
}

/** One of them. */
export async function findComplaint(db: Db | Trx, who: Who, id: string): Promise<Complaint | undefined> {
  return complaints(db, who).where('complaint.id', '=', id).executeTakeFirst();
}

function complaints(db: Db | Trx, who: Who) {
  return db
    .selectFrom('complaint')
    .innerJoin('organisation', 'organisation.id', 'complaint.organisationId')
    .innerJoin('mandate', 'mandate.id', 'complaint.mandateId')
    .select([
      'complaint.id',
      'complaint.mandateId',
      'mandate.number as mandateNumber',
      'mandate.journalAlias as alias',
      'complaint.usagerId',
      'complaint.organisationId',
      'organisation.name as organisationName',
      'organisation.departement',
      'complaint.motive',
      'complaint.channel',
      'complaint.receivedAt',
      'complaint.closedAt',
      'complaint.answer',
    ])
    .$narrowType<Pick<Complaint, 'motive' | 'channel' | 'answer'>>()
    .where('complaint.auditorId', '=', who.auditorId)
    .where(inScope(who));
}

/** Every open complaint, oldest first, with the auditor who has it. For the operator's commands. */
export async function listComplaints(db: Db) {
  return db
    .selectFrom('complaint')
    .innerJoin('mandate', 'mandate.id', 'complaint.mandateId')
    .innerJoin('auditor', 'auditor.id', 'complaint.auditorId')
    .select(['complaint.id', 'mandate.number as mandateNumber', 'complaint.motive', 'complaint.channel'])
    .select(['complaint.receivedAt', 'auditor.email as auditorEmail'])
    .$narrowType<Pick<Complaint, 'motive' | 'channel'>>()
    .where('complaint.closedAt', 'is', null)
    .orderBy('complaint.receivedAt')
    .execute();
}
