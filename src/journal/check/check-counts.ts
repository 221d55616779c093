import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import type { MandateInTables } from './conclusion-faults.ts';

type Counted = Pick<MandateInTables, 'mandateId' | 'alias' | 'entryCount'>;

export type CountFault = { alias: string; counted: number; last: number };

/**
 * Those of these mandates whose row counts more or fewer acts than the number of their last one in the index, whose numbers are
 * looked at elsewhere. Of acts of an erased month, the row alone knows how many they were. One query, for a few thousand
 * mandates; in the snapshot that read them, because a use adds to both.
 */
export async function countFaults(snapshot: Db, mandates: readonly Counted[]): Promise<CountFault[]> {
  const lastOf = (which: ReturnType<typeof sql>) => sql`
    (select mn, recorded_at from journal.entry_index where ${which} and mn is not null order by mn desc limit 1)`;
  const { rows } = await sql<CountFault>`
    select told.alias, told.counted, act.mn as last
    from unnest(${mandates.map(({ mandateId }) => mandateId)}::uuid[], ${mandates.map(({ alias }) => alias)}::text[],
      ${mandates.map(({ entryCount }) => entryCount)}::int[]) as told (id, alias, counted)
    cross join lateral (
      select mn, recorded_at from (${lastOf(sql`mandate_id = told.id`)}
        union all ${lastOf(sql`mandate_id is null and mandate_alias = told.alias`)}) as one
      order by mn desc limit 1
    ) as act
    where act.mn <> told.counted and (act.mn > told.counted or not exists (select from journal.erasure x
      where x.log_id = 1 and x.month >= date_trunc('month', act.recorded_at at time zone 'UTC')))
    order by told.id`.execute(snapshot);
  return rows;
}
