import { sql } from 'kysely';
import { readEntries } from '#journal';
import { readLeaf } from '#journal/verify';
import type { AppContext } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { inScope, type Scoped } from '../scope.ts';
import { whoseIs } from '../whose.ts';

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
 * The person whom an entry is about: by its mandate when it has one, else by the structure that acted; never by the word of the
 * index alone where the leaf says it. Undefined when nothing says who (erased, or about nobody), or when the place is out of the
 * auditor's scope.
 */
export async function personOfEntry(
  ctx: Pick<AppContext, 'db' | 'readerDb'>,
  who: Scoped,
  entryId: string,
): Promise<MetPerson | undefined> {
  if (!isUuid(entryId)) return undefined;
  const { db } = ctx;
  const { rows } = await sql<{ usagerId: string | null; mandateId: string | null; organisationId: string | null }>`
    select i.usager_id, i.mandate_id, i.organisation_id from journal.entry_index i where i.id = ${entryId}`.execute(db);
  const [entry] = rows;
  const [stored] = await readEntries(ctx, [entryId]);
  const read = stored && readLeaf(stored.leaf);
  if (!entry || !read?.ok) return undefined;
  const { type: kind, m: alias } = read.leaf as { type?: string; m?: string };
  const { usagerId, mandateId } = await whoseIs(db, { id: entryId, kind, alias }, entry);
  if (!usagerId) return undefined;
  if (mandateId) return personOfMandate(db, who, mandateId);
  const organisation = await db
    .selectFrom('organisation')
    .select(['id as organisationId', 'name as organisationName', 'departement'])
    .where('id', '=', entry.organisationId)
    .where(inScope(who))
    .where(({ exists, selectFrom }) => exists(selectFrom('usager').select('id').where('id', '=', usagerId)))
    .executeTakeFirst();
  return organisation && { ...organisation, ...NO_MANDATE, usagerId };
}

const NO_MANDATE = { mandateId: null, mandateNumber: null, alias: null };
