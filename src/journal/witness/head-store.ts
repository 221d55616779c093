import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '#platform/crypto/hashes.ts';
import { checkpointText, emptyRoot, formatNote, parseCheckpoint } from '../verify/index.ts';

/** The last tree head that a signer or a witness signed for one log: what it will never go back on. */
export type Head = {
  size: bigint;
  root: Uint8Array;
  /** The checkpoint as it was signed; without a signature for the empty tree, which nobody signs. */
  note: string;
};

/** `number`: how many heads came before this one in the store. */
export type KeptHead = Head & { number: number };

/**
 * Keeps one head per log, over crashes and between processes. `replace` is a compare-and-swap: it succeeds for one of
 * those who saw the same head. Both throw a HeadStoreError when what is on the disk cannot be trusted.
 */
export type HeadStore = {
  latest(origin: string): Promise<KeptHead>;
  replace(origin: string, seen: KeptHead, next: Head): Promise<boolean>;
};

/** Why a store cannot be used, for the person who keeps it. */
export class HeadStoreError extends Error {
  override name = 'HeadStoreError';
}

/** Who keeps the heads: each has folders of its own, so that no signer takes a witness’s memory for its own. */
export type Keeper = 'signer' | 'witness';
export type HeadFolder = { folder: string; keeper: Keeper };

/** How many heads are left on the disk: only the last one counts, the others are for whoever looks into an incident. */
const KEPT = 16;
const DIGITS = 16;

/**
 * Opens what `beginHeads` or `recoverHead` made. Throws a HeadStoreError when a log has no head, or one that cannot be read:
 * memory that was lost is never taken for a log that is new.
 */
export async function openHeads(where: HeadFolder, origins: readonly string[]): Promise<HeadStore> {
  const lost: string[] = [];
  for (const origin of origins) if (!(await isKept(where, origin))) lost.push(origin);
  if (lost.length > 0) throw new HeadStoreError(`${where.folder} has no state for ${lost.join(', ')}`);
  for (const origin of origins) await latestHead(where, origin);
  return {
    latest: (origin) => latestHead(where, origin),
    replace: (origin, seen, next) => replaceHead(where, origin, { seen, next }),
  };
}

/** Begins at the empty tree for those logs that have no head yet, and says which. A head that is there is never touched. */
export async function beginHeads(where: HeadFolder, origins: readonly string[]): Promise<string[]> {
  const begun: string[] = [];
  for (const origin of origins) {
    if (await isKept(where, origin)) continue;
    const root = emptyRoot(sha256);
    const note = formatNote(checkpointText({ origin, size: 0n, root }), []);
    if (await addHead(where, { origin, number: 0, note })) begun.push(origin);
  }
  return begun;
}

/**
 * Takes a checkpoint that the caller has verified for the last one that was signed. Throws a HeadStoreError when the store
 * remembers as much or more: memory is only ever moved forward.
 */
export async function recoverHead(where: HeadFolder, origin: string, head: Head): Promise<void> {
  const seen = (await isKept(where, origin)) ? await latestHead(where, origin) : undefined;
  if (seen && seen.size >= head.size)
    throw new HeadStoreError(`${where.folder} remembers ${origin} up to ${seen.size}, not less than ${head.size}`);
  const number = seen ? seen.number + 1 : 0;
  if (!(await addHead(where, { origin, number, note: head.note })))
    throw new HeadStoreError(`${where.folder} is being written by another program: stop it first`);
}

function folderOf({ folder, keeper }: HeadFolder, origin: string): string {
  return join(folder, `${keeper}-${originHash(origin)}`);
}

/** The name of a log in addresses: SHA-256 of its origin in hexadecimal (C2SP tlog-witness). */
export function originHash(origin: string): string {
  return createHash('sha256').update(origin).digest('hex');
}

async function isKept(where: HeadFolder, origin: string): Promise<boolean> {
  return (await numbersIn(folderOf(where, origin))).length > 0;
}

/** The numbers of the heads on the disk, in order. */
async function numbersIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const numbers = names.filter((name) => new RegExp(`^\\d{${DIGITS}}$`).test(name)).map(Number);
  return numbers.sort((one, other) => one - other);
}

const fileName = (number: number) => String(number).padStart(DIGITS, '0');

async function latestHead(where: HeadFolder, origin: string): Promise<KeptHead> {
  const folder = folderOf(where, origin);
  for (;;) {
    const number = (await numbersIn(folder)).at(-1);
    if (number === undefined) throw new HeadStoreError(`${where.folder} has lost the state of ${origin}`);
    const note = await readFile(join(folder, fileName(number)), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined; // newer ones came, and this one went
      throw error;
    });
    if (note === undefined) continue;
    return { ...headOf(note, { origin, file: join(folder, fileName(number)) }), number };
  }
}

function headOf(note: string, { origin, file }: { origin: string; file: string }): Head {
  const end = note.lastIndexOf('\n\n');
  const read = parseCheckpoint(note.slice(0, end + 1));
  if (!read.ok || read.checkpoint.origin !== origin) throw new HeadStoreError(`${file} is damaged`);
  const { size, root } = read.checkpoint;
  return { size, root, note };
}

async function replaceHead(
  where: HeadFolder,
  origin: string,
  { seen, next }: { seen: KeptHead; next: Head },
): Promise<boolean> {
  const number = seen.number + 1;
  if (!(await addHead(where, { origin, number, note: next.note }))) return false;
  const folder = folderOf(where, origin);
  const numbers = await numbersIn(folder);
  // ours may stand where an older one was cleared away: then others have gone on since, and ours counts for nothing
  if (numbers.at(-1) !== number) return false;
  for (const old of numbers.slice(0, -KEPT)) await rm(join(folder, fileName(old)), { force: true });
  return true;
}

/** Writes aside, then gives the file its number unless it is taken: what has a number is whole, and safe on the disk. */
async function addHead(
  where: HeadFolder,
  { origin, number, note }: { origin: string; number: number; note: string },
): Promise<boolean> {
  const folder = folderOf(where, origin);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const aside = join(folder, `${randomUUID()}.new`);
  const file = await open(aside, 'wx', 0o600);
  try {
    await file.writeFile(note);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(aside, join(folder, fileName(number)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(aside);
  }
  await syncFolder(folder);
  await syncFolder(where.folder);
  return true;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
