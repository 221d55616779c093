import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { withSealedLeaf } from '../sealed-leaf.ts';
import { parseIntervals, TOKENS_RULE } from '../verify/index.ts';

/** An entry as an export holds it. */
export type ExportRow = {
  index: bigint;
  id: string;
  leaf: Buffer;
  nodeSignature: Buffer;
  node: string;
};
/** A place whose entry was erased: its hash alone is left. */
export type ErasedRow = { index: bigint; id: string; leaf: null };

export type Publication = { size: bigint; note: string };

/** The newest published checkpoint of a log. */
export async function lastPublication(db: Db, log: LogName): Promise<Publication | undefined> {
  const { rows } = await sql<{ size: number; note: string }>`
    select size, note from journal.publication where log_id = ${LOG_IDS[log]} order by size desc limit 1`.execute(db);
  const [row] = rows;
  return row && { size: BigInt(row.size), note: row.note };
}

type Row = { idx: number; id: string; leaf: Buffer | null; nodeSig: Buffer; node: string };

function rowOf({ idx, id, leaf, nodeSig, node }: Row): ExportRow | ErasedRow {
  const index = BigInt(idx);
  return leaf ? { index, id, leaf, nodeSignature: nodeSig, node } : { index, id, leaf };
}

/** The entry at a place. A stranger may write a row under the id of an entry: the one whose bytes were sealed is the entry. */
const entryOf = sql`left join lateral (
  select e.* from journal.entry e where e.id = l.entry_id
  order by sha256('\\x00'::bytea || e.leaf) = l.leaf_hash desc, e.recorded_at limit 1) as e on true`;

/** What stands at the places [from, to) of a log, in order. */
export async function rowsBetween(db: Db, log: LogName, from: bigint, to: bigint): Promise<(ExportRow | ErasedRow)[]> {
  const { rows } = await sql<Row>`
    select l.idx, l.entry_id as id, e.leaf, e.node_sig, e.node
    from journal.leaf l ${entryOf}
    where l.log_id = ${LOG_IDS[log]} and l.idx >= ${String(from)}::bigint and l.idx < ${String(to)}::bigint
    order by l.idx`.execute(db);
  return rows.map(rowOf);
}

/** What stands at the places of these entries of a log, in the order of the log; those without a place are left out. */
export async function rowsOf(db: Db, log: LogName, ids: readonly string[]): Promise<(ExportRow | ErasedRow)[]> {
  const { rows } = await sql<Row>`
    select l.idx, l.entry_id as id, e.leaf, e.node_sig, e.node
    from journal.leaf l ${entryOf}
    where l.log_id = ${LOG_IDS[log]} and l.entry_id = any(${[...ids]}::uuid[]) order by l.idx`.execute(db);
  return rows.map(rowOf);
}

/** Those of these ids that no entry of this log has, sealed or not. */
export async function unknownIds(db: Db, log: LogName, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select asked.id from unnest(${[...ids]}::uuid[]) as asked (id)
    where not exists (select from journal.entry e where e.id = asked.id and e.log_id = ${LOG_IDS[log]})
      and not exists (select from journal.leaf l where l.entry_id = asked.id and l.log_id = ${LOG_IDS[log]})`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

export type NodeKey = { keyId: string; publicKey: Buffer; revokedAt: Date | null };

/** The public keys of these nodes, by their ids. */
export async function nodeKeys(db: Db, nodes: readonly string[]): Promise<NodeKey[]> {
  const { rows } = await sql<NodeKey>`
    select key_id, public_key, revoked_at from journal.node_key
    where key_id = any(${[...nodes]}::text[]) order by key_id collate "C"`.execute(db);
  return rows;
}

/** The entries that register node keys or revoke them: few, one or two per key that was ever used. */
export async function nodeEventIds(db: Db): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from journal.entry_index where kind in ('node.registered', 'node.revoked') order by id`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * An erasure that touches an export, or may have. `at`: the date of the entry that tells it, ISO 8601 to the millisecond. `places`:
 * those of its entries that were touched; empty when nothing tells which.
 */
export type ErasureRow = { id: string; kind: string; ground: string; at: string; places: string };

/**
 * The oldest of these entries, which commit to values, that an erased person may have been the subject of: of nobody by the index, of
 * no mandate (whose erasures name it), and nothing of it opens nor was taken by an erasure that names it. Undefined when there is none.
 */
async function oldestLoose(db: Db, ids: readonly string[]): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select one.id from unnest(${[...ids]}::uuid[]) as one (id) left join journal.entry_index i on i.id = one.id
    where exists (select from journal.erasure e where cardinality(e.keys) > 0)
      and i.usager_id is null and i.mandate_id is null
      and not exists (select from journal.opening o where o.entry_id = one.id)
      and not exists (select from (select unnest(e.entries) as id from journal.erasure e where e.field is null) as named
        where named.id = one.id)
    order by one.id limit 1`.execute(db);
  return rows[0]?.id;
}

/**
 * What was erased: the entries of months, as places in this log; openings, of the entries with these ids. That nothing links
 * entries to an erased person any more is the point: where one of the entries that commit to values (`committing`) may have been
 * theirs, each erasure of a person since is given, since any may be the one; where none may, none is.
 */
export async function erasuresTouching(
  db: Db,
  log: LogName,
  { from, to, ids, committing }: { from: bigint; to: bigint; ids: readonly string[]; committing: readonly string[] },
): Promise<ErasureRow[]> {
  const loose = await oldestLoose(db, committing);
  const { rows } = await sql<Omit<ErasureRow, 'at'> & { erasedAt: Date; told: string | null }>`
    with touched as (
      select e.id, l.idx from journal.erasure e, unnest(e.mandates) as m (id)
        join journal.entry_index i on i.mandate_id = m.id join journal.leaf l on l.entry_id = i.id
        where i.id = any(${[...ids]}::uuid[]) and l.log_id = ${LOG_IDS[log]}
      union
      select e.id, l.idx from journal.erasure e, unnest(e.entries) as one (id) join journal.leaf l on l.entry_id = one.id
        where l.entry_id = any(${[...ids]}::uuid[]) and l.log_id = ${LOG_IDS[log]}
      union
      select e.id, l.idx from journal.erasure e join journal.leaf l on l.log_id = e.log_id and e.indices @> l.idx
        where e.log_id = ${LOG_IDS[log]} and e.indices && int8multirange(int8range(${String(from)}::bigint, ${String(to)}::bigint))
          and l.idx >= ${String(from)}::bigint and l.idx < ${String(to)}::bigint)
    select e.id, e.kind, e.ground, e.erased_at,
      (select convert_from(told.leaf, 'UTF8')::jsonb ->> 't' from (
        select sealed.leaf from journal.entry_index i ${withSealedLeaf} where i.id = e.id offset 0) as told) as told,
      coalesce((select string_agg(case when last = first then first::text else first || '-' || last end, ',' order by first) from (
        select min(idx) as first, max(idx) as last from (
          select idx, idx - row_number() over (order by idx) as island from touched t where t.id = e.id) as numbered
        group by island) as islands), '') as places
    from journal.erasure e where e.id in (select id from touched)
      or (cardinality(e.keys) > 0 and e.id > ${loose ?? null}::uuid) order by e.id`.execute(db);
  return rows.map(({ erasedAt, told, ...row }) => {
    if (!parseIntervals(row.places)) throw new Error(`places of an erasure: ${row.places}`);
    return { ...row, at: (told === null ? erasedAt : new Date(told)).toISOString() };
  });
}

/**
 * The first sealed entry that says that FranceConnect's tokens of a mandate that starts then had reached their term; else one that
 * waits for its place and may say it; undefined when none does.
 */
export async function tokensErasedBy(db: Db, startsAt: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string | null }>`
    select coalesce((select id from (
      select i.id, convert_from(sealed.leaf, 'UTF8') as leaf from journal.entry_index i ${withSealedLeaf}
      where i.kind = 'retention.applied'
      offset 0
    ) as found cross join lateral (select leaf::jsonb ->> 'type' as type, leaf::jsonb -> 'clear' as told) as says
    where type = 'retention.applied' and told ->> 'rule' = ${TOKENS_RULE} and (told ->> 'before')::timestamptz > ${startsAt}::timestamptz
    order by id limit 1), (select i.id from journal.entry_index i where i.kind = 'retention.applied'
      and not exists (select from journal.leaf l where l.entry_id = i.id)
      and not exists (select from journal.quarantine q where q.entry_id = i.id)
    order by i.id limit 1)) as id`.execute(db);
  return rows[0]?.id ?? undefined;
}
