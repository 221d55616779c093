import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '#platform/db/database.ts';

const ENTRIES_PER_PAGE = 25;

/** What the index says of an entry: where to find it, whom it is about, and what it is not trusted to say. */
export type IndexRow = {
  id: string;
  logId: number;
  kind: string;
  result: string;
  theme: string | null;
  aidantId: string | null;
  organisationId: string | null;
  usagerId: string | null;
  mandateId: string | null;
  mandateAlias: string | null;
  mn: number | null;
  themes: string[] | null;
};

/** All of them together; an empty list finds nothing. */
export type Conditions = {
  logId?: number | undefined;
  kinds?: readonly string[] | undefined;
  theme?: string | undefined;
  result?: 'ok' | 'refused' | undefined;
  mandateId?: string | undefined;
  /** Of the mandate, or of the mandates of the persons: what a draft wrote carries its alias alone, and is found by it. */
  draftAliases?: readonly string[] | undefined;
  usagerIds?: readonly string[] | undefined;
  aidantId?: string | undefined;
  organisationIds?: readonly string[] | undefined;
};

export type Asked = Conditions & {
  /** Ids between which to look, both excluded. */
  low: string;
  high: string;
  /** Oldest first, for the page before; the rows come newest first all the same. */
  backwards?: boolean;
};

export type PageOfEntries = {
  rows: IndexRow[];
  more: boolean;
  /** How far was looked, when that is not to the end: nothing that was asked for stands between the rows and this id. */
  stoppedAt: string | null;
};

const COLUMNS = sql`id, log_id, kind, result, theme, aidant_id, organisation_id, usager_id, mandate_id, mandate_alias, mn,
  themes`;

/** The order of an index is there to be followed, however many rows of it are asked for: until the end of the transaction. */
const FOLLOW_INDEXES = sql`
  select set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true),
    set_config('enable_sort', 'off', true)`;

/**
 * One page of the index, in one query that reads a bounded number of rows whatever is asked. The condition that finds the
 * fewest is read from its index, in order; the others are looked at row by row, and after MOST_EXAMINED rows the page says
 * how far it went. A list (structures of a département, kinds of a group) is as many such readings, merged. What drafts wrote
 * before their mandates were concluded is few rows, read whole beside them.
 */
export async function findEntries(trx: Trx, asked: Asked): Promise<PageOfEntries> {
  await FOLLOW_INDEXES.execute(trx);
  const { values, count, reading, order } = lanesOf(asked);
  const most = sql.lit(mostPerLane(count));
  const limit = sql.lit(ENTRIES_PER_PAGE + 1);
  const newest = inOrder(asked, sql`id`);
  const matches = matching(asked);
  const { rows } = await sql<IndexRow & { edge: string | null }>`
    with found as materialized (
      select page.* from unnest(${values}) as lane (value) cross join lateral (
        select ${COLUMNS}, rank, (${matches}) is true as matches from (
          select *, row_number() over (order by ${order}) as rank from (${reading} order by ${order} limit ${most}) examined
        ) ranked where (${matches}) is true or rank = ${most} order by ${order} limit ${limit}
      ) page
      ${draftsOf(asked, limit)}
    ), edge as (
      select (select id from found where rank = ${most} order by ${inOrder({ backwards: !asked.backwards }, sql`id`)} limit 1) as id
    )
    select edge.id as edge, page.* from edge left join lateral (
      select ${COLUMNS} from found
      where matches and (edge.id is null or ${asked.backwards ? sql`found.id <= edge.id` : sql`found.id >= edge.id`})
      order by ${newest} limit ${limit}
    ) page on true order by ${inOrder(asked, sql`page.id`)}`.execute(trx);
  const found = rows.flatMap(({ edge: _edge, ...row }) => (row.id === null ? [] : [row]));
  const more = found.length > ENTRIES_PER_PAGE;
  const kept = found.slice(0, ENTRIES_PER_PAGE);
  return {
    rows: asked.backwards ? kept.toReversed() : kept,
    more,
    stoppedAt: more ? null : (rows[0]?.edge ?? null),
  };
}

type Sql = RawBuilder<unknown>;

function inOrder({ backwards }: { backwards?: boolean }, ...columns: Sql[]): Sql {
  return sql.join(columns.map((column) => (backwards ? column : sql`${column} desc`)));
}

/** Rows of the index that one page looks at, at most, in all its readings. */
export const MOST_EXAMINED = 30_000;

/** More structures than these are no longer read one by one: together they have a good part of all entries. */
const MOST_LANES = 100;

/** Few different numbers, so that few different statements are prepared. */
function mostPerLane(lanes: number): number {
  return [10_000, 1_000].find((most) => most * lanes <= MOST_EXAMINED) ?? MOST_EXAMINED / MOST_LANES;
}

type Lanes = { values: Sql; count: number; reading: Sql; order: Sql };

/** Which index is read: that of the condition that holds for the fewest entries. */
function lanesOf(asked: Asked): Lanes {
  const { mandateId, usagerIds, aidantId, organisationIds, kinds, result } = asked;
  const between = sql`id > ${asked.low}::uuid and id < ${asked.high}::uuid`;
  const order = inOrder(asked, sql`id`);
  if (mandateId) {
    const all = sql`select ${COLUMNS} from journal.entry_index where mandate_id = lane.value`;
    return {
      ...ids([mandateId]),
      reading: sql`with whole as materialized (${all}) select * from whole where ${between}`,
      order,
    };
  }
  if (usagerIds) return { ...ids(usagerIds), ...alongIndex(asked, sql`usager_id`) };
  if (aidantId) return { ...ids([aidantId]), ...alongIndex(asked, sql`aidant_id`) };
  if (organisationIds && organisationIds.length <= MOST_LANES)
    return { ...ids(organisationIds), ...alongIndex(asked, sql`organisation_id`) };
  if (kinds) return { values: sql`${[...kinds]}::text[]`, count: kinds.length, ...alongIndex(asked, sql`kind`) };
  const refused = result === 'refused' ? sql`result = 'refused' and ` : sql``;
  const reading = sql`select ${COLUMNS} from journal.entry_index where ${refused}${between}`;
  return { values: sql`'{0}'::int[]`, count: 1, reading, order };
}

/** What these drafts wrote, as one more source: it is never what a reading stopped at (rank 0). */
function draftsOf(asked: Asked, limit: Sql): Sql {
  const { draftAliases = [], mandateId, usagerIds, ...rest } = asked;
  if (draftAliases.length === 0) return sql``;
  // whose mandate it is, is known already
  const conditions = matching(mandateId ? { ...rest, organisationIds: undefined } : rest);
  // what names a person is read with them
  const unread = !mandateId && usagerIds ? sql`(usager_id = any(${[...usagerIds]}::uuid[])) is not true` : sql`true`;
  return sql`union all (
    with drafts as materialized (
      select ${COLUMNS} from journal.entry_index where mandate_id is null and mandate_alias = any(${[...draftAliases]}::text[])
    ) select ${COLUMNS}, 0 as rank, true as matches from drafts
    where id > ${asked.low}::uuid and id < ${asked.high}::uuid and (${conditions}) is true and ${unread}
    order by ${inOrder(asked, sql`id`)} limit ${limit})`;
}

const ids = (of: readonly string[]) => ({ values: sql`${[...of]}::uuid[]`, count: of.length });

/**
 * The rows of one lane, from the index of this column and the id. Written as a comparison of both, not as an equality: the
 * order of that index is then the only one that answers, however common the database believes the value to be.
 */
function alongIndex(asked: Asked, column: Sql): Pick<Lanes, 'reading' | 'order'> {
  return {
    reading: sql`select ${COLUMNS} from journal.entry_index where ${column} is not null
      and (${column}, id) > (lane.value, ${asked.low}::uuid) and (${column}, id) < (lane.value, ${asked.high}::uuid)`,
    order: inOrder(asked, column, sql`id`),
  };
}

/** Every condition, for a row that was read. */
function matching({ logId, kinds, theme, result, aidantId, usagerIds, mandateId, organisationIds }: Asked) {
  const conditions = [
    logId !== undefined && sql`log_id = ${logId}`,
    kinds && sql`kind = any(${[...kinds]}::text[])`,
    theme !== undefined && sql`(theme = ${theme} or ${theme} = any(themes))`,
    result !== undefined && sql`result = ${result}`,
    aidantId !== undefined && sql`aidant_id = ${aidantId}`,
    usagerIds && sql`usager_id = any(${[...usagerIds]}::uuid[])`,
    mandateId !== undefined && sql`mandate_id = ${mandateId}`,
    // everything about one mandate belongs to its structure
    organisationIds && mandateId === undefined && sql`organisation_id = any(${[...organisationIds]}::uuid[])`,
  ].filter((condition) => condition !== false && condition !== undefined);
  return conditions.length > 0 ? sql.join(conditions, sql` and `) : sql`true`;
}
