import type { AppContext } from '#platform/context.ts';
import type { Job } from '#platform/jobs/jobs.ts';
import { AUDIT_RULES } from './audit-terms.ts';
import { eraseAtTerm } from './erase-at-term.ts';

/** Erases what auditors keep of their work and that reached its term, and the accounts that were closed. Returns how many. */
export async function eraseAuditAtTerm(ctx: AppContext): Promise<number> {
  let total = 0;
  for (const rule of AUDIT_RULES) total += await eraseAtTerm(ctx, rule);
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
