import { sql } from 'kysely';
import type { Db, Trx } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { TILE_WIDTH, type TileAddress } from '../verify/index.ts';

type Row = { level: number; n: number; hashes: Buffer };

/** What `hashRange` asks for: the bytes of the tile at this level and place; none when it was not read. */
export type TileAt = (level: number, n: bigint) => Uint8Array;

const HASH = 32;
const NONE = new Uint8Array();

/**
 * The tiles at these addresses, cut to their width: full ones as they are stored, those still growing from the hashes below.
 * Two queries, whatever their number. A tile that the tree does not have is empty: it proves nothing.
 */
export async function readTiles(db: Db | Trx, log: LogName, addresses: readonly TileAddress[]): Promise<TileAt> {
  const full = await fullTiles(db, log, addresses);
  const tiles = new Map(full.map(({ level, n, hashes }) => [`${level}/${n}`, hashes]));
  const growing = addresses.filter(({ level, n }) => !tiles.has(`${level}/${n}`));
  for (const { level, n, hashes } of await growingTiles(db, log, growing)) tiles.set(`${level}/${n}`, hashes);
  const widths = new Map(addresses.map(({ level, n, width }) => [`${level}/${n}`, width]));
  return (level, n) => {
    const key = `${level}/${n}`;
    return tiles.get(key)?.subarray(0, (widths.get(key) ?? 0) * HASH) ?? NONE;
  };
}

async function fullTiles(db: Db | Trx, log: LogName, addresses: readonly TileAddress[]): Promise<Row[]> {
  if (addresses.length === 0) return [];
  const { rows } = await sql<Row>`
    select t.level, t.n, t.hashes
    from unnest(${addresses.map(({ level }) => level)}::smallint[], ${numbers(addresses)}::bigint[]) as asked (level, n)
    join journal.tile t on t.log_id = ${LOG_IDS[log]} and t.level = asked.level and t.n = asked.n`.execute(db);
  return rows;
}

/** Level 0 has the hashes of the leaves, the others the roots of the full tiles below (C2SP tlog-tiles, Merkle Tree). */
async function growingTiles(db: Db | Trx, log: LogName, addresses: readonly TileAddress[]): Promise<Row[]> {
  if (addresses.length === 0) return [];
  const { rows } = await sql<Row>`
    select level, n, string_agg(hash, ''::bytea order by at) as hashes from (
      select 0 as level, asked.n, l.idx as at, l.leaf_hash as hash
      from unnest(${numbers(addresses.filter(({ level }) => level === 0))}::bigint[]) as asked (n)
      join journal.leaf l on l.log_id = ${LOG_IDS[log]}
        and l.idx >= asked.n * ${TILE_WIDTH} and l.idx < (asked.n + 1) * ${TILE_WIDTH}
      union all
      select asked.level, asked.n, t.n, t.root
      from unnest(${addresses.map(({ level }) => level)}::smallint[], ${numbers(addresses)}::bigint[]) as asked (level, n)
      join journal.tile t on t.log_id = ${LOG_IDS[log]} and t.level = asked.level - 1
        and t.n >= asked.n * ${TILE_WIDTH} and t.n < (asked.n + 1) * ${TILE_WIDTH}
    ) as below group by level, n`.execute(db);
  return rows;
}

const numbers = (addresses: readonly TileAddress[]) => addresses.map(({ n }) => String(n));
