import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './cluster-binaries.ts';
import { ClusterError } from './cluster-errors.ts';
import type { Home } from './cluster-home.ts';
import { asServer, run } from './cluster-process.ts';
import { PortTakenError } from './ports.ts';

/** A setting of PostgreSQL, as in postgresql.conf; booleans are on and off. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

export type Server = {
  readonly pid: number;
  /** Settled when the server is gone, whoever stopped it. */
  readonly exited: Promise<void>;
  /** Closes the sessions, writes a checkpoint, waits until the process is gone. Once; later calls wait for the first. */
  stop(): Promise<void>;
};

/**
 * Starts `postgres` on data that exist and waits until it accepts connections (minutes, if it has to recover). It listens on
 * 127.0.0.1 only. It does not receive the terminal's Ctrl-C, and it stops when this process disappears, even killed.
 * @throws PortTakenError, ClusterError `start-failed`
 */
export async function startServer(
  home: Home,
  binaries: Binaries,
  options: { port: number; portVariable: string; settings: Settings },
): Promise<Server> {
  const logFile = join(home.folder, 'server.log');
  const log = openSync(logFile, 'w', 0o640);
  const child = spawn(binaries.postgres, ['-D', home.data, ...flags({ ...options.settings, ...fixed(options.port) })], {
    ...asServer(home.user),
    stdio: ['ignore', log, log],
    detached: true,
    windowsHide: true,
  });
  closeSync(log);
  const state = { gone: false };
  const exited = new Promise<void>((resolve) => {
    const end = () => {
      state.gone = true;
      resolve();
    };
    child.once('exit', end).once('error', end);
  });
  const pid = child.pid;
  if (pid === undefined) {
    await exited;
    throw new ClusterError('start-failed', `${binaries.postgres} could not be run`);
  }
  const unwatch = watch(pid, home);
  exited.then(unwatch);
  child.unref();
  const server: Server = { pid, exited, stop: once(() => stop(child, pid, exited, home, binaries)) };
  try {
    await ready(home, pid, state);
  } catch (error) {
    await server.stop();
    throw (await explain(logFile, options)) ?? error;
  }
  return server;
}

function fixed(port: number): Settings {
  return { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', logging_collector: false };
}

function flags(settings: Settings): string[] {
  return Object.entries({ max_connections: 200, ...settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${typeof value === 'boolean' ? (value ? 'on' : 'off') : value}`,
  ]);
}

/**
 * A shell that waits for the end of a pipe of which we alone hold the other side: it sees us disappear, however we do, and
 * asks the server to stop. Without it a killed demo or test run would leave its server behind.
 */
function watch(pid: number, home: Home): () => void {
  if (process.platform === 'win32') return () => {};
  const script = 'cat >/dev/null 2>&1; kill -INT "$1" 2>/dev/null';
  const watcher = spawn('/bin/sh', ['-c', script, 'entremise-watch', String(pid)], {
    ...asServer(home.user),
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.on('error', () => {});
  watcher.stdin.on('error', () => {});
  watcher.unref();
  (watcher.stdin as Socket).unref();
  return () => {
    watcher.kill('SIGKILL');
  };
}

// PostgreSQL writes its state on the eighth line of this file: no need to try connections.
async function ready(home: Home, pid: number, state: { gone: boolean }): Promise<void> {
  const file = join(home.data, 'postmaster.pid');
  for (let waited = 0; waited < 300_000 && !state.gone; waited += 15) {
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
    if (Number(lines[0]) === pid && lines[7]?.trim() === 'ready') return;
    await sleep(15);
  }
  throw new ClusterError('start-failed', `PostgreSQL did not start on ${home.data}`);
}

async function explain(logFile: string, { port, portVariable }: { port: number; portVariable: string }) {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  if (/could not bind .*: (Address already in use|Permission denied)/.test(log)) {
    return new PortTakenError(port, portVariable, log.includes('Address already in use') ? 'in-use' : 'not-allowed');
  }
  const end = log.trim().split('\n').slice(-8).join('\n');
  return end === '' ? undefined : new ClusterError('start-failed', `PostgreSQL did not start (${logFile}):\n${end}`);
}

async function stop(
  child: ChildProcess,
  pid: number,
  exited: Promise<void>,
  home: Home,
  binaries: Binaries,
): Promise<void> {
  child.ref();
  if (process.platform === 'win32') {
    // Windows has no signals; pg_ctl knows PostgreSQL's replacement.
    await run(binaries.pgCtl, ['stop', '-D', home.data, '-m', 'fast', '-w'], undefined);
    return exited;
  }
  const steps = [
    ['SIGINT', 20_000], // fast: sessions are closed, a checkpoint is written
    ['SIGQUIT', 5_000], // immediate: the next start recovers from the log
    ['SIGKILL', 5_000],
  ] as const;
  for (const [signal, patience] of steps) {
    child.kill(signal);
    const clock = new AbortController();
    const late = sleep(patience, true, { signal: clock.signal }).catch(() => false);
    const outcome = await Promise.race([exited.then(() => false), late]);
    clock.abort();
    if (!outcome) return;
  }
  throw new ClusterError('survivor', `The PostgreSQL server (process ${pid}) could not be stopped`);
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= action();
    return running;
  };
}
