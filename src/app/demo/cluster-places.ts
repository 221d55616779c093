import { createHash } from 'node:crypto';
import { existsSync, lstatSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterError } from './cluster-errors.ts';
import { run, type ServerUser } from './cluster-process.ts';
import { stopSurvivor } from './cluster-survivor.ts';

// Folders that every user can enter and that outlive a restart of the machine, best first.
const bases = () => [...new Set(['/var/tmp', '/tmp', tmpdir()])].filter((base) => existsSync(base));

const pattern = /^entremise-(bin|data)-[0-9a-f]{16}$/;

/** Whether `user` can enter `folder`: asked of the system, which knows about groups, lists and mounts. */
export async function canEnter(folder: string, user: ServerUser | undefined): Promise<boolean> {
  if (!user) return true;
  return (await run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], user)).code === 0;
}

/** The name of the folder of `source` in a shared place. */
export function placeName(kind: 'bin' | 'data', source: string): string {
  return `entremise-${kind}-${createHash('sha256').update(source).digest('hex').slice(0, 16)}`;
}

/**
 * A folder in a shared place, for what the server's user cannot reach where it is: always the same one for one `source`
 * (an absolute path without links). It belongs to us, others can only pass through.
 * @throws ClusterError `unsafe-folder` when somebody else made a folder of that name
 */
export async function claimFolder(kind: 'bin' | 'data', source: string, user: ServerUser | undefined): Promise<string> {
  for (const base of bases()) {
    const folder = join(base, placeName(kind, source));
    const made = await mkdir(folder, { mode: 0o711 }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        return undefined;
      },
    );
    if (made === undefined) continue;
    if (made) await sweep(base);
    assertOurs(folder);
    await chmod(folder, 0o711);
    if (!(await canEnter(folder, user))) {
      if (made) await rm(folder, { recursive: true });
      continue;
    }
    await writeFile(join(folder, 'source.json'), JSON.stringify({ source }));
    return folder;
  }
  throw new ClusterError(
    'unsafe-folder',
    `No folder of this machine can be entered by the user ${user?.name ?? 'of the server'} (tried ${bases().join(', ')}). ` +
      'Put the project in a folder that every user can enter, or run as an ordinary user.',
  );
}

// The places are writable by all: a folder prepared by somebody else could make us run their programs.
function assertOurs(folder: string): void {
  const state = lstatSync(folder);
  if (state.isDirectory() && state.uid === process.getuid?.() && (state.mode & 0o022) === 0) return;
  throw new ClusterError(
    'unsafe-folder',
    `${folder} exists and does not belong to this user alone. Remove it, or put the project in a folder that every user can enter.`,
  );
}

/**
 * Removes our folders in a shared place whose source is gone: data go with the `.data` they were made for, programs with
 * the checkout they were copied from. Without this, each clone in a temporary folder would leave 60 MB behind.
 */
export async function sweep(base: string): Promise<void> {
  for (const name of (await readdir(base)).filter((entry) => pattern.test(entry))) {
    const folder = join(base, name);
    try {
      assertOurs(folder);
      const { source } = JSON.parse(await readFile(join(folder, 'source.json'), 'utf8')) as { source: string };
      if (existsSync(source)) continue;
      await stopSurvivor(join(folder, 'data'));
      await rm(folder, { recursive: true, force: true });
    } catch {
      // Not ours, being made, or in use: it is left as it is.
    }
  }
}
