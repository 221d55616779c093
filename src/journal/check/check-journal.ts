import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import { orderedId } from '#platform/ids/ordered-id.ts';
import { systemClock } from '#platform/time/clock.ts';
import type { EventKind, LogName } from '../event.ts';
import { journalRegistry } from '../parse-entry.ts';
import { LOG_IDS } from '../record.ts';
import { catalogProblems } from './catalog.queries.ts';
import { checkConclusions, type MandatesInTables } from './check-conclusions.ts';
import { checkCounters } from './check-counters.ts';
import { checkErasures } from './check-erasures.ts';
import { checkLogKeys } from './check-log-keys.ts';
import { checkNodeKeys } from './check-node-keys.ts';
import { checkOrigin } from './check-origin.ts';
import { checkQuarantine, type EntriesAside } from './check-quarantine.ts';
import { checkStrays } from './check-strays.ts';
import { checkSuccessions } from './check-successions.ts';
import { checkSizes, checkTree } from './check-tree.ts';
import type { Whose } from './check-whose.ts';
import { checkErasureList } from './erasure.queries.ts';
import { Findings, type Problem } from './problems.ts';
import { sizesOf } from './tree.queries.ts';

type Context = Pick<AppContext, 'db' | 'keys' | 'config'>;

export type CheckAsked = {
  log: LogName;
  /** From which place of the tree on; rounded down to a tile. What comes before is taken from its tiles. */
  since?: bigint;
  /** How many entries at most. */
  most?: bigint;
  /** The first id to look at among entries that are not sealed, index rows and openings: all of them unless told. */
  straysFrom?: string;
  /** The folder of the mirror: its list of erasures is compared. */
  mirror?: string;
} & DomainsTold;

/** What the program that gathers all domains tells of them. */
export type DomainsTold = {
  /** Kinds of entry that close a mandate. */
  closing: readonly string[];
  /** Every kind of entry: what those of a kind always commit to is looked for. None unless told. */
  kinds?: readonly EventKind[];
  /** Whose mandates have which aliases: compared with the index. Not unless told. */
  whose?: Whose;
  /** The mandates of the tables: compared with the entries of their conclusions. Not unless told. */
  mandates?: MandatesInTables;
};

export type Checked = {
  log: LogName;
  size: bigint;
  first: bigint;
  end: bigint;
  problems: Problem[];
  inWords: string[];
  /** Entries that are not of this journal and were put aside: information, not a problem. */
  aside: EntriesAside;
};

/**
 * Checks one log of the live database: bytes against hashes, tiles, roots and signed checkpoints; the index and the openings
 * against the bytes; what stands outside the tree or was put aside; logs that were closed; the entries that tell erasures and revocations of node keys; the numbers of the acts of each mandate, and how each began; the guard-rails. Reads only, in
 * constant memory, then writes what it found in `journal.full_check`, whatever it is. Needs the worker's rights.
 */
export async function checkJournal(ctx: Context, asked: CheckAsked): Promise<Checked> {
  const { log, closing, whose } = asked;
  const kinds = journalRegistry(asked.kinds ?? []);
  const startedAt = systemClock.now();
  const found = new Findings(log);
  for (const problem of await catalogProblems(ctx.db)) found.aside('guard', problem);
  await checkOrigin(ctx, log, found);
  const size = await checkSizes(ctx, log, found);
  const first = roundedDown(asked.since ?? 0n, size);
  const end = asked.most !== undefined && first + asked.most < size ? first + asked.most : size;
  await checkTree(ctx, { log, begin: first, end, kinds, whose }, found);
  await checkStrays(ctx, { log, ...(asked.straysFrom !== undefined && { from: asked.straysFrom }) }, found);
  const aside = await checkQuarantine(ctx, log, found);
  await checkSuccessions(ctx, { log, whole: first === 0n && end === size }, found);
  if (log === 'actes') {
    await checkCounters(ctx, closing, found);
    if (asked.mandates) await checkConclusions(ctx, asked.mandates, found);
    await checkErasures(ctx, found);
    await checkNodeKeys(ctx.db, found);
    await checkLogKeys(ctx.db, found);
    if (asked.mirror !== undefined) await checkErasureList(ctx.db, asked.mirror, found);
  }
  const checked = { log, size, first, end, problems: found.problems, inWords: found.inWords(), aside };
  await keepResult(ctx, checked, startedAt);
  return checked;
}

/** Pages begin where a tile does. */
function roundedDown(since: bigint, size: bigint): bigint {
  return ((since < size ? since : size) / 256n) * 256n;
}

async function keepResult(
  { db }: Context,
  { log, size, first, end, inWords }: Checked,
  startedAt: Date,
): Promise<void> {
  await sql`
    insert into journal.full_check (id, log_id, size, problems, started_at, ended_at, first_idx, end_idx)
    values (${orderedId(startedAt)}, ${LOG_IDS[log]}, ${String(size)}::bigint, ${inWords}::text[], ${startedAt},
      ${systemClock.now()}, ${String(first)}::bigint, ${String(end)}::bigint)`.execute(db);
}

/** Where the nightly check of a log goes on: where the last one stopped, or at the beginning when it reached the end. */
export async function nextToCheck({ db }: Pick<AppContext, 'db'>, log: LogName): Promise<bigint> {
  const { rows } = await sql<{ end: string; done: boolean }>`
    select c.end_idx::text as end, c.end_idx >= c.size as done from journal.full_check c
    where c.log_id = ${LOG_IDS[log]} and c.end_idx is not null order by c.ended_at desc, c.id desc limit 1`.execute(db);
  const [last] = rows;
  const { size } = await sizesOf(db, log);
  return last && !last.done && BigInt(last.end) < size ? BigInt(last.end) : 0n;
}
