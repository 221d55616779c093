import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSigningKey, parseSigningKey, type SigningKey } from '#journal';
import { COSIGNATURE_V1, ED25519 } from '#journal/verify';
import { builtPrograms } from '#support/built-programs.ts';
import { hashLeaf, treeHash } from '#support/c2sp-client.ts';
import { journalEnvironment, PLAIN_ENVIRONMENT } from '#support/context-parts.ts';
import type { TestDatabase } from '#support/database.ts';
import { testPort } from '#support/ports.ts';

/** A program of ours as a process of its own. */
export type Program = {
  child: ChildProcess;
  /** All that it said on both outputs. */
  output(): string;
  /** Its address, once it says that it listens; fails when it ends before. */
  url(): Promise<string>;
  exit: Promise<number | null>;
  end(signal: NodeJS.Signals): Promise<number | null>;
};

export type Programs = {
  start(name: 'signer' | 'witness' | 'worker', env: Record<string, string>, args?: string[]): Program;
  /** Runs it until it ends by itself. */
  run(
    name: 'signer' | 'witness',
    env: Record<string, string>,
    args: string[],
  ): Promise<{ status: number | null; output: string }>;
  close(): Promise<void>;
};

/** The programs; `close` kills what is left of them. */
export async function programs(): Promise<Programs> {
  const folder = await builtPrograms();
  const running: Program[] = [];
  const start: Programs['start'] = (name, env, args = []) => {
    const program = startProgram(join(folder, `${name}.js`), env, args);
    running.push(program);
    return program;
  };
  return {
    start,
    async run(name, env, args) {
      const program = start(name, env, args);
      return { status: await program.exit, output: program.output() };
    },
    async close() {
      await Promise.all(running.map((program) => program.end('SIGKILL')));
    },
  };
}

function startProgram(file: string, env: Record<string, string>, args: string[]): Program {
  const child = spawn(process.execPath, [file, ...args], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      said += String(chunk);
    });
  }
  const exit = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    output: () => said,
    async url() {
      for (;;) {
        const port = /"port":(\d+)[,}]/.exec(said)?.[1];
        if (port) return `http://127.0.0.1:${port}`;
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended: ${said}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    exit,
    end(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return exit;
    },
  };
}

/** What the programs of the service ask of their environment. */
export function serviceEnvironment(
  database: Pick<TestDatabase, 'appUrl' | 'workerUrl' | 'ownerUrl' | 'readerUrl'>,
  { keys, publicUrl }: { keys: string; publicUrl: string },
): Record<string, string> {
  return {
    ...journalEnvironment(database),
    DATABASE_URL: database.appUrl,
    WORKER_DATABASE_URL: database.workerUrl,
    OWNER_DATABASE_URL: database.ownerUrl,
    PUBLIC_URL: publicUrl,
    ENTREMISE_KEYS: keys,
    ...PLAIN_ENVIRONMENT,
  };
}

export const newLogKey = (origin: string): { text: string; key: SigningKey } => both(makeSigningKey(origin, ED25519));
export const newWitnessKey = (name: string): { text: string; key: SigningKey } =>
  both(makeSigningKey(name, COSIGNATURE_V1));
const both = (text: string) => ({ text, key: parseSigningKey(text) });

/** Two witnesses that must both cosign, with what lies in this folder. */
export type TwoWitnesses = {
  keys: Record<'un' | 'deux', SigningKey>;
  /** What the operator’s file says (C2SP tlog-policy), and where it is. */
  policy: string;
  file: string;
  /** Where the keys of the logs are to be written, which both read. */
  logs: string;
  environments: Record<'un' | 'deux', Record<string, string>>;
};

export async function twoWitnesses(folder: string): Promise<TwoWitnesses> {
  const [un, deux] = [newWitnessKey('temoin-un.test'), newWitnessKey('temoin-deux.test')];
  const ports = { un: await testPort(), deux: await testPort() };
  const [file, logs] = [join(folder, 'witnesses.txt'), join(folder, 'logs.txt')];
  const line = (name: 'un' | 'deux', { vkey }: SigningKey) =>
    `witness ${name} ${vkey.text} http://127.0.0.1:${ports[name]}\n`;
  const policy = `${line('un', un.key)}${line('deux', deux.key)}group tous all un deux\nquorum tous\n`;
  await writeFile(file, policy);
  const environment = (name: 'un' | 'deux', key: string) => ({
    WITNESS_KEY: key,
    WITNESS_STATE: join(folder, name),
    WITNESS_LOGS: logs,
    PORT: String(ports[name]),
  });
  return {
    ...{ keys: { un: un.key, deux: deux.key }, policy, file, logs },
    environments: { un: environment('un', un.text), deux: environment('deux', deux.text) },
  };
}

/** A tree of one’s own, to ask signers and witnesses about: it grows by its leaves. */
export type Tree = { hashes: Buffer[] };

export const treeOf = (...leaves: string[]): Tree => ({ hashes: leaves.map((leaf) => hashLeaf(Buffer.from(leaf))) });
/** `count` leaves that begin with `name`; another name is another history. */
export const numbered = (name: string, count: number): Tree =>
  treeOf(...Array.from({ length: count }, (_, index) => `${name} ${index}`));

/** The text of a checkpoint (C2SP tlog-checkpoint) of the first `size` leaves. */
export function headText(origin: string, { hashes }: Tree, size = hashes.length): string {
  return `${origin}\n${size}\n${treeHash(hashes.slice(0, size)).toString('base64')}\n`;
}

/** PROOF(m, D[n]) of RFC 6962 §2.1.2, by its recursive definition. */
export function consistency({ hashes }: Tree, from: number, to = hashes.length): Buffer[] {
  return from === 0 || from === to ? [] : subproof(from, hashes.slice(0, to), true);
}

function subproof(m: number, hashes: Buffer[], isWhole: boolean): Buffer[] {
  if (m === hashes.length) return isWhole ? [] : [treeHash(hashes)];
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  if (m <= k) return [...subproof(m, hashes.slice(0, k), isWhole), treeHash(hashes.slice(k))];
  return [...subproof(m - k, hashes.slice(k), false), treeHash(hashes.slice(0, k))];
}

/** The body of add-checkpoint (C2SP tlog-witness). */
export function requestBody(old: number | string, proof: readonly Buffer[], note: string): string {
  return `old ${old}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${note}`;
}
