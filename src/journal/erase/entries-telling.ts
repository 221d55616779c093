import { sql } from 'kysely';
import type { Trx } from '#platform/db/database.ts';
import { withSealedLeaf } from '../sealed-leaf.ts';

/**
 * The entries of a kind about these mandates whose leaf says, in clear under `member`, one of these values. Reads leaves, those
 * that were sealed alone: retention is about entries of years ago, and what is not sealed may be anybody's. Their values go with
 * the file of the mandate at the latest. For the worker and the owner.
 */
export async function entriesTelling(
  trx: Trx,
  asked: { kind: string; mandates: readonly string[]; member: string; values: readonly string[] },
): Promise<string[]> {
  const { kind, mandates, member, values } = asked;
  const { rows } = await sql<{ id: string }>`
    select id from (
      select i.id, convert_from(sealed.leaf, 'UTF8') as leaf from journal.entry_index i ${withSealedLeaf}
      where i.mandate_id = any(${mandates}::uuid[]) and i.kind = ${kind}
      offset 0
    ) as found
    where leaf::jsonb ->> 'type' = ${kind} and leaf::jsonb -> 'clear' ->> ${member} = any(${values}::text[])
    order by id`.execute(trx);
  return rows.map(({ id }) => id);
}
