import type { Job } from '#platform/jobs/jobs.ts';
import { runAlertRules } from './run-rules.ts';

export const raiseAlerts: Job = {
  task: 'raise-alerts',
  cron: '*/5 * * * *',
  async run(ctx) {
    const raised = await runAlertRules(ctx);
    if (raised > 0) ctx.logger.info({ raised }, 'alerts raised');
  },
};
