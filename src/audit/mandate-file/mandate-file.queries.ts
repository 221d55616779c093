import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { isUuid, normaliseCrockford } from '#platform/ids/ids.ts';
import { inScope, type Scoped } from '../scope.ts';

/** Where the file of a mandate starts from. What it says is then compared with the journal, or not shown. */
export type MandateRow = {
  id: string;
  number: string;
  usagerId: string;
  organisationId: string;
  structure: string;
  departement: string;
  journalAlias: string;
  entryCount: number;
  startsAt: Date;
  endsAt: Date;
  snapshot: string;
};

const NUMBER = /^[0-9A-HJKMNP-TV-Z]{16}$/;

/** A mandate by its id or its number, typed with spaces or not; undefined when it is of a département out of the auditor's. */
export async function findMandateInScope(db: Db, who: Scoped, named: string): Promise<MandateRow | undefined> {
  const number = normaliseCrockford(named.slice(0, 60));
  const by = isUuid(named) ? (['mandate.id', named] as const) : (['mandate.number', number] as const);
  if (!isUuid(named) && !NUMBER.test(number)) return undefined;
  return db
    .selectFrom('mandate')
    .innerJoin('organisation', 'organisation.id', 'mandate.organisationId')
    .select([
      'mandate.id',
      'mandate.number',
      'mandate.usagerId',
      'mandate.organisationId',
      'organisation.name as structure',
      'organisation.departement',
      'mandate.journalAlias',
      'mandate.entryCount',
      'mandate.startsAt',
      'mandate.endsAt',
      'mandate.snapshot',
    ])
    .where(by[0], '=', by[1])
    .where(inScope(who))
    .executeTakeFirst();
}

/** First and last names of aidants or auditors, by id: they are at work, their names are not masked. */
export async function namesOf(
  db: Db,
  table: 'aidant' | 'auditor',
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom(table)
    .select(['id', 'firstName', 'lastName'])
    .where('id', '=', sql<string>`any(${[...new Set(ids)]}::uuid[])`)
    .execute();
  return new Map(rows.map(({ id, firstName, lastName }) => [id, `${firstName} ${lastName}`]));
}
