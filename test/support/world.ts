import { runOnce } from 'graphile-worker';
import { createApp } from '#app/app.ts';
import { siteServer } from '#app/start-server.ts';
import * as wholeSite from '#app/wiring.ts';
import { quietWorkerLogger } from '#app/worker-logger.ts';
import type { Config } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import { type Keyring, keyringSchema } from '#platform/crypto/keys.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { openDatabase } from '#platform/db/database.ts';
import { openPool } from '#platform/db/pool.ts';
import type { Logger } from '#platform/log/logger.ts';
import type { Mail, Mailer } from '#platform/mail/mailer.ts';
import { type Agent, newAgent } from './agent.ts';
import {
  ignoreClosing,
  MONDAY_MORNING,
  type MovableClock,
  movableClock,
  readableLogger,
  registerTestNode,
  TEST_JOURNAL,
} from './context-parts.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { testPort } from './ports.ts';

/** The site of one test file: real server, real database under the real roles; the clock stands still until it is moved. */
export type World = {
  url: string;
  ctx: AppContext;
  workerCtx: AppContext;
  database: TestDatabase;
  clock: MovableClock;
  /** Mails « sent », oldest first; `refusing` makes the relay refuse them. */
  mailbox: { mails: Mail[]; refusing: boolean };
  logs: string[];
  /** A browser nobody is logged in with. */
  visitor(): Agent;
  /** Runs every job that is due, once. */
  runJobs(): Promise<void>;
  close(): Promise<void>;
};

/** What the site is made of: `src/app/wiring.ts`, or less of it for a domain tested with pages of its own. */
export type Wiring = Pick<typeof wholeSite, 'wire' | 'jobs'>;

export type WorldOptions = { now?: Date; config?: Partial<Config>; port?: number; wiring?: Wiring };

export { MONDAY_MORNING };

/** Makes the database, starts the site on a free port, and registers its node; `close` removes it all. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const { now = MONDAY_MORNING, config = {}, port, wiring = wholeSite } = options;
  const database = await createTestDatabase();
  const clock = movableClock(now);
  const keys = keyringSchema.parse(await makeKeys('test'));
  const bound = port ?? (await testPort());
  const url = config.publicUrl ?? `http://localhost:${bound}`;
  const mailbox = { mails: [] as Mail[], refusing: false };
  const { lines: logs, logger } = readableLogger('info');
  const ctx = contextOf({ database, keys, clock, mailbox, logger, config: testConfig(url, bound, config) });
  const workerCtx = { ...ctx, db: openDatabase(database.workerUrl, { max: 4, onError: ignoreClosing }) };
  await registerTestNode(keys, database);
  const server = siteServer(ctx, createApp(ctx, wiring.wire(ctx)));
  await new Promise<void>((resolve) => server.listen(bound, '127.0.0.1', resolve));
  return {
    url,
    ctx,
    workerCtx,
    database,
    clock,
    mailbox,
    logs,
    visitor: () => newAgent({ url, keys }),
    runJobs: () => runDueJobs(workerCtx, database.workerUrl, wiring.jobs),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.all([ctx.db.destroy(), ctx.readerDb.destroy(), workerCtx.db.destroy()]);
      await database.drop();
    },
  };
}

function contextOf(given: {
  database: TestDatabase;
  keys: Keyring;
  clock: AppContext['clock'];
  mailbox: World['mailbox'];
  logger: Logger;
  config: Config;
}): AppContext {
  const mailer: Mailer = {
    async send(mail) {
      if (given.mailbox.refusing) throw new Error('451 try again later');
      given.mailbox.mails.push(mail);
    },
    close: () => undefined,
  };
  const db = openDatabase(given.database.appUrl, { max: 12, onError: ignoreClosing });
  const readerDb = openDatabase(given.database.readerUrl, { max: 4, onError: ignoreClosing });
  const { keys, clock, config, logger } = given;
  return { db, readerDb, mailer, keys, clock, config, logger };
}

function testConfig(publicUrl: string, port: number, overrides: Partial<Config>): Config {
  return {
    publicUrl,
    host: '127.0.0.1',
    port,
    trustProxy: 0,
    franceconnect: {
      issuer: 'http://localhost:9/api/v2',
      clientId: 'entremise-test',
      clientSecret: 'x'.repeat(40),
      ownIdpId: 'entremise-idp',
    },
    journal: TEST_JOURNAL,
    retention: { mandate: 36, archive: 36, access: 12, federation: 36 },
    mail: { smtpUrl: 'smtp://127.0.0.1:9', from: 'ne-pas-repondre@entremise.example' },
    operator: {
      name: 'Département d’essai',
      address: '1 place de la Mairie, 62000 Arras',
      email: 'aide@entremise.example',
      phone: '03 21 00 00 00',
      publicationDirector: 'Jeanne Durand',
      hosting: 'Hébergeur d’essai, 2 rue des Serveurs, 59000 Lille, 03 20 00 00 00',
      dpo: 'dpo@entremise.example',
      stateBrand: false,
    },
    logLevel: 'info',
    ...overrides,
  };
}

async function runDueJobs(ctx: AppContext, connectionString: string, jobs: Wiring['jobs']): Promise<void> {
  const taskList = Object.fromEntries(
    jobs.map((job) => [job.task, (payload: unknown) => job.run(ctx, payload as Record<string, string>)]),
  );
  const pgPool = openPool(connectionString, ignoreClosing);
  try {
    await runOnce({ pgPool, taskList, noHandleSignals: true, logger: quietWorkerLogger(ctx.logger) });
  } finally {
    await pgPool.end();
  }
}
