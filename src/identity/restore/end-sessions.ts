import { sql } from 'kysely';
import type { Trx } from '#platform/db/database.ts';

/**
 * Ends every session and pending mail of a login: a backup brings back those that people had ended, and which ones these were
 * is lost. Says how many sessions. Needs the owner's rights.
 */
export async function endSessions(trx: Trx): Promise<number> {
  await sql`delete from login where used_at is null`.execute(trx);
  const { numDeletedRows } = await trx.deleteFrom('session').executeTakeFirst();
  return Number(numDeletedRows);
}
