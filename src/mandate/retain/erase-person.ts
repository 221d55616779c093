import { type Erasing, erasePersonEntries, type Ground, inErasure, type ReplayedErasure } from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { deleteFiles, deleteFilesAgain, lockMandatesOf } from './retain.queries.ts';

export type PersonErased = Erasing<{ openings: number; mandates: number }> | { ok: false; reason: 'open-mandate' };

class OpenMandate extends Error {}

/**
 * Erases a person before their term: record, mandates, evidence, connections, what the journal can open of them and what links
 * its entries to them. The entries stay, under their aliases. Refused while one of their mandates is open, or under a hold.
 */
export async function erasePerson(
  ctx: AppContext,
  { usagerId, ground }: { usagerId: string; ground: Ground },
): Promise<PersonErased> {
  try {
    return await inErasure(ctx, async (trx) => {
      const theirs = await lockMandatesOf(trx, usagerId);
      if (theirs.some(({ endedAt }) => endedAt === null)) throw new OpenMandate();
      const mandates = theirs.map(({ id }) => id);
      const { erasureId, openings } = await erasePersonEntries(ctx, trx, { usagerId, mandates, ground });
      await deleteFiles(trx, erasureId, [usagerId]);
      return { openings, mandates: mandates.length };
    });
  } catch (error) {
    if (error instanceof OpenMandate) return { ok: false, reason: 'open-mandate' };
    throw error;
  }
}

/** Removes again, after a backup was restored, the files that an erasure of before had removed. */
export async function eraseFilesAgain(
  trx: Trx,
  { replayId, erasureId, persons, mandates }: ReplayedErasure,
): Promise<void> {
  if (persons.length + mandates.length > 0) await deleteFilesAgain(trx, { replayId, erasureId }, persons);
}
