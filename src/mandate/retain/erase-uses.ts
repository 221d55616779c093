import { asNode, batchEvent, entriesTelling, eraseOpenings, inErasure, record } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { monthsBefore } from '#platform/time/months.ts';
import { useChosen } from '../use/use.events.ts';
import { deleteUses, findDueUses } from './retain.queries.ts';

const BATCH = 500;

/**
 * Removes connections that have reached their term, and the site that was declared for each: the journal keeps that there was
 * a connection, when, by whom and for which theme. One transaction and one entry per batch. Returns how many.
 */
export async function eraseUses(ctx: AppContext): Promise<number> {
  const before = monthsBefore(ctx.clock.now(), ctx.config.retention.federation);
  let total = 0;
  for (let erased = BATCH; erased === BATCH; total += erased) erased = await eraseBatch(ctx, before);
  return total;
}

async function eraseBatch(ctx: AppContext, before: Date): Promise<number> {
  const done = await inErasure(ctx, async (trx) => {
    const due = await findDueUses(trx, { before, limit: BATCH });
    if (due.length === 0) return 0;
    const uses = due.map(({ id }) => id);
    const mandates = [...new Set(due.map(({ mandateId }) => mandateId))];
    const entries = await entriesTelling(trx, { kind: useChosen.kind, mandates, member: 'use', values: uses });
    const tell = (openings: number) => batchEvent({ rule: 'federation-traces', before, rows: uses.length }, openings);
    const erasureId =
      entries.length > 0
        ? (await eraseOpenings(ctx, trx, { entries, field: 'site' }, tell)).erasureId
        : ((await record(ctx, trx, tell(0)))[0] ?? '');
    await asNode(ctx.keys, trx, erasureId, () => deleteUses(trx, erasureId, uses));
    return due.length;
  });
  if (!done.ok)
    ctx.logger.warn({ reason: done.reason }, 'connections at their term are kept: a legal hold on the journal');
  return done.ok ? done.value : 0;
}
