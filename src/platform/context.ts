import type { Config } from './config/config.ts';
import type { Keyring } from './crypto/keys.ts';
import { type Db, isDeadlock, type Trx } from './db/database.ts';
import type { Logger } from './log/logger.ts';
import type { Mailer } from './mail/mailer.ts';
import type { Clock } from './time/clock.ts';

/** What every use case is handed: platform parts only, so that every floor may name it. */
export type AppContext = {
  config: Config;
  keys: Keyring;
  db: Db;
  /** Under the role that reads leaves and openings, and writes nothing: what auditors are shown. */
  readerDb: Db;
  clock: Clock;
  logger: Logger;
  mailer: Mailer;
};

const TRIES = 3;

/**
 * One transaction: everything `work` writes is kept, or nothing is. Only use cases call it. When PostgreSQL undoes it to
 * untie a deadlock (its lock orders have one exception, a person whose civil status changes), it is done again from the start:
 * `work` must touch nothing but the database.
 */
export async function inTransaction<Result>(ctx: { db: Db }, work: (trx: Trx) => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ctx.db.transaction().execute(work);
    } catch (error) {
      if (tries === TRIES || !isDeadlock(error)) throw error;
    }
  }
}
