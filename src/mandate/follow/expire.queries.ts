import type { Trx } from '#platform/db/database.ts';
import type { ExpiredMandate } from '../expire-mandates.ts';

/** Locks open mandates past their term, the oldest term first; rows that somebody else holds are skipped, not waited for. */
export async function lockDueMandates(trx: Trx, now: Date, limit: number): Promise<ExpiredMandate[]> {
  return trx
    .selectFrom('mandate')
    .select(['id', 'organisationId', 'usagerId', 'journalAlias', 'endsAt'])
    .where('endedAt', 'is', null)
    .where('endsAt', '<=', now)
    .orderBy('endsAt')
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
}
