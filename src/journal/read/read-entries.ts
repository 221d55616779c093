import { type RawBuilder, sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';

/** Where an entry stands on its way to being proven. `quarantined`: no registered node signed it, it is never sealed. */
export type EntryState = 'pending' | 'sealed' | 'cosigned' | 'quarantined';

/**
 * Between which times the entry took its place, as witnesses signed them: the last published tree without it, the first
 * with it. Of several witnesses `after` is the earliest time and `before` the latest, so that the bracket holds whichever
 * of them is believed. Null where no published tree says.
 */
export type Bracket = { after: Date | null; before: Date | null };

/** An entry as it is kept: the bytes that are hashed and signed, and what sealing made of them. */
export type StoredEntry = {
  id: string;
  log: LogName;
  leaf: Buffer;
  nodeSignature: Buffer;
  /** Key id of the program that signed. */
  node: string;
  /** By the database's clock, when it was written. */
  recordedAt: Date;
  /** Its place in the tree, and the hash that the tree has there; null until it is sealed. */
  index: bigint | null;
  sealedHash: Buffer | null;
  /** Of `node`, as it was registered (Ed25519, 32 bytes); null when it never was. */
  nodeKey: Buffer | null;
  state: EntryState;
  bracket: Bracket;
};

type Row = {
  id: string;
  logId: number;
  leaf: Buffer;
  nodeSig: Buffer;
  node: string;
  recordedAt: Date;
  idx: number | null;
  sealedHash: Buffer | null;
  nodeKey: Buffer | null;
  quarantined: boolean;
  published: boolean;
  after: Date | null;
  before: Date | null;
};

/**
 * The entries with these ids, in the order of the ids; those that no longer exist (a period that was erased) are left out.
 * One query, whatever the number of ids. Needs the reader's database: the app cannot read leaves.
 */
export async function readEntries(ctx: Pick<AppContext, 'readerDb'>, ids: readonly string[]): Promise<StoredEntry[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Row>`
    select distinct on (e.id) e.id, e.log_id, e.leaf, e.node_sig, e.node, e.recorded_at, l.idx,
      l.leaf_hash as sealed_hash, k.public_key as node_key, q.entry_id is not null as quarantined,
      next.size is not null as published,
      ${witnessed(sql`min`, sql`last.size`)} as after, ${witnessed(sql`max`, sql`next.size`)} as before
    from journal.entry e
    left join journal.leaf l on l.entry_id = e.id
    left join journal.node_key k on k.key_id = e.node
    left join journal.quarantine q on q.entry_id = e.id and q.recorded_at = e.recorded_at
    left join lateral (select max(p.size) as size from journal.publication p
      where p.log_id = e.log_id and p.size <= l.idx) as last on true
    left join lateral (select min(p.size) as size from journal.publication p
      where p.log_id = e.log_id and p.size > l.idx) as next on true
    where e.id = any(${ids}::uuid[])
    order by e.id, ${isSealed} desc nulls last, q.entry_id is not null, e.recorded_at`.execute(ctx.readerDb);
  const found = new Map(rows.map((row) => [row.id, storedEntry(row)]));
  return [...new Set(ids)].flatMap((id) => found.get(id) ?? []);
}

/** A stranger may write a row under the id of an entry: the one whose bytes were sealed is the entry. */
const isSealed = sql`sha256('\\x00'::bytea || e.leaf) = l.leaf_hash`;

function witnessed(of: RawBuilder<unknown>, size: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select ${of}(c.witnessed_at) from journal.cosignature c where c.log_id = e.log_id and c.size = ${size})`;
}

function storedEntry({ logId, nodeSig, idx, quarantined, published, after, before, ...entry }: Row): StoredEntry {
  const sealed = idx === null ? 'pending' : published ? 'cosigned' : 'sealed';
  return {
    ...entry,
    log: logNamed(logId),
    nodeSignature: nodeSig,
    index: idx === null ? null : BigInt(idx),
    state: quarantined ? 'quarantined' : sealed,
    bracket: { after, before },
  };
}

/** The name of a log, from its number in the database. */
export function logNamed(logId: number): LogName {
  return logId === LOG_IDS.acces ? 'acces' : 'actes';
}
