import { randomBytes } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Cluster, clusterOwner, removeCluster, startCluster } from '#app/demo/cluster.ts';
import { bootstrap } from '#platform/db/bootstrap.ts';
import { migrate } from '#platform/db/migrate.ts';

const prefix = 'entremise-test-';

/** What a test file needs to make a database of its own: `inject('testCluster')`. */
export type TestCluster = {
  /** A folder that goes with the run. */
  readonly folder: string;
  readonly port: number;
  readonly superuserPassword: string;
  readonly rolePasswords: { owner: string; app: string; worker: string; reader: string };
  /** The migrated, empty database from which the test files' databases are cloned. Nobody connects to it. */
  readonly template: string;
};

declare module 'vitest' {
  interface ProvidedContext {
    testCluster: TestCluster;
    /** Where `builtPrograms` puts them. */
    programsFolder: string;
  }
}

// Nothing here outlives the run: what makes PostgreSQL safe against a power cut only costs time.
const settings = {
  fsync: false,
  synchronous_commit: false,
  full_page_writes: false,
  wal_level: 'minimal',
  max_wal_senders: 0,
  autovacuum: false,
  jit: false,
  scram_iterations: 1,
  max_connections: 300,
};

const password = () => randomBytes(16).toString('hex');

/** Starts the cluster of one test run, with its template; the second value stops and removes it. */
export async function startTestCluster(): Promise<[TestCluster, () => Promise<void>]> {
  await removeAbandoned();
  const dataDir = join(tmpdir(), `${prefix}${randomBytes(6).toString('hex')}`);
  const superuserPassword = password();
  const cluster = await startCluster({ dataDir, port: 0, superuserPassword, settings });
  const remove = async () => {
    await cluster.stop();
    await removeCluster(dataDir);
  };
  try {
    const rolePasswords = { owner: password(), app: password(), worker: password(), reader: password() };
    const known = {
      folder: dataDir,
      port: cluster.port,
      superuserPassword,
      rolePasswords,
      template: 'entremise_template',
    };
    await makeTemplate(cluster, known);
    return [known, remove];
  } catch (error) {
    await remove();
    throw error;
  }
}

async function makeTemplate(cluster: Cluster, { template, rolePasswords, port }: TestCluster): Promise<void> {
  const client = new pg.Client({ connectionString: cluster.superuserUrl() });
  await client.connect();
  try {
    await client.query(`create database ${template}`);
    await bootstrap({ superuserUrl: cluster.superuserUrl(template), passwords: rolePasswords });
    await migrate({
      ownerUrl: `postgres://entremise_owner:${rolePasswords.owner}@127.0.0.1:${port}/${template}`,
      workerUrl: `postgres://entremise_worker:${rolePasswords.worker}@127.0.0.1:${port}/${template}`,
    });
    // One forgotten connection to the template would make every clone fail.
    await client.query(`alter database ${template} with is_template true allow_connections false`);
  } finally {
    await client.end();
  }
}

/** Removes the clusters of test runs that were killed. One whose run is alive, or that is being made, is left. */
async function removeAbandoned(): Promise<void> {
  for (const name of (await readdir(tmpdir())).filter((entry) => entry.startsWith(prefix))) {
    const folder = join(tmpdir(), name);
    try {
      const { uid, mtimeMs } = await lstat(folder);
      const young = Date.now() - mtimeMs < 60_000;
      if (young || uid !== process.getuid?.() || (await clusterOwner(folder)) !== undefined) continue;
      await removeCluster(folder);
    } catch {
      // Another run is removing it.
    }
  }
}
