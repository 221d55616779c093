import { sql } from 'kysely';
import type { Db, Trx } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { inScope, type Who } from '../scope.ts';

/** A request to see an identity. */
export type Unmasking = {
  id: string;
  usagerId: string;
  organisationName: string;
  departement: string;
  mandateId: string | null;
  mandateNumber: string | null;
  alias: string | null;
  askedBy: string;
  askerName: string;
  motiveSealed: Buffer;
  askedAt: Date;
  lapsesAt: Date;
  answer: string | null;
  answererName: string | null;
  answeredBy: string | null;
  answeredAt: Date | null;
  refusalSealed: Buffer | null;
  openUntil: Date | null;
};

/**
 * A request that this auditor may read: theirs, one that they answered, or one that waits for an answer and is within their
 * scope. The answers of two others are nobody else's.
 */
export async function findUnmasking(db: Db, who: Who, id: string, now: Date): Promise<Unmasking | undefined> {
  if (!isUuid(id)) return undefined;
  return visible(db, who, now).where('unmasking.id', '=', id).executeTakeFirst();
}

/** Every request that this auditor may read, newest first. */
export async function listUnmaskings(db: Db, who: Who, now: Date): Promise<Unmasking[]> {
  return visible(db, who, now)
    .orderBy('unmasking.askedAt', 'desc')
    .orderBy('unmasking.id', 'desc')
    .limit(200)
    .execute();
}

function visible(db: Db, who: Who, now: Date) {
  return db
    .selectFrom('unmasking')
    .innerJoin('organisation', 'organisation.id', 'unmasking.organisationId')
    .innerJoin('auditor as asker', 'asker.id', 'unmasking.askedBy')
    .leftJoin('auditor as answerer', 'answerer.id', 'unmasking.answeredBy')
    .leftJoin('mandate', 'mandate.id', 'unmasking.mandateId')
    .select([
      'unmasking.id',
      'unmasking.usagerId',
      'organisation.name as organisationName',
      'organisation.departement',
      'unmasking.mandateId',
      'mandate.number as mandateNumber',
      'mandate.journalAlias as alias',
      'unmasking.askedBy',
      'unmasking.motiveSealed',
      'unmasking.askedAt',
      'unmasking.lapsesAt',
      'unmasking.answer',
      'unmasking.answeredBy',
      'unmasking.answeredAt',
      'unmasking.refusalSealed',
      'unmasking.openUntil',
    ])
    .select([
      sql<string>`asker.first_name || ' ' || asker.last_name`.as('askerName'),
      sql<string | null>`answerer.first_name || ' ' || answerer.last_name`.as('answererName'),
    ])
    .where(inScope(who))
    .where(({ or, and, eb }) =>
      or([
        eb('unmasking.askedBy', '=', who.auditorId),
        eb('unmasking.answeredBy', '=', who.auditorId),
        and([eb('unmasking.answer', 'is', null), eb('unmasking.lapsesAt', '>', now)]),
      ]),
    );
}

/** The request about this person for which this auditor waits for an answer already. */
export async function waitingRequest(
  db: Db | Trx,
  { auditorId, usagerId, now }: { auditorId: string; usagerId: string; now: Date },
): Promise<string | undefined> {
  const row = await db
    .selectFrom('unmasking')
    .select('id')
    .where('askedBy', '=', auditorId)
    .where('usagerId', '=', usagerId)
    .where('answer', 'is', null)
    .where('lapsesAt', '>', now)
    .executeTakeFirst();
  return row?.id;
}

export type Answering = { id: string; who: Who; now: Date } & (
  | { answer: 'granted'; openUntil: Date }
  | { answer: 'refused'; refusalSealed: Buffer }
);

/**
 * Writes the answer of a second auditor, if the request still waits for one, is not theirs, is within their scope, and comes
 * from an account that is still open: of two answers at once, one is written. Returns what the journal says of it.
 */
export async function writeAnswer(trx: Trx, { id, who, now, ...answer }: Answering) {
  return trx
    .updateTable('unmasking')
    .from('organisation')
    .set({ ...answer, answeredBy: who.auditorId, answeredAt: now })
    .whereRef('organisation.id', '=', 'unmasking.organisationId')
    .where('unmasking.id', '=', id)
    .where('unmasking.answer', 'is', null)
    .where('unmasking.lapsesAt', '>', now)
    .where('unmasking.askedBy', '<>', who.auditorId)
    .where(inScope(who))
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('auditor')
          .select('auditor.id')
          .whereRef('auditor.id', '=', 'unmasking.askedBy')
          .where('auditor.active', '=', true),
      ),
    )
    .returning(['unmasking.usagerId', 'unmasking.mandateId'])
    .executeTakeFirst();
}
