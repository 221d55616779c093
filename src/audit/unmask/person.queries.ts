import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { inScope, type Scoped } from '../scope.ts';

/** A masked person, and where they were met. */
export type MetPerson = {
  usagerId: string;
  organisationId: string;
  organisationName: string;
  departement: string;
  mandateId: string | null;
  mandateNumber: string | null;
  /** The mandate's alias in the journal. */
  alias: string | null;
};

/** The person of a mandate that this auditor may read. */
export async function personOfMandate(db: Db, who: Scoped, mandateId: string): Promise<MetPerson | undefined> {
  if (!isUuid(mandateId)) return undefined;
  return db
    .selectFrom('mandate')
    .innerJoin('organisation', 'organisation.id', 'mandate.organisationId')
    .select([
      'mandate.usagerId',
      'mandate.organisationId',
      'organisation.name as organisationName',
      'organisation.departement',
      'mandate.id as mandateId',
      'mandate.number as mandateNumber',
      'mandate.journalAlias as alias',
    ])
    .where('mandate.id', '=', mandateId)
    .where(inScope(who))
    .executeTakeFirst();
}

/**
 * The person whom an entry is about: by its mandate when it has one, else by the structure that acted. Undefined when the
 * index does not say who (erased, or about nobody), or when the place is out of the auditor's scope.
 */
export async function personOfEntry(db: Db, who: Scoped, entryId: string): Promise<MetPerson | undefined> {
  if (!isUuid(entryId)) return undefined;
  const { rows } = await sql<{ usagerId: string; mandateId: string | null; organisationId: string | null }>`
    select i.usager_id, i.mandate_id, i.organisation_id from journal.entry_index i
    join usager u on u.id = i.usager_id where i.id = ${entryId}`.execute(db);
  const [entry] = rows;
  if (!entry) return undefined;
  if (entry.mandateId) return personOfMandate(db, who, entry.mandateId);
  const organisation = await db
    .selectFrom('organisation')
    .select(['id as organisationId', 'name as organisationName', 'departement'])
    .where('id', '=', entry.organisationId)
    .where(inScope(who))
    .executeTakeFirst();
  return organisation && { ...organisation, ...NO_MANDATE, usagerId: entry.usagerId };
}

const NO_MANDATE = { mandateId: null, mandateNumber: null, alias: null };
