import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import { after, SECOND } from '#platform/time/clock.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { memoryOf } from './memory.ts';

const REPEATED = 30 * SECOND;

/**
 * Tells people and monitors what a part of the sealing (`sequencer`, `sweeper`, `mirror`) met last; nothing, when all is
 * well. Logged when it changes; written then, and every half minute, so that `seen_at` tells that somebody is sealing and a
 * problem does not outlive the worker that met it. It is asked five times a second.
 */
export async function tell(
  ctx: Pick<AppContext, 'db' | 'clock' | 'logger'>,
  log: LogName,
  part: string,
  problem: string | undefined,
): Promise<void> {
  const { said } = memoryOf(ctx, log);
  const now = ctx.clock.now();
  const last = said.get(part);
  if (last && last.problem === problem && now < after(last.at, REPEATED)) return;
  const row = sql`
    insert into journal.sealing_state (log_id, part, problem, seen_at)
    values (${LOG_IDS[log]}, ${part}, ${problem ?? null}, ${now})
    on conflict (log_id, part) do update set problem = excluded.problem, seen_at = excluded.seen_at`;
  // whatever the database is set to: of two workers that tell at once, the second waits and writes
  const atReadCommitted = ctx.db.transaction().setIsolationLevel('read committed');
  await atReadCommitted.execute((trx) => row.execute(trx));
  said.set(part, { problem, at: now });
  if (problem && problem !== last?.problem)
    ctx.logger.error({ log, part }, `the journal is not sealed as it should be: ${problem}`);
}
