import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';

export const ENTRIES_PER_PAGE = 25;

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
};

/** All of them together; an empty list finds nothing. */
export type Conditions = {
  logId?: number | undefined;
  kinds?: readonly string[] | undefined;
  theme?: string | undefined;
  result?: 'ok' | 'refused' | undefined;
  mandateId?: string | undefined;
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

const COLUMNS = sql`id, log_id, kind, result, theme, aidant_id, organisation_id, usager_id, mandate_id, mandate_alias, mn`;

/**
 * One page of the index, in one query that reads a bounded number of rows whatever is asked. The condition that finds the
 * fewest is read from its index, in order; the others are looked at row by row, and after MOST_EXAMINED rows the page says
 * how far it went. A list (structures of a département, kinds of a group) is as many such readings, merged.
 */
export async function findEntries(db: Db, asked: Asked): Promise<PageOfEntries> {
  const { values, count, along } = lanesOf(asked);
  const most = mostPerLane(count);
  const order = asked.backwards ? sql`order by id` : sql`order by id desc`;
  const matches = matching(asked);
  const { rows } = await sql<IndexRow & { edge: string | null }>`
    with found as materialized (
      select page.* from unnest(${values}) as lane (value) cross join lateral (
        select ${COLUMNS}, rank, (${matches}) is true as matches from (
          select *, row_number() over (${order}) as rank from (
            select ${COLUMNS} from journal.entry_index
            where ${along} and id > ${asked.low}::uuid and id < ${asked.high}::uuid ${order} limit ${sql.lit(most)}
          ) examined
        ) ranked where (${matches}) is true or rank = ${sql.lit(most)} ${order} limit ${sql.lit(ENTRIES_PER_PAGE + 1)}
      ) page
    ), edge as (
      select (select id from found where rank = ${sql.lit(most)} ${order} limit 1) as id
    )
    select edge.id as edge, page.* from edge left join lateral (
      select ${COLUMNS} from found
      where matches and (edge.id is null or ${asked.backwards ? sql`found.id <= edge.id` : sql`found.id >= edge.id`})
      ${order} limit ${sql.lit(ENTRIES_PER_PAGE + 1)}
    ) page on true ${asked.backwards ? sql`order by page.id` : sql`order by page.id desc`}`.execute(db);
  const found = rows.flatMap(({ edge: _edge, ...row }) => (row.id === null ? [] : [row]));
  const more = found.length > ENTRIES_PER_PAGE;
  const kept = found.slice(0, ENTRIES_PER_PAGE);
  return {
    rows: asked.backwards ? kept.toReversed() : kept,
    more,
    stoppedAt: more ? null : (rows[0]?.edge ?? null),
  };
}

/** Rows of the index that one page looks at, at most, in all its readings. */
export const MOST_EXAMINED = 60_000;

/** Few different numbers, so that few different statements are prepared. */
function mostPerLane(lanes: number): number {
  return [30_000, 3_000, 300].find((most) => most * lanes <= MOST_EXAMINED) ?? 60;
}

type Lanes = { values: RawBuilder<unknown>; count: number; along: RawBuilder<unknown> };

/** Which index is read: that of the condition that holds for the fewest entries. */
function lanesOf({ mandateId, usagerIds, aidantId, organisationIds, kinds, result }: Asked): Lanes {
  const lane = sql`lane.value`;
  if (mandateId) return { ...ids([mandateId]), along: sql`mandate_id = ${lane}` };
  if (usagerIds) return { ...ids(usagerIds), along: sql`usager_id = ${lane}` };
  if (aidantId) return { ...ids([aidantId]), along: sql`aidant_id = ${lane}` };
  if (organisationIds) return { ...ids(organisationIds), along: sql`organisation_id = ${lane}` };
  if (kinds) return { values: sql`${[...kinds]}::text[]`, count: kinds.length, along: sql`kind = ${lane}` };
  return { values: sql`'{0}'::int[]`, count: 1, along: result === 'refused' ? sql`result = 'refused'` : sql`true` };
}

const ids = (of: readonly string[]) => ({ values: sql`${[...of]}::uuid[]`, count: of.length });

/** Every condition, for a row that was read. */
function matching({ logId, kinds, theme, result, aidantId, usagerIds, mandateId, organisationIds }: Asked) {
  const conditions = [
    logId !== undefined && sql`log_id = ${logId}`,
    kinds && sql`kind = any(${[...kinds]}::text[])`,
    theme !== undefined && sql`theme = ${theme}`,
    result !== undefined && sql`result = ${result}`,
    aidantId !== undefined && sql`aidant_id = ${aidantId}`,
    usagerIds && sql`usager_id = any(${[...usagerIds]}::uuid[])`,
    mandateId !== undefined && sql`mandate_id = ${mandateId}`,
    // everything about one mandate belongs to its structure
    organisationIds && mandateId === undefined && sql`organisation_id = any(${[...organisationIds]}::uuid[])`,
  ].filter((condition) => condition !== false && condition !== undefined);
  return conditions.length > 0 ? sql.join(conditions, sql` and `) : sql`true`;
}
