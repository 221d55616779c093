import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { exportErasures } from '../erase/erasures.ts';
import { logNamed } from '../read/read-entries.ts';
import { entriesPath, readBundle, TILE_WIDTH, writeBundle } from '../verify/index.ts';
import { writeFiles } from './mirror-files.ts';

/** The name of the list of erasures in the mirror: beside the logs, outside the database that a restore takes back in time. */
export const ERASURE_LIST = 'erasures.jsonl';

type Row = { logId: number; lower: string; upper: string };

const WIDTH = BigInt(TILE_WIDTH);

/**
 * Carries erasures over to the mirror: the bytes of erased entries go from its bundles, then the list of erasures is written,
 * whole or not at all. A bundle of erased entries alone is removed; in the others, erased ones leave a hole of no bytes. May
 * be called at any time, by several: one at a time, so that none writes over the line of another. Does nothing when the list in
 * the mirror says as much as the table. The list is never shortened: returns how many of its erasures the database does not
 * know, because it was taken back to an older state.
 */
export async function mirrorErasures(ctx: Pick<AppContext, 'db'>, mirror: string): Promise<{ unknown: number }> {
  return inTransaction(ctx, async (trx) => {
    // files are written meanwhile, and read by others at their own pace
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(trx);
    await sql`set local statement_timeout = 0`.execute(trx);
    await sql`select pg_advisory_xact_lock(hashtext('journal.mirror-erasures'))`.execute(trx);
    return carryOver(trx, mirror);
  });
}

async function carryOver(trx: Trx, mirror: string): Promise<{ unknown: number }> {
  const there = (await bytesOf(join(mirror, ERASURE_LIST)))?.toString();
  const { list, unknown } = union(await exportErasures(trx), there);
  if (there === list) return { unknown };
  const { rows } = await sql<Row>`
    select log_id, lower(r)::text as lower, upper(r)::text as upper
    from journal.erasure, unnest(indices) as r where indices is not null order by log_id, 2`.execute(trx);
  for (const { logId, lower, upper } of rows) {
    await forgetRange(join(mirror, logNamed(logId)), BigInt(lower), BigInt(upper));
  }
  await writeFiles(mirror, [{ path: ERASURE_LIST, bytes: Buffer.from(list) }]);
  return { unknown };
}

/** The lines of both lists, in the order of their ids. */
function union(table: string, there: string | undefined): { list: string; unknown: number } {
  const [header = '', ...known] = table.trimEnd().split('\n');
  const ids = new Set(known.map(idOf));
  const unknown = (there?.trimEnd().split('\n').slice(1) ?? []).filter((line) => !ids.has(idOf(line)));
  const lines = [...known, ...unknown].sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
  return { list: [header, ...lines, ''].join('\n'), unknown: unknown.length };
}

function idOf(line: string): string {
  return (JSON.parse(line) as { id: string }).id;
}

async function forgetRange(folder: string, begin: bigint, end: bigint): Promise<void> {
  for (let n = begin / WIDTH; n * WIDTH < end; n += 1n) {
    const [first, last] = [begin - n * WIDTH, end - n * WIDTH].map(Number) as [number, number];
    for (const path of await bundlePaths(folder, n)) await forgetIn(folder, path, { first, last });
  }
}

/** The full bundle, and the partial ones that were written while the log grew. */
async function bundlePaths(folder: string, n: bigint): Promise<string[]> {
  const full = entriesPath(n, TILE_WIDTH);
  const widths = await readdir(join(folder, `${full}.p`)).catch(() => []);
  return [full, ...widths.filter((name) => /^[0-9]+$/.test(name)).map((width) => `${full}.p/${width}`)];
}

/** Another worker may have removed the file, or forgotten the same entries, meanwhile: both are as good. */
async function forgetIn(folder: string, path: string, { first, last }: { first: number; last: number }): Promise<void> {
  const bytes = await bytesOf(join(folder, path));
  const read = bytes && readBundle(bytes);
  if (!read?.ok) return;
  const left = read.leaves.map((leaf, place) => (place >= first && place < last ? new Uint8Array() : leaf));
  if (left.every(({ length }) => length === 0)) await rm(join(folder, path), { force: true });
  else await writeFiles(folder, [{ path, bytes: writeBundle(left) }]);
}

async function bytesOf(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
