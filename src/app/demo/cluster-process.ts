import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** The user under whom PostgreSQL runs when we are root. `undefined` everywhere else: ourselves. */
export type ServerUser = { readonly uid: number; readonly gid: number; readonly name: string };

/** What a program printed and how it ended; `code` is null when it was killed or could not be run at all. */
export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/**
 * The environment of PostgreSQL's programs. Nothing of ours goes in: PGPORT, PGDATA or LC_MESSAGES in somebody's shell
 * would change what they do.
 */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return { LC_ALL: 'C', TZ: 'UTC', ...(PATH && { PATH }), ...(SystemRoot && { SystemRoot }) };
}

/** Options of `spawn` that make a program PostgreSQL's: its user, its environment, a folder that every user can enter. */
export function asServer(user: ServerUser | undefined): {
  env: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
} {
  const ids = user ? { uid: user.uid, gid: user.gid } : {};
  return { env: serverEnvironment(), ...(process.platform === 'win32' ? {} : { cwd: '/' }), ...ids };
}

/** Runs a program to its end as `user`. Never rejects: a program that cannot be run has its reason in `stderr`. */
export function run(command: string, args: readonly string[], user: ServerUser | undefined): Promise<Ran> {
  return new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    const failed = (error: unknown) => resolve({ code: null, stdout, stderr: `${stderr}${String(error)}` });
    try {
      const child = spawn(command, args, { ...asServer(user), stdio: ['ignore', 'pipe', 'pipe'] });
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      child.once('error', failed);
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    } catch (error) {
      failed(error);
    }
  });
}

/** Whether a process has this number. One that we may not signal is alive too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

// A dead process that nobody reaped still answers to signal 0: containers without an init are full of them.
function isZombie(pid: number): boolean {
  return procStat(pid)?.[0] === 'Z';
}

// Fields of /proc/<pid>/stat from the third on (the second, the name, may hold spaces and parentheses).
function procStat(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** Waits until the process is gone; false if it is still there after `ms` milliseconds. */
export async function waitGone(pid: number, ms: number): Promise<boolean> {
  for (let waited = 0; waited < ms; waited += 20) {
    if (!isAlive(pid)) return true;
    await sleep(20);
  }
  return !isAlive(pid);
}

async function ps(pid: number, column: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)]);
    return stdout.trim();
  } catch {
    return '';
  }
}

/**
 * Something that differs between two processes which had the same number one after the other: when it started.
 * Empty where the system does not tell.
 */
export async function processBirth(pid: number): Promise<string> {
  if (process.platform === 'win32') return '';
  return procStat(pid)?.[19] ?? (await ps(pid, 'lstart'));
}

/** The command line of a process, arguments separated by spaces; empty if it is gone or the system does not tell. */
export async function processCommand(pid: number): Promise<string> {
  if (process.platform === 'win32') return '';
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ps(pid, 'command');
  }
}
