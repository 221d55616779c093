import { asNode, batchEvent, inErasure, record } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { monthsBefore } from '#platform/time/months.ts';
import { countOpenings, type Due, eraseAudit, findAtTerm } from './at-term.queries.ts';
import { type AuditRule, TERMS } from './audit-terms.ts';

const BATCH = 100;

/**
 * Erases what reached its term under one rule, with what the journal can open of it: one transaction and one entry per batch.
 * When a hold on months of the journal refuses a batch, one by one, so that one holds back no other. Returns how many went.
 */
export async function eraseAtTerm(ctx: AppContext, rule: AuditRule): Promise<number> {
  const due = { rule, before: monthsBefore(ctx.clock.now(), ctx.config.retention[TERMS[rule]]) };
  let total = 0;
  for (let erased = BATCH; erased === BATCH; total += erased) {
    const outcome = await eraseBatch(ctx, { ...due, limit: BATCH });
    if (outcome === undefined) return total + (await eraseOneByOne(ctx, due));
    erased = outcome;
  }
  return total;
}

async function eraseOneByOne(ctx: AppContext, due: Due): Promise<number> {
  let total = 0;
  for (const id of await findAtTerm(ctx.db, { ...due, limit: 1000 })) {
    const erased = await eraseBatch(ctx, { ...due, limit: 1, id });
    if (erased === undefined) ctx.logger.warn({ rule: due.rule, id }, 'at its term, and kept: a legal hold');
    else total += erased;
  }
  return total;
}

/** Undefined when a legal hold forbids it. */
async function eraseBatch(ctx: AppContext, asked: Parameters<typeof findAtTerm>[1]): Promise<number | undefined> {
  const { rule, before } = asked;
  const done = await inErasure(ctx, async (trx) => {
    const ids = await findAtTerm(trx, asked);
    if (ids.length === 0) return 0;
    const openings = await countOpenings(trx, rule, ids);
    const [erasureId = ''] = await record(ctx, trx, batchEvent({ rule, before, rows: ids.length }, openings));
    await asNode(ctx.keys, trx, erasureId, () => eraseAudit(trx, erasureId, ids));
    return ids.length;
  });
  return done.ok ? done.value : undefined;
}
