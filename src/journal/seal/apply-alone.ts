import { sql } from 'kysely';
import { isDatabaseAway, isDeadlock, type Trx } from '#platform/db/database.ts';
import type { JudgedAct } from './judge-acts.ts';
import { ROGUE_WORDS } from './seal.events.ts';

/** An act that was put back and that nothing follows. */
export type FailedAct = { entryId: string; why: string };

/** What no registered node signed says nothing about anybody. */
export function failedAct({ id, rogue }: Pick<JudgedAct, 'id' | 'rogue'>): FailedAct[] {
  return rogue ? [{ entryId: id, why: ROGUE_WORDS[rogue] }] : [];
}

/**
 * Does what one act says, in a savepoint: when the tables refuse it, it alone is undone and told, since whoever may write one row
 * would else stop all that comes back. Throws only when the transaction itself cannot go on.
 */
export async function applyAlone(trx: Trx, entryId: string, work: () => Promise<void>): Promise<FailedAct[]> {
  await sql`savepoint act_put_back`.execute(trx);
  try {
    await work();
    await sql`release savepoint act_put_back`.execute(trx);
    return [];
  } catch (error) {
    if (isDatabaseAway(error) || isDeadlock(error)) throw error;
    await sql`rollback to savepoint act_put_back`.execute(trx);
    await sql`release savepoint act_put_back`.execute(trx);
    return [{ entryId, why: reasonOf(error) }];
  }
}

/** Reads an act, or says why it does not read. */
export function tryToRead<Read>(entryId: string, read: () => Read): { read: Read } | FailedAct {
  try {
    return { read: read() };
  } catch (error) {
    return { entryId, why: reasonOf(error) };
  }
}

/** A constraint that refused it, or what does not read in it, on one line that is not too long. */
function reasonOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.replaceAll(/\s+/g, ' ').slice(0, 200);
}
