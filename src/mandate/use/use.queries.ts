import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { after } from '#platform/time/clock.ts';
import { searchNameOf, type Usager, usagerName } from '#usager';
import { FRANCECONNECT_SESSION } from './use.rules.ts';

type Named = Pick<Usager, 'id' | 'givenName' | 'familyName' | 'preferredUsername' | 'gender' | 'birthdate' | 'email'>;
export type PersonToActFor = Named & { themes: string[] };

const PERSON = [
  'usager.id',
  'usager.givenName',
  'usager.familyName',
  'usager.preferredUsername',
  'usager.gender',
  'usager.birthdate',
  'usager.email',
] as const;

/** Every word typed begins a word of the name. */
const HELD_NAMES = sql<string>`(' ' || usager.search_name)`;

export const PEOPLE_PER_PAGE = 20;

export type PeopleAsked = {
  organisationId: string;
  /** Keys of the themes that may be used: allowed to the structure, and wanted by the partner when it says so. */
  themes: readonly string[];
  search: string;
  /** The id of the last person of the page before; anything else is the first page. */
  afterId: string;
  now: Date;
};

/**
 * The people of a structure for whom one of these themes is open now, by name: one page, and whether there is another.
 * Search without accents or case, in any name. Two queries at most, whatever the size of the structure.
 */
export async function peopleToActFor(db: Db, asked: PeopleAsked): Promise<{ people: PersonToActFor[]; more: boolean }> {
  const { organisationId, themes, search, afterId, now } = asked;
  const words = searchNameOf(search).split(' ').filter(Boolean).slice(0, 8);
  const rows = await db
    .with('open', (cte) =>
      cte
        .selectFrom('authorisation')
        .innerJoin('mandate', 'mandate.id', 'authorisation.mandateId')
        .where('authorisation.organisationId', '=', organisationId)
        .where('authorisation.endedAt', 'is', null)
        .where('authorisation.endsAt', '>', now)
        .where('authorisation.theme', '=', sql<string>`any(${[...themes]})`)
        .where('mandate.suspendedAt', 'is', null)
        .groupBy('authorisation.usagerId')
        .select(({ fn }) => [
          'authorisation.usagerId',
          fn.agg<string[]>('array_agg', ['authorisation.theme']).as('themes'),
        ]),
    )
    .selectFrom('open')
    .innerJoin('usager', 'usager.id', 'open.usagerId')
    .select([...PERSON, 'open.themes'])
    .where((eb) => eb.and(words.map((word) => eb(HELD_NAMES, 'like', `% ${word}%`))))
    .$if(isUuid(afterId), (query) =>
      query.where(
        sql<boolean>`(usager.search_name, usager.id) > (select search_name, id from usager where id = ${afterId})`,
      ),
    )
    .orderBy('usager.searchName')
    .orderBy('usager.id')
    .limit(PEOPLE_PER_PAGE + 1)
    .execute();
  return { people: rows.slice(0, PEOPLE_PER_PAGE) as PersonToActFor[], more: rows.length > PEOPLE_PER_PAGE };
}

export type OpenTheme = { theme: string; endsAt: Date };

/** A person of this structure with the themes that are open now, or undefined: another structure's person is nobody. */
export async function themesToActFor(
  db: Db,
  { organisationId, usagerId, themes, now }: Omit<PeopleAsked, 'search' | 'afterId'> & { usagerId: string },
): Promise<{ person: Named; open: OpenTheme[] } | undefined> {
  if (!isUuid(usagerId)) return undefined;
  const rows = await db
    .selectFrom('authorisation')
    .innerJoin('mandate', 'mandate.id', 'authorisation.mandateId')
    .innerJoin('usager', 'usager.id', 'authorisation.usagerId')
    .where('authorisation.organisationId', '=', organisationId)
    .where('authorisation.usagerId', '=', usagerId)
    .where('authorisation.endedAt', 'is', null)
    .where('authorisation.endsAt', '>', now)
    .where('authorisation.theme', '=', sql<string>`any(${[...themes]})`)
    .where('mandate.suspendedAt', 'is', null)
    .select([...PERSON, 'authorisation.theme', 'authorisation.endsAt'])
    .execute();
  const [first] = rows;
  if (!first) return undefined;
  const { theme: _theme, endsAt: _endsAt, ...person } = first;
  return { person: person as Named, open: rows.map(({ theme, endsAt }) => ({ theme, endsAt })) };
}

export type Acting = { name: string; since: Date };

/**
 * In whose name a browser still acts: the last identity given in its session, less than 30 minutes ago and not ended.
 * FranceConnect's own session says nothing to us: this is what may still be open, not what is.
 */
export async function actingFor(
  db: Db,
  { cookieHash, now }: { cookieHash: Buffer; now: Date },
): Promise<Acting | null> {
  const row = await db
    .selectFrom('use')
    .innerJoin('session', 'session.idHash', 'use.sessionIdHash')
    .innerJoin('usager', 'usager.id', 'use.usagerId')
    .where('session.cookieHash', '=', cookieHash)
    .where('use.identityGivenAt', '>', after(now, -FRANCECONNECT_SESSION))
    .where('use.endedAt', 'is', null)
    .select([...PERSON, 'use.identityGivenAt'])
    .orderBy('use.chosenAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.identityGivenAt ? { name: usagerName(row as Named), since: row.identityGivenAt } : null;
}
