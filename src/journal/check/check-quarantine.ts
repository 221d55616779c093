import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { type Checked, checkEntries, type RogueReason } from '../seal/check-entries.ts';
import { withSealedLeaf } from '../sealed-leaf.ts';
import type { Findings, ProblemCode } from './problems.ts';

/** An entry that no registered node wrote, which sealing put aside: where it is, since when, why. */
export type SetAsideEntry = { id: string; recordedAt: string; foundAt: Date; reason: RogueReason };

/** How many entries were put aside, and the first hundred of them. Nothing to mend: what is wrong with one is a problem. */
export type EntriesAside = { count: number; first: SetAsideEntry[] };

type AsideRow = Omit<Checked, 'node'> & {
  recordedAt: string;
  foundAt: Date;
  reason: RogueReason;
  /** Null when there is no such row. */
  node: string | null;
  /** Whether the node was registered only after the entry was written. */
  isRegisteredLater: boolean;
  /** Whether it is itself what was sealed under its id. */
  isSealedOne: boolean;
  isLate: boolean;
  /** Whether a month since was erased from `actes`: what told it may be gone. */
  mayBeErased: boolean;
};

const PAGE = 1_000;
const LISTED = 100;
const BEFORE_ALL = { id: '00000000-0000-0000-0000-000000000000', recordedAt: '-infinity' };

/**
 * What was put aside is looked at again: nothing that a registered node signed well may be hidden there, and each is told by a
 * sealed entry. Returns what was put aside, as information.
 */
export async function checkQuarantine(
  { db }: Pick<AppContext, 'db'>,
  log: LogName,
  found: Findings,
): Promise<EntriesAside> {
  const aside: EntriesAside = { count: 0, first: [] };
  const told = await toldRogues(db, log);
  for (let after: { id: string; recordedAt: string } = BEFORE_ALL; ; ) {
    const rows = await asideAfter(db, log, after);
    aside.count += rows.length;
    for (const { id, recordedAt, foundAt, reason } of rows.slice(0, LISTED - aside.first.length))
      aside.first.push({ id, recordedAt, foundAt, reason });
    for (const row of rows) {
      const fault = await faultOf(log, row);
      if (fault) found.aside(fault, row.id);
      if (row.isLate && !row.mayBeErased && !told.has(row.id)) found.aside('quarantine-untold', row.id);
    }
    const last = rows.at(-1);
    if (!last) return aside;
    after = last;
  }
}

async function faultOf(log: LogName, row: AsideRow): Promise<ProblemCode | undefined> {
  const { node } = row;
  if (node === null) return 'quarantine-stray';
  const [reason] = await checkEntries(log, [{ ...row, node }]);
  const isGood = (reason === undefined && !row.isRegisteredLater) || (reason === 'twice' && row.isSealedOne);
  return isGood ? 'quarantine-good' : undefined;
}

async function asideAfter(db: Db, log: LogName, after: { id: string; recordedAt: string }): Promise<AsideRow[]> {
  const { rows } = await sql<AsideRow>`
    select q.entry_id as id, q.recorded_at::text as recorded_at, q.found_at, q.reason, e.node, k.public_key as node_key, e.leaf, e.node_sig, l.leaf_hash as sealed_hash,
      coalesce(k.revoked_at <= q.recorded_at, false) as is_revoked, coalesce(k.registered_at > q.recorded_at, false) as is_registered_later,
      coalesce(l.log_id = q.log_id and l.leaf_hash = sha256('\\x00'::bytea || e.leaf) and not exists (
        select from journal.entry twin where twin.id = e.id and twin.log_id = e.log_id and twin.leaf = e.leaf
          and twin.recorded_at <> e.recorded_at), false) as is_sealed_one,
      abs(extract(epoch from clock_timestamp() - q.found_at)) > 60 as is_late,
      exists (select from journal.erasure x where x.log_id = 1
        and x.month >= date_trunc('month', q.recorded_at at time zone 'UTC')) as may_be_erased
    from journal.quarantine q
    left join journal.entry e on e.id = q.entry_id and e.recorded_at = q.recorded_at
    left join journal.leaf l on l.entry_id = q.entry_id
    left join journal.node_key k on k.key_id = e.node
    where q.log_id = ${LOG_IDS[log]} and (q.entry_id, q.recorded_at) > (${after.id}::uuid, ${after.recordedAt}::timestamptz)
    order by q.entry_id, q.recorded_at limit ${PAGE}`.execute(db);
  return rows;
}

/** What entries of `actes` that are sealed say was put aside. */
async function toldRogues(db: Db, log: LogName): Promise<Set<string>> {
  const { rows } = await sql<{ entry: string }>`
    select leaf::jsonb -> 'clear' ->> 'entry' as entry from (
      select convert_from(sealed.leaf, 'UTF8') as leaf from journal.entry_index i ${withSealedLeaf}
      where i.kind = 'journal.rogue-entry' and i.log_id = 1
      offset 0
    ) as told
    where leaf::jsonb ->> 'type' = 'journal.rogue-entry' and leaf::jsonb -> 'clear' ->> 'log' = ${log}`.execute(db);
  return new Set(rows.map(({ entry }) => entry));
}
