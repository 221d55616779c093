import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { enqueue, type Job } from '#platform/jobs/jobs.ts';
import { writeExpiry } from '../expire-mandates.ts';
import { ENDED_MAIL } from './ended-mail.jobs.ts';
import { findDueMandates, lockDueMandates } from './expire.queries.ts';

const BATCH = 200;

/**
 * Writes the end of the mandates whose term has passed, at their hour, with their last journal entry and the mail that tells
 * the person. One transaction per batch; when one fails, one per mandate, so that a row that cannot be written (it is logged)
 * holds back no other. Rows that another worker, an aidant or a conclusion holds are left to them. Returns how many it ended.
 */
export async function expireDueMandates(ctx: AppContext): Promise<number> {
  let total = 0;
  try {
    for (let ended = BATCH; ended === BATCH; total += ended) ended = await expireWhere(ctx, { limit: BATCH });
  } catch (error) {
    ctx.logger.warn({ err: error }, 'a batch of mandates could not be expired: one by one');
    total += await expireOneByOne(ctx);
  }
  return total;
}

async function expireOneByOne(ctx: AppContext): Promise<number> {
  let total = 0;
  for (const mandateId of await findDueMandates(ctx.db, ctx.clock.now())) {
    try {
      total += await expireWhere(ctx, { limit: 1, mandateId });
    } catch (error) {
      ctx.logger.error({ mandateId, err: error }, 'a mandate could not be expired');
    }
  }
  return total;
}

async function expireWhere(ctx: AppContext, wanted: { limit: number; mandateId?: string }): Promise<number> {
  return inTransaction(ctx, async (trx) => {
    const now = ctx.clock.now();
    const due = await lockDueMandates(trx, now, wanted);
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
