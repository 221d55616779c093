import { sql } from 'kysely';
import { draftKinds, mandatesOfAliases } from '#mandate';
import type { Db } from '#platform/db/database.ts';

/** Whose an entry is, and under which mandate. */
export type Whose = { usagerId: string | null; mandateId: string | null };

/** What the leaf of an entry says that leads to a mandate. */
export type SaidByLeaf = { id: string; kind?: string | undefined; alias?: string | undefined };

/**
 * Whose an entry is: the person of the mandate whose alias the leaf has; else the one whose key seals what the entry commits to;
 * the index, which anybody with enough rights may change, only where neither says it. `differs`: the index names another.
 */
export async function whoseIs(
  db: Db,
  { id, kind = '', alias }: SaidByLeaf,
  indexed: Whose,
): Promise<Whose & { differs: boolean }> {
  const mandate = alias === undefined ? undefined : (await mandatesOfAliases(db, [alias])).get(alias);
  // what precedes a mandate may be about nobody yet
  const isOfDraft = draftKinds.includes(kind) && indexed.usagerId === null;
  const usagerId = isOfDraft ? null : (mandate?.usagerId ?? (await ownerOfKey(db, id)) ?? indexed.usagerId);
  const mandateId = mandate?.mandateId ?? indexed.mandateId;
  const other = (named: string | null, said: string | null) => named !== null && named !== said;
  return { usagerId, mandateId, differs: other(indexed.usagerId, usagerId) || other(indexed.mandateId, mandateId) };
}

async function ownerOfKey(db: Db, entryId: string): Promise<string | undefined> {
  const { rows } = await sql<{ usagerId: string }>`
    select k.subject_id as usager_id from journal.opening o join journal.subject_key k on k.id = o.subject_key_id
    where o.entry_id = ${entryId}::uuid and k.subject_kind = 'usager' limit 1`.execute(db);
  return rows[0]?.usagerId;
}
