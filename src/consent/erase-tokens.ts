import { sql } from 'kysely';
import { asNode, batchEvent, heldIds, inErasure, record } from '#journal';
import type { AppContext } from '#platform/context.ts';
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
  const done = await inErasure(ctx, async (trx) => {
    const due = await findDue(trx, before);
    if (due.length === 0) return 0;
    const mandates = due.map(({ mandateId }) => mandateId);
    const again = due.map(({ mandateId, sealed }) => {
      const place = evidencePlace(mandateId);
      return sealEvidence(ctx, place, withoutTokens(openEvidence(ctx, place, sealed)));
    });
    const event = batchEvent({ rule: 'federation-traces', before, rows: due.length }, 0);
    const [erasureId = ''] = await record(ctx, trx, event);
    const erase = sql`select public.erase_tokens(${erasureId}::uuid, ${mandates}::uuid[], ${again}::bytea[])`;
    await asNode(ctx.keys, trx, erasureId, () => erase.execute(trx));
    return due.length;
  });
  if (!done.ok) ctx.logger.warn({ reason: done.reason }, 'tokens at their term are kept: a legal hold');
  return done.ok ? done.value : 0;
}

async function findDue(trx: Trx, before: Date) {
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
