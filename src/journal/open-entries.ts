import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { Db, Trx } from '#platform/db/database.ts';
import type { Opened } from './event.ts';
import { openSealed } from './subject-keys.ts';
import { readDisclosure } from './verify/index.ts';

/** What can still be opened of an entry; `disclosures` are to be checked against the digests of its leaf. */
export type OpenedEntry = { opened: Opened; disclosures: string[]; erased: string[] };

type Row = { entryId: string; name: string; sealed: Buffer; subjectKeyId: string; wrapped: Buffer | null };

/**
 * Opens what these entries commit to, by entry id; entries without openings are absent. A name whose subject key has been
 * destroyed is listed as erased. Throws when an opening was moved or changed.
 */
export async function openEntries(
  ctx: Pick<AppContext, 'keys'>,
  db: Db | Trx,
  entryIds: readonly string[],
): Promise<Map<string, OpenedEntry>> {
  const { rows } = await sql<Row>`
    select o.entry_id, o.name, o.sealed, o.subject_key_id, k.wrapped
    from journal.opening o left join journal.subject_key k on k.id = o.subject_key_id
    where o.entry_id = any(${entryIds}::uuid[]) order by o.entry_id, o.name`.execute(db);
  const entries = new Map<string, OpenedEntry & { opened: Record<string, string> }>();
  for (const { wrapped, ...row } of rows) {
    const entry = entries.get(row.entryId) ?? { opened: {}, disclosures: [], erased: [] };
    entries.set(row.entryId, entry);
    if (!wrapped) {
      entry.erased.push(row.name);
      continue;
    }
    const disclosure = openSealed(ctx, { ...row, wrapped });
    const read = readDisclosure(disclosure);
    if (read?.name !== row.name)
      throw new Error(`the opening « ${row.name} » of entry ${row.entryId} says something else`);
    entry.disclosures.push(disclosure);
    entry.opened[row.name] = read.value;
  }
  return entries;
}
