import type { Config } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import { parseKeyring } from '#platform/crypto/keys.ts';
import { openDatabase } from '#platform/db/database.ts';
import { createLogger } from '#platform/log/logger.ts';
import { systemClock } from '#platform/time/clock.ts';

/** What a program of its own is told of its service, as JSON in its first argument; `keys`: as ENTREMISE_KEYS. */
export type ChildGiven = { databaseUrl: string; keys: string; journal: Config['journal'] };

/** What that argument says. */
export const childGiven = <Given extends ChildGiven>(): Given => JSON.parse(process.argv[2] ?? '{}') as Given;

/** The context of a program that a test starts and kills. */
export function childContext({ databaseUrl, keys, journal }: ChildGiven, connections: number): AppContext {
  const db = openDatabase(databaseUrl, { max: connections, onError: () => undefined });
  return {
    config: { publicUrl: 'http://localhost', journal } as Config,
    keys: parseKeyring(keys),
    ...{ db, readerDb: db },
    clock: systemClock,
    logger: createLogger('error'),
    mailer: { send: async () => undefined, close: () => undefined },
  };
}
