import type { AppContext } from '#platform/context.ts';
import type { Job } from '#platform/jobs/jobs.ts';
import { monthsBefore } from '#platform/time/months.ts';
import { erasePeriod, monthsToErase } from './erase-period.ts';

/**
 * Erases the months of the log `acces` that have reached their term. A month that may not go yet (a legal hold, no published
 * checkpoint that covers it) is told, and tried again the next night. Returns how many months went.
 */
export async function eraseOldAccesses(ctx: AppContext): Promise<number> {
  const before = monthsBefore(ctx.clock.now(), ctx.config.retention.access);
  let erased = 0;
  for (const month of await monthsToErase(ctx, 'acces', before)) {
    const done = await erasePeriod(ctx, { log: 'acces', month, ground: 'retention' });
    if (done.ok) erased += 1;
    else if (done.reason !== 'nothing')
      ctx.logger.warn({ month, reason: done.reason }, 'accesses at their term are kept');
  }
  return erased;
}

export const eraseOldAccessesJob: Job = {
  task: 'erase-old-accesses',
  cron: '47 1 * * *',
  async run(ctx) {
    const erased = await eraseOldAccesses(ctx);
    if (erased > 0) ctx.logger.info({ erased }, 'months of the journal of accesses reached their term');
  },
};
