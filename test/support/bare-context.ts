import type { Config } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import { type Keyring, keyringSchema } from '#platform/crypto/keys.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { openDatabase } from '#platform/db/database.ts';
import {
  ignoreClosing,
  MONDAY_MORNING,
  type MovableClock,
  movableClock,
  readableLogger,
  registerTestNode,
} from './context-parts.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export type BareContext = {
  ctx: AppContext;
  database: TestDatabase;
  clock: MovableClock;
  logs: string[];
  close(): Promise<void>;
};

/** What a use case is handed, on a database of its own under the app's role, without the site: for domains tested by themselves. */
export async function createBareContext(now = MONDAY_MORNING): Promise<BareContext> {
  const database = await createTestDatabase();
  const keys: Keyring = keyringSchema.parse(await makeKeys('test'));
  await registerTestNode(keys, database);
  const clock = movableClock(now);
  const { lines, logger } = readableLogger('debug');
  const db = openDatabase(database.appUrl, { max: 12, onError: ignoreClosing });
  const readerDb = openDatabase(database.readerUrl, { max: 4, onError: ignoreClosing });
  const mailer = { send: async () => undefined, close: () => undefined };
  return {
    ctx: { db, readerDb, keys, clock, logger, mailer, config: {} as Config },
    database,
    clock,
    logs: lines,
    async close() {
      await Promise.all([db.destroy(), readerDb.destroy()]);
      await database.drop();
    },
  };
}
