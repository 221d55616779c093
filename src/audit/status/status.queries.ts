import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';

/** Since when each log has a tree that is not published yet; null when all that is sealed is published. */
export type SealedSince = { actes: Date | null; acces: Date | null };

export async function findSealedSince(db: Db): Promise<SealedSince> {
  const first = (log: 1 | 2) => sql`(
    select created_at from journal.tree_head where log_id = ${log} and size > coalesce(
      (select size from journal.publication where log_id = ${log} order by size desc limit 1), 0)
    order by size limit 1)`;
  const { rows } = await sql<SealedSince>`select ${first(1)} as actes, ${first(2)} as acces`.execute(db);
  return rows[0] ?? { actes: null, acces: null };
}
