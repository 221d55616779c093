import { sql } from 'kysely';
import type { Db, Trx } from '#platform/db/database.ts';
import type { LeafMembers } from './leaf.ts';
import { withSealedLeaf } from './sealed-leaf.ts';
import { readLeaf } from './verify/index.ts';

/**
 * Since when each node key is revoked, by its id, as the first sealed entry about it tells. Whoever may write rows may put any
 * bytes under any kind and any id: only the bytes that were sealed are read, here and not by the database, which may look at the
 * others before it knows that nothing sealed them. Reads leaves: for the worker, the reader and the owner.
 */
export async function revocationsTold(db: Db | Trx): Promise<Map<string, Date>> {
  const { rows } = await sql<{ leaf: Buffer }>`
    select sealed.leaf from journal.entry_index i ${withSealedLeaf}
    where i.kind = 'node.revoked' and i.log_id = 1 order by l.idx desc`.execute(db); // the first one is put over the later ones
  return new Map(rows.flatMap(({ leaf }) => told(leaf) ?? []).map(({ key, at }) => [key, new Date(at)]));
}

function told(leaf: Uint8Array): { key: string; at: string } | undefined {
  const read = readLeaf(leaf);
  if (!read.ok) return undefined;
  const { type, clear } = read.leaf as unknown as LeafMembers;
  const { key, at } = type === 'node.revoked' ? clear : {};
  return typeof key === 'string' && typeof at === 'string' ? { key, at } : undefined;
}
