import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { originOf } from '../seal/index.ts';
import { successionsOf } from '../successions.ts';
import type { Findings } from './problems.ts';

/** The origin that is stored is the one of today; where other logs succeeded it, that of the first one. */
export async function checkOrigin(
  ctx: Pick<AppContext, 'db' | 'config'>,
  log: LogName,
  found: Findings,
): Promise<void> {
  const { rows } = await sql<{ origin: string }>`select origin from journal.log where log_id = ${LOG_IDS[log]}`.execute(
    ctx.db,
  );
  const [first] = await successionsOf(ctx.db, log);
  const expected = first?.closed ?? originOf(ctx, log);
  for (const { origin } of rows)
    if (origin !== expected) found.aside('origin-differs', `${origin}, au lieu de ${expected}`);
}
