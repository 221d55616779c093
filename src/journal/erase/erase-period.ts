import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { asNode } from '../prove-node.ts';
import { LOG_IDS, record } from '../record.ts';
import { type Ground, periodErased } from './erase.events.ts';
import { type Erasing, inErasure, type NotErased, NothingErased } from './in-erasure.ts';

export type Period = { log: LogName /** 2025-10, in UTC. */; month: string };
export type ErasedPeriod = { erasureId: string; entries: number; openings: number };

type Content = { entries: number; openings: number; first: number | null; last: number | null };

/**
 * Erases the entries of one log in one month, with their openings and their index: leaf hashes and tiles stay, so that every
 * proof of another entry holds. Refused until the month is over and a published checkpoint covers all of it. What a hold on
 * a person or a mandate is about stays, and goes with another call once the hold is lifted.
 */
export async function erasePeriod(
  ctx: Pick<AppContext, 'db' | 'keys' | 'clock'>,
  { log, month, ground }: Period & { ground: Ground },
): Promise<Erasing<ErasedPeriod>> {
  return inErasure(ctx, async (trx) => {
    const first = `${month}-01`;
    const content = await contentOf(trx, log, first);
    const told = { log, month, ground, entries: content.entries, openings: content.openings };
    const places = content.first !== null && content.last !== null && { first: content.first, last: content.last };
    const event = periodErased.event({ actor: {}, result: 'ok', clear: { ...told, ...places } });
    const [erasureId = ''] = await record(ctx, trx, event);
    const erase = sql`select journal.erase_period(${erasureId}::uuid, ${LOG_IDS[log]}::smallint, ${first}::date)`;
    await asNode(ctx.keys, trx, erasureId, () => erase.execute(trx));
    return { erasureId, entries: content.entries, openings: content.openings };
  });
}

/** What would go, counted; gives the erasure up when the database says why it may not, or when there is nothing. */
async function contentOf(trx: Trx, log: LogName, first: string): Promise<Content> {
  const { rows } = await sql<Content & { problem: NotErased | null }>`
    select journal.period_problem(${LOG_IDS[log]}::smallint, ${first}::date) as problem, gone.*
    from journal.count_content(${LOG_IDS[log]}::smallint, ${first}::date,
      journal.kept_entries(${LOG_IDS[log]}::smallint, ${first}::date)) as gone`.execute(trx);
  const [row] = rows;
  if (!row) throw new Error('the content of a month came back empty');
  if (row.problem) throw new NothingErased(row.problem);
  if (row.entries === 0) throw new NothingErased('nothing');
  return row;
}

/** The months, oldest first, that still hold entries of a log (what was put aside stays, and does not count) and ended before an instant. */
export async function monthsToErase({ db }: Pick<AppContext, 'db'>, log: LogName, before: Date): Promise<string[]> {
  const { rows } = await sql<{ month: string }>`
    select to_char(to_date(right(c.relname, 7), 'YYYY_MM'), 'YYYY-MM') as month
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'journal.entry'::regclass and c.relname ~ '^entry_[0-9]{4}_[0-9]{2}$'
      and (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC' <= ${before}
    order by month`.execute(db);
  const months: string[] = [];
  for (const { month } of rows) if (await holdsEntries(db, log, month)) months.push(month);
  return months;
}

async function holdsEntries(db: AppContext['db'], log: LogName, month: string): Promise<boolean> {
  const { rows } = await sql`
    select from journal.entry e where log_id = ${LOG_IDS[log]}
      and recorded_at >= (${`${month}-01`}::timestamp at time zone 'UTC')
      and recorded_at < ((${`${month}-01`}::timestamp + interval '1 month') at time zone 'UTC')
      and not exists (select from journal.quarantine q where q.entry_id = e.id and q.recorded_at = e.recorded_at) limit 1`.execute(
    db,
  );
  return rows.length > 0;
}
