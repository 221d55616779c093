import { sql } from 'kysely';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { type Trx, violates } from '#platform/db/database.ts';

/** Why nothing was erased. `held`: a legal hold; the others: the month is not over, or no published checkpoint covers it. */
export type NotErased = 'nothing' | 'held' | 'not-over' | 'not-covered';
export type Erasing<Value> = { ok: true; value: Value } | { ok: false; reason: NotErased };

/** Gives an erasure up from inside its transaction: nothing of it is kept. */
export class NothingErased extends Error {
  readonly reason: NotErased;
  constructor(reason: NotErased) {
    super(`nothing is erased: ${reason}`);
    this.name = 'NothingErased';
    this.reason = reason;
  }
}

const TRIES = 5;

/**
 * One transaction that erases. Erasures and holds pass one at a time, so that what is counted is what goes; an act that
 * slips in between is counted at the next try. A month of entries may take minutes: no statement is cut short here.
 */
export async function inErasure<Value>(
  ctx: Pick<AppContext, 'db'>,
  work: (trx: Trx) => Promise<Value>,
): Promise<Erasing<Value>> {
  for (let tries = 1; ; tries += 1) {
    try {
      const value = await inTransaction(ctx, async (trx) => {
        await takeTurn(trx);
        return work(trx);
      });
      return { ok: true, value };
    } catch (error) {
      if (error instanceof NothingErased) return { ok: false, reason: error.reason };
      if (violates(error, 'nothing_held_is_erased')) return { ok: false, reason: 'held' };
      const again = violates(error, 'erasure_tells_the_truth') || isLockTimeout(error);
      if (!again || tries === TRIES) throw error;
    }
  }
}

/**
 * Waits until no other erasure, and no hold being placed, is under way; to the end of the transaction. It looks into our schemas
 * alone, and what the session prepared is forgotten: code of a stranger's may have run in it before (the queue is the worker's),
 * and what is read here says what goes.
 */
export async function takeTurn(trx: Trx): Promise<void> {
  await sql`set local search_path = pg_catalog, public`.execute(trx);
  await sql`deallocate all`.execute(trx);
  await sql`set local statement_timeout = 0`.execute(trx);
  await sql`select pg_advisory_xact_lock(hashtext('journal.erase'))`.execute(trx);
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '55P03';
}
