import { sql } from 'kysely';
import type { Db, Trx } from '#platform/db/database.ts';
import type { Mirrored } from './mirror-files.ts';

/** What is copied of an entry. `leaf` is null when the row is gone. */
export type MirroredEntry = { hash: Buffer; leaf: Buffer | null; nodeSig: Buffer | null; recordedAt: string | null };

/** The last head of a log, or the one of this very size. */
export async function headAt(db: Db | Trx, logId: number, size?: bigint): Promise<Mirrored | undefined> {
  const { rows } = await sql<{ size: string; root: Buffer }>`
    select h.size::text, h.root from journal.tree_head h
    where h.log_id = ${logId} and (${size === undefined ? null : String(size)}::bigint is null
      or h.size = ${size === undefined ? null : String(size)}::bigint)
    order by h.size desc limit 1`.execute(db);
  const [row] = rows;
  return row && { size: BigInt(row.size), root: row.root };
}

/** The last head after `from` up to `to`; when there is none, the first one after. */
export async function nextHead(db: Db | Trx, logId: number, from: bigint, to: bigint): Promise<Mirrored | undefined> {
  const { rows } = await sql<{ size: string; root: Buffer }>`
    (select h.size::text, h.root from journal.tree_head h where h.log_id = ${logId}
      and h.size > ${String(from)}::bigint and h.size <= ${String(to)}::bigint order by h.size desc limit 1)
    union all
    (select h.size::text, h.root from journal.tree_head h where h.log_id = ${logId}
      and h.size > ${String(from)}::bigint order by h.size limit 1)`.execute(db);
  const [row] = rows;
  return row && { size: BigInt(row.size), root: row.root };
}

/**
 * The sealed entries [first, end), by index; the hour of recording in UTC, to the microsecond. Throws when a leaf is missing.
 * By id alone, which the primary key finds: with the log beside it, the planner would take the index of the sequencer.
 */
export async function sealedEntries(db: Db | Trx, logId: number, first: bigint, end: bigint): Promise<MirroredEntry[]> {
  const { rows } = await sql<MirroredEntry>`
    select l.leaf_hash as hash, e.leaf, e.node_sig,
      to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as recorded_at
    from journal.leaf l
    left join lateral (
      select leaf, node_sig, recorded_at from journal.entry e where e.id = l.entry_id and e.log_id + 0 = l.log_id
        and not exists (select from journal.quarantine q where q.entry_id = e.id and q.recorded_at = e.recorded_at)
      order by e.recorded_at limit 1) e on true
    where l.log_id = ${logId} and l.idx >= ${String(first)}::bigint and l.idx < ${String(end)}::bigint
    order by l.idx`.execute(db);
  if (rows.length !== Number(end - first)) throw new Error(`a leaf between ${first} and ${end} is missing`);
  return rows;
}

/** The last published checkpoint of this size at most. */
export async function publishedNote(db: Db | Trx, logId: number, upTo: bigint): Promise<string | undefined> {
  const { rows } = await sql<{ note: string }>`
    select note from journal.publication where log_id = ${logId} and size <= ${String(upTo)}::bigint
    order by size desc limit 1`.execute(db);
  return rows[0]?.note;
}

/** Whether one of the sealed entries [first, end) of `actes` tells an erasure of the list. */
export async function tellsErasure(db: Db | Trx, first: bigint, end: bigint): Promise<boolean> {
  const { rows } = await sql`
    select from journal.leaf l where l.log_id = 1 and l.idx >= ${String(first)}::bigint and l.idx < ${String(end)}::bigint
      and exists (select from journal.erasure e where e.id = l.entry_id) limit 1`.execute(db);
  return rows.length > 0;
}
