import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { bootstrap } from '#platform/db/bootstrap.ts';
import { migrate } from '#platform/db/migrate.ts';
import { projectRoot } from '#platform/root.ts';
import { failToStart } from '../fail-to-start.ts';
import { stopSignal } from '../stop-signal.ts';
import { type Cluster, removeCluster, startCluster } from './cluster.ts';
import { portsOfDemo, postgresPort } from './ports-of-demo.ts';
import { type DemoSecrets, demoSecrets } from './secrets.ts';
import { printWelcome } from './welcome.ts';
import { type DatabaseUrls, startDemoWorld } from './world.ts';

const DATABASE = 'entremise';

/** `npm run demo`: everything on this machine, until Ctrl-C. `--reset` starts from nothing. */
async function main(): Promise<void> {
  const dataDir = process.env.ENTREMISE_DATA ?? join(projectRoot(), '.data');
  if (process.argv.includes('--reset')) await forget(dataDir);
  const secrets = await demoSecrets(dataDir);
  // first, since its lock says whether a demonstration runs already: nothing of that one may be touched
  const cluster = await startCluster({
    dataDir: join(dataDir, 'postgres'),
    port: postgresPort(process.env),
    portVariable: 'POSTGRES_PORT',
    superuserPassword: secrets.superuserPassword,
  });
  const stopping = stopSignal();
  try {
    await serve(dataDir, { cluster, secrets, until: Promise.race([stopping, cluster.exited]) });
  } catch (error) {
    failToStart(error);
  } finally {
    await cluster.stop();
  }
}

type Serving = { cluster: Cluster; secrets: DemoSecrets; until: Promise<void> };

async function serve(dataDir: string, { cluster, secrets, until }: Serving): Promise<void> {
  const file = join(dataDir, 'demo.json');
  await rm(file, { force: true });
  const ports = await portsOfDemo(process.env);
  const databases = databaseUrls(cluster, secrets.rolePasswords);
  await prepareDatabase(dataDir, { cluster, secrets, databases });
  const world = await startDemoWorld({ ports, secrets, databases, logLevel: process.env.LOG_LEVEL ?? 'warn' });
  await writeFile(filledMark(dataDir), '');
  await writeFile(file, JSON.stringify(world.description, null, 2), { mode: 0o600 });
  printWelcome(world.description, file);
  await until;
  console.log('\nArrêt en cours…');
  await rm(file, { force: true });
  await world.close();
}

/** Starts over. While a demonstration runs its cluster refuses to go, and nothing is removed. */
async function forget(dataDir: string): Promise<void> {
  await removeCluster(join(dataDir, 'postgres'));
  await rm(dataDir, { recursive: true, force: true });
}

/** Made once the first filling is complete: a run stopped in the middle of it starts from an empty database. */
function filledMark(dataDir: string): string {
  return join(dataDir, 'filled');
}

async function prepareDatabase(
  dataDir: string,
  { cluster, secrets, databases }: Omit<Serving, 'until'> & { databases: DatabaseUrls },
): Promise<void> {
  const client = new pg.Client({ connectionString: cluster.superuserUrl() });
  await client.connect();
  if (!existsSync(filledMark(dataDir))) await client.query(`drop database if exists ${DATABASE}`);
  const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
  if (!found.rowCount) await client.query(`create database ${DATABASE}`);
  await client.end();
  await bootstrap({ superuserUrl: databases.superuser, passwords: secrets.rolePasswords });
  await migrate({ ownerUrl: databases.owner, workerUrl: databases.worker });
}

function databaseUrls(cluster: Cluster, passwords: DemoSecrets['rolePasswords']): DatabaseUrls {
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
