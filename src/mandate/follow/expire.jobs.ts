import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { enqueue, type Job } from '#platform/jobs/jobs.ts';
import { writeExpiry } from '../expire-mandates.ts';
import { ENDED_MAIL } from './ended-mail.jobs.ts';
import { lockDueMandates } from './expire.queries.ts';

const BATCH = 200;

/**
 * Writes the end of the mandates whose term has passed, at their hour, with their last journal entry and the mail that tells
 * the person; one transaction per batch. Rows that another worker, an aidant or a conclusion holds are left to them.
 * Returns how many it ended.
 */
export async function expireDueMandates(ctx: AppContext): Promise<number> {
  let total = 0;
  for (let ended = BATCH; ended === BATCH; total += ended) ended = await expireBatch(ctx);
  return total;
}

async function expireBatch(ctx: AppContext): Promise<number> {
  return inTransaction(ctx, async (trx) => {
    const now = ctx.clock.now();
    const due = await lockDueMandates(trx, now, BATCH);
    const written = await writeExpiry(ctx, trx, due, now);
    for (const { id } of written) await enqueue(trx, ENDED_MAIL, { mandateId: id });
    return written.length;
  });
}

export const expireMandates: Job = {
  task: 'expire-mandates',
  cron: '* * * * *',
  async run(ctx) {
    const ended = await expireDueMandates(ctx);
    if (ended > 0) ctx.logger.info({ ended }, 'mandates expired');
  },
};
