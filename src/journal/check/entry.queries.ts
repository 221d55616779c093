import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { after, DAY } from '#platform/time/clock.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';

export type EntryRow = { id: string; recordedAt: Date; node: string; leaf: Buffer; nodeSig: Buffer; xid: string };
export type IndexRow = {
  id: string;
  recordedAt: Date;
  logId: number;
  kind: string;
  result: string;
  theme: string | null;
  aidantId: string | null;
  organisationId: string | null;
  mandateAlias: string | null;
  mandateId: string | null;
  usagerId: string | null;
  mn: number | null;
  themes: string[] | null;
};
export type OpeningRow = {
  entryId: string;
  name: string;
  subjectKeyId: string;
  sealed: Buffer;
  wrapped: Buffer | null;
  /** Whose key it is; null once it is destroyed. */
  subjectKind: string | null;
  subjectId: string | null;
};

/**
 * The rows of these entries, by id. Ids say about when they were made: their partitions are looked in first, and all of them
 * only for what is not there.
 */
export async function entriesOf(db: Db, log: LogName, ids: readonly string[]): Promise<Map<string, EntryRow[]>> {
  if (ids.length === 0) return new Map();
  const times = ids.map(timeOf).sort((one, other) => one - other);
  const [first, last] = [new Date(times[0] ?? 0), new Date(times.at(-1) ?? 0)];
  const near = sql`and recorded_at between ${after(first, -DAY)} and ${after(last, DAY)}`;
  const found = byId(await rowsOf(db, log, ids, near));
  const rest = ids.filter((id) => !found.has(id));
  if (rest.length > 0) for (const [id, rows] of byId(await rowsOf(db, log, rest, sql``))) found.set(id, rows);
  return found;
}

/** The milliseconds of a UUIDv7 (RFC 9562 §5.7). */
const timeOf = (id: string) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

async function rowsOf(db: Db, log: LogName, ids: readonly string[], when: ReturnType<typeof sql>): Promise<EntryRow[]> {
  const { rows } = await sql<EntryRow>`
    select id, recorded_at, node, leaf, node_sig, xid::text as xid from journal.entry
    where log_id = ${LOG_IDS[log]} and id = any(${ids}::uuid[]) ${when}`.execute(db);
  return rows;
}

function byId(rows: readonly EntryRow[]): Map<string, EntryRow[]> {
  return Map.groupBy(rows, ({ id }) => id);
}

export async function indexRowsOf(db: Db, ids: readonly string[]): Promise<Map<string, IndexRow>> {
  const { rows } = await sql<IndexRow>`
    select id, recorded_at, log_id, kind, result, theme, aidant_id, organisation_id, mandate_alias, mandate_id, usager_id, mn, themes
    from journal.entry_index where id = any(${ids}::uuid[])`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}

export async function openingsOf(db: Db, ids: readonly string[]): Promise<OpeningRow[]> {
  const { rows } = await sql<OpeningRow>`
    select o.entry_id, o.name, o.subject_key_id, o.sealed, k.wrapped, k.subject_kind, k.subject_id
    from journal.opening o left join journal.subject_key k on k.id = o.subject_key_id
    where o.entry_id = any(${ids}::uuid[]) order by o.entry_id, o.name`.execute(db);
  return rows;
}

/** Which of these subject keys an erasure destroyed. */
export async function erasedKeys(db: Db, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    select distinct gone.id from journal.erasure e, unnest(e.keys) as gone (id)
    where gone.id = any(${keys}::uuid[])`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** The registered nodes, by key id. */
export async function nodeKeysOf(db: Db): Promise<Map<string, { publicKey: Buffer; revokedAt: Date | null }>> {
  const { rows } = await sql<{ keyId: string; publicKey: Buffer; revokedAt: Date | null }>`
    select key_id, public_key, revoked_at from journal.node_key`.execute(db);
  return new Map(rows.map(({ keyId, ...key }) => [keyId, key]));
}
