import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';

/** What acts that `reconcile` put back say of one mandate: the greatest number given, and the kinds of these entries. */
export type NumbersPutBack = { alias: string; mn: number; kinds: string[] };

/** Of each mandate that has acts put back. Only of these does the index know a number and not the mandate. */
export async function numbersPutBack(db: Db): Promise<NumbersPutBack[]> {
  const { rows } = await sql<NumbersPutBack>`
    select mandate_alias as alias, max(mn) as mn, array_agg(distinct kind) as kinds from journal.entry_index
    where mandate_id is null and mandate_alias is not null and mn is not null group by mandate_alias`.execute(db);
  return rows;
}
