import type { AppContext } from '#platform/context.ts';
import type { Job } from '#platform/jobs/jobs.ts';
import { archiveMandates } from './archive-mandates.ts';
import { eraseMandateFiles } from './erase-files.ts';
import { eraseUses } from './erase-uses.ts';

function nightly(task: string, minute: number, work: (ctx: AppContext) => Promise<number>): Job {
  return {
    task,
    cron: `${minute} 1 * * *`,
    async run(ctx) {
      const done = await work(ctx);
      if (done > 0) ctx.logger.info({ task, done }, 'reached their term');
    },
  };
}

export const retentionJobs: readonly Job[] = [
  nightly('archive-mandates', 17, archiveMandates),
  nightly('erase-uses', 27, eraseUses),
  nightly('erase-mandate-files', 37, eraseMandateFiles),
];
