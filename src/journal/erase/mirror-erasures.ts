import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import { logNamed } from '../read/read-entries.ts';
import { entriesPath, readBundle, TILE_WIDTH, writeBundle } from '../verify/index.ts';
import { exportErasures } from './erasures.ts';

/** The name of the list of erasures in the mirror: beside the logs, outside the database that a restore takes back in time. */
export const ERASURE_LIST = 'erasures.jsonl';

type Row = { logId: number; lower: string; upper: string };

const WIDTH = BigInt(TILE_WIDTH);

/**
 * Carries erasures over to the mirror: the bytes of erased entries go from its bundles, then the list of erasures is written,
 * whole or not at all. A bundle of erased entries alone is removed; in the others, erased ones are left with no bytes. May be
 * called at any time, by several; does nothing when the list in the mirror says as much as the table.
 */
export async function mirrorErasures(ctx: Pick<AppContext, 'db'>, mirror: string): Promise<void> {
  const list = await exportErasures(ctx.db);
  const file = join(mirror, ERASURE_LIST);
  if ((await textOf(file)) === list) return;
  const { rows } = await sql<Row>`
    select log_id, lower(r)::text as lower, upper(r)::text as upper
    from journal.erasure, unnest(indices) as r where indices is not null order by log_id, 2`.execute(ctx.db);
  for (const { logId, lower, upper } of rows) {
    await forgetRange(join(mirror, logNamed(logId)), BigInt(lower), BigInt(upper));
  }
  await replaceFile(file, list);
}

async function forgetRange(folder: string, begin: bigint, end: bigint): Promise<void> {
  for (let n = begin / WIDTH; n * WIDTH < end; n += 1n) {
    const [first, last] = [begin - n * WIDTH, end - n * WIDTH].map(Number) as [number, number];
    for (const file of await bundleFiles(folder, n)) await forgetIn(file, first, last);
  }
}

/** The full bundle and the partial ones that were written while the log grew. */
async function bundleFiles(folder: string, n: bigint): Promise<string[]> {
  const full = join(folder, entriesPath(n, TILE_WIDTH));
  const partial = `${full}.p`;
  const widths = await readdir(partial).catch(() => []);
  const found = await stat(full).catch(() => undefined);
  return [...(found?.isFile() ? [full] : []), ...widths.map((width) => join(partial, width))];
}

async function forgetIn(file: string, first: number, last: number): Promise<void> {
  const read = readBundle(await readFile(file));
  if (!read.ok) return;
  const left = read.leaves.map((leaf, place) => (place >= first && place < last ? new Uint8Array() : leaf));
  if (left.every(({ length }) => length === 0)) await rm(file, { force: true });
  else await replaceFile(file, writeBundle(left));
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, content, { flush: true });
  await rename(`${file}.new`, file);
}
