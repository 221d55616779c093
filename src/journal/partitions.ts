import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';

/**
 * Makes sure that the journal has its partitions for this month and the three next ones (UTC). Called at start, by the
 * worker and after migrations; may run anywhere at once.
 */
export async function ensurePartitions(db: Db): Promise<void> {
  await sql`select journal.ensure_partitions()`.execute(db);
}
