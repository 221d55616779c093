import type { AppContext } from '#platform/context.ts';
import type { Job } from '#platform/jobs/jobs.ts';
import { AUDIT_RULES } from './audit-terms.ts';
import { eraseAtTerm } from './erase-at-term.ts';

/**
 * Erases what auditors keep of their work and that reached its term, and the accounts that were closed. Returns how many. A rule
 * that fails stops no other; throws an AggregateError of what failed once all have run, so that the job is seen and tried again.
 */
export async function eraseAuditAtTerm(ctx: AppContext): Promise<number> {
  let total = 0;
  const failed: Error[] = [];
  for (const rule of AUDIT_RULES) {
    try {
      total += await eraseAtTerm(ctx, rule);
    } catch (error) {
      failed.push(new Error(`${rule} could not be applied`, { cause: error }));
    }
  }
  if (failed.length > 0) throw new AggregateError(failed, failed.map(({ message }) => message).join('; '));
  return total;
}

export const eraseAuditJob: Job = {
  task: 'erase-audit',
  cron: '57 1 * * *',
  async run(ctx) {
    const erased = await eraseAuditAtTerm(ctx);
    if (erased > 0) ctx.logger.info({ erased }, 'work of auditors reached its term');
  },
};
