import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { bootstrap } from '#platform/db/bootstrap.ts';
import { migrate } from '#platform/db/migrate.ts';
import { projectRoot } from '#platform/root.ts';
import { failToStart } from '../fail-to-start.ts';
import { stopSignal } from '../stop-signal.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { portsOfDemo } from './ports-of-demo.ts';
import { demoSecrets } from './secrets.ts';
import { printWelcome } from './welcome.ts';
import { type DatabaseUrls, startDemoWorld } from './world.ts';

const DATABASE = 'entremise';

/** `npm run demo`: everything on this machine, until Ctrl-C. `--reset` starts from nothing. */
async function main(): Promise<void> {
  const dataDir = process.env.ENTREMISE_DATA ?? join(projectRoot(), '.data');
  const file = join(dataDir, 'demo.json');
  if (process.argv.includes('--reset')) await forget(dataDir);
  await rm(file, { force: true });
  const ports = await portsOfDemo(process.env);
  const secrets = await demoSecrets(dataDir);
  const cluster = await startCluster({
    dataDir: join(dataDir, 'postgres'),
    port: ports.postgres,
    portVariable: 'POSTGRES_PORT',
    superuserPassword: secrets.superuserPassword,
  });
  const stopping = stopSignal();
  try {
    const databases = await databaseUrls(cluster, secrets.rolePasswords);
    await bootstrap({ superuserUrl: databases.superuser, passwords: secrets.rolePasswords });
    await migrate({ ownerUrl: databases.owner, workerUrl: databases.worker });
    const world = await startDemoWorld({ ports, secrets, databases, logLevel: process.env.LOG_LEVEL ?? 'warn' });
    await writeFile(file, JSON.stringify(world.description, null, 2), { mode: 0o600 });
    printWelcome(world.description, file);
    await Promise.race([stopping, cluster.exited]);
    console.log('\nArrêt en cours…');
    await rm(file, { force: true });
    await world.close();
  } finally {
    await cluster.stop();
  }
}

/** Starts over: a demonstration that runs is told, by the cluster's own lock, before anything is removed. */
async function forget(dataDir: string): Promise<void> {
  const { removeCluster } = await import('./cluster.ts');
  await removeCluster(join(dataDir, 'postgres'));
  await rm(dataDir, { recursive: true, force: true });
}

async function databaseUrls(
  cluster: Cluster,
  passwords: Record<'owner' | 'app' | 'worker' | 'reader', string>,
): Promise<DatabaseUrls> {
  const client = new pg.Client({ connectionString: cluster.superuserUrl() });
  await client.connect();
  const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
  if (!found.rowCount) await client.query(`create database ${DATABASE}`);
  await client.end();
  const url = (role: keyof typeof passwords) =>
    `postgres://entremise_${role}:${passwords[role]}@127.0.0.1:${cluster.port}/${DATABASE}`;
  return {
    superuser: cluster.superuserUrl(DATABASE),
    owner: url('owner'),
    app: url('app'),
    worker: url('worker'),
    reader: url('reader'),
  };
}

main().catch(failToStart);
