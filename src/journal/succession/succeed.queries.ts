import { sql } from 'kysely';
import type { Trx } from '#platform/db/database.ts';
import { LOG_IDS } from '../record.ts';
import type { Succession } from '../successions.ts';

/** The number that the next succession has. */
export async function nextNumber(trx: Trx): Promise<number> {
  const { rows } = await sql<{ n: number }>`select coalesce(max(n), 0) + 1 as n from journal.succession`.execute(trx);
  return rows[0]?.n ?? 1;
}

/** Tables of the trees under names of their own; new ones in their place with what is kept, tiles of this log excepted. */
export async function setAside(trx: Trx, { n, log, kept }: Pick<Succession, 'n' | 'log' | 'kept'>): Promise<void> {
  await sql`select journal.set_aside(${n}::integer, ${LOG_IDS[log]}::smallint, ${String(kept)}::bigint)`.execute(trx);
}

/**
 * Every entry that has no place now, in the order of the closed tree, then in that of transactions; and the horizon below which
 * no transaction is open any more.
 */
export async function placeless(
  trx: Trx,
  { n, log }: Pick<Succession, 'n' | 'log'>,
): Promise<{ ids: string[]; horizon: string }> {
  const closed = sql.table(`journal.closed_${n}_leaf`);
  const { rows } = await sql<{ ids: string[] | null; horizon: string }>`
    select (select array_agg(e.id order by c.idx nulls last, e.xid, e.id) from journal.entry e
        left join ${closed} c on c.entry_id = e.id and c.log_id = e.log_id
        where e.log_id = ${LOG_IDS[log]}
          and not exists (select from journal.leaf l where l.entry_id = e.id)
          and not exists (select from journal.quarantine q where q.entry_id = e.id and q.recorded_at = e.recorded_at)) as ids,
      pg_snapshot_xmin(pg_current_snapshot())::text as horizon`.execute(trx);
  return { ids: [...new Set(rows[0]?.ids ?? [])], horizon: rows[0]?.horizon ?? '0' };
}

/** Says for ever who succeeds whom, and that the keys of the closed log sign no more. */
export async function keepSuccession(trx: Trx, one: Succession & { root: Uint8Array }): Promise<void> {
  const { n, log, closed, size, root, note, origin, kept, reason, entryId, succeededAt } = one;
  await sql`
    insert into journal.succession (n, log_id, closed, origin, size, root, note, kept, reason, entry_id, succeeded_at)
    values (${n}, ${LOG_IDS[log]}, ${closed}, ${origin}, ${String(size)}::bigint, ${root}, ${note}, ${String(kept)}::bigint,
      ${reason}, ${entryId}, ${succeededAt})`.execute(trx);
  await sql`
    update journal.log_key set retired_at = ${succeededAt}
    where log_id = ${LOG_IDS[log]} and retired_at is null`.execute(trx);
}
