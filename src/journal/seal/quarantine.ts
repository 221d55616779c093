import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS, record } from '../record.ts';
import { nodeProblem } from '../register-node.ts';
import type { RogueReason } from './check-entries.ts';
import { rogueEntry } from './seal.events.ts';

export type Rogue = { id: string; recordedAt: string; reason: RogueReason };

/** Puts entries aside for good, and says so in the journal, in the same transaction. */
export async function quarantine(
  ctx: Pick<AppContext, 'keys' | 'clock'>,
  trx: Trx,
  log: LogName,
  rogues: readonly Rogue[],
): Promise<void> {
  if (rogues.length === 0) return;
  // an entry of ours that is a stranger's too would be put aside in its turn, and so on for ever
  const problem = await nodeProblem(trx, ctx.keys);
  if (problem) throw new Error(problem);
  await sql`
    insert into journal.quarantine (entry_id, recorded_at, log_id, reason, found_at)
    select id, recorded_at, ${LOG_IDS[log]}, reason, ${ctx.clock.now()}
    from unnest(${rogues.map(({ id }) => id)}::uuid[], ${rogues.map(({ recordedAt }) => recordedAt)}::timestamptz[],
      ${rogues.map(({ reason }) => reason)}::text[]) as rogue (id, recorded_at, reason)`.execute(trx);
  const events = rogues.map(({ id, reason }) =>
    rogueEntry.event({ actor: {}, result: 'ok', clear: { log, entry: id, reason } }),
  );
  await record(ctx, trx, ...events);
}
