import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '#platform/db/database.ts';
import type { Cursor } from './head.queries.ts';

/** An entry that is looked at in order to be sealed. */
export type Candidate = {
  id: string;
  xid: string;
  node: string;
  leaf: Buffer;
  nodeSig: Buffer;
  /** Of its node, as it was registered when the entry was read; null when it never was. */
  nodeKey: Buffer | null;
  /** As PostgreSQL writes it: to the microsecond. With the id, the key of the row. */
  recordedAt: string;
  /** Whether the key of its node was revoked before the entry was recorded. */
  isRevoked: boolean;
  /** The hash of what was sealed under this id before. */
  sealedHash: Buffer | null;
  /** Whether this very row was put aside before. */
  isAside: boolean;
};

export const BATCH = 5_000;

/** Read at once: while the next ones are read, the signatures of these are verified. */
const AT_ONCE = 1_000;

/**
 * The settled entries after the cursor in the order in which they are sealed, `limit` at most, bit by bit, each bit with the
 * cursor behind it. Rows and horizon of a bit come from one snapshot: every transaction below its xmin has ended, so that
 * nothing can appear behind what is read here (journal.md §2.6). What became of an entry before is looked up one by one, and
 * only for those: joined, the planner might read the whole tree.
 */
export async function* nextEntries(
  trx: Trx,
  logId: number,
  after: Cursor,
  limit = BATCH,
): AsyncGenerator<{ entries: Candidate[]; cursor: Cursor }> {
  await readInOrder(trx);
  let cursor = after;
  for (let left = limit; left > 0; left -= AT_ONCE) {
    const wanted = Math.min(AT_ONCE, left);
    const entries = await candidates(
      trx,
      sql`where log_id = ${logId} and (xid, id) > (${cursor.xid}::xid8, ${cursor.id}::uuid)
        and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, id limit ${wanted}`,
    );
    const last = entries.at(-1);
    if (!last) return;
    cursor = { xid: last.xid, id: last.id };
    yield { entries, cursor };
    if (entries.length < wanted) return;
  }
}

/**
 * The index gives entries in the order wanted, so that a batch costs a batch. Without statistics (a month that has just
 * begun) the planner would rather sort all that waits, again for each batch.
 */
async function readInOrder(trx: Trx): Promise<void> {
  await sql`select set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true),
    set_config('enable_seqscan', 'off', true)`.execute(trx);
}

/** These entries, in the order in which they are sealed. */
export async function entriesById(trx: Trx, logId: number, ids: readonly string[]): Promise<Candidate[]> {
  return candidates(trx, sql`where log_id = ${logId} and id = any(${ids}::uuid[])`);
}

/** What this very transaction wrote. */
export async function ownEntries(trx: Trx, logId: number): Promise<Candidate[]> {
  return candidates(trx, sql`where log_id = ${logId} and xid = pg_current_xact_id()`);
}

async function candidates(trx: Trx, which: RawBuilder<unknown>): Promise<Candidate[]> {
  const { rows } = await sql<Candidate>`
    with batch as materialized (
      select id, xid, node, leaf, node_sig, recorded_at from journal.entry ${which}
    )
    select b.id, b.xid::text, b.node, b.leaf, b.node_sig, b.recorded_at::text, k.public_key as node_key,
      coalesce(k.revoked_at <= b.recorded_at, false) as is_revoked,
      (select l.leaf_hash from journal.leaf l where l.entry_id = b.id) as sealed_hash,
      exists (select from journal.quarantine q where q.entry_id = b.id and q.recorded_at = b.recorded_at) as is_aside
    from batch b left join journal.node_key k on k.key_id = b.node order by b.xid, b.id`.execute(trx);
  return rows;
}

/**
 * Entries without a place, committed and recorded for a minute at least, in the order in which they are sealed. `since`: no
 * id below it (ids begin with their time), or every entry of the last two partitions. Reads the index of ids, then asks the
 * tree for each.
 */
export async function forgottenEntries(trx: Trx, logId: number, since: string | undefined): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select e.id from journal.entry e
    where e.log_id = ${logId} and e.recorded_at < clock_timestamp() - interval '60 s'
      and e.recorded_at >= date_trunc('month', clock_timestamp() at time zone 'UTC') at time zone 'UTC' - interval '1 month'
      and (${since ?? null}::uuid is null or e.id >= ${since ?? null}::uuid)
      and not exists (select from journal.leaf l where l.entry_id = e.id)
      and not exists (select from journal.quarantine q where q.entry_id = e.id and q.recorded_at = e.recorded_at)
    order by e.xid, e.id limit ${BATCH}`.execute(trx);
  return rows.map(({ id }) => id);
}

/** Every entry without a place, whenever it was written, and the horizon below which no transaction is open any more. */
export async function allUnsealed(trx: Trx, logId: number): Promise<{ ids: string[]; horizon: string }> {
  const { rows } = await sql<{ ids: string[] | null; horizon: string }>`
    select (select array_agg(e.id order by e.xid, e.id) from journal.entry e
        where e.log_id = ${logId}
          and not exists (select from journal.leaf l where l.entry_id = e.id)
          and not exists (select from journal.quarantine q where q.entry_id = e.id and q.recorded_at = e.recorded_at)) as ids,
      pg_snapshot_xmin(pg_current_snapshot())::text as horizon`.execute(trx);
  return { ids: rows[0]?.ids ?? [], horizon: rows[0]?.horizon ?? '0' };
}

/** How many entries have been committed for 5 s and wait behind a transaction that is still open somewhere in this cluster. */
export async function heldEntries(
  trx: Trx,
  logId: number,
  { xid, id }: Cursor,
): Promise<{ held: number; horizon: string }> {
  const { rows } = await sql<{ held: number; horizon: string }>`
    select count(*)::int as held, pg_snapshot_xmin(pg_current_snapshot())::text as horizon from (
      select 1 from journal.entry e
      where e.log_id = ${logId} and (e.xid, e.id) > (${xid}::xid8, ${id}::uuid)
        and e.xid >= pg_snapshot_xmin(pg_current_snapshot()) and e.recorded_at < clock_timestamp() - interval '5 s'
        and not exists (select from journal.leaf l where l.entry_id = e.id)
      limit 10000) as waiting`.execute(trx);
  return rows[0] ?? { held: 0, horizon: '0' };
}

/** Statements of this transaction may take minutes: they read whole tables. */
export async function allowMinutes(trx: Trx): Promise<void> {
  await sql`select set_config('statement_timeout', '0', true),
    set_config('idle_in_transaction_session_timeout', '60s', true)`.execute(trx);
}
