import { type Config, type Needs, readConfig } from '#platform/config/config.ts';
import { type Environment, readVariables } from '#platform/config/variables.ts';
import type { AppContext } from '#platform/context.ts';
import { openDatabase } from '#platform/db/database.ts';
import { createLogger } from '#platform/log/logger.ts';
import { createMailer, type Mailer } from '#platform/mail/mailer.ts';
import { type Clock, systemClock } from '#platform/time/clock.ts';

/** Under which database role a program works: the server, the queue, or what only the owner of the tables may do. */
export type ProgramRole = 'app' | 'worker' | 'owner';

const URL_OF = {
  app: 'DATABASE_URL',
  worker: 'WORKER_DATABASE_URL',
  owner: 'OWNER_DATABASE_URL',
} as const;

/**
 * Everything a program is handed, from its environment. Connects to nothing yet. Throws a ConfigurationError that names
 * every variable that is missing or weak; what is beyond `needs` is asked for only if it is read. `close` waits for the
 * connections to be given back.
 */
export function openContext(
  env: Environment,
  role: ProgramRole,
  clock: Clock = systemClock,
  needs: Needs = 'service',
): { ctx: AppContext; close(): Promise<void> } {
  const { config, keys } = readConfig(env, needs);
  const { [URL_OF[role]]: url } = readVariables(env, [URL_OF[role]]);
  const readerUrl = role === 'app' ? readVariables(env, ['READER_DATABASE_URL']).READER_DATABASE_URL : undefined;
  const logger = createLogger(config.logLevel);
  const mailer = needs === 'service' ? createMailer(config.mail) : mailerWhenAsked(config);
  let closing = false;
  const open = (address: string, max: number) =>
    openDatabase(address, {
      max,
      onError(error) {
        if (!closing) logger.warn({ err: error }, 'a database connection was lost');
      },
    });
  const db = open(url, role === 'owner' ? 2 : 10);
  // the owner and the worker may read leaves themselves
  const readerDb = readerUrl ? open(readerUrl, 5) : db;
  return {
    ctx: { config, keys, db, readerDb, clock, logger, mailer },
    async close() {
      closing = true;
      await Promise.all([...new Set([db, readerDb])].map((one) => one.destroy()));
      mailer.close();
    },
  };
}

/** Most commands send nothing: the relay is asked for by the first mail. */
function mailerWhenAsked(config: Config): Mailer {
  let mailer: Mailer | undefined;
  return {
    async send(mail) {
      mailer ??= createMailer(config.mail);
      await mailer.send(mail);
    },
    close: () => mailer?.close(),
  };
}
