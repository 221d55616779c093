import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ClusterError } from './cluster-errors.ts';
import { isAlive, processCommand, waitGone } from './cluster-process.ts';

/**
 * Leaves `data` without a server: one that outlived the process which started it is stopped (cleanly if it can be), and
 * a `postmaster.pid` whose number now belongs to another program is removed, for PostgreSQL would refuse to start.
 * Only call it while holding the lock of the folder: the server found is then nobody's.
 * @throws ClusterError `survivor` when it does not stop
 */
export async function stopSurvivor(data: string): Promise<void> {
  if (!existsSync(data)) return;
  const file = join(data, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(file, 'utf8').catch(notThere), 10);
  if (pid > 0 && isAlive(pid)) {
    if (await isServerOf(pid, data)) await stopServer(pid, data);
    else await rm(file, { force: true });
  }
  await stopOrphans(data);
}

function notThere(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw new ClusterError('data-unreachable', `The data of PostgreSQL cannot be read by this user: ${error.message}`);
}

// It is always started with `-D <data> -c …`, and the postmaster keeps that command line.
async function isServerOf(pid: number, data: string): Promise<boolean> {
  if (process.platform === 'win32') return true;
  const command = await processCommand(pid);
  return command.includes('postgres') && command.includes(` -D ${data} -c `);
}

async function stopServer(pid: number, data: string): Promise<void> {
  const steps = [
    ['SIGINT', 20_000], // fast: sessions are closed, a checkpoint is written
    ['SIGQUIT', 5_000], // immediate: the next start recovers from the log
    ['SIGKILL', 5_000],
  ] as const;
  for (const [signal, patience] of steps) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
      break;
    }
    if (await waitGone(pid, patience)) return;
  }
  throw new ClusterError(
    'survivor',
    `A PostgreSQL server of a previous run (process ${pid}) still holds ${data} and could not be stopped. Stop it, then start again.`,
  );
}

/**
 * Server processes whose postmaster was killed: they hold its shared memory, and a new server does not start until they
 * are gone. Most leave by themselves at once; the others are told to. Linux only; elsewhere PostgreSQL says so.
 */
async function stopOrphans(data: string): Promise<void> {
  if (process.platform !== 'linux') return;
  for (const signal of ['SIGQUIT', 'SIGKILL'] as const) {
    const orphans = await serverProcessesIn(data);
    for (const pid of orphans) {
      try {
        process.kill(pid, signal);
      } catch {
        // Gone meanwhile.
      }
    }
    const gone = await Promise.all(orphans.map((pid) => waitGone(pid, 3_000)));
    if (gone.every(Boolean)) return;
  }
}

// Each server process works in the data folder, under a title of its own (« postgres: walwriter »).
async function serverProcessesIn(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      if (readlinkSync(`/proc/${name}/cwd`) !== folder) continue;
    } catch {
      continue;
    }
    if ((await processCommand(Number(name))).startsWith('postgres: ')) found.push(Number(name));
  }
  return found;
}
