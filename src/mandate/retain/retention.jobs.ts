import type { AppContext } from '#platform/context.ts';
import type { Job } from '#platform/jobs/jobs.ts';
import { archiveMandates } from './archive-mandates.ts';
import { eraseMandateFiles } from './erase-files.ts';
import { eraseUses } from './erase-uses.ts';

/** A job of every night: `work` returns how many rows it dealt with. */
function nightly({
  task,
  minute,
  work,
}: {
  task: string;
  minute: number;
  work(ctx: AppContext): Promise<number>;
}): Job {
  return {
    cron: `${minute} 1 * * *`,
    async run(ctx) {
      const done = await work(ctx);
      if (done > 0) ctx.logger.info({ job: task, done }, 'reached their term');
    },
    task,
  };
}

export const retentionJobs: readonly Job[] = [
  nightly({ task: 'archive-mandates', minute: 17, work: archiveMandates }),
  nightly({ task: 'erase-uses', minute: 27, work: eraseUses }),
  nightly({ task: 'erase-mandate-files', minute: 37, work: eraseMandateFiles }),
];
