import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';

/** How many leaves are read at a time: 16 tiles. */
export const PAGE = 4_096n;

export type LeafRow = { idx: bigint; entryId: string; leafHash: Buffer };
export type TileRow = { n: bigint; hashes: Buffer; root: Buffer };
/** A root that was written for a tree size: by a tree head, by a checkpoint, by what was published. */
export type StatedRoot = { size: bigint; root: Buffer | null; note: string | null };

const big = (value: bigint) => sql`${String(value)}::bigint`;

/** How far the log goes: the newest tree head, the number of leaves from it on, and the largest size that was signed. */
export async function sizesOf(db: Db, log: LogName): Promise<{ size: bigint; beyond: bigint; signed: bigint }> {
  const id = LOG_IDS[log];
  const { rows } = await sql<{ size: string; beyond: string; signed: string }>`
    with head as (select coalesce(max(size), 0) as size from journal.tree_head where log_id = ${id})
    select head.size::text,
      (select count(*) from journal.leaf where log_id = ${id} and idx >= head.size)::text as beyond,
      (select coalesce(max(c.size), 0) from journal.checkpoint c where c.log_id = ${id})::text as signed
    from head`.execute(db);
  const [row] = rows;
  return { size: BigInt(row?.size ?? 0), beyond: BigInt(row?.beyond ?? 0), signed: BigInt(row?.signed ?? 0) };
}

export async function leavesIn(db: Db, log: LogName, begin: bigint, end: bigint): Promise<LeafRow[]> {
  const { rows } = await sql<{ idx: string; entryId: string; leafHash: Buffer }>`
    select l.idx::text as idx, l.entry_id, l.leaf_hash from journal.leaf l
    where l.log_id = ${LOG_IDS[log]} and l.idx >= ${big(begin)} and l.idx < ${big(end)} order by l.idx`.execute(db);
  return rows.map(({ idx, ...row }) => ({ ...row, idx: BigInt(idx) }));
}

export async function tilesIn(
  db: Db,
  log: LogName,
  { level, begin, end }: { level: number; begin: bigint; end: bigint },
): Promise<Map<bigint, TileRow>> {
  const { rows } = await sql<{ n: string; hashes: Buffer; root: Buffer }>`
    select t.n::text as n, t.hashes, t.root from journal.tile t
    where t.log_id = ${LOG_IDS[log]} and t.level = ${level} and t.n >= ${big(begin)} and t.n < ${big(end)}`.execute(db);
  return new Map(rows.map(({ n, ...row }) => [BigInt(n), { ...row, n: BigInt(n) }]));
}

/** The roots of the tiles of a level, in order; a hole where one is missing. */
export async function tileRootsIn(
  db: Db,
  log: LogName,
  { level, begin, end }: { level: number; begin: bigint; end: bigint },
): Promise<(Buffer | undefined)[]> {
  const { rows } = await sql<{ n: string; root: Buffer }>`
    select t.n::text as n, t.root from journal.tile t
    where t.log_id = ${LOG_IDS[log]} and t.level = ${level} and t.n >= ${big(begin)} and t.n < ${big(end)}`.execute(db);
  const found = new Map(rows.map(({ n, root }) => [BigInt(n), root]));
  return Array.from({ length: Number(end - begin) }, (_, at) => found.get(begin + BigInt(at)));
}

/** How many tiles stand beyond those that a tree of this size has. */
export async function tilesBeyond(db: Db, log: LogName, size: bigint): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) from journal.tile where log_id = ${LOG_IDS[log]} and n >= (${big(size)} >> (8 * (level + 1)))`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}

/** The roots stated for sizes after `begin`, up to `end`, by size. */
export async function statedRoots(db: Db, log: LogName, begin: bigint, end: bigint): Promise<StatedRoot[]> {
  const within = (name: string) => sql`${sql.ref(`${name}.log_id`)} = ${LOG_IDS[log]}
    and ${sql.ref(`${name}.size`)} > ${big(begin)} and ${sql.ref(`${name}.size`)} <= ${big(end)}`;
  const { rows } = await sql<{ at: string; root: Buffer | null; note: string | null }>`
    select stated.size::text as at, stated.root, stated.note from (
      select h.size, h.root, null as note from journal.tree_head h where ${within('h')}
      union all select c.size, null, c.note from journal.checkpoint c where ${within('c')}
      union all select p.size, null, p.note from journal.publication p where ${within('p')}
    ) as stated order by stated.size`.execute(db);
  return rows.map(({ at, ...row }) => ({ ...row, size: BigInt(at) }));
}

/** Lines of witnesses on notes that were published for sizes after `begin`, up to `end`, of which no row is left. */
export async function cosignaturesMissing(
  db: Db,
  log: LogName,
  begin: bigint,
  end: bigint,
): Promise<{ size: bigint; witness: string }[]> {
  const { rows } = await sql<{ at: string; witness: string }>`
    select p.size::text as at, split_part(line, ' ', 2) as witness
    from journal.publication p join journal.checkpoint c on c.log_id = p.log_id and c.size = p.size
    cross join lateral regexp_split_to_table(split_part(p.note, E'\\n\\n', 2), E'\\n') as signed (line)
    where p.log_id = ${LOG_IDS[log]} and p.size > ${big(begin)} and p.size <= ${big(end)} and line <> ''
      and position(line in c.note) = 0 -- the log's own
      and not exists (select from journal.cosignature s where s.log_id = p.log_id and s.size = p.size and s.line = signed.line)
    order by p.size, 2`.execute(db);
  return rows.map(({ at, witness }) => ({ size: BigInt(at), witness }));
}

/** Places of a log whose entries were erased, as ranges that do not overlap. */
export async function erasedRanges(db: Db, log: LogName): Promise<{ begin: bigint; end: bigint }[]> {
  const { rows } = await sql<{ begin: string; end: string }>`
    select lower(r)::text as begin, upper(r)::text as end from (
      select unnest(range_agg(one)) as r from journal.erasure, unnest(indices) as one where log_id = ${LOG_IDS[log]}
    ) as ranges order by lower(r)`.execute(db);
  return rows.map(({ begin, end }) => ({ begin: BigInt(begin), end: BigInt(end) }));
}
