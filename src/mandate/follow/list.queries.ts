import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { searchNameOf, type Usager } from '#usager';
import { lastToldUnlessOpen } from './last-told.queries.ts';
import type { ListState, MandateDates } from './list.rules.ts';
import { type WhoItIs, whoInSnapshot } from './snapshot-name.ts';

export const PERSONS_PER_PAGE = 25;

export type ListAsked = {
  organisationId: string;
  state: ListState;
  search: string;
  /** The person at the edge of the page before or after: their id says nothing to who reads the address. */
  afterId?: string | undefined;
  beforeId?: string | undefined;
  now: Date;
};

export type Counts = Record<ListState, number>;
export type PageOfPersons = { counts: Counts; ids: string[]; hasPrevious: boolean; hasNext: boolean };

type Row = { live: number; expired: number; ended: number; usagerId: string | null };

/**
 * The persons of a structure in one state, by name, one page of them, and how many there are in each state: one query, which
 * reads the mandates of the structure from one index (their names are there) and nothing else the database holds.
 */
export async function findPersons(db: Db, asked: ListAsked): Promise<PageOfPersons> {
  const { organisationId, now } = asked;
  const back = asked.beforeId !== undefined && isUuid(asked.beforeId);
  const byName = back ? sql`order by name desc, usager_id desc` : sql`order by name, usager_id`;
  const { rows } = await sql<Row>`
    with found as materialized (
      select usager_search_name as name, usager_id,
        bool_or(ended_at is null and ends_at > ${now}) as live,
        bool_or(end_cause = 'expired' or (ended_at is null and ends_at <= ${now})) as expired,
        bool_or(end_cause <> 'expired') as ended
      from mandate where organisation_id = ${organisationId} and archived_at is null and ${matching(asked.search)}
      group by usager_search_name, usager_id
    ), counts as (
      select count(*) filter (where live) as live, count(*) filter (where expired) as expired,
        count(*) filter (where ended) as ended
      from found
    ), page as (
      select usager_id, name from found where ${COLUMN_OF[asked.state]} and ${beyond(asked)}
      ${byName} limit ${PERSONS_PER_PAGE + 1}
    )
    select live, expired, ended, usager_id from counts left join page on true ${byName}`.execute(db);
  return pageOf(rows, { back, moved: back || isUuid(asked.afterId ?? '') });
}

const COLUMN_OF: Record<ListState, ReturnType<typeof sql.ref>> = {
  'en-vigueur': sql.ref('live'),
  expires: sql.ref('expired'),
  termines: sql.ref('ended'),
};

/** Every word typed begins a word of the name; or all of them together stand in the name written without spaces. */
function matching(search: string) {
  const words = searchNameOf(search).split(' ').filter(Boolean).slice(0, 8);
  if (words.length === 0) return sql`true`;
  const begun = sql.join(
    words.map((word) => sql`(' ' || usager_search_name) like ${`% ${word}%`}`),
    sql` and `,
  );
  const together = words.join('');
  if (together.length < 3) return begun;
  return sql`((${begun}) or replace(usager_search_name, ' ', '') like ${`%${together}%`})`;
}

function beyond({ afterId, beforeId }: ListAsked) {
  const edge = (id: string) => sql`(select name, usager_id from found where usager_id = ${id})`;
  if (beforeId && isUuid(beforeId)) return sql`(name, usager_id) < ${edge(beforeId)}`;
  if (afterId && isUuid(afterId)) return sql`(name, usager_id) > ${edge(afterId)}`;
  return sql`true`;
}

function pageOf(rows: readonly Row[], { back, moved }: { back: boolean; moved: boolean }): PageOfPersons {
  const [first] = rows;
  const found = rows.flatMap(({ usagerId }) => (usagerId ? [usagerId] : []));
  const more = found.length > PERSONS_PER_PAGE;
  const ids = found.slice(0, PERSONS_PER_PAGE);
  return {
    counts: { 'en-vigueur': first?.live ?? 0, expires: first?.expired ?? 0, termines: first?.ended ?? 0 },
    ids: back ? ids.toReversed() : ids,
    hasPrevious: back ? more : moved,
    hasNext: back ? true : more,
  };
}

export type ListedMandate = MandateDates & {
  id: string;
  usagerId: string;
  suspendedAt: Date | null;
  /** Keys of its themes: those still open, and all of them. */
  openThemes: string[];
  themes: string[];
};
export type ListedPerson = { id: string; who: WhoItIs | undefined; mandates: ListedMandate[] };

/** These persons, in this order, as the structure may see them, with their mandates with it. Two queries. */
export async function findListedPersons(
  db: Db,
  { organisationId, ids, now }: { organisationId: string; ids: readonly string[]; now: Date },
): Promise<ListedPerson[]> {
  if (ids.length === 0) return [];
  const persons = await db
    .selectFrom('usager')
    .select(['id', 'givenName', 'familyName', 'preferredUsername', 'gender', 'birthdate'])
    .select(lastToldUnlessOpen({ organisationId, now }).as('lastTold'))
    .where('id', 'in', ids)
    .$narrowType<{ gender: Usager['gender'] }>()
    .execute();
  const mandates = await findListedMandates(db, { organisationId, ids });
  return ids.flatMap((id) => {
    const person = persons.find((candidate) => candidate.id === id);
    if (!person) return [];
    const { lastTold, ...current } = person;
    const who = lastTold === null ? current : whoInSnapshot(lastTold);
    return [{ id, who, mandates: mandates.filter(({ usagerId }) => usagerId === id) }];
  });
}

async function findListedMandates(
  db: Db,
  { organisationId, ids }: { organisationId: string; ids: readonly string[] },
): Promise<ListedMandate[]> {
  const { rows } = await sql<ListedMandate>`
    select m.id, m.usager_id, m.starts_at, m.ends_at, m.ended_at, m.end_cause, m.suspended_at, a.open_themes, a.themes
    from mandate m
      cross join lateral (
        select array_agg(theme) as themes, coalesce(array_agg(theme) filter (where ended_at is null), '{}') as open_themes
        from authorisation where mandate_id = m.id
      ) a
    where m.organisation_id = ${organisationId} and m.usager_id = any(${[...ids]}::uuid[]) and m.archived_at is null
    order by m.usager_id, m.starts_at desc`.execute(db);
  return rows;
}
