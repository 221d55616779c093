import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type Program, type Programs, programs } from './programs.ts';

type Ran = { status: number | null; output: string };

/** A signer or a witness of one test, with a folder and a memory of its own. */
export type OwnProgram = {
  folder: string;
  env: Record<string, string>;
  /** Runs it until it ends by itself; `changed` replaces variables. */
  run(args: string[], changed?: Record<string, string>): Promise<Ran>;
  /** What is still running at the end of the test is killed. */
  start(changed?: Record<string, string>): Program;
  /** One that has just begun: its memory is made first. */
  begun(): Promise<Program>;
  /** `--recover-from` this note under this policy, or with other arguments. */
  recover(note: string, policy: string, args?: string[]): Promise<Ran>;
};

/** Names of the files that `recover` writes, in the folder. */
export const NOTE = 'checkpoint';
export const POLICY = 'policy.txt';

/** Call it at the top of a file: the environment is made anew for each test, in a new folder. */
export function ownProgram(
  name: 'signer' | 'witness',
  environment: (folder: string) => Record<string, string>,
): OwnProgram {
  let all: Programs;
  let running: Program[] = [];
  const own: OwnProgram = {
    folder: '',
    env: {},
    run: (args, changed) => all.run(name, { ...own.env, ...changed }, args),
    start(changed) {
      const program = all.start(name, { ...own.env, ...changed });
      running.push(program);
      return program;
    },
    async begun() {
      expect(await own.run(['--init'])).toMatchObject({ status: 0, output: expect.stringContaining(': begun\n') });
      return own.start();
    },
    async recover(note, policy, args) {
      const files = { note: join(own.folder, NOTE), policy: join(own.folder, POLICY) };
      await writeFile(files.note, note);
      await writeFile(files.policy, policy);
      return own.run(args ?? ['--recover-from', files.note, '--policy', files.policy]);
    },
  };
  beforeAll(async () => {
    all = await programs();
  });
  beforeEach(async () => {
    own.folder = await mkdtemp(join(tmpdir(), `entremise-${name}-`));
    own.env = environment(own.folder);
  });
  afterEach(async () => {
    await Promise.all(running.map((one) => one.end('SIGKILL')));
    running = [];
    await rm(own.folder, { recursive: true, force: true });
  });
  afterAll(() => all?.close());
  return own;
}
