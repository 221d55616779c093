import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { bootstrap } from '#platform/db/bootstrap.ts';
import { migrate } from '#platform/db/migrate.ts';
import { withSearchPath } from '#platform/db/search-path.ts';
import { projectRoot } from '#platform/root.ts';
import { failToStart, StartError, startFault } from '../fail-to-start.ts';
import { stopSignal } from '../stop-signal.ts';
import { type Cluster, removeCluster, startCluster } from './cluster.ts';
import { environmentFile } from './environment-file.ts';
import { portsOfDemo, postgresPort } from './ports-of-demo.ts';
import { type DemoSecrets, demoSecrets } from './secrets.ts';
import { printWelcome } from './welcome.ts';
import { type DatabaseUrls, type DemoWorld, startDemoWorld } from './world.ts';

const DATABASE = 'entremise';

/** `npm run demo`: everything on this machine, until Ctrl-C. `--reset` starts from nothing. */
async function main(): Promise<void> {
  const dataDir = resolve(process.env.ENTREMISE_DATA ?? join(projectRoot(), '.data'));
  if (process.argv.includes('--reset')) await forget(dataDir);
  const secrets = await demoSecrets(dataDir);
  // first, since its lock says whether a demonstration runs already: nothing of that one may be touched
  const cluster = await startCluster({
    dataDir: join(dataDir, 'postgres'),
    port: postgresPort(process.env),
    portVariable: 'POSTGRES_PORT',
    superuserPassword: secrets.superuserPassword,
  });
  const asked = stopSignal().then(() => 'asked' as const);
  const until = Promise.race([asked, cluster.exited.then(() => 'crashed' as const)]);
  try {
    if ((await serve(dataDir, { cluster, secrets, until })) === 'crashed') throw postgresStopped(cluster);
  } catch (error) {
    failToStart(startFault(error, 'PostgreSQL'));
  } finally {
    await cluster.stop();
  }
}

type Ending = 'asked' | 'crashed';
type Serving = { cluster: Cluster; secrets: DemoSecrets; until: Promise<Ending> };

/** Fills what is not filled, then serves; says how it ended. Asked to stop, the first filling is given up and starts over next time. */
async function serve(dataDir: string, serving: Serving): Promise<Ending> {
  const { until } = serving;
  const [file, environment] = [join(dataDir, 'demo.json'), join(dataDir, 'demo.env')];
  const forgetFiles = () => Promise.all([file, environment].map((one) => rm(one, { force: true })));
  await forgetFiles();
  const givingUp = new AbortController();
  const opening = openWorld(dataDir, { ...serving, givenUp: givingUp.signal });
  opening.catch(() => undefined); // once given up, its failure is nobody's concern
  const world = await Promise.race([opening, until]);
  if (typeof world === 'string') {
    givingUp.abort();
    if (world === 'asked')
      console.log('\nArrêt avant la fin de la préparation : elle recommencera au prochain lancement.');
    return world;
  }
  await writeFile(environment, environmentFile(world.environment), { mode: 0o600 });
  await writeFile(file, JSON.stringify(world.description, null, 2), { mode: 0o600 });
  printWelcome(world.description, file);
  const ending = await until;
  if (ending === 'asked') console.log('\nArrêt en cours…');
  await forgetFiles();
  await world.close();
  return ending;
}

type Opening = Omit<Serving, 'until'> & { givenUp: AbortSignal };

async function openWorld(dataDir: string, { cluster, secrets, givenUp }: Opening): Promise<DemoWorld> {
  const ports = await portsOfDemo(process.env);
  const databases = databaseUrls(cluster, secrets.rolePasswords);
  await prepareDatabase(dataDir, { cluster, secrets, databases });
  const logLevel = process.env.LOG_LEVEL ?? 'warn';
  const journalFolder = journalFolderOf(dataDir);
  const world = await startDemoWorld({ ports, secrets, databases, journalFolder, logLevel, givenUp });
  await writeFile(filledMark(dataDir), '');
  return world;
}

function postgresStopped({ data }: Cluster): StartError {
  return new StartError(
    `PostgreSQL s’est arrêté tout seul : voir server.log à côté de ${data}. Relancez la démonstration.`,
  );
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

/** What the signer and the witnesses remember: it goes with the database it is about. */
function journalFolderOf(dataDir: string): string {
  return join(dataDir, 'journal');
}

async function prepareDatabase(
  dataDir: string,
  { cluster, secrets, databases }: Omit<Serving, 'until'> & { databases: DatabaseUrls },
): Promise<void> {
  const client = new pg.Client({ connectionString: withSearchPath(cluster.superuserUrl()) });
  client.on('error', () => undefined); // the query under way says it
  await client.connect();
  if (!existsSync(filledMark(dataDir))) {
    await client.query(`drop database if exists ${DATABASE}`);
    await rm(journalFolderOf(dataDir), { recursive: true, force: true });
  }
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

// a start that was given up or failed half-way may have left something open
main()
  .catch(failToStart)
  .finally(() => process.exit());
