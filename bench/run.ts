import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { removeCluster, startCluster } from '#app/demo/cluster.ts';
import { failToStart } from '#app/fail-to-start.ts';
import { keyringSchema } from '#platform/crypto/keys.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { bootstrap } from '#platform/db/bootstrap.ts';
import { migrate } from '#platform/db/migrate.ts';
import { withSearchPath } from '#platform/db/search-path.ts';
import { benchAppend } from './append.ts';
import { benchFlow } from './flow.ts';
import { benchJournal } from './journal.ts';
import type { BenchUrls } from './journal-context.ts';
import { benchSearch } from './journal-search.ts';
import { benchPages } from './pages.ts';

const secret = () => randomBytes(16).toString('hex');

/** A PostgreSQL made for one bench, with the settings of production (fsync on) and the newest schema. */
async function withDatabase(work: (urls: BenchUrls) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'entremise-bench-'));
  const passwords = { owner: secret(), app: secret(), worker: secret(), reader: secret() };
  const postgres = join(dataDir, 'postgres');
  const cluster = await startCluster({ dataDir: postgres, port: 0, superuserPassword: secret() });
  try {
    const client = new pg.Client({ connectionString: withSearchPath(cluster.superuserUrl()) });
    await client.connect();
    await client.query('create database bench');
    await client.end();
    const url = (role: keyof typeof passwords) =>
      `postgres://entremise_${role}:${passwords[role]}@127.0.0.1:${cluster.port}/bench`;
    const urls = {
      superuser: cluster.superuserUrl('bench'),
      owner: url('owner'),
      app: url('app'),
      worker: url('worker'),
      reader: url('reader'),
    };
    await bootstrap({ superuserUrl: urls.superuser, passwords });
    await migrate({ ownerUrl: urls.owner, workerUrl: urls.worker });
    await work(urls);
  } finally {
    await cluster.stop();
    await removeCluster(postgres); // run by root, it has its files elsewhere
    await rm(dataDir, { recursive: true, force: true });
  }
}

const print = (line: string) => console.log(line);

const BENCHES: Record<string, () => Promise<void>> = {
  append: () =>
    withDatabase(async ({ app, superuser }) => {
      const keys = keyringSchema.parse(await makeKeys('bench'));
      await benchAppend({ appUrl: app, superuserUrl: superuser, keys, print });
    }),
  flow: () => withDatabase(({ app, owner }) => benchFlow({ appUrl: app, ownerUrl: owner, print })),
  journal: async () => {
    await withDatabase((urls) => benchJournal({ urls, print }));
    await withDatabase((urls) => benchSearch(urls, { print })); // the other leaves trees that no key has signed
  },
  /** The last part of `journal`, alone. */
  search: () => withDatabase((urls) => benchSearch(urls, { print })),
  pages: () => withDatabase(({ app, superuser }) => benchPages({ appUrl: app, superuserUrl: superuser, print })),
};

/** `npm run bench -- NAME` */
async function main(): Promise<void> {
  const name = process.argv[2] ?? '';
  const bench = BENCHES[name];
  if (!bench) throw new RangeError(`Which bench? ${Object.keys(BENCHES).join(', ')}`);
  await bench();
}

main().catch(failToStart);
