import { sql } from 'kysely';
import type { Trx } from '#platform/db/database.ts';

/**
 * The entries of a kind about these mandates whose leaf says, in clear under `member`, one of these values. Reads leaves: for
 * the worker and the owner.
 */
export async function entriesTelling(
  trx: Trx,
  asked: { kind: string; mandates: readonly string[]; member: string; values: readonly string[] },
): Promise<string[]> {
  const { kind, mandates, member, values } = asked;
  const { rows } = await sql<{ id: string }>`
    select i.id from journal.entry_index i join journal.entry e on e.id = i.id
    where i.mandate_id = any(${mandates}::uuid[]) and i.kind = ${kind}
      and convert_from(e.leaf, 'UTF8')::jsonb -> 'clear' ->> ${member} = any(${values}::text[])
    order by i.id`.execute(trx);
  return rows.map(({ id }) => id);
}
