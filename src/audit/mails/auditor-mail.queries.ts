import type { Db, Trx } from '#platform/db/database.ts';
import { mayRead } from '../scope.ts';

/** Who a mail is for, as long as their account is active. */
type Recipient = { id: string; email: string; departements: string[] | null };

export async function findRecipient(db: Db, auditorId: string): Promise<Recipient | undefined> {
  return db
    .selectFrom('auditor')
    .select(['id', 'email', 'departements'])
    .where('id', '=', auditorId)
    .where('active', '=', true)
    .executeTakeFirst();
}

/** Until when this auditor may answer a request; undefined when it waits no longer, or is not theirs to answer. */
export async function findWaiting(db: Db, to: Recipient, id: string, now: Date): Promise<Date | undefined> {
  const row = await db
    .selectFrom('unmasking')
    .innerJoin('organisation', 'organisation.id', 'unmasking.organisationId')
    .select(['unmasking.lapsesAt', 'organisation.departement'])
    .where('unmasking.id', '=', id)
    .where('unmasking.askedBy', '<>', to.id)
    .where('unmasking.answer', 'is', null)
    .where('unmasking.lapsesAt', '>', now)
    .executeTakeFirst();
  return row && mayRead(to, row.departement) ? row.lapsesAt : undefined;
}

/** What another answered to this auditor's request: until when the identity is open, null when it was refused. */
export async function findAnswered(db: Db, to: Recipient, id: string): Promise<{ openUntil: Date | null } | undefined> {
  return db
    .selectFrom('unmasking')
    .select('openUntil')
    .where('id', '=', id)
    .where('askedBy', '=', to.id)
    .where('answer', 'is not', null)
    .executeTakeFirst();
}

/** Whether this complaint is still theirs to answer. */
export async function hasComplaint(db: Db, to: Recipient, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('complaint')
    .select('id')
    .where('id', '=', id)
    .where('auditorId', '=', to.id)
    .where('closedAt', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether this case was opened to them. */
export async function hasShare(db: Db, to: Recipient, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('auditCaseShare')
    .select('caseId')
    .where('caseId', '=', id)
    .where('auditorId', '=', to.id)
    .executeTakeFirst();
  return row !== undefined;
}

/** Who asked for an identity, and in which structure the person is. */
export type Asked = { askedBy: string; organisationId: string };

/** Every auditor who may answer a request: another than who asks, active, whose départements cover the structure. */
export async function whoMayAnswer(db: Db | Trx, { askedBy, organisationId }: Asked): Promise<string[]> {
  const others = await db
    .selectFrom('auditor')
    .innerJoin('organisation', (join) => join.onTrue())
    .select('auditor.id')
    .where('organisation.id', '=', organisationId)
    .where('auditor.id', '<>', askedBy)
    .where('auditor.active', '=', true)
    .where(({ or, eb, fn }) =>
      or([eb('auditor.departements', 'is', null), eb('organisation.departement', '=', fn.any('auditor.departements'))]),
    )
    .orderBy('auditor.id')
    .execute();
  return others.map(({ id }) => id);
}
