import { sql } from 'kysely';
import { type FailedAct, failedAct, numbersPutBack } from '#journal';
import type { Trx } from '#platform/db/database.ts';

/**
 * Mandates that a backup had with fewer acts go on counting after those that were put back, so that no number is given
 * twice. Says how many, and which acts do not count. Done again, it changes nothing.
 */
export async function goOnCounting(trx: Trx): Promise<{ counting: number; failed: FailedAct[] }> {
  const { numbers, rogue } = await numbersPutBack(trx);
  const { numAffectedRows = 0n } = await sql`
    update mandate m set entry_count = told.mn
    from unnest(${numbers.map(({ alias }) => alias)}::text[], ${numbers.map(({ mn }) => mn)}::int[]) as told (alias, mn)
    where m.journal_alias::text = told.alias and m.entry_count < told.mn`.execute(trx);
  return { counting: Number(numAffectedRows), failed: rogue.flatMap(failedAct) };
}
