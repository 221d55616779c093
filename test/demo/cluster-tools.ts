import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import type { ClusterOptions } from '#app/demo/cluster.ts';
import { isAlive, type ServerUser } from '#app/demo/cluster-process.ts';

export const asRoot = process.getuid?.() === 0;

/** Clusters of these tests need not survive a power cut. */
export const fast = { fsync: false } as const;

/** A folder of this file alone. Every user can enter it: root's own temporary folder may be closed. */
export async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(asRoot ? '/var/tmp' : tmpdir(), 'entremise-cluster-'));
  await chmod(folder, 0o755);
  return realpath(folder);
}

/** One query on one connection; gives the rows. */
export async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // of a server that is killed: whoever asked is told
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

export type Running = { child: ChildProcess; pid: number; port: number; data: string };

/** Starts a cluster in another process, as `user` if given. */
export async function startElsewhere(options: ClusterOptions, user?: ServerUser): Promise<Running> {
  const script = join(import.meta.dirname, 'cluster-child.ts');
  const child = spawn(process.execPath, [script, JSON.stringify({ options, uid: user?.uid, gid: user?.gid })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('error', reject).once('exit', (code) => reject(new Error(`the other process ended with ${code}`)));
  });
  ended.catch(() => {});
  const line = await Promise.race([firstLine(child), ended]);
  return { child, ...(JSON.parse(line) as { pid: number; port: number; data: string }) };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no output to read');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('the other process said nothing');
}

/** The shell that would stop the server `pid` when its parent disappears. Linux only. */
export function watcherOf(pid: number): number | undefined {
  if (!existsSync('/proc/self/cmdline')) return undefined;
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = numbers.find((name) => commandOf(name).endsWith(`\0entremise-watch\0${pid}\0`));
  return found === undefined ? undefined : Number(found);
}

function commandOf(number: string): string {
  try {
    return readFileSync(`/proc/${number}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** Kills a process at once and waits until it is gone. */
export async function kill(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The number of a process that is dead. */
export async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('exit', resolve));
  return child.pid ?? 0;
}
