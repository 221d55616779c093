import { z } from 'zod';
import { defineEvent, registerNode } from '#journal';
import { inTransaction } from '#platform/context.ts';
import { type Keyring, keyringSchema } from '#platform/crypto/keys.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { type Db, openDatabase, type Trx } from '#platform/db/database.ts';
import { orderedId } from '#platform/ids/ordered-id.ts';
import { systemClock } from '#platform/time/clock.ts';
import { createTestDatabase, type TestDatabase } from '#support/database.ts';

/** A database with the journal alone in use: each role's pool, and keys whose node is registered. */
export type Fixture = {
  keys: Keyring;
  database: TestDatabase;
  app: Db;
  worker: Db;
  owner: Db;
  reader: Db;
  superuser: Db;
  /** One transaction of the app. */
  act<Result>(work: (trx: Trx) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
};

export const newId = () => orderedId(systemClock.now());
export const newKeys = async (id: string) => keyringSchema.parse(await makeKeys(id));

export async function createFixture(): Promise<Fixture> {
  const database = await createTestDatabase();
  const open = (url: string, max = 4) => openDatabase(url, { max, onError: () => undefined });
  const pools = {
    app: open(database.appUrl, 20),
    worker: open(database.workerUrl),
    owner: open(database.ownerUrl),
    reader: open(database.readerUrl),
    superuser: open(database.superuserUrl),
  };
  const keys = await newKeys('test');
  await registerNode({ keys }, pools.owner);
  return {
    keys,
    database,
    ...pools,
    act: (work) => inTransaction({ db: pools.app }, work),
    async close() {
      await Promise.all(Object.values(pools).map((pool) => pool.destroy()));
      await database.drop();
    },
  };
}

export const opened = defineEvent({
  kind: 'door.opened',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ count: z.int().min(0) }),
  committed: ['name', 'motive'],
  sentence: ({ count }, { name = '(effacé)' }) => `${name} a ouvert ${count} portes.`,
});

export const seen = defineEvent({
  kind: 'door.seen',
  log: 'acces',
  version: 1,
  clear: z.strictObject({}),
  committed: [],
  sentence: () => 'Une porte a été regardée.',
});

export const openedBy = (name: string, subjectId: string, count = 1) =>
  opened.event({
    actor: {},
    about: { usagerId: subjectId },
    result: 'ok',
    clear: { count },
    committed: { name },
    subject: { kind: 'usager', id: subjectId },
  });

export const looked = () => seen.event({ actor: {}, result: 'ok', clear: {} });
