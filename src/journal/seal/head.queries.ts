import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '#platform/db/database.ts';

/** Up to where entries were looked at, in the order in which they are sealed. */
export type Cursor = { xid: string; id: string };

export type Head = { size: bigint; root: Buffer; cursor: Cursor; systemIdentifier: string };

/** The last tree head of a log, and what tells whether it may be built upon. */
export type HeadState = {
  head: Head | undefined;
  /** This cluster, whose transaction numbers mean nothing in another one. */
  cluster: string;
  /** Whether the cursor lies beyond every transaction that this cluster ever began. */
  isAhead: boolean;
  /** How many leaves there are by their highest index. */
  leaves: bigint;
  /** The largest size that was signed. */
  signed: bigint;
};

export const BEGINNING: Cursor = { xid: '0', id: '00000000-0000-0000-0000-000000000000' };

type Row = {
  size: string | null;
  root: Buffer;
  lastXid: string;
  lastId: string;
  systemIdentifier: string;
  cluster: string;
  isAhead: boolean | null;
  leaves: string;
  signed: string;
};

/** Reads the head. Must be a statement of its own, after the one that takes the lock: its snapshot has to be newer. */
export async function readHead(db: Db | Trx, logId: number): Promise<HeadState> {
  const { rows } = await headState(logId).execute(db);
  const [row] = rows;
  if (!row) throw new Error('the state of the tree could not be read');
  const { size, root, lastXid, lastId, systemIdentifier, cluster } = row;
  return {
    head:
      size === null ? undefined : { size: BigInt(size), root, cursor: { xid: lastXid, id: lastId }, systemIdentifier },
    cluster,
    isAhead: row.isAhead === true,
    leaves: BigInt(row.leaves),
    signed: BigInt(row.signed),
  };
}

const headState = (logId: number): RawBuilder<Row> => sql<Row>`
  select h.size::text, h.root, h.last_xid::text, h.last_id, h.system_identifier,
    (select system_identifier::text from pg_control_system()) as cluster,
    h.last_xid >= pg_snapshot_xmax(pg_current_snapshot()) as is_ahead,
    (select coalesce(max(idx) + 1, 0)::text from journal.leaf where log_id = ${logId}) as leaves,
    (select coalesce(max(size), 0)::text from journal.checkpoint where log_id = ${logId}) as signed
  from (values (1)) as one (row)
  left join lateral (select * from journal.tree_head where log_id = ${logId} order by size desc limit 1) h on true`;
