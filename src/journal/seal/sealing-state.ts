import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { memoryOf } from './memory.ts';

/**
 * Tells people and monitors what a part of the sealing (`sequencer`, `sweeper`, `mirror`) met last; nothing, when all is
 * well. Written and logged when it changes: it is asked five times a second.
 */
export async function tell(
  ctx: Pick<AppContext, 'db' | 'clock' | 'logger'>,
  log: LogName,
  part: string,
  problem: string | undefined,
): Promise<void> {
  const { said } = memoryOf(ctx, log);
  if (said.has(part) && said.get(part) === problem) return;
  await sql`
    insert into journal.sealing_state (log_id, part, problem, seen_at)
    values (${LOG_IDS[log]}, ${part}, ${problem ?? null}, ${ctx.clock.now()})
    on conflict (log_id, part) do update set problem = excluded.problem, seen_at = excluded.seen_at`.execute(ctx.db);
  said.set(part, problem);
  if (problem) ctx.logger.error({ log, part }, `the journal is not sealed as it should be: ${problem}`);
}
