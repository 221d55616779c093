import { sql } from 'kysely';
import type { LogName } from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import { monthsBefore } from '#platform/time/months.ts';
import { TERMS } from '../retain/audit-terms.ts';

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

/** Entries that were put aside and may have been examined: beyond, they count as new. */
const MOST_EXAMINED = 1_000;

/**
 * How many of the entries that were put aside somebody has examined: the sealed entry that tells one raised an alert (I1), and
 * an auditor has decided of it. A decided alert has a term: what was put aside before it, and no alert tells any more, was
 * examined. Two queries, and none of the leaves that say which are known to the site's own role.
 */
export async function countExamined({
  db,
  readerDb,
  config,
  clock,
}: Pick<AppContext, 'db' | 'readerDb' | 'config' | 'clock'>): Promise<Record<LogName, number>> {
  const { rows: told } = await sql<{ logId: number; aside: string; id: string; foundAt: Date }>`
    with told as (
      select i.id, convert_from(e.leaf, 'UTF8')::jsonb -> 'clear' as clear
      from (select id from journal.entry_index where kind = 'journal.rogue-entry' order by id desc limit ${MOST_EXAMINED}) i
      join journal.leaf l on l.entry_id = i.id and l.log_id = 1
      join journal.entry e on e.id = i.id and sha256('\\x00'::bytea || e.leaf) = l.leaf_hash offset 0)
    select q.log_id, q.entry_id || ' ' || q.recorded_at as aside, told.id, q.found_at from told
    join journal.quarantine q on q.entry_id::text = told.clear ->> 'entry'
      and q.log_id = case told.clear ->> 'log' when 'actes' then 1 else 2 end`.execute(readerDb);
  const { rows: alerts } = await sql<{ id: string; isDecided: boolean }>`
    select x.entry_id as id, bool_and(a.decided_at is not null) as is_decided
    from alert_entry x join alert a on a.id = x.alert_id
    where x.entry_id = any(${told.map(({ id }) => id)}::uuid[]) and a.rule = 'I1' group by x.entry_id`.execute(db);
  const decided = new Map(alerts.map(({ id, isDecided }) => [id, isDecided]));
  const term = monthsBefore(clock.now(), config.retention[TERMS['audit-alerts']]);
  const tellings = [...Map.groupBy(told, ({ aside }) => aside).values()];
  const examined = tellings.filter((all) => all.every(({ id, foundAt }) => decided.get(id) ?? foundAt < term));
  const of = (log: number) => examined.filter(([first]) => first?.logId === log).length;
  return { actes: of(1), acces: of(2) };
}
