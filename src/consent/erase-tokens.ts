import { batchEvent, heldIds, record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import type { Job } from '#platform/jobs/jobs.ts';
import { monthsBefore } from '#platform/time/months.ts';
import { evidencePlace, openEvidence, sealEvidence, withoutTokens } from './evidence.ts';

const BATCH = 100;

/**
 * Removes the tokens of FranceConnect, and the keys that verified them, from evidence that has reached their term: terms,
 * text and salt stay with the mandate. Batch by batch, each with its entry; what is under a legal hold stays whole. Returns
 * how many.
 */
export async function eraseTokens(ctx: AppContext): Promise<number> {
  const before = monthsBefore(ctx.clock.now(), ctx.config.retention.federation);
  let total = 0;
  for (let erased = BATCH; erased === BATCH; total += erased) erased = await eraseBatch(ctx, before);
  return total;
}

async function eraseBatch(ctx: AppContext, before: Date): Promise<number> {
  return inTransaction(ctx, async (trx) => {
    const due = await lockDue(trx, before);
    for (const { mandateId, sealed } of due) {
      const place = evidencePlace(mandateId);
      const again = sealEvidence(ctx, place, withoutTokens(openEvidence(ctx, place, sealed)));
      await trx
        .updateTable('consentEvidence')
        .set({ sealed: again, tokensErasedAt: ctx.clock.now() })
        .where('mandateId', '=', mandateId)
        .execute();
    }
    if (due.length > 0) await record(ctx, trx, batchEvent({ rule: 'federation-traces', before, rows: due.length }, 0));
    return due.length;
  });
}

async function lockDue(trx: Trx, before: Date) {
  const { usagers, mandates } = await heldIds(trx);
  return trx
    .selectFrom('consentEvidence')
    .select(['mandateId', 'sealed'])
    .where('tokensErasedAt', 'is', null)
    .where('createdAt', '<', before)
    .$if(mandates.length > 0, (query) => query.where('mandateId', 'not in', mandates))
    .$if(usagers.length > 0, (query) =>
      query.where('mandateId', 'not in', trx.selectFrom('mandate').select('id').where('usagerId', 'in', usagers)),
    )
    .orderBy('createdAt')
    .orderBy('mandateId')
    .limit(BATCH)
    .forUpdate()
    .skipLocked()
    .execute();
}

const eraseTokensJob: Job = {
  task: 'erase-consent-tokens',
  cron: '7 1 * * *',
  async run(ctx) {
    const erased = await eraseTokens(ctx);
    if (erased > 0) ctx.logger.info({ erased }, 'tokens of FranceConnect reached their term');
  },
};

export const consentJobs: readonly Job[] = [eraseTokensJob];
