import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { after, MINUTE } from '#platform/time/clock.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import type { HeadState } from './head.queries.ts';
import type { Memory } from './memory.ts';
import { LOCK } from './open-tree.ts';
import { type SealingProblem, withCode } from './sealing-state.ts';

/**
 * Who keeps the lock of a log while entries wait, for people: another worker adds to the head, whoever has added nothing for a
 * minute does not seal. Undefined before, or when nothing waits. Any role may take an advisory lock.
 */
export async function lockProblem(
  { clock }: Pick<AppContext, 'clock'>,
  trx: Trx,
  { log, memory, state }: { log: LogName; memory: Memory; state: HeadState },
): Promise<SealingProblem<'horizon'> | undefined> {
  const [now, size] = [clock.now(), state.head?.size ?? 0n];
  if (memory.lockedOut?.size !== size) memory.lockedOut = { since: now, size };
  if (now < after(memory.lockedOut.since, MINUTE)) return undefined;
  const holder = await holderOf(trx, log);
  if (!holder || !(await entriesWait(trx, log))) return undefined;
  return withCode(
    'locked-out',
    `entries wait and nothing has been sealed for a minute: session ${holder.pid} of ${holder.role} keeps the lock of this log. ` +
      `See pg_stat_activity; when it is no worker of ours, end it: select pg_terminate_backend(${holder.pid}). Nothing is lost`,
  );
}

async function holderOf(trx: Trx, log: LogName): Promise<{ pid: number; role: string } | undefined> {
  const { rows } = await sql<{ pid: number; role: string }>`
    select l.pid, coalesce(a.usename, '?')::text as role from pg_locks l left join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and l.classid = ${LOCK}::int::oid and l.objid = ${LOG_IDS[log]}::int::oid
      and l.objsubid = 2 and l.database = (select oid from pg_database where datname = current_database()) limit 1`.execute(
    trx,
  );
  return rows[0];
}

async function entriesWait(trx: Trx, log: LogName): Promise<boolean> {
  const { rows } = await sql`
    select from journal.entry e
    where e.log_id = ${LOG_IDS[log]} and e.recorded_at >= clock_timestamp() - interval '1 day'
      and not exists (select from journal.leaf l where l.entry_id = e.id)
      and not exists (select from journal.quarantine q where q.entry_id = e.id and q.recorded_at = e.recorded_at)
    order by e.id desc limit 1`.execute(trx);
  return rows.length > 0;
}
