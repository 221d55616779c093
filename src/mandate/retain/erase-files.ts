import { asNode, batchEvent, eraseOpenings, inErasure } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { monthsBefore } from '#platform/time/months.ts';
import { deleteFiles, findToErase, lockToErase, personsOfOnly } from './retain.queries.ts';

const BATCH = 100;

/**
 * Erases the files of mandates whose archive is over: mandate, themes, connections, evidence, what the journal can open of
 * them; and the persons who have no other mandate. One transaction and one entry per batch; when a batch is refused (months
 * of the journal under a legal hold, an open complaint), one per mandate, so that one holds back no other. Returns how many.
 */
export async function eraseMandateFiles(ctx: AppContext): Promise<number> {
  const { mandate, archive } = ctx.config.retention;
  const before = monthsBefore(ctx.clock.now(), mandate + archive);
  let total = 0;
  for (let erased = BATCH; erased === BATCH; total += erased) {
    const outcome = await tryBatch(ctx, before);
    if (outcome === undefined) return total + (await eraseOneByOne(ctx, before));
    erased = outcome;
  }
  return total;
}

async function tryBatch(ctx: AppContext, before: Date): Promise<number | undefined> {
  try {
    return await eraseWhere(ctx, { before, limit: BATCH });
  } catch (error) {
    ctx.logger.warn({ err: error }, 'a batch of mandate files could not be erased: one by one');
    return undefined;
  }
}

async function eraseOneByOne(ctx: AppContext, before: Date): Promise<number> {
  let total = 0;
  for (const mandateId of await findToErase(ctx.db, before)) {
    try {
      total += (await eraseWhere(ctx, { before, limit: 1, mandateId })) ?? 0;
    } catch (error) {
      ctx.logger.error({ mandateId, err: error }, 'the file of a mandate could not be erased');
    }
  }
  return total;
}

/** Undefined when a legal hold forbids it. */
async function eraseWhere(
  ctx: AppContext,
  wanted: { before: Date; limit: number; mandateId?: string },
): Promise<number | undefined> {
  const done = await inErasure(ctx, async (trx) => {
    const due = await lockToErase(trx, wanted);
    if (due.length === 0) return 0;
    const persons = await personsOfOnly(trx, due);
    const batch = { rule: 'mandate-file', before: wanted.before, rows: due.length, persons: persons.length } as const;
    const mandates = due.map(({ id }) => id);
    const { erasureId } = await eraseOpenings(ctx, trx, { persons, mandates }, (openings) =>
      batchEvent(batch, openings),
    );
    await asNode(ctx.keys, trx, erasureId, () => deleteFiles(trx, erasureId, persons));
    return due.length;
  });
  return done.ok ? done.value : undefined;
}
