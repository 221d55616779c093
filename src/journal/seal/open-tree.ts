import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { sameBytes } from '../verify/index.ts';
import { loadFrontier } from './frontier.queries.ts';
import { emptyFrontier, type Frontier, rootOfFrontier } from './frontier.ts';
import { BEGINNING, type Cursor, type HeadState, readHead } from './head.queries.ts';
import { brokenProblem, headProblem, type KnownSize } from './head.rules.ts';
import type { Memory } from './memory.ts';
import type { SealingProblem } from './sealing-state.ts';

/** The first number of the advisory lock of a log; its second is the log's. */
export const LOCK = 0x6a6f75; // « jou »

/** READ COMMITTED, whatever the database is set to: the head must be read by a snapshot younger than the lock. */
export function inSealing<Result>(
  { db }: Pick<AppContext, 'db'>,
  work: (trx: Trx) => Promise<Result>,
): Promise<Result> {
  return db.transaction().setIsolationLevel('read committed').execute(work);
}

/**
 * One program at a time seals a log; the lock goes with the transaction, whatever stands between it and the database. The
 * commit of whoever holds it waits for the disk, and for the standby if there is one, whatever the session is set to.
 */
export async function takeLock(trx: Trx, log: LogName): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    select pg_try_advisory_xact_lock(${LOCK}::int, ${LOG_IDS[log]}::int) as taken,
      case when current_setting('synchronous_commit') in ('off', 'local')
        then set_config('synchronous_commit', 'on', true) end`.execute(trx);
  return rows[0]?.taken === true;
}

export type OpenTree = { ok: true; frontier: Frontier; cursor: Cursor; state: HeadState };
export type Refused = { ok: false; refused: SealingProblem<'sequencer'> };

/**
 * The tree of a log, to be built upon under the lock: the head as it is now, the frontier from memory when it is that of
 * this head, else from the tables, where it must make up the stored root. `anyCluster` lets a head of another cluster pass.
 */
export async function openTree(
  trx: Trx,
  log: LogName,
  memory: Memory,
  { known = [], anyCluster = false }: { known?: readonly KnownSize[]; anyCluster?: boolean } = {},
): Promise<OpenTree | Refused> {
  const read = await readHead(trx, LOG_IDS[log]);
  const state = anyCluster && read.head ? { ...read, isAhead: false, cluster: read.head.systemIdentifier } : read;
  const remembered = memory.tree ? [{ who: 'this program', size: memory.tree.frontier.size }] : [];
  const problem = headProblem(log, state, [...known, ...remembered]);
  if (problem) return { ok: false, refused: problem };
  const { head, leaves } = state;
  if (leaves < (head?.size ?? 0n)) {
    return { ok: false, refused: brokenProblem(log, head?.size ?? 0n, `the leaves end at ${leaves}`) };
  }
  if (!head) return { ok: true, frontier: emptyFrontier, cursor: memory.tree?.cursor ?? BEGINNING, state: read };
  const { tree } = memory;
  if (tree?.frontier.size === head.size && sameBytes(tree.root, head.root)) {
    return { ok: true, frontier: tree.frontier, cursor: tree.cursor, state: read };
  }
  if (tree?.frontier.size === head.size) {
    return { ok: false, refused: brokenProblem(log, head.size, 'its root is not the one it had before') };
  }
  const loaded = await loadFrontier(trx, LOG_IDS[log], head.size);
  if (!loaded.ok) return { ok: false, refused: brokenProblem(log, head.size, `${loaded.missing} is not there`) };
  if (!sameBytes(rootOfFrontier(loaded.frontier), head.root)) {
    return { ok: false, refused: brokenProblem(log, head.size, 'leaves and tiles do not make up its root') };
  }
  return { ok: true, frontier: loaded.frontier, cursor: head.cursor, state: read };
}
