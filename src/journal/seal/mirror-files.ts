import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fromBase64, readDecimal, sameBytes, toBase64 } from '../verify/index.ts';

/** How far a mirror goes: everything of the tree of this size is on its disk. */
export type Mirrored = { size: bigint; root: Uint8Array };

const HEAD = 'head.json';
const AT_ONCE = 8;

/** What a mirror says of itself; undefined when it has not begun. Throws when it cannot be read. */
export async function readMirrored(folder: string): Promise<Mirrored | undefined> {
  const text = await orMissing(readFile(join(folder, HEAD), 'utf8'));
  if (text === undefined) return undefined;
  const { size, root } = JSON.parse(text) as { size?: unknown; root?: unknown };
  const read = { size: readDecimal(String(size)), root: fromBase64(String(root)) };
  if (read.size === undefined || !read.root) throw new Error(`${join(folder, HEAD)} is damaged`);
  return { size: read.size, root: read.root };
}

/** Says that everything up to here is on the disk. Another worker may have gone further: it stays. */
export async function writeMirrored(folder: string, { size, root }: Mirrored, origin: string): Promise<void> {
  const there = await readMirrored(folder);
  if (there && there.size >= size) return;
  const text = `${JSON.stringify({ origin, size: String(size), root: toBase64(root) })}\n`;
  await writeFiles(folder, [{ path: HEAD, bytes: Buffer.from(text) }]);
}

/**
 * Writes files that are there whole or not at all, and on the disk when this returns: each is written aside, flushed and
 * renamed, then the folders are flushed. Writing the same again changes nothing.
 */
export async function writeFiles(folder: string, given: readonly { path: string; bytes: Uint8Array }[]): Promise<void> {
  const files: (typeof given)[number][] = [];
  for (const file of given) if (!(await isThere(join(folder, file.path), file.bytes))) files.push(file);
  if (files.length === 0) return;
  const folders = new Set<string>();
  for (const { path } of files) {
    for (let at = dirname(path); !folders.has(at); at = dirname(at)) folders.add(at);
  }
  for (const name of folders) await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
  const left = [...files];
  // nobody writes any more when the error is told
  const giveUp = (error: unknown) => {
    left.length = 0;
    throw error;
  };
  const write = async () => {
    for (let file = left.pop(); file; file = left.pop()) await writeFile(join(folder, file.path), file.bytes);
  };
  const written = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => write().catch(giveUp)));
  const failed = written.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  for (const name of folders) await flushFolder(join(folder, name));
}

async function isThere(path: string, bytes: Uint8Array): Promise<boolean> {
  const there = await orMissing(readFile(path));
  return there !== undefined && sameBytes(there, bytes);
}

async function writeFile(path: string, bytes: Uint8Array): Promise<void> {
  const aside = `${path}.${randomUUID()}.new`;
  try {
    const file = await open(aside, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Removes the parts (`….p/17`) that a fuller tile or bundle has replaced; those that are wider stay. */
export async function removeParts(folder: string, path: string): Promise<void> {
  const [, whole = path, width = '256'] = /^(.*)\.p\/(\d+)$/.exec(path) ?? [];
  const parts = join(folder, `${whole}.p`);
  if (width === '256') return rm(parts, { recursive: true, force: true });
  for (const name of (await orMissing(readdir(parts))) ?? []) {
    if (/^\d+$/.test(name) && Number(name) < Number(width)) await rm(join(parts, name), { force: true });
  }
}

/** The bytes of a file of at least this width: the full one, or the widest part. Undefined when there is none. */
export async function readWidest(folder: string, fullPath: string, width: number): Promise<Uint8Array | undefined> {
  const full = await orMissing(readFile(join(folder, fullPath)));
  if (full) return full;
  const parts = (await orMissing(readdir(join(folder, `${fullPath}.p`)))) ?? [];
  const widest = Math.max(0, ...parts.filter((name) => /^\d+$/.test(name)).map(Number));
  return widest >= width ? await orMissing(readFile(join(folder, `${fullPath}.p`, String(widest)))) : undefined;
}

async function orMissing<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
