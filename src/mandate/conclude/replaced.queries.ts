import type { Db, Trx } from '#platform/db/database.ts';

/** A live authorisation that a new mandate takes over. */
export type Replaced = { id: string; theme: string; mandateId: string; number: string; endsAt: Date };

/** The authorisations in force at `now` that a mandate for these themes would replace, by theme. One structure's only. */
export async function findReplaced(
  db: Db | Trx,
  wanted: { organisationId: string; usagerId: string; themes: readonly string[]; now: Date },
): Promise<Replaced[]> {
  return db
    .selectFrom('authorisation')
    .innerJoin('mandate', 'mandate.id', 'authorisation.mandateId')
    .select(['authorisation.id', 'authorisation.theme', 'mandate.id as mandateId', 'mandate.number', 'mandate.endsAt'])
    .where('authorisation.organisationId', '=', wanted.organisationId)
    .where('authorisation.usagerId', '=', wanted.usagerId)
    .where('authorisation.theme', 'in', [...wanted.themes])
    .where('authorisation.endedAt', 'is', null)
    .where('mandate.endsAt', '>', wanted.now)
    .orderBy('authorisation.theme')
    .execute();
}
