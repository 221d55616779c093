import { sql } from 'kysely';
import type { Db, Trx } from '#platform/db/database.ts';
import { inScope, type Scoped } from '../scope.ts';

/** `alias`: how the journal calls it, from its draft on. */
export type MandateFound = { id: string; number: string; usagerId: string; alias: string };

/** The mandate of this number, when it belongs to a structure that the auditor may see. */
export async function findMandate(db: Db, who: Scoped, number: string): Promise<MandateFound | undefined> {
  return db
    .selectFrom('mandate')
    .innerJoin('organisation', 'organisation.id', 'mandate.organisationId')
    .select(['mandate.id', 'mandate.number', 'mandate.usagerId', 'mandate.journalAlias as alias'])
    .where('mandate.number', '=', number)
    .where(inScope(who))
    .executeTakeFirst();
}

/** How the journal calls the mandates of these persons, of structures that the auditor may see. */
export async function findAliases(db: Db, who: Scoped, usagerIds: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('mandate')
    .innerJoin('organisation', 'organisation.id', 'mandate.organisationId')
    .select('mandate.journalAlias as alias')
    .where('mandate.usagerId', 'in', [...usagerIds])
    .where(inScope(who))
    .execute();
  return rows.map(({ alias }) => alias);
}

export type BornThen = { id: string; familyName: string; preferredUsername: string | null };

/** The persons born on this day who gave a mandate to a structure that the auditor may see. */
export async function findBornOn(db: Db, who: Scoped, birthdate: string): Promise<BornThen[]> {
  return db
    .selectFrom('usager')
    .select(['usager.id', 'usager.familyName', 'usager.preferredUsername'])
    .where('usager.birthdate', '=', birthdate)
    .where((where) =>
      where.exists(
        where
          .selectFrom('mandate')
          .innerJoin('organisation', 'organisation.id', 'mandate.organisationId')
          .select(sql`1`.as('one'))
          .whereRef('mandate.usagerId', '=', 'usager.id')
          .where(inScope(who)),
      ),
    )
    .execute();
}

export type KeptSearch = { id: string; sessionIdHash: Buffer; usagerIds: string[]; createdAt: Date };

/** Keeps whom a search is about, so that its address names nobody. */
export async function insertKeptSearch(trx: Trx, kept: KeptSearch): Promise<void> {
  await trx.insertInto('keptSearch').values(kept).execute();
}

/** Whom a search is about; undefined for any other session than the one that asked. */
export async function findKeptSearch(
  db: Db,
  { id, sessionIdHash }: Pick<KeptSearch, 'id' | 'sessionIdHash'>,
): Promise<string[] | undefined> {
  const row = await db
    .selectFrom('keptSearch')
    .select('usagerIds')
    .where('id', '=', id)
    .where('sessionIdHash', '=', sessionIdHash)
    .executeTakeFirst();
  return row?.usagerIds;
}
