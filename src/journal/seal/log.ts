import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { formatOrigin, parseOrigin } from '../verify/index.ts';
import { type SealingProblem, withCode } from './sealing-state.ts';

/** What a configuration says of the names of the logs. */
type Named = { config: { journal: Pick<AppContext['config']['journal'], 'origin' | 'shards'> } };

export const LOGS: readonly LogName[] = ['actes', 'acces'];

/** The name under which a log is signed, as the configuration says it: with a number once it succeeded another. */
export function originOf({ config }: Named, log: LogName): string {
  return formatOrigin({ service: config.journal.origin, log, shard: shardOf({ config }, log) });
}

/** 1, until the log succeeds another. */
export function shardOf({ config }: Named, log: LogName): number {
  return config.journal.shards?.[log] ?? 1;
}

/**
 * Writes the origin of a log the first time it is sealed. It changes afterwards when another log succeeds it, and never
 * else: gives the reason when the configuration now says another one.
 */
export async function originProblem(
  ctx: Pick<AppContext, 'config' | 'db' | 'clock'>,
  log: LogName,
): Promise<SealingProblem<'sequencer'> | undefined> {
  const origin = originOf(ctx, log);
  const stored = (await storedOrigin(ctx, log)) ?? (await writeOrigin(ctx, log, origin));
  if (stored === origin) return undefined;
  const named = parseOrigin(stored ?? '');
  if (named?.service === ctx.config.journal.origin && named.log === log)
    return withCode(
      'other-origin',
      `the log « ${log} » is « ${stored} », and the configuration says « ${origin} »: one succeeded the other; ` +
        `set JOURNAL_SHARDS ${named.shard === 1 ? `without ${log}` : `to ${log}=${named.shard}`} in every program`,
    );
  return withCode(
    'other-origin',
    `the log « ${log} » is « ${stored} » for ever, and the configuration says « ${origin} »: ` +
      'set JOURNAL_ORIGIN back to what it was',
  );
}

async function storedOrigin({ db }: Pick<AppContext, 'db'>, log: LogName): Promise<string | undefined> {
  const { rows } = await sql<{ origin: string }>`
    select coalesce((select s.origin from journal.succession s where s.log_id = l.log_id order by s.n desc limit 1),
      l.origin) as origin
    from journal.log l where l.log_id = ${LOG_IDS[log]}`.execute(db);
  return rows[0]?.origin;
}

/** Two workers may be the first at once: the second reads what the first wrote. */
async function writeOrigin(
  ctx: Pick<AppContext, 'db' | 'clock'>,
  log: LogName,
  origin: string,
): Promise<string | undefined> {
  await sql`
    insert into journal.log (log_id, origin, created_at) values (${LOG_IDS[log]}, ${origin}, ${ctx.clock.now()})
    on conflict (log_id) do nothing`.execute(ctx.db);
  return storedOrigin(ctx, log);
}
