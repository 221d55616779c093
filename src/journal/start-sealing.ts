import { setTimeout as sleep } from 'node:timers/promises';
import type { Sealing } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import { isDatabaseAway } from '#platform/db/database.ts';
import { after, MINUTE, SECOND, systemClock } from '#platform/time/clock.ts';
import type { LogName } from './event.ts';
import { publish } from './publish/publish.ts';
import { SIGNER, sizesElsewhere, type Unbelieved } from './publish/sizes-elsewhere.ts';
import type { KnownSize } from './seal/head.rules.ts';
import { LOGS } from './seal/log.ts';
import { mirror, mirrorOf } from './seal/mirror.ts';
import { readMirrored } from './seal/mirror-files.ts';
import { sealingProblem } from './seal/sealing-problem.ts';
import { type SealingProblem, tell } from './seal/sealing-state.ts';
import { sequence } from './seal/sequence.ts';
import { sweep } from './seal/sweep.ts';

const POLL = 200;
const SWEEP = MINUTE;
/** A wide sweep reads the last two partitions. */
const WIDE_EVERY = 60;
const AFTER_TROUBLE = 2 * SECOND;

/**
 * Seals both logs until `stop`: guards, then every 200 ms what is settled gets its place, is copied to the mirror, signed,
 * cosigned and published. Any number of workers may do it. Each log goes its own way, and whatever fails is told in
 * `sealing_state` and tried again: the other log and the jobs never stop for it.
 */
export function startSealing(ctx: AppContext, sealing: Sealing): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = LOGS.flatMap((log) => {
    const guard = guardOf(ctx, log, sealing);
    return [
      repeat(ctx, log, stopping.signal, 'sequencer', () => sealRound(ctx, log, guard)),
      repeat(ctx, log, stopping.signal, 'mirror', () => publishRound(ctx, log, sealing, guard)),
    ];
  });
  return {
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

/** Whether the log may be sealed: asked at start, and again after every refusal. */
type Guard = { isOpen: boolean; sweepAt: Date; sweeps: number; check(): Promise<void> };

function guardOf(ctx: AppContext, log: LogName, sealing: Sealing): Guard {
  return {
    isOpen: false,
    sweepAt: after(systemClock.now(), SWEEP),
    sweeps: 0,
    async check() {
      const known = await knownSizes(ctx, log, sealing);
      this.isOpen = 'refused' in known ? false : (await sealingProblem(ctx, log, known)) === undefined;
      if ('refused' in known) await tell(ctx, log, 'sequencer', known.refused);
    },
  };
}

/**
 * Who remembers how much. The signer must answer: it alone knows what was signed last, and a database that was taken back
 * must not grow another branch. Until it does, acts go on and wait to be sealed, which would not be signed anyway. Whoever shows
 * what no known key signed is told of, and not believed. `policyText`: log keys that the database may not know any more.
 */
export async function knownSizes(
  ctx: AppContext,
  log: LogName,
  sealing: Sealing,
  policyText?: string,
): Promise<KnownSize[] | { refused: SealingProblem<'sequencer'> }> {
  const [{ known, unbelieved }, mirrored] = await Promise.all([
    sizesElsewhere(ctx, log, sealing, policyText),
    // a mirror that is away stops the signing, not the sealing: what it had was signed, and the signer knows it
    readMirrored(mirrorOf(sealing.mirror, log)).catch(() => undefined),
  ]);
  for (const { part, problem } of unbelieved) if (part) await tell(ctx, log, part, problem);
  if (!known.some(({ who }) => who === SIGNER)) return { refused: withoutSigner(unbelieved) };
  return [...known, ...(mirrored ? [{ who: 'the mirror', size: mirrored.size }] : [])];
}

function withoutSigner(unbelieved: readonly Unbelieved[]): SealingProblem<'sequencer'> {
  const problem = unbelieved.find(({ who }) => who === SIGNER)?.problem;
  const why =
    'nothing is sealed before it has said how much it signed, in case this database is an older one. Acts go on meanwhile';
  if (!problem) return `signer-away: the signer does not answer: ${why}. Start the signer`;
  return `signer-unbelieved: the signer, ${problem}. So ${why}. Is its key announced (« npm run cli -- journal announce-keys »)?`;
}

/** Gives the pause before the next round, in milliseconds. */
async function sealRound(ctx: AppContext, log: LogName, guard: Guard): Promise<number> {
  if (!guard.isOpen) await guard.check();
  if (!guard.isOpen) return AFTER_TROUBLE;
  const sequenced = await sequence(ctx, log);
  if ('refused' in sequenced) {
    guard.isOpen = false;
    return AFTER_TROUBLE;
  }
  if (sequenced.isMore) return 0;
  if (systemClock.now() >= guard.sweepAt) {
    guard.sweepAt = after(systemClock.now(), SWEEP);
    await sweep(ctx, log, { wide: guard.sweeps % WIDE_EVERY === 0 });
    guard.sweeps += 1;
  }
  return POLL;
}

async function publishRound(ctx: AppContext, log: LogName, sealing: Sealing, guard: Guard): Promise<number> {
  if (!guard.isOpen) return POLL;
  const mirrored = await mirror(ctx, log, sealing.mirror);
  await tell(ctx, log, 'mirror', 'refused' in mirrored ? mirrored.refused : undefined);
  if ('refused' in mirrored) return AFTER_TROUBLE;
  await publish(ctx, log, sealing, mirrored.size);
  return POLL;
}

/** One round after the other. What a round throws is told once, and tried again after a pause. */
async function repeat(
  ctx: AppContext,
  log: LogName,
  signal: AbortSignal,
  part: 'sequencer' | 'mirror',
  round: () => Promise<number>,
): Promise<void> {
  while (!signal.aborted) {
    const pause = await round().catch(async (error: unknown) => {
      const problem = error instanceof Error ? error.message : String(error);
      if (isDatabaseAway(error)) ctx.logger.warn({ err: error, log, part }, 'the database is away: sealing waits');
      else
        await tell(ctx, log, part, `failed: ${problem}`).catch(() =>
          ctx.logger.error({ err: error, log, part }, problem),
        );
      return AFTER_TROUBLE;
    });
    if (pause > 0) await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}
