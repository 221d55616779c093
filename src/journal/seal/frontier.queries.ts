import { sql } from 'kysely';
import type { Db, Trx } from '#platform/db/database.ts';
import { type Frontier, frontierOf, partialWidths, rootOfFrontier } from './frontier.ts';
import type { Mirrored } from './mirror-files.ts';

/** The right edge of a stored tree. `missing` names the first row that should be there and is not. */
export async function loadFrontier(
  db: Db | Trx,
  logId: number,
  size: bigint,
): Promise<{ ok: true; frontier: Frontier } | { ok: false; missing: string }> {
  const [bottom, ...upper] = partialWidths(size).map((width, level) => {
    const end = size >> BigInt(8 * level);
    return { level, first: end - BigInt(width), end };
  });
  if (!bottom) return { ok: true, frontier: frontierOf(0n, []) };
  const leaves = await leafHashes(db, logId, bottom);
  const roots = await tileRoots(db, logId, upper);
  const partials: Uint8Array[][] = [];
  for (const { level, first, end } of [bottom, ...upper]) {
    const found = level === 0 ? leaves : roots.get(level);
    const hashes: Uint8Array[] = [];
    for (let at = first; at < end; at += 1n) {
      const hash = found?.get(at);
      if (!hash) return { ok: false, missing: level === 0 ? `leaf ${at}` : `tile ${at} of level ${level - 1}` };
      hashes.push(hash);
    }
    partials.push(hashes);
  }
  return { ok: true, frontier: frontierOf(size, partials) };
}

/**
 * The tree of this size as the tables of a larger one make it up: of the part that a restore put back, they have no head in
 * between. Undefined when a row is missing.
 */
export async function treeAt(db: Db | Trx, logId: number, size: bigint): Promise<Mirrored | undefined> {
  const loaded = await loadFrontier(db, logId, size);
  return loaded.ok ? { size, root: rootOfFrontier(loaded.frontier) } : undefined;
}

type Span = { level: number; first: bigint; end: bigint };

async function leafHashes(db: Db | Trx, logId: number, { first, end }: Span): Promise<Map<bigint, Uint8Array>> {
  const { rows } = await sql<{ idx: string; leafHash: Buffer }>`
    select idx::text, leaf_hash from journal.leaf
    where log_id = ${logId} and idx >= ${String(first)}::bigint and idx < ${String(end)}::bigint`.execute(db);
  return new Map(rows.map(({ idx, leafHash }) => [BigInt(idx), leafHash]));
}

/** The hashes of a level are the roots of the full tiles of the level below. */
async function tileRoots(
  db: Db | Trx,
  logId: number,
  spans: readonly Span[],
): Promise<Map<number, Map<bigint, Uint8Array>>> {
  const { rows } = await sql<{ level: number; n: string; root: Buffer }>`
    select t.level + 1 as level, t.n::text, t.root
    from unnest(${spans.map(({ level }) => level - 1)}::smallint[], ${spans.map(({ first }) => String(first))}::bigint[],
      ${spans.map(({ end }) => String(end))}::bigint[]) as span (level, first, past)
    join journal.tile t on t.log_id = ${logId} and t.level = span.level and t.n >= span.first and t.n < span.past
  `.execute(db);
  const byLevel = new Map<number, Map<bigint, Uint8Array>>();
  for (const { level, n, root } of rows) {
    const known = byLevel.get(level) ?? new Map<bigint, Uint8Array>();
    byLevel.set(level, known.set(BigInt(n), root));
  }
  return byLevel;
}
