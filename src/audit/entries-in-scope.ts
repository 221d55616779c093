import { sql } from 'kysely';
import type { Db, Trx } from '#platform/db/database.ts';
import { inScope, type Who } from './scope.ts';
import type { IndexRow } from './search/entries.queries.ts';

/**
 * What the index says of these entries, oldest first, those of the auditor's départements alone: an entry belongs to the
 * structure that acted, else to that of its mandate; one of no structure is for auditors of the whole country. One query.
 */
export async function entriesInScope(db: Db | Trx, who: Who, ids: readonly string[]): Promise<IndexRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<IndexRow>`
    select i.id, i.log_id, i.kind, i.result, i.theme, i.aidant_id, i.organisation_id, i.usager_id, i.mandate_id,
      i.mandate_alias, i.mn, i.themes
    from journal.entry_index i
    left join mandate on mandate.id = i.mandate_id
    left join organisation on organisation.id = coalesce(i.organisation_id, mandate.organisation_id)
    where i.id = any(${[...ids]}::uuid[]) and ${inScope(who)}
    order by i.id`.execute(db);
  return rows;
}
