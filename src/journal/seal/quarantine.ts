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
  ctx: Pick<AppContext, 'keys' | 'clock' | 'logger'>,
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
  await alarmOfErasures(ctx, trx, rogues);
}

/** An erasure, or the lifting of a hold, that was told in the name of a node by somebody else: personal data or evidence is gone. */
async function alarmOfErasures(
  { logger }: Pick<AppContext, 'logger'>,
  trx: Trx,
  rogues: readonly Rogue[],
): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select told.id from unnest(${rogues.map(({ id }) => id)}::uuid[]) as told (id)
    where exists (select from journal.erasure e where e.id = told.id)
      or exists (select from journal.hold h where h.lifted_by = told.id)`.execute(trx);
  for (const { id } of rows)
    logger.error(
      { entry: id },
      'ALARM: an erasure was told by an entry that no registered node wrote: somebody erased',
    );
}
