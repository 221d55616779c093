import { sql } from 'kysely';
import type { LogName } from '#journal';
import type { Db } from '#platform/db/database.ts';

/**
 * Of one log: since when it is sealed, since when it has a tree that is not published yet, since when it succeeds another.
 * Null for never.
 */
export type LogSince = { beganAt: Date | null; sealedSince: Date | null; succeededAt: Date | null };

/** The same for both logs, in one query. */
export async function findSince(db: Db): Promise<Record<LogName, LogSince>> {
  const { rows } = await sql<{ logId: number } & LogSince>`
    select l.log_id, l.created_at as began_at, (
      select h.created_at from journal.tree_head h where h.log_id = l.log_id and h.size > coalesce(
        (select p.size from journal.publication p where p.log_id = l.log_id order by p.size desc limit 1), 0)
      order by h.size limit 1) as sealed_since,
      (select max(s.succeeded_at) from journal.succession s where s.log_id = l.log_id) as succeeded_at
    from journal.log l`.execute(db);
  const of = (id: number): LogSince =>
    rows.find(({ logId }) => logId === id) ?? { beganAt: null, sealedSince: null, succeededAt: null };
  return { actes: of(1), acces: of(2) };
}
