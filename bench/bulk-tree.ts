import { createHash } from 'node:crypto';
import pg from 'pg';
import { nodeHash } from '#journal/verify';
import { withSearchPath } from '#platform/db/search-path.ts';

const WIDTH = 256;
const TILES_AT_ONCE = 2048;
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();

/**
 * Lets the tree of one log grow to `size` leaves by a few statements: leaves without entries, for what reads the tree
 * alone. Leaf n is the text of n; nothing that stands already is written again.
 */
export async function bulkTree(superuserUrl: string, logId: number, size: number): Promise<void> {
  const client = new pg.Client({ connectionString: withSearchPath(superuserUrl) });
  await client.connect();
  try {
    await client.query('set synchronous_commit = off');
    await client.query(LOG, [logId]);
    await client.query(LEAVES, [logId, size - 1]);
    for (let level = 0; size >= WIDTH ** (level + 1); level += 1) await addTiles(client, { logId, level, size });
    await client.query('vacuum (analyze) journal.leaf, journal.tile');
  } finally {
    await client.end();
  }
}

async function addTiles(client: pg.Client, tree: { logId: number; level: number; size: number }): Promise<void> {
  const { logId, level, size } = tree;
  const last = Math.floor(size / WIDTH ** (level + 1));
  const { rows: found } = await client.query<{ next: string }>(
    'select coalesce(max(n) + 1, 0) as next from journal.tile where log_id = $1 and level = $2',
    [logId, level],
  );
  for (let first = Number(found[0]?.next); first < last; first += TILES_AT_ONCE) {
    const bounds = [logId, first * WIDTH, Math.min(first + TILES_AT_ONCE, last) * WIDTH - 1];
    const { rows } = await client.query<{ n: string; hashes: Buffer }>(
      level === 0 ? BOTTOM : UPPER,
      level === 0 ? bounds : [...bounds, level - 1],
    );
    const roots = rows.map(({ hashes }) => rootOfTile(hashes));
    const columns = [rows.map(({ n }) => n), rows.map(({ hashes }) => hashes), roots];
    await client.query(TILES, [logId, level, ...columns]);
  }
}

/** Halves the number of hashes until one is left. */
function rootOfTile(hashes: Buffer): Uint8Array {
  let row: Uint8Array[] = Array.from({ length: WIDTH }, (_, index) => hashes.subarray(index * 32, index * 32 + 32));
  while (row.length > 1) {
    row = row
      .filter((_, index) => index % 2 === 0)
      .map((left, pair) => nodeHash(sha256, left, row[pair * 2 + 1] ?? left));
  }
  return row[0] ?? Buffer.alloc(32);
}

const LOG = `insert into journal.log (log_id, origin, created_at)
  values ($1::smallint, 'journal.bench.example/' || $1::smallint, '2026-01-01') on conflict do nothing`;

const LEAVES = `
  insert into journal.leaf (log_id, idx, entry_id, leaf_hash)
  select $1::smallint, n, ('0195f3a0-0000-7000-800' || $1::smallint || '-' || lpad(to_hex(n), 12, '0'))::uuid,
    sha256('\\x00'::bytea || convert_to(n::text, 'UTF8'))
  from generate_series((select coalesce(max(idx) + 1, 0) from journal.leaf where log_id = $1::smallint), $2::bigint) n`;

const BOTTOM = `select idx / 256 as n, string_agg(leaf_hash, '' order by idx) as hashes from journal.leaf
  where log_id = $1 and idx between $2 and $3 group by 1 order by 1`;

const UPPER = `select n / 256 as n, string_agg(root, '' order by n) as hashes from journal.tile
  where log_id = $1 and n between $2 and $3 and level = $4 group by 1 order by 1`;

const TILES = `insert into journal.tile (log_id, level, n, hashes, root)
  select $1, $2, * from unnest($3::bigint[], $4::bytea[], $5::bytea[])`;
