import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClusterError } from './cluster-errors.ts';
import { canEnter, claimFolder } from './cluster-places.ts';
import type { ServerUser } from './cluster-process.ts';
import { stopSurvivor } from './cluster-survivor.ts';

/**
 * Where a cluster lives. `container` is the folder given by the caller; `folder` is the same, or a folder elsewhere when
 * the server's user cannot enter it; `data` is PostgreSQL's own, inside `folder`.
 */
export type Home = {
  readonly container: string;
  readonly folder: string;
  readonly data: string;
  readonly user: ServerUser | undefined;
};

/** Users that can be lent to the server when we are root, best first. */
export const usualServerUsers: readonly string[] = ['postgres', 'nobody', 'daemon', 'www-data'];

/** The first of `names` that a file of the form of /etc/passwd knows and that is not root. */
export function userOf(passwd: string, names: readonly string[]): ServerUser | undefined {
  const lines = passwd.split('\n').map((line) => line.split(':'));
  for (const wanted of names) {
    const [name, , uid, gid] = lines.find(([first]) => first === wanted) ?? [];
    if (name && Number(uid) > 0) return { name, uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

// Data that exist decide: a cluster made by an ordinary user, then started by root, stays this user's.
function ownerOf(data: string, passwd: string): ServerUser | undefined {
  if (!existsSync(data)) return undefined;
  const { uid, gid } = statSync(data);
  if (uid === 0) return undefined;
  const name = passwd
    .split('\n')
    .find((line) => line.split(':')[2] === String(uid))
    ?.split(':')[0];
  return { uid, gid, name: name ?? `number ${uid}` };
}

function chooseUser(data: string, names: readonly string[]): ServerUser {
  const passwd = readFileSync('/etc/passwd', 'utf8');
  const user = ownerOf(data, passwd) ?? userOf(passwd, names);
  if (user) return user;
  throw new ClusterError(
    'no-server-user',
    `PostgreSQL refuses to run as root, and this machine has none of the users ${names.join(', ')} to run it. ` +
      'Run as an ordinary user, or create one: useradd --system postgres',
  );
}

type Moved = { folder: string; id: string };

async function movedTo(container: string): Promise<Moved | undefined> {
  try {
    return JSON.parse(await readFile(join(container, 'moved.json'), 'utf8')) as Moved;
  } catch {
    return undefined;
  }
}

/** Makes the folder of a cluster if needed; the answer is its only name, without links. */
export async function makeContainer(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const container = await realpath(dataDir);
  if (process.getuid?.() === 0) await chmod(container, 0o711);
  return container;
}

/**
 * Decides where the cluster of `container` lives and under which user, making the folders as needed.
 * @throws ClusterError `no-server-user`, `data-unreachable`, `unsafe-folder`
 */
export async function openHome(container: string, names: readonly string[]): Promise<Home> {
  const moved = await movedTo(container);
  const here = join(container, 'data');
  if (process.getuid?.() !== 0) {
    if (moved) throw unreachable(container, 'They were made by root: run as root');
    return { container, folder: container, data: here, user: undefined };
  }
  const user = chooseUser(moved ? join(moved.folder, 'data') : here, names);
  if (!moved && (await canEnter(container, user))) return { container, folder: container, data: here, user };
  if (existsSync(here)) throw unreachable(container, `Open its parent folders to the user ${user.name} (chmod o+x)`);
  const folder = await claimFolder('data', container, user);
  await bind(container, folder, moved);
  return { container, folder, data: join(folder, 'data'), user };
}

function unreachable(container: string, remedy: string): ClusterError {
  return new ClusterError(
    'data-unreachable',
    `The data of PostgreSQL in ${container} cannot be reached. ${remedy}, or start over with an empty folder (npm run demo -- --reset).`,
  );
}

// Data elsewhere belong to one container: if that was removed and made again, its secrets are new and the data go.
async function bind(container: string, folder: string, moved: Moved | undefined): Promise<void> {
  const idFile = join(folder, 'id');
  const known = await readFile(idFile, 'utf8').catch(() => undefined);
  if (moved?.folder === folder && moved.id === known) return;
  await stopSurvivor(join(folder, 'data'));
  await rm(join(folder, 'data'), { recursive: true, force: true });
  const id = randomUUID();
  await writeFile(idFile, id);
  await writeFile(join(container, 'moved.json'), JSON.stringify({ folder, id }));
}
