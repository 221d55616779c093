import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Db, Trx } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { formatTlogProof, hashRange, inclusionRanges, type Range, tilesFor } from '../verify/index.ts';
import { logNamed } from './read-entries.ts';
import { readTiles } from './read-tiles.ts';

/** One entry's proof: `proof` is a C2SP `.tlog-proof`, which holds the `checkpoint` too. */
export type EntryProof = { proof: string; checkpoint: string; index: bigint; size: bigint };

type Row = { logId: number; idx: number; size: number; note: string };

/**
 * Proves that an entry is in its log, under the newest published checkpoint that has it; undefined as long as none has, or
 * when there is no such entry. Two queries, whatever the size of the tree. Reads public hashes only: any role will do.
 */
export async function proveEntry(ctx: Pick<AppContext, 'readerDb'>, id: string): Promise<EntryProof | undefined> {
  const { rows } = await sql<Row>`
    select l.log_id, l.idx, p.size, p.note from journal.leaf l
    join lateral (select p.size, p.note from journal.publication p where p.log_id = l.log_id
      order by p.size desc limit 1) as p on p.size > l.idx
    where l.entry_id = ${id}`.execute(ctx.readerDb);
  const [row] = rows;
  if (!row) return undefined;
  const [index, size] = [BigInt(row.idx), BigInt(row.size)];
  const [proof = []] = await inclusionProofs(ctx.readerDb, logNamed(row.logId), size, [index]);
  return { proof: formatTlogProof({ index, proof, checkpoint: row.note }), checkpoint: row.note, index, size };
}

/**
 * The inclusion proofs of these leaves in the tree of this size, in their order. One query for all of them; a subtree that
 * several proofs name is hashed once.
 */
export async function inclusionProofs(
  db: Db | Trx,
  log: LogName,
  size: bigint,
  indices: readonly bigint[],
): Promise<Uint8Array[][]> {
  const paths = indices.map((index) => inclusionRanges(index, size));
  const tileAt = await readTiles(db, log, tilesFor(paths.flat(), size));
  const known = new Map<string, Uint8Array>();
  const hashOf = (range: Range) => {
    const name = `${range.begin}-${range.end}`;
    const hash = known.get(name) ?? hashRange(sha256, range, tileAt);
    known.set(name, hash);
    return hash;
  };
  return paths.map((path) => path.map(hashOf));
}
