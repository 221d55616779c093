import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ServerUser } from '#app/demo/cluster-process.ts';
import type { WorldDescription } from '#app/demo/description.ts';
import { builtPrograms } from '#support/built-programs.ts';
import { testPort } from '#support/ports.ts';
import { query } from './cluster-tools.ts';

export type Demo = {
  child: ChildProcess;
  ports: Record<string, string>;
  output(): string;
  exit: Promise<number | null>;
  /** Waits for demo.json; fails when it ends before. Also says how long that took. */
  ready(): Promise<{ world: WorldDescription; seconds: number }>;
  /** Sends a signal and gives the status. */
  end(signal: NodeJS.Signals): Promise<number | null>;
};

export type Demos = {
  start(
    dataDir: string,
    options?: { args?: string[]; env?: Record<string, string>; user?: ServerUser | undefined },
  ): Promise<Demo>;
  cli(
    dataDir: string,
    args: string[],
    env?: Record<string, string>,
  ): Promise<{ status: number | null; output: string }>;
  close(): Promise<void>;
};

const PORTS = [
  'PORT',
  'FRANCECONNECT_PORT',
  'PORTAL_PORT',
  'OTHER_PORTAL_PORT',
  'MAIL_PORT',
  'SMTP_PORT',
  'POSTGRES_PORT',
  'SIGNER_PORT',
  'WITNESS_PORT',
  'OTHER_WITNESS_PORT',
];

/** `npm run demo`, as many times as asked. */
export async function demos(): Promise<Demos> {
  const folder = await builtPrograms();
  const running: Demo[] = [];
  return {
    async start(dataDir, { args = [], env = {}, user } = {}) {
      const chosen: Record<string, string> = {};
      for (const name of PORTS) chosen[name] = String(await testPort());
      const ports = { ...chosen, ...env };
      const demo = run(join(folder, 'demo.js'), args, { dataDir, ports, user });
      running.push(demo);
      return demo;
    },
    async cli(dataDir, args, env = {}) {
      const child = spawn(process.execPath, [join(folder, 'cli.js'), ...args], { env: environment(dataDir, env) });
      const said = outputOf(child);
      const [status] = await once(child, 'close');
      return { status, output: said() };
    },
    async close() {
      await Promise.all(running.map((demo) => demo.end('SIGKILL')));
    },
  };
}

function environment(dataDir: string, more: Record<string, string>): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: dataDir, NODE_ENV: 'production', ENTREMISE_DATA: dataDir, ...more };
}

function outputOf(child: ChildProcess): () => string {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      said += String(chunk);
    });
  }
  return () => said;
}

type Where = { dataDir: string; ports: Record<string, string>; user: ServerUser | undefined };

function run(file: string, args: string[], { dataDir, ports, user }: Where): Demo {
  const began = performance.now();
  const child = spawn(process.execPath, [file, ...args], {
    env: environment(dataDir, ports),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(user && { uid: user.uid, gid: user.gid }),
  });
  const output = outputOf(child);
  const exit = once(child, 'close').then(([code]) => code as number | null);
  const description = join(dataDir, 'demo.json');
  // that of a demonstration that was killed may still be there
  const mine = () => existsSync(description) && readFileSync(description, 'utf8').includes(`:${ports.POSTGRES_PORT}/`);
  return {
    child,
    ports,
    output,
    exit,
    async ready() {
      while (!mine()) {
        if (child.exitCode !== null) throw new Error(`the demonstration ended: ${output()}`);
        await pause();
      }
      while (!output().includes('Ctrl-C')) await pause();
      const seconds = (performance.now() - began) / 1000;
      return { world: JSON.parse(readFileSync(description, 'utf8')), seconds };
    },
    end(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return exit;
    },
  };
}

export const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

/** The number of the PostgreSQL behind an address of the superuser. */
export async function postmasterOf(superuserUrl: string): Promise<number> {
  const [row] = await query<{ file: string }>(superuserUrl, "select pg_read_file('postmaster.pid') as file");
  return Number(row?.file.split('\n')[0]);
}

export async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await pause();
}
