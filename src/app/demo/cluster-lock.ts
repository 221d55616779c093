import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClusterError } from './cluster-errors.ts';
import { isAlive, processBirth } from './cluster-process.ts';

type Owner = { pid: number; birth: string };

const lockFile = (folder: string) => join(folder, 'lock.json');

async function read(file: string): Promise<Owner | undefined> {
  try {
    const owner = JSON.parse(await readFile(file, 'utf8')) as Partial<Owner>;
    return typeof owner.pid === 'number' ? { pid: owner.pid, birth: String(owner.birth ?? '') } : undefined;
  } catch {
    return undefined;
  }
}

/** The live process that holds this cluster folder, if there is one. A number taken over by another program does not count. */
export async function lockOwner(folder: string): Promise<number | undefined> {
  const owner = await read(lockFile(folder));
  if (!owner || !isAlive(owner.pid)) return undefined;
  return (await processBirth(owner.pid)) === owner.birth ? owner.pid : undefined;
}

/**
 * Takes the cluster folder for this process; the answer gives it back. A lock left by a dead process is taken over. Should
 * two processes take over the same dead lock in the same instant, PostgreSQL's own lock on its data decides.
 * @throws ClusterError `already-running`
 */
export async function takeLock(folder: string): Promise<() => Promise<void>> {
  const file = lockFile(folder);
  const mine = JSON.stringify({ pid: process.pid, birth: await processBirth(process.pid) });
  const draft = join(folder, `lock-${randomBytes(6).toString('hex')}.tmp`);
  await writeFile(draft, mine);
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await appear(draft, file, mine);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt === 5) throw error;
      }
      const owner = await lockOwner(folder);
      if (owner !== undefined) throw alreadyRunning(owner, folder);
      await rm(file, { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
  return async () => {
    if ((await readFile(file, 'utf8').catch(() => '')) === mine) await rm(file, { force: true });
  };
}

// A hard link appears with its content, and fails if the name exists. Some file systems have none.
async function appear(draft: string, file: string, content: string): Promise<void> {
  try {
    await link(draft, file);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await writeFile(file, content, { flag: 'wx' });
  }
}

function alreadyRunning(pid: number, folder: string): ClusterError {
  const who = pid === process.pid ? 'This process' : `Another process (number ${pid})`;
  return new ClusterError(
    'already-running',
    `${who} already runs PostgreSQL on ${folder}. Stop it first: Ctrl-C in its terminal, or "kill ${pid}".`,
  );
}
