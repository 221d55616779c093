import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import type { Job } from '#platform/jobs/jobs.ts';
import { after } from '#platform/time/clock.ts';
import { NO_IDENTIFICATION } from './draft.queries.ts';
import { AFTER_DEPARTURE } from './franceconnect-session.queries.ts';

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
    await forgetBrowsers(trx, now);
    return Number(numUpdatedRows);
  });
}

/** Which browser it was is of no use once no session of FranceConnect can be left. */
async function forgetBrowsers(trx: Trx, now: Date): Promise<void> {
  await trx
    .updateTable('mandateDraft')
    .set({ browserHash: null, departedAt: null })
    .where('browserHash', 'is not', null)
    .where('expiresAt', '<=', after(now, -AFTER_DEPARTURE))
    .execute();
}

export const wipeDraftsJob: Job = {
  task: 'wipe-drafts',
  cron: '*/5 * * * *',
  async run(ctx) {
    const wiped = await wipeDrafts(ctx);
    if (wiped > 0) ctx.logger.info({ wiped }, 'expired drafts were wiped');
  },
};
