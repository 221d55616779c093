import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';

export const LOGS: readonly LogName[] = ['actes', 'acces'];

/** The name under which a log is signed, as the configuration says it. */
export function originOf({ config }: Pick<AppContext, 'config'>, log: LogName): string {
  return `${config.journal.origin}/${log}`;
}

/**
 * Writes the origin of a log the first time it is sealed. It never changes afterwards: gives the reason, in English, when
 * the configuration now says another one.
 */
export async function originProblem(
  ctx: Pick<AppContext, 'config' | 'db' | 'clock'>,
  log: LogName,
): Promise<string | undefined> {
  const origin = originOf(ctx, log);
  const stored = (await readOrigin(ctx, log)) ?? (await writeOrigin(ctx, log, origin));
  if (stored === origin) return undefined;
  return (
    `the log « ${log} » is « ${stored} » for ever, and the configuration says « ${origin} »: ` +
    'set JOURNAL_ORIGIN back to what it was'
  );
}

async function readOrigin({ db }: Pick<AppContext, 'db'>, log: LogName): Promise<string | undefined> {
  const { rows } = await sql<{ origin: string }>`
    select origin from journal.log where log_id = ${LOG_IDS[log]}`.execute(db);
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
  return readOrigin(ctx, log);
}
