import { parseCronItems, type Runner, run, type TaskList } from 'graphile-worker';
import { ensurePartitions } from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { Job } from '#platform/jobs/jobs.ts';
import { jobs } from './wiring.ts';
import { quietWorkerLogger } from './worker-logger.ts';

const ensureJournalPartitions: Job = {
  task: 'ensure-journal-partitions',
  cron: '17 3 * * *',
  run: (ctx) => ensurePartitions(ctx.db),
};

/** Runs the queue until `stop`: mails, expiry, wiping of drafts, partitions. Any number of workers may run. */
export async function startWorker(ctx: AppContext, workerUrl: string): Promise<{ stop(): Promise<void> }> {
  const all = [...jobs, ensureJournalPartitions];
  const taskList: TaskList = Object.fromEntries(
    all.map((job) => [job.task, (payload: unknown) => job.run(ctx, payload as Record<string, string>)]),
  );
  const runner: Runner = await run({
    connectionString: workerUrl,
    concurrency: 4,
    pollInterval: 1_000,
    noHandleSignals: true,
    maxPoolSize: 6,
    taskList,
    logger: quietWorkerLogger(ctx.logger),
    parsedCronItems: parseCronItems(
      all
        .filter((job) => job.cron)
        .map((job) => ({ task: job.task, match: job.cron ?? '', options: { backfillPeriod: 0 } })),
    ),
  });
  return { stop: () => runner.stop() };
}
