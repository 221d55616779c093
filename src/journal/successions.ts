import { sql } from 'kysely';
import type { Db, Trx } from '#platform/db/database.ts';
import type { LogName } from './event.ts';
import { LOG_IDS } from './record.ts';
import { least } from './sizes.ts';
import type { SuccessionReason } from './verify/index.ts';

/** A log that was closed, and what goes on after it. */
export type Succession = {
  /** Of all successions of the service, in their order: names its tables and its address. */
  n: number;
  log: LogName;
  /** The origin that ended, its last cosigned checkpoint. */
  closed: string;
  size: bigint;
  note: string;
  /** The origin that goes on, and how many places, from the first, are the same in both. */
  origin: string;
  kept: bigint;
  reason: SuccessionReason;
  /** The entry that tells it. */
  entryId: string;
  succeededAt: Date;
};

type Row = Omit<Succession, 'log' | 'size' | 'kept'> & { logId: number; size: string; kept: string };

/** Every succession, the oldest first: none, as a rule. Any role may ask. */
export async function allSuccessions(db: Db | Trx): Promise<Succession[]> {
  const { rows } = await sql<Row>`
    select n, log_id, closed, size::text, note, origin, kept::text, reason, entry_id, succeeded_at
    from journal.succession order by n`.execute(db);
  return rows.map(({ logId, size, kept, ...row }) => ({
    ...row,
    log: logId === LOG_IDS.acces ? 'acces' : 'actes',
    size: BigInt(size),
    kept: BigInt(kept),
  }));
}

/** Those of one log. */
export async function successionsOf(db: Db | Trx, log: LogName): Promise<Succession[]> {
  return (await allSuccessions(db)).filter((one) => one.log === log);
}

/**
 * Under which name the tree of a log was signed when it had this size: a place that a later succession gave up is not one of
 * the earlier ones any more. `today`: the origin of now.
 */
export function originAt(
  successions: readonly Succession[],
  { log, size, today }: { log: LogName; size: bigint; today: string },
): string {
  const theirs = successions.filter((one) => one.log === log);
  return theirs.find((one) => size <= keptSince(successions, one))?.closed ?? today;
}

/** How many places of a closed log are still those of today: a later succession may have kept fewer. */
export function keptSince(successions: readonly Succession[], { n, log }: Pick<Succession, 'n' | 'log'>): bigint {
  const [own = 0n, ...later] = successions.filter((one) => one.log === log && one.n >= n).map(({ kept }) => kept);
  return least(own, ...later);
}

/** A checkpoint that was published of a log before it was closed, and that the log that goes on does not contain. */
export type SetAside = { note: string; origin: string; closedAt: Date };

/** The one of this size, from what was set aside; the oldest closed log first. */
export async function setAsideNote(db: Db, log: LogName, size: bigint): Promise<SetAside | undefined> {
  for (const { n, closed, kept, succeededAt } of await successionsOf(db, log)) {
    if (size <= kept) continue;
    const { rows } = await sql<{ note: string }>`
      select note from ${sql.table(`journal.closed_${n}_publication`)}
      where log_id = ${LOG_IDS[log]} and size = ${String(size)}::bigint`.execute(db);
    if (rows[0]) return { note: rows[0].note, origin: closed, closedAt: succeededAt };
  }
  return undefined;
}
