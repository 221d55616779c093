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
 * One query, whatever their number. A tile that the tree does not have is empty: it proves nothing.
 */
export async function readTiles(db: Db | Trx, log: LogName, addresses: readonly TileAddress[]): Promise<TileAt> {
  const rows = await storedTiles(db, log, addresses);
  const tiles = new Map(rows.map(({ level, n, hashes }) => [`${level}/${n}`, hashes]));
  const widths = new Map(addresses.map(({ level, n, width }) => [`${level}/${n}`, width]));
  return (level, n) => {
    const key = `${level}/${n}`;
    return tiles.get(key)?.subarray(0, (widths.get(key) ?? 0) * HASH) ?? NONE;
  };
}

/** Level 0 has the hashes of the leaves, the others the roots of the full tiles below (C2SP tlog-tiles, Merkle Tree). */
async function storedTiles(db: Db | Trx, log: LogName, addresses: readonly TileAddress[]): Promise<Row[]> {
  if (addresses.length === 0) return [];
  const { rows } = await sql<Row>`
    with asked as materialized (
      select asked.level, asked.n, t.hashes
      from unnest(${addresses.map(({ level }) => level)}::smallint[], ${numbers(addresses)}::bigint[]) as asked (level, n)
      left join journal.tile t on t.log_id = ${LOG_IDS[log]} and t.level = asked.level and t.n = asked.n
    )
    select level, n, hashes from asked where hashes is not null
    union all
    select level, n, string_agg(hash, ''::bytea order by at) from (
      select asked.level, asked.n, l.idx as at, l.leaf_hash as hash from asked
      join journal.leaf l on l.log_id = ${LOG_IDS[log]}
        and l.idx >= asked.n * ${TILE_WIDTH} and l.idx < (asked.n + 1) * ${TILE_WIDTH}
      where asked.hashes is null and asked.level = 0
      union all
      select asked.level, asked.n, t.n, t.root from asked
      join journal.tile t on t.log_id = ${LOG_IDS[log]} and t.level = asked.level - 1
        and t.n >= asked.n * ${TILE_WIDTH} and t.n < (asked.n + 1) * ${TILE_WIDTH}
      where asked.hashes is null
    ) as below group by level, n`.execute(db);
  return rows;
}

const numbers = (addresses: readonly TileAddress[]) => addresses.map(({ n }) => String(n));
