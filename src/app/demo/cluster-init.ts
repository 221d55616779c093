import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './cluster-binaries.ts';
import { ClusterError } from './cluster-errors.ts';
import type { Home } from './cluster-home.ts';
import { type Ran, run, type ServerUser } from './cluster-process.ts';

// Written before the data folder gets its name: without it, the folder was not finished by us.
const finished = 'entremise.json';

/**
 * Makes the data folder of a cluster unless it is there. It is made under another name and renamed when finished, so that
 * an interruption leaves nothing that looks like data; what an interruption left is removed.
 * @param durable false skips writing to the disk before going on (tests)
 * @throws ClusterError `init-failed`, `data-version`
 */
export async function ensureData(home: Home, binaries: Binaries, password: string, durable: boolean): Promise<void> {
  for (const name of await readdir(home.folder)) {
    if (!name.startsWith('data-new-') && !name.startsWith('password-')) continue;
    await rm(join(home.folder, name), { recursive: true, force: true, maxRetries: 5 });
  }
  if (existsSync(join(home.data, finished))) return assertMajor(home, binaries);
  if (existsSync(home.data)) await setAside(home);
  const draft = join(home.folder, `data-new-${randomBytes(6).toString('hex')}`);
  await mkdir(draft, { mode: 0o700 });
  await give(draft, home.user);
  const passwordFile = join(home.folder, `password-${randomBytes(6).toString('hex')}`);
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await give(passwordFile, home.user);
  try {
    const ran = await initdb(binaries, draft, passwordFile, durable, home.user);
    if (ran.code !== 0)
      throw new ClusterError(
        'init-failed',
        `PostgreSQL could not make its data in ${home.folder}: ${ran.stderr.trim()}`,
      );
    await writeFile(join(draft, finished), JSON.stringify({ major: binaries.major }), { mode: 0o600 });
    await give(join(draft, finished), home.user);
    await rename(draft, home.data);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function initdb(
  { initdb: program }: Binaries,
  data: string,
  passwordFile: string,
  durable: boolean,
  user: ServerUser | undefined,
): Promise<Ran> {
  const common = [
    `--pgdata=${data}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
  const ran = await run(program, [...common, '--locale=C.UTF-8', '--lc-messages=C'], user);
  if (ran.code === 0 || !/locale/.test(ran.stderr)) return ran;
  // Systems without C.UTF-8 (macOS, old distributions): PostgreSQL's own one sorts and folds the same way.
  const builtin = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  return run(program, [...common, ...builtin], user);
}

async function give(path: string, user: ServerUser | undefined): Promise<void> {
  if (user) await chown(path, user.uid, user.gid);
}

async function assertMajor(home: Home, binaries: Binaries): Promise<void> {
  const found = (await readFile(join(home.data, 'PG_VERSION'), 'utf8')).trim();
  if (found === String(binaries.major)) return;
  throw new ClusterError(
    'data-version',
    `The data in ${home.data} were made by PostgreSQL ${found}, and this is PostgreSQL ${binaries.major}. ` +
      'Start over with an empty folder (npm run demo -- --reset), or install the version they were made by.',
  );
}

// Nothing is deleted that we did not make; one such folder is kept.
async function setAside(home: Home): Promise<void> {
  const aside = join(home.folder, 'data-unfinished');
  await rm(aside, { recursive: true, force: true });
  await rename(home.data, aside);
}
