import { setTimeout as sleep } from 'node:timers/promises';
import type { AppContext } from '#platform/context.ts';
import { MINUTE } from '#platform/time/clock.ts';
import { mirrorErasures } from './mirror-erasures.ts';

/** Carries erasures over to the mirror every minute, until `stop`. What fails is logged, and tried again. */
export function keepErasuresMirrored(
  ctx: Pick<AppContext, 'db' | 'logger'>,
  mirror: string,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = repeat();

  async function repeat(): Promise<void> {
    while (!stopping.signal.aborted) {
      await mirrorErasures(ctx, mirror).catch((error: unknown) => {
        ctx.logger.error({ err: error }, 'erasures could not be carried over to the mirror of the journal');
      });
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
