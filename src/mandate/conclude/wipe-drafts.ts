import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import type { Job } from '#platform/jobs/jobs.ts';
import { NO_IDENTIFICATION } from './draft.queries.ts';

/**
 * Deletes whatever expired drafts knew of a person. Reading refuses them already; this leaves nothing to read. The row stays:
 * it names no one, and tells that an attempt was made.
 */
export async function wipeDrafts(ctx: AppContext): Promise<number> {
  const now = ctx.clock.now();
  return inTransaction(ctx, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('mandateDraft')
      .set({ ...NO_IDENTIFICATION, attemptSealed: null, idTokenHintSealed: null, logoutStateHash: null, wipedAt: now })
      .where('wipedAt', 'is', null)
      .where('expiresAt', '<=', now)
      .executeTakeFirst();
    return Number(numUpdatedRows);
  });
}

export const wipeDraftsJob: Job = {
  task: 'wipe-drafts',
  cron: '*/5 * * * *',
  async run(ctx) {
    const wiped = await wipeDrafts(ctx);
    if (wiped > 0) ctx.logger.info({ wiped }, 'expired drafts were wiped');
  },
};
