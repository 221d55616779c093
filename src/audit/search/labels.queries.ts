import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import type { FoundEntry } from './search-entries.ts';

/** What the ids that leaves say in clear stand for today, by id. */
export type Labels = {
  structures: ReadonlyMap<string, string>;
  aidants: ReadonlyMap<string, string>;
  mandates: ReadonlyMap<string, { number: string; alias: string }>;
};

/** Names of structures and aidants said by the leaves, numbers of the mandates they are about. Three queries. */
export async function findLabels(db: Db, entries: readonly FoundEntry[]): Promise<Labels> {
  const leaves = entries.map(({ told }) => told?.entry);
  const structures = await db
    .selectFrom('organisation')
    .select(['id', 'name'])
    .where('id', '=', anyOf(leaves.map((leaf) => leaf?.organisationId)))
    .execute();
  const aidants = await db
    .selectFrom('aidant')
    .select(['id', 'firstName', 'lastName'])
    .where('id', '=', anyOf(leaves.map((leaf) => leaf?.aidantId)))
    .execute();
  const mandates = await db
    .selectFrom('mandate')
    .select(['id', 'number', 'journalAlias'])
    .where('id', '=', anyOf(entries.map(({ row }) => row.mandateId)))
    .execute();
  return {
    structures: new Map(structures.map(({ id, name }) => [id, name])),
    aidants: new Map(aidants.map(({ id, firstName, lastName }) => [id, `${firstName} ${lastName}`])),
    mandates: new Map(mandates.map(({ id, number, journalAlias }) => [id, { number, alias: journalAlias }])),
  };
}

/** One parameter however many ids there are, so that the statement stays the same. */
function anyOf(ids: readonly (string | null | undefined)[]): RawBuilder<string> {
  const known = [...new Set(ids.filter((id) => id !== null && id !== undefined))];
  return sql<string>`any(${known}::uuid[])`;
}
