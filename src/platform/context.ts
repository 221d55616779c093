import type { Config } from './config/config.ts';
import type { Keyring } from './crypto/keys.ts';
import type { Db, Trx } from './db/database.ts';
import type { Logger } from './log/logger.ts';
import type { Mailer } from './mail/mailer.ts';
import type { Clock } from './time/clock.ts';

/** What every use case is handed: platform parts only, so that every floor may name it. */
export type AppContext = {
  config: Config;
  keys: Keyring;
  db: Db;
  clock: Clock;
  logger: Logger;
  mailer: Mailer;
};

/** One transaction: everything `work` writes is kept, or nothing is. Only use cases call it. */
export function inTransaction<Result>(ctx: { db: Db }, work: (trx: Trx) => Promise<Result>): Promise<Result> {
  return ctx.db.transaction().execute(work);
}
