import type pg from 'pg';
import { LOGS, type LogName, type SigningKey } from '#journal';
import { checkpointText, formatNote } from '#journal/verify';
import { emptyFrontier, type FullTile, grow, rootOfFrontier } from '../src/journal/seal/frontier.ts';
import { signNote } from '../src/journal/witness/signing-key.ts';

/** The key of each log: its name is the origin. */
export type LogKeys = Record<LogName, SigningKey>;

type Unsealed = { logId: number; id: string; leafHash: Uint8Array };

/** A log of the empty journal, which `seal` lets grow. */
type Growing = { logId: number; key: SigningKey; frontier: typeof emptyFrontier };

/**
 * Seals and publishes batch after batch, on a journal of which nothing is sealed: both trees grow by these entries in their
 * order, and each batch has a tree head, and a checkpoint signed by the key of its log, which is all that the policy asks.
 */
export function sealer(pool: pg.Pool, keys: LogKeys): (entries: readonly Unsealed[]) => Promise<void> {
  const logs: Growing[] = LOGS.map((log, index) => ({ logId: index + 1, key: keys[log], frontier: emptyFrontier }));
  return async (entries) => {
    const done = logs.map((log) => {
      const theirs = entries.filter(({ logId }) => logId === log.logId);
      return theirs.length > 0 ? sealSome(pool, log, theirs) : undefined;
    });
    await Promise.all(done);
  };
}

async function sealSome(pool: pg.Pool, log: Growing, entries: readonly Unsealed[]): Promise<void> {
  const { logId, key } = log;
  const first = log.frontier.size;
  const hashes = entries.map(({ leafHash }) => leafHash);
  const { frontier, full } = grow(log.frontier, hashes);
  log.frontier = frontier;
  const root = rootOfFrontier(frontier);
  const text = checkpointText({ origin: key.vkey.name, size: frontier.size, root });
  const ids = entries.map(({ id }) => id);
  await Promise.all([
    pool.query(LEAVES, [logId, first, ids, hashes]),
    pool.query(TILES, [logId, ...columnsOf(full)]),
    pool.query(HEAD, [logId, frontier.size, root, ids.at(-1), formatNote(text, [signNote(key, text)])]),
  ]);
}

function columnsOf(full: readonly FullTile[]): unknown[] {
  return [
    full.map(({ level }) => level),
    full.map(({ n }) => n),
    full.map(({ hashes }) => hashes),
    full.map(({ root }) => root),
  ];
}

const LEAVES = `insert into journal.leaf (log_id, idx, entry_id, leaf_hash)
  select $1::smallint, $2::bigint + n - 1, id, hash from unnest($3::uuid[], $4::bytea[]) with ordinality as added (id, hash, n)`;

const TILES = `insert into journal.tile (log_id, level, n, hashes, root)
  select $1::smallint, * from unnest($2::smallint[], $3::bigint[], $4::bytea[], $5::bytea[])`;

const HEAD = `with head as (
    insert into journal.tree_head (log_id, size, root, last_xid, last_id, system_identifier)
    select $1::smallint, $2::bigint, $3, pg_current_xact_id(), $4, system_identifier::text from pg_control_system()
  ), signed as (
    insert into journal.checkpoint (log_id, size, note, signed_at) values ($1, $2, $5, now())
  ) insert into journal.publication (log_id, size, note, published_at) values ($1, $2, $5, now())`;
