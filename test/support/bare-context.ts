import { Writable } from 'node:stream';
import { registerNode } from '#journal';
import type { Config } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import { type Keyring, keyringSchema } from '#platform/crypto/keys.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { openDatabase } from '#platform/db/database.ts';
import { createLogger } from '#platform/log/logger.ts';
import { after } from '#platform/time/clock.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export type MovableClock = { now(): Date; set(instant: Date): void; advance(milliseconds: number): void };

/** A clock that stands still until it is moved. */
export function movableClock(start: Date): MovableClock {
  let instant = start;
  return {
    now: () => instant,
    set: (next) => {
      instant = next;
    },
    advance: (milliseconds) => {
      instant = after(instant, milliseconds);
    },
  };
}

/** A logger whose lines can be read back. */
export function readableLogger() {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { lines, logger: createLogger('debug', sink) };
}

export type BareContext = {
  ctx: AppContext;
  database: TestDatabase;
  clock: MovableClock;
  logs: string[];
  close(): Promise<void>;
};

/** What a use case is handed, on a database of its own under the app's role, without the site: for domains tested by themselves. */
export async function createBareContext(now = new Date('2026-03-02T09:00:00.000Z')): Promise<BareContext> {
  const database = await createTestDatabase();
  const keys: Keyring = keyringSchema.parse(await makeKeys('test'));
  const owner = openDatabase(database.ownerUrl, { max: 1, onError: () => undefined });
  await registerNode({ keys }, owner);
  await owner.destroy();
  const clock = movableClock(now);
  const { lines, logger } = readableLogger();
  const db = openDatabase(database.appUrl, { max: 12, onError: () => undefined });
  const mailer = { send: async () => undefined, close: () => undefined };
  return {
    ctx: { db, keys, clock, logger, mailer, config: {} as Config },
    database,
    clock,
    logs: lines,
    async close() {
      await db.destroy();
      await database.drop();
    },
  };
}
