import type { Db } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';

/** Whose mandate has this alias in the journal. */
export type MandateOfAlias = { alias: string; mandateId: string; usagerId: string };

/** The mandates that have these aliases in the journal, by alias; those that were erased, or are not concluded, are absent. */
export async function mandatesOfAliases(db: Db, aliases: readonly string[]): Promise<Map<string, MandateOfAlias>> {
  const wanted = [...new Set(aliases)].filter(isUuid);
  if (wanted.length === 0) return new Map();
  const rows = await db
    .selectFrom('mandate')
    .select(['journalAlias as alias', 'id as mandateId', 'usagerId'])
    .where('journalAlias', 'in', wanted)
    .execute();
  return new Map(rows.map((row) => [row.alias, row]));
}

/** The numbers of these mandates, by id; those that were erased are absent. */
export async function numbersOfMandates(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('mandate').select(['id', 'number']).where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, number }) => [id, number]));
}
