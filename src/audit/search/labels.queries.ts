import { type RawBuilder, sql } from 'kysely';
import type { Entry } from '#journal';
import type { Db } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';
import type { FoundEntry } from './found-entries.ts';

/** What the ids that leaves say in clear stand for today, by id. */
export type Labels = {
  structures: ReadonlyMap<string, string>;
  aidants: ReadonlyMap<string, string>;
  /** Their numbers. */
  mandates: ReadonlyMap<string, string>;
  auditors: ReadonlyMap<string, string>;
};

type Row = { of: keyof Labels; id: string; label: string };

/** Names of structures, aidants and auditors said by the leaves, numbers of the mandates they are about. One query. */
export async function findLabels(db: Db, entries: readonly FoundEntry[]): Promise<Labels> {
  const leaves = entries.map(({ told }) => told?.entry);
  const { rows } = await sql<Row>`
    select 'structures' as of, id, name as label from organisation
      where id = ${anyOf(leaves.map((leaf) => leaf?.organisationId))}
    union all select 'aidants', id, first_name || ' ' || last_name from aidant
      where id = ${anyOf(leaves.map((leaf) => leaf?.aidantId))}
    union all select 'mandates', id, number from mandate
      where id = ${anyOf(entries.map(({ row }) => row.mandateId))}
    union all select 'auditors', id, first_name || ' ' || last_name from auditor
      where id = ${anyOf(leaves.map((leaf) => auditorOf(leaf)))}`.execute(db);
  const labels = (of: keyof Labels) =>
    new Map(rows.flatMap((row) => (row.of === of ? [[row.id, row.label] as const] : [])));
  return {
    structures: labels('structures'),
    aidants: labels('aidants'),
    mandates: labels('mandates'),
    auditors: labels('auditors'),
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
