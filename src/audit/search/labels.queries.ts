import { type RawBuilder, sql } from 'kysely';
import type { Entry } from '#journal';
import type { Db } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';
import type { FoundEntry } from './found-entries.ts';

/** What the ids that leaves say in clear stand for today, by id. */
export type Labels = {
  structures: ReadonlyMap<string, string>;
  aidants: ReadonlyMap<string, string>;
  mandates: ReadonlyMap<string, { number: string; alias: string }>;
  auditors: ReadonlyMap<string, string>;
};

/** Names of structures, aidants and auditors said by the leaves, numbers of the mandates they are about. Four queries. */
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
  const auditors = await db
    .selectFrom('auditor')
    .select(['id', 'firstName', 'lastName'])
    .where('id', '=', anyOf(leaves.map((leaf) => auditorOf(leaf))))
    .execute();
  return {
    structures: new Map(structures.map(({ id, name }) => [id, name])),
    aidants: new Map(aidants.map(({ id, firstName, lastName }) => [id, `${firstName} ${lastName}`])),
    mandates: new Map(mandates.map(({ id, number, journalAlias }) => [id, { number, alias: journalAlias }])),
    auditors: new Map(auditors.map(({ id, firstName, lastName }) => [id, `${firstName} ${lastName}`])),
  };
}

/** Which auditor an entry says did it: leaves of their work say it in clear. */
export function auditorOf(entry: Entry | undefined): string | undefined {
  const { auditor } = entry?.clear ?? {};
  return typeof auditor === 'string' && isUuid(auditor) ? auditor : undefined;
}

/** One parameter however many ids there are, so that the statement stays the same. */
function anyOf(ids: readonly (string | null | undefined)[]): RawBuilder<string> {
  const known = [...new Set(ids.filter((id) => id !== null && id !== undefined))];
  return sql<string>`any(${known}::uuid[])`;
}
