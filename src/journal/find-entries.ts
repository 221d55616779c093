import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import type { LogName } from './event.ts';
import { LOG_IDS } from './record.ts';
import { withSealedLeaf } from './sealed-leaf.ts';

/** What the index says of where an entry belongs. A projection: what is shown comes from the leaf. */
export type IndexedEntry = {
  id: string;
  log: LogName;
  kind: string;
  organisationId: string | null;
  usagerId: string | null;
  mandateId: string | null;
};

/**
 * The ids of the entries about a mandate, oldest first: those that carry its id, and those of its draft, which carry its
 * alias alone. `kinds` limits them. Finding goes by the index: what is missing from it is seen by the numbers in the leaves.
 */
export async function findMandateEntries(
  db: Db,
  { mandateId, alias, kinds }: { mandateId: string; alias: string; kinds?: readonly string[] },
): Promise<string[]> {
  const ofKinds = kinds ? sql`and kind = any(${[...kinds]}::text[])` : sql``;
  const { rows } = await sql<{ id: string }>`
    select id from journal.entry_index where mandate_id = ${mandateId} ${ofKinds}
    union all
    select id from journal.entry_index where mandate_id is null and mandate_alias = ${alias} ${ofKinds}
    order by id`.execute(db);
  return rows.map(({ id }) => id);
}

/** What the index says of these entries, in the order of their ids; unknown ones are left out. */
export async function findIndexed(db: Db, ids: readonly string[]): Promise<IndexedEntry[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Omit<IndexedEntry, 'log'> & { logId: number }>`
    select id, log_id, kind, organisation_id, usager_id, mandate_id from journal.entry_index
    where id = any(${[...ids]}::uuid[]) order by id`.execute(db);
  return rows.map(({ logId, ...row }) => ({ ...row, log: logId === LOG_IDS.actes ? 'actes' : 'acces' }));
}

/** Instants of leaves, `end` excluded. */
export type Interval = { start: Date; end: Date };

/** How far a log goes for a time that is over. `last`: the highest place; `unsealed`: how many have none yet. */
export type IntervalCover = { unsealed: number; last: bigint | null };

/**
 * Whether everything written during an interval has its place in the tree, quarantined entries apart. Reads one row per
 * entry of the interval: for what is asked rarely.
 */
export async function coverOf(
  ctx: Pick<AppContext, 'readerDb'>,
  log: LogName,
  interval: Interval,
): Promise<IntervalCover> {
  const { rows } = await sql<{ unsealed: number; last: number | null }>`
    select count(*) filter (where l.idx is null and q.entry_id is null) as unsealed, max(l.idx) as last
    from journal.entry_index i left join journal.leaf l on l.entry_id = i.id left join journal.quarantine q on q.entry_id = i.id
    where i.log_id = ${LOG_IDS[log]} and ${writtenIn(interval)}`.execute(ctx.readerDb);
  const { unsealed = 0, last = null } = rows[0] ?? {};
  return { unsealed, last: last === null ? null : BigInt(last) };
}

/** The first published checkpoint that has the leaf of this place: size and signed note. */
export async function firstPublicationWith(
  ctx: Pick<AppContext, 'readerDb'>,
  log: LogName,
  index: bigint,
): Promise<{ size: bigint; note: string } | undefined> {
  const { rows } = await sql<{ size: number; note: string }>`
    select size, note from journal.publication where log_id = ${LOG_IDS[log]} and size > ${String(index)}::bigint
    order by size limit 1`.execute(ctx.readerDb);
  const [row] = rows;
  return row && { size: BigInt(row.size), note: row.note };
}

/** The note that was published for a tree of this size. */
export async function publishedNote(
  ctx: Pick<AppContext, 'readerDb'>,
  log: LogName,
  size: bigint,
): Promise<string | undefined> {
  const { rows } = await sql<{ note: string }>`
    select note from journal.publication where log_id = ${LOG_IDS[log]} and size = ${String(size)}::bigint`.execute(
    ctx.readerDb,
  );
  return rows[0]?.note;
}

/**
 * The entries of one kind that structures wrote during an interval, in the order of the tree. Found by the index, kept only
 * when the leaf that was sealed itself says this kind, this structure, success, and an instant of the interval. What has no
 * place yet is nobody's to draw.
 */
export async function findPopulation(
  ctx: Pick<AppContext, 'readerDb'>,
  { log, kind, organisationIds, interval, size }: PopulationAsked,
): Promise<{ id: string; index: bigint }[]> {
  const { rows } = await sql<{ id: string; idx: number }>`
    select found.id, found.idx from (
      select i.id, l.idx, convert_from(sealed.leaf, 'UTF8') as text
      from journal.entry_index i ${withSealedLeaf}
      where i.log_id = ${LOG_IDS[log]} and i.kind = ${kind} and i.organisation_id = any(${[...organisationIds]}::uuid[])
        and ${writtenIn(interval)} and l.idx < ${String(size)}::bigint
      offset 0
    ) as found cross join lateral (select text::json as leaf offset 0) as says
    where leaf ->> 'type' = ${kind} and leaf ->> 'r' = 'ok' and leaf ->> 'org' = any(${[...organisationIds]}::text[])
      and (leaf ->> 't')::timestamptz >= ${interval.start} and (leaf ->> 't')::timestamptz < ${interval.end}
    order by found.idx`.execute(ctx.readerDb);
  return rows.map(({ id, idx }) => ({ id, index: BigInt(idx) }));
}

export type PopulationAsked = {
  log: LogName;
  kind: string;
  organisationIds: readonly string[];
  interval: Interval;
  /** Leaves below this place only. */
  size: bigint;
};

/** Ids begin with their time (UUIDv7, milliseconds), which is that of the leaf: an interval is a range of the primary key. */
function writtenIn({ start, end }: Interval) {
  return sql`i.id >= ${firstId(start)}::uuid and i.id < ${firstId(end)}::uuid`;
}

function firstId(instant: Date): string {
  const hex = instant.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
