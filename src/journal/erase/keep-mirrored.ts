import { setTimeout as sleep } from 'node:timers/promises';
import type { AppContext } from '#platform/context.ts';
import { MINUTE } from '#platform/time/clock.ts';
import { tell } from '../seal/sealing-state.ts';
import { ERASURE_LIST, mirrorErasures } from './mirror-erasures.ts';

/**
 * Carries erasures over to the mirror every minute, until `stop`. What fails is told and tried again; so is, until somebody
 * applies the list again, a database that was restored from before an erasure.
 */
export function keepErasuresMirrored(ctx: AppContext, mirror: string): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = repeat();

  async function repeat(): Promise<void> {
    while (!stopping.signal.aborted) {
      const problem = await mirrorErasures(ctx, mirror).then(problemOf, (error: unknown) => {
        ctx.logger.error({ err: error }, 'erasures could not be carried over to the mirror of the journal');
        return 'erasures could not be carried over to the mirror: look at the log of the worker';
      });
      await tell(ctx, 'actes', 'erasures', problem).catch(() => undefined); // the database is away: said elsewhere
      await sleep(MINUTE, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function problemOf({ unknown }: { unknown: number }): string | undefined {
  if (unknown === 0) return undefined;
  return (
    `the mirror lists ${unknown} erasures that the database does not know: it was restored from before them. Run ` +
    `« npm run cli -- journal erasures replay » with ${ERASURE_LIST} of the mirror`
  );
}
