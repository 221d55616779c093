import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { withSealedLeaf } from '../sealed-leaf.ts';

/** The greatest number that acts of one mandate have, among those that `reconcile` put back. */
type NumberPutBack = { alias: string; mn: number };

/** Of each mandate that has acts put back. Only of these does the index know a number and not the mandate. */
export async function numbersPutBack(db: Db): Promise<NumberPutBack[]> {
  const { rows } = await sql<NumberPutBack>`
    select mandate_alias as alias, max(mn) as mn from journal.entry_index
    where mandate_id is null and mandate_alias is not null and mn is not null group by mandate_alias`.execute(db);
  return rows;
}

/** `aliases`: of these mandates and drafts only. */
type ActsWanted = { kinds: readonly string[]; aliases?: readonly string[] };

/**
 * The leaves of these kinds that the index ties to an alias and to no mandate, in the order of the tree: acts of mandates that
 * `reconcile` put back, and acts of drafts. Only what was sealed: whoever may write in the index puts no word in the journal's
 * mouth. Needs the owner's rights.
 */
export async function actsPutBack(db: Db, { kinds, aliases }: ActsWanted): Promise<{ leaf: Buffer }[]> {
  const ofAliases = aliases ? sql`and i.mandate_alias = any(${[...aliases]}::text[])` : sql`and i.mn is not null`;
  const { rows } = await sql<{ leaf: Buffer }>`
    select leaf from (
      select sealed.leaf, l.idx, i.kind, i.mandate_alias, convert_from(sealed.leaf, 'UTF8') as text
      from journal.entry_index i ${withSealedLeaf}
      where i.mandate_id is null and i.mandate_alias is not null and i.log_id = 1
        and i.kind = any(${[...kinds]}::text[]) ${ofAliases}
      offset 0
    ) as found
    where text::jsonb ->> 'type' = kind and text::jsonb ->> 'm' = mandate_alias
    order by idx`.execute(db);
  return rows;
}
