import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppContext } from '#platform/context.ts';
import { MINUTE, SECOND } from '#platform/time/clock.ts';
import { type Forgotten, forgottenErasures } from '../erase/forgotten.ts';
import { ERASURE_LIST, mirrorErasures } from './mirror-erasures.ts';
import { readMirrored } from './mirror-files.ts';
import { type SealingProblem, tell, withCode } from './sealing-state.ts';

/** What failed is tried again soon: that the mirror is back is seen so late. */
const AFTER_TROUBLE = 5 * SECOND;

/**
 * Carries erasures over to the mirror every minute, until `stop`, and once more then. What fails is told and tried again; so is,
 * until somebody applies the list again, a database that was restored from before an erasure.
 */
export function keepErasuresMirrored(ctx: AppContext, mirror: string): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = repeat();

  async function repeat(): Promise<void> {
    while (!stopping.signal.aborted) {
      const isCarried = await carry();
      await sleep(isCarried ? MINUTE : AFTER_TROUBLE, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  async function carry(): Promise<boolean> {
    let isCarried = true;
    const problem = await mirrored(ctx, mirror).catch((error: unknown): SealingProblem<'erasures'> => {
      ctx.logger.error({ err: error }, 'erasures could not be carried over to the mirror of the journal');
      isCarried = false;
      return 'not-written: erasures could not be carried over to the mirror: look at the log of the worker';
    });
    await tell(ctx, 'actes', 'erasures', problem).catch(() => undefined); // the database is away: said elsewhere
    return isCarried;
  }

  return {
    async stop() {
      stopping.abort();
      await running;
      await carry();
    },
  };
}

async function mirrored(
  { db }: Pick<AppContext, 'db'>,
  mirror: string,
): Promise<SealingProblem<'erasures'> | undefined> {
  const { unknown } = await mirrorErasures({ db }, mirror);
  const forgotten = await forgottenErasures(db);
  if (unknown + forgotten.length === 0) return undefined;
  const told = forgotten.length > 0 ? ` (${forgottenInWords(forgotten)})` : '';
  return unknown > 0
    ? withCode(
        'unknown-here',
        `the mirror lists ${unknown} erasures that the database does not know: it was restored from before them${told}. Run ` +
          `« npm run cli -- journal erasures replay » with ${ERASURE_LIST} of the mirror`,
      )
    : withCode(
        'forgotten',
        `sealed entries tell erasures that the database forgot, and the list of the mirror does not have them${told}: what they ` +
          'erased may be back. Look for another copy of the list; without one, erase it again',
      );
}

function forgottenInWords(forgotten: readonly Forgotten[]): string {
  const some = forgotten.slice(0, 5).map(({ kind, id }) => `${kind} ${id}`);
  return [...some, ...(forgotten.length > some.length ? ['…'] : [])].join(', ');
}

/**
 * Carries erasures over to the mirror at once, for a command that has just erased. Returns why it could not: no folder is known
 * here, it is not a mirror of this service, or it cannot be written.
 */
export async function carryErasures(
  { db }: Pick<AppContext, 'db'>,
  mirror: string | undefined,
): Promise<{ ok: true } | { ok: false; reason: 'unknown' | 'not-a-mirror' | 'not-written' }> {
  if (!mirror) return { ok: false, reason: 'unknown' };
  try {
    // made by a worker: a folder that a mistyped address would make is nobody's mirror
    if (!(await readMirrored(join(mirror, 'actes')))) return { ok: false, reason: 'not-a-mirror' };
    await mirrorErasures({ db }, mirror);
    return { ok: true };
  } catch (error) {
    const isOfFiles = error instanceof Error && 'syscall' in error;
    if (!isOfFiles) throw error;
    return { ok: false, reason: 'not-written' };
  }
}
