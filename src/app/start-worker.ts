import { setTimeout as sleep } from 'node:timers/promises';
import { parseCronItems, type Runner, run, type TaskList } from 'graphile-worker';
import type pg from 'pg';
import { keepErasuresMirrored, startSealing } from '#journal';
import type { Sealing } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import { openPool } from '#platform/db/pool.ts';
import { SECOND } from '#platform/time/clock.ts';
import { jobs } from './wiring.ts';
import { quietWorkerLogger } from './worker-logger.ts';

/**
 * Runs the queue until `stop`: mails, expiry, wiping of drafts, partitions; and seals the journal, when it is told how. Any
 * number of workers may run. The queue gives up when it cannot write that a job is done (database away): it is then started
 * again, until it starts. Neither the queue nor the sealing stops for the other.
 */
export async function startWorker(
  ctx: AppContext,
  workerUrl: string,
  sealing?: Sealing,
): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController();
  const pool = openPool(workerUrl, (error) => {
    if (!stopping.signal.aborted) ctx.logger.warn({ err: error }, 'a connection of the queue was lost');
  });
  let runner = await runQueue(ctx, pool).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const sealed = sealing && startSealing(ctx, sealing);
  const mirrored = sealing && keepErasuresMirrored(ctx, sealing.mirror);
  const kept = keepRunning();

  async function keepRunning(): Promise<void> {
    await runner.promise.catch((error: unknown) => ctx.logger.error({ err: error }, 'the queue failed'));
    while (!stopping.signal.aborted) {
      ctx.logger.error('the queue has stopped: it is started again');
      await sleep(SECOND, undefined, { signal: stopping.signal }).catch(() => undefined);
      const started = stopping.signal.aborted ? null : await runQueue(ctx, pool).catch(() => null);
      if (!started) continue;
      runner = started;
      if (!stopping.signal.aborted) return keepRunning();
      await runner.stop();
    }
  }

  return {
    async stop() {
      stopping.abort();
      const unsealing = sealed?.stop();
      await runner.stop().catch(() => undefined); // it may have stopped by itself
      await kept;
      await unsealing;
      await mirrored?.stop(); // last: a job may have erased until now
      await pool.end();
    },
  };
}

function runQueue(ctx: AppContext, pgPool: pg.Pool): Promise<Runner> {
  const taskList: TaskList = Object.fromEntries(
    jobs.map((job) => [job.task, (payload: unknown) => job.run(ctx, payload as Record<string, string>)]),
  );
  return run({
    pgPool,
    concurrency: 4,
    pollInterval: SECOND,
    noHandleSignals: true,
    taskList,
    // without these delays nothing awaits the end of a job, and a database away at that moment would end the program
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    logger: quietWorkerLogger(ctx.logger),
    parsedCronItems: parseCronItems(
      jobs
        .filter((job) => job.cron)
        .map((job) => ({ task: job.task, match: job.cron ?? '', options: { backfillPeriod: 0 } })),
    ),
  });
}
