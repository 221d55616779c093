import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import { after, SECOND, systemClock } from '#platform/time/clock.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { memoryOf } from './memory.ts';

const REPEATED = 30 * SECOND;

/** What a signer or a witness answers amiss, and what is amiss with its signature. */
type Asked = 'unreachable' | 'too-slow' | 'bad-answer' | 'inconsistent' | 'refused';
type Signed = 'ahead' | 'unknown-key' | 'wrong-signature';

/**
 * What each part of the sealing may meet, for programs: the pages of auditors have a sentence for each. `failed`: what
 * it threw.
 */
export type SealingCodes = {
  sequencer:
    | ('signer-away' | 'signer-unbelieved' | 'other-origin' | 'rolled-back' | 'restored-cluster' | 'broken-tree')
    | 'failed';
  horizon: 'held-back' | 'locked-out';
  sweeper: 'swept';
  mirror: 'other-tree' | 'failed';
  erasures: 'not-written' | 'unknown-here' | 'forgotten';
  signer: Asked | Signed;
  policy: 'bad-policy' | 'bad-checkpoint' | 'quorum-not-met';
  witness: Asked | Signed | 'unverified' | 'no-address' | 'rolled-back' | 'wrong-clock';
};

/** Under which name it is told; of a witness, with the name of its key. */
export type SealingPart = Exclude<keyof SealingCodes, 'witness'> | `witness:${string}`;

/** What a part met: its code, then what it is and what to do, in English. */
export type SealingProblem<Part extends SealingPart> =
  `${SealingCodes[Part extends keyof SealingCodes ? Part : 'witness']}: ${string}`;

/** A text of several pieces, behind its code. */
export function withCode<Code extends string>(code: Code, text: string): `${Code}: ${string}` {
  return `${code}: ${text}`;
}

/**
 * Tells people and monitors what a part of the sealing met last; nothing, when all is well. Logged when it changes;
 * written then, and every half minute, so that `seen_at`, by the clock of the database, says whether anybody still sees it:
 * readers tell news from what is old. Nothing is ever cleared for a part that is not asked. Called five times a second.
 */
export async function tell<Part extends SealingPart>(
  ctx: Pick<AppContext, 'db' | 'logger'>,
  log: LogName,
  part: Part,
  problem: SealingProblem<Part> | undefined,
): Promise<void> {
  const { said } = memoryOf(ctx, log);
  const now = systemClock.now();
  const last = said.get(part);
  if (last && last.problem === problem && now < after(last.at, REPEATED)) return;
  const row = sql`
    insert into journal.sealing_state (log_id, part, problem, seen_at)
    values (${LOG_IDS[log]}, ${part}, ${problem ?? null}, clock_timestamp())
    on conflict (log_id, part) do update set problem = excluded.problem, seen_at = excluded.seen_at`;
  // whatever the database is set to: of two workers that tell at once, the second waits and writes
  const atReadCommitted = ctx.db.transaction().setIsolationLevel('read committed');
  await atReadCommitted.execute((trx) => row.execute(trx));
  said.set(part, { problem, at: now });
  if (problem && problem !== last?.problem)
    ctx.logger.error({ log, part }, `the journal is not sealed as it should be: ${problem}`);
}
