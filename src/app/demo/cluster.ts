import { existsSync } from 'node:fs';
import { realpath, rm } from 'node:fs/promises';
import pg from 'pg';
import { findBinaries } from './cluster-binaries.ts';
import { ClusterError } from './cluster-errors.ts';
import { makeContainer, openHome, usualServerUsers } from './cluster-home.ts';
import { ensureData } from './cluster-init.ts';
import { lockOwner, takeLock } from './cluster-lock.ts';
import { type Server, type Settings, startServer } from './cluster-server.ts';
import { stopSurvivor } from './cluster-survivor.ts';
import { assertPortFree, freePort, PortTakenError } from './ports.ts';

export { ClusterError, type ClusterErrorCode } from './cluster-errors.ts';

export type ClusterOptions = {
  /** A folder for this cluster alone. Where the server's user cannot enter it, it holds the address of the real one. */
  readonly dataDir: string;
  /** 0: any free port. */
  readonly port: number;
  /** Given to the user `postgres` when the data are made, needed at every start after. */
  readonly superuserPassword: string;
  /** Settings of postgresql.conf; `max_connections` is 200 unless said otherwise. */
  readonly settings?: Settings;
  /** The environment variable by which people choose another port: named in the message when the port is taken. */
  readonly portVariable?: string;
  /** When we are root: the users to run the server as, the first that exists. Data that exist keep their owner. */
  readonly serverUsers?: readonly string[];
  /** A folder with `bin/postgres`, `bin/initdb` and what they need, to use instead of npm's. */
  readonly programs?: string;
};

export type Cluster = {
  readonly port: number;
  readonly pid: number;
  /** Where PostgreSQL's own files are: inside `dataDir`, or elsewhere when the server's user cannot enter it. */
  readonly data: string;
  superuserUrl(database?: string): string;
  /** Settled when the server is gone, whoever stopped it: settled before `stop` was called, it crashed. */
  readonly exited: Promise<void>;
  /** Stops the server (fast) and waits until it is gone. Can be called many times. */
  stop(): Promise<void>;
};

/**
 * Starts a real PostgreSQL, from the programs that npm brought, on data that survive; makes them (UTF8, C.UTF-8) if they are
 * not there. Repairs what a killed run left behind: lock, `postmaster.pid`, half-made data, a server still alive.
 * @throws PortTakenError, ClusterError: both have a message to show as it is
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const container = await makeContainer(options.dataDir);
  const unlock = await takeLock(container);
  try {
    const home = await openHome(container, options.serverUsers ?? usualServerUsers);
    await stopSurvivor(home.data);
    const portVariable = options.portVariable ?? 'POSTGRES_PORT';
    if (options.port !== 0) await assertPortFree(options.port, portVariable);
    const binaries = await findBinaries(home.user, options.programs);
    const settings = options.settings ?? {};
    await ensureData(home, binaries, options.superuserPassword, settings.fsync !== 'off' && settings.fsync !== false);
    const start = (port: number) => startServer(home, binaries, { port, portVariable, settings });
    const { server, port } = await onPort(options.port, start);
    const superuserUrl = (database = 'postgres') =>
      `postgres://postgres:${encodeURIComponent(options.superuserPassword)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
    const stop = () => server.stop().finally(unlock);
    await assertPassword(superuserUrl(), container).catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    return { port, pid: server.pid, data: home.data, superuserUrl, exited: server.exited, stop };
  } catch (error) {
    await unlock();
    throw error;
  }
}

// A free port can be lost between the moment it is found and the moment it is opened.
async function onPort(
  wanted: number,
  start: (port: number) => Promise<Server>,
): Promise<{ server: Server; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted || (await freePort());
    try {
      return { server: await start(port), port };
    } catch (error) {
      if (!(error instanceof PortTakenError) || wanted !== 0 || attempt === 5) throw error;
    }
  }
}

async function assertPassword(url: string, container: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
  } catch (error) {
    if ((error as { code?: string }).code !== '28P01') throw error;
    throw new ClusterError(
      'wrong-password',
      `The data in ${container} were made with another password. Start over with an empty folder (npm run demo -- --reset).`,
    );
  } finally {
    await client.end();
  }
}

/** The number of the live process that runs a cluster on `dataDir`, if there is one. */
export async function clusterOwner(dataDir: string): Promise<number | undefined> {
  return existsSync(dataDir) ? lockOwner(await realpath(dataDir)) : undefined;
}

/**
 * Removes a cluster with its data, wherever they are. Nothing happens if there is none.
 * @throws ClusterError `already-running` when a live process uses it
 */
export async function removeCluster(dataDir: string): Promise<void> {
  if (!existsSync(dataDir)) return;
  const container = await makeContainer(dataDir);
  const unlock = await takeLock(container);
  try {
    const home = await openHome(container, usualServerUsers);
    await stopSurvivor(home.data);
    if (home.folder !== container) await rm(home.folder, { recursive: true, force: true });
    await rm(container, { recursive: true, force: true, maxRetries: 5 });
  } finally {
    await unlock();
  }
}
