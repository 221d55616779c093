import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { ensurePartitions, registerNode } from '#journal';
import type { Config } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import { keyringSchema } from '#platform/crypto/keys.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { openDatabase } from '#platform/db/database.ts';
import { createLogger } from '#platform/log/logger.ts';
import { systemClock } from '#platform/time/clock.ts';

export type BenchUrls = Record<'superuser' | 'owner' | 'app' | 'worker' | 'reader', string>;

/** What the use cases of the journal are handed, under the roles of production. Its node is registered. */
export async function journalContexts(urls: BenchUrls): Promise<{
  app: AppContext;
  worker: AppContext;
  close(): Promise<void>;
}> {
  const open = (url: string) => openDatabase(url, { max: 8, onError: () => undefined });
  const [app, worker, reader, owner] = [open(urls.app), open(urls.worker), open(urls.reader), open(urls.owner)];
  const ctx = {
    config: { journal: { origin: 'journal.bench.example', witnesses: 'quorum none\n' } } as Config,
    keys: keyringSchema.parse(await makeKeys(`bench-${randomBytes(4).toString('hex')}`)),
    db: app,
    readerDb: reader,
    clock: systemClock,
    logger: createLogger('info', new Writable({ write: (_chunk, _encoding, done) => done() })),
    mailer: { send: async () => undefined, close: () => undefined },
  };
  await ensurePartitions(owner);
  await registerNode(ctx, owner);
  await owner.destroy();
  return {
    app: ctx,
    worker: { ...ctx, db: worker },
    async close() {
      await Promise.all([app, worker, reader].map((db) => db.destroy()));
    },
  };
}
