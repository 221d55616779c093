import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { type Frontier, type FullTile, grow, rootOfFrontier } from './frontier.ts';
import type { Cursor } from './head.queries.ts';
import { type Looked, lookAtCandidates } from './look-at-candidates.ts';
import { quarantine } from './quarantine.ts';
import type { Candidate } from './unsealed.queries.ts';

/** The tree that a batch makes of the one before; `added` entries were sealed, `aside` were put aside. */
export type Sealed = { frontier: Frontier; root: Uint8Array; added: number; aside: number };

type Next = { log: LogName; before: Frontier; cursor: Cursor; cluster: string };

/**
 * Gives the next indices to those entries that are ours and puts the others aside, in the caller's transaction, which holds
 * the lock of this log. Writes leaves, the tiles that they fill and one head with this cursor; nothing when nothing is added.
 */
export async function sealBatch(
  ctx: Pick<AppContext, 'keys' | 'clock' | 'logger'>,
  trx: Trx,
  { entries, ...batch }: Next & { entries: readonly Candidate[] },
): Promise<Sealed> {
  const candidates = lookAtCandidates(batch.log);
  candidates.add(entries);
  return sealLooked(ctx, trx, { ...batch, ...(await candidates.all()) });
}

/** The same for entries that were looked at already. */
export async function sealLooked(
  ctx: Pick<AppContext, 'keys' | 'clock' | 'logger'>,
  trx: Trx,
  { log, before, cursor, cluster, ours, rogues }: Next & Looked,
): Promise<Sealed> {
  await quarantine(ctx, trx, log, rogues);
  const hashes = ours.map(({ hash }) => hash);
  const { frontier, full } = grow(before, hashes);
  const root = rootOfFrontier(frontier);
  if (ours.length > 0) {
    const ids = ours.map(({ id }) => id);
    await insertLeaves(trx, LOG_IDS[log], { first: before.size, ids, hashes });
    await insertTiles(trx, LOG_IDS[log], full);
    await insertHead(trx, LOG_IDS[log], { size: frontier.size, root, cursor, cluster });
  }
  return { frontier, root, added: ours.length, aside: rogues.length };
}

/** Leaves at consecutive indices from `first`. */
async function insertLeaves(
  trx: Trx,
  logId: number,
  { first, ids, hashes }: { first: bigint; ids: readonly string[]; hashes: readonly Uint8Array[] },
): Promise<void> {
  await sql`
    insert into journal.leaf (log_id, idx, entry_id, leaf_hash)
    select ${logId}, ${String(first)}::bigint + n - 1, id, hash
    from unnest(${ids}::uuid[], ${hashes}::bytea[]) with ordinality as added (id, hash, n)`.execute(trx);
}

/** Full tiles; one statement for all of them. */
export async function insertTiles(trx: Trx, logId: number, full: readonly FullTile[]): Promise<void> {
  if (full.length === 0) return;
  await sql`
    insert into journal.tile (log_id, level, n, hashes, root)
    select ${logId}, added.* from unnest(${full.map(({ level }) => level)}::smallint[],
      ${full.map(({ n }) => String(n))}::bigint[], ${full.map(({ hashes }) => hashes)}::bytea[],
      ${full.map(({ root }) => root)}::bytea[]) as added`.execute(trx);
}

/** The head that says what was sealed up to here. */
async function insertHead(
  trx: Trx,
  logId: number,
  { size, root, cursor, cluster }: { size: bigint; root: Uint8Array; cursor: Cursor; cluster: string },
): Promise<void> {
  await sql`
    insert into journal.tree_head (log_id, size, root, last_xid, last_id, system_identifier)
    values (${logId}, ${String(size)}::bigint, ${root}, ${cursor.xid}::xid8, ${cursor.id}::uuid, ${cluster})`.execute(
    trx,
  );
}
