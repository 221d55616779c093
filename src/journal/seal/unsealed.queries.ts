import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '#platform/db/database.ts';
import type { Cursor } from './head.queries.ts';

/** An entry that is looked at in order to be sealed. */
export type Candidate = {
  id: string;
  xid: string;
  node: string;
  leaf: Buffer;
  nodeSig: Buffer;
  /** As PostgreSQL writes it: to the microsecond. With the id, the key of the row. */
  recordedAt: string;
  /** Whether the key of its node was revoked before the entry was recorded. */
  isRevoked: boolean;
  /** Whether it was sealed, or put aside, before. */
  isDone: boolean;
};

export const BATCH = 5_000;

/**
 * The next settled entries after the cursor. Rows and horizon come from one snapshot: every transaction below its xmin has
 * ended, so that nothing can appear behind what is read here (journal.md §2.6). `isDone` is looked up entry by entry, and
 * only for those: joined, the planner might read the whole tree.
 */
export async function nextEntries(trx: Trx, logId: number, { xid, id }: Cursor): Promise<Candidate[]> {
  return candidates(
    trx,
    sql`where log_id = ${logId} and (xid, id) > (${xid}::xid8, ${id}::uuid)
      and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, id limit ${BATCH}`,
  );
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
    select b.id, b.xid::text, b.node, b.leaf, b.node_sig, b.recorded_at::text,
      coalesce(k.revoked_at <= b.recorded_at, false) as is_revoked,
      exists (select from journal.leaf l where l.entry_id = b.id)
        or exists (select from journal.quarantine q where q.entry_id = b.id and q.recorded_at = b.recorded_at) as is_done
    from batch b left join journal.node_key k on k.key_id = b.node order by b.xid, b.id`.execute(trx);
  return rows;
}

/** The public keys that may write, by key id. Read after the entries: keys are only ever added. */
export async function nodeKeys(db: Db | Trx): Promise<Map<string, Buffer>> {
  const { rows } = await sql<{ keyId: string; publicKey: Buffer }>`
    select key_id, public_key from journal.node_key`.execute(db);
  return new Map(rows.map(({ keyId, publicKey }) => [keyId, publicKey]));
}
