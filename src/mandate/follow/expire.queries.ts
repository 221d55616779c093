import type { Db, Trx } from '#platform/db/database.ts';
import type { ExpiredMandate } from '../expire-mandates.ts';

/** Locks open mandates past their term, the oldest term first; rows that somebody else holds are skipped, not waited for. */
export async function lockDueMandates(
  trx: Trx,
  now: Date,
  { limit, mandateId }: { limit: number; mandateId?: string },
): Promise<ExpiredMandate[]> {
  return trx
    .selectFrom('mandate')
    .select(['id', 'organisationId', 'usagerId', 'journalAlias', 'endsAt'])
    .where('endedAt', 'is', null)
    .where('endsAt', '<=', now)
    .$if(mandateId !== undefined, (query) => query.where('id', '=', mandateId ?? ''))
    .orderBy('endsAt')
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
}

/** The ids of open mandates past their term, the oldest term first, at most a thousand. */
export async function findDueMandates(db: Db, now: Date): Promise<string[]> {
  const rows = await db
    .selectFrom('mandate')
    .select('id')
    .where('endedAt', 'is', null)
    .where('endsAt', '<=', now)
    .orderBy('endsAt')
    .orderBy('id')
    .limit(1000)
    .execute();
  return rows.map(({ id }) => id);
}
