import { type Expression, type SqlBool, sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { searchNameOf } from '#usager';
import { inScope, type Scoped } from '../scope.ts';

/** A structure or an aidant, as the form names them; `more` tells two of the same name apart. */
export type Named = { id: string; name: string; more: string };

/** More than these are not listed: the auditor is asked for a more precise name. */
export const MOST_LISTED = 20;

/** The structures of the auditor's départements: whom their every search is limited to. Null: the whole country. */
export async function structuresInScope(db: Db, who: Scoped): Promise<string[] | null> {
  if (who.departements === null) return null;
  const rows = await db.selectFrom('organisation').select('id').where(inScope(who)).orderBy('id').execute();
  return rows.map(({ id }) => id);
}

/** The structure of this id, when the auditor may see it. */
export async function findStructure(db: Db, who: Scoped, id: string): Promise<Named | undefined> {
  const [found] = await structuresWhere(db, who, sql<SqlBool>`organisation.id = ${id}`);
  return found;
}

/** Structures by SIRET, or by words of their name and town; one more than MOST_LISTED when there are too many. */
export async function findStructures(db: Db, who: Scoped, typed: string): Promise<Named[]> {
  const siret = typed.replace(/\s/g, '');
  const matches = /^\d{14}$/.test(siret)
    ? sql<SqlBool>`organisation.siret = ${siret}`
    : worded(sql`organisation.name || ' ' || organisation.city`, typed);
  return structuresWhere(db, who, matches);
}

async function structuresWhere(db: Db, who: Scoped, matches: Expression<SqlBool>): Promise<Named[]> {
  const rows = await db
    .selectFrom('organisation')
    .select(['id', 'name', 'city', 'departement', 'siret'])
    .where(inScope(who))
    .where(matches)
    .orderBy('name')
    .orderBy('id')
    .limit(MOST_LISTED + 1)
    .execute();
  return rows.map(({ id, name, city, departement, siret }) => ({
    ...{ id, name, more: `${city} (${departement}), SIRET ${siret}` },
  }));
}

/** The aidant of this id, when they are or were at work in a structure that the auditor may see. */
export async function findAidant(db: Db, who: Scoped, id: string): Promise<Named | undefined> {
  const [found] = await aidantsWhere(db, who, sql<SqlBool>`aidant.id = ${id}`);
  return found;
}

/** Aidants by address, or by words of their name; one more than MOST_LISTED when there are too many. */
export async function findAidants(db: Db, who: Scoped, typed: string): Promise<Named[]> {
  const matches = typed.includes('@')
    ? sql<SqlBool>`aidant.email = ${typed.trim().toLowerCase()}`
    : worded(sql`aidant.first_name || ' ' || aidant.last_name`, typed);
  return aidantsWhere(db, who, matches);
}

async function aidantsWhere(db: Db, who: Scoped, matches: Expression<SqlBool>): Promise<Named[]> {
  const rows = await db
    .selectFrom('aidant')
    .select(['id', 'firstName', 'lastName', 'email'])
    .where(matches)
    .where(who.departements === null ? sql<SqlBool>`true` : atWorkInScope(who))
    .orderBy('lastName')
    .orderBy('firstName')
    .orderBy('id')
    .limit(MOST_LISTED + 1)
    .execute();
  return rows.map(({ id, firstName, lastName, email }) => ({ id, name: `${firstName} ${lastName}`, more: email }));
}

/** Of one of these structures now, or among what they did last: whoever left is still answered for. */
function atWorkInScope(who: Scoped): Expression<SqlBool> {
  return sql<SqlBool>`exists (
    select from (
      select organisation_id from membership where membership.aidant_id = aidant.id
      union all
      (select organisation_id from journal.entry_index e where e.aidant_id = aidant.id order by e.id desc limit 2000)
    ) at_work join organisation on organisation.id = at_work.organisation_id where ${inScope(who)})`;
}

const ACCENTS = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿ’'-";
const PLAIN = 'aaaaaaceeeeiiiinooooouuuuyy   ';

/** Every word typed stands in the name, whatever the accents and capitals; nothing typed finds nothing. */
function worded(name: Expression<unknown>, typed: string): Expression<SqlBool> {
  const words = searchNameOf(typed).split(' ').filter(Boolean).slice(0, 8);
  if (words.length === 0) return sql<SqlBool>`false`;
  const plain = sql`translate(replace(replace(lower(${name}), 'œ', 'oe'), 'æ', 'ae'), ${ACCENTS}, ${PLAIN})`;
  return sql<SqlBool>`(${sql.join(
    words.map((word) => sql`${plain} like ${`%${word}%`}`),
    sql` and `,
  )})`;
}
