import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import type { Findings } from './problems.ts';

type Row = {
  mandateId: string;
  acts: number;
  first: number;
  last: number;
  closing: number | null;
  closings: number;
};

const PAGE = 2_000;
const FIRST = '00000000-0000-0000-0000-000000000000';

/**
 * Checks that the acts of each mandate are numbered 1 to n, each once, and that the one that closes it, if any, is the last.
 * `closing`: the kinds that close a mandate. The index is read: it is compared with the leaves elsewhere.
 */
export async function checkCounters(
  { db }: Pick<AppContext, 'db'>,
  closing: readonly string[],
  found: Findings,
): Promise<void> {
  const mayBegin = await hasErasedActs(db);
  for (let after = FIRST; ; ) {
    const rows = await countersAfter(db, after, closing);
    for (const row of rows) {
      const gap = row.acts !== row.last - row.first + 1 || (row.first !== 1 && !mayBegin);
      if (gap) await tell(db, 'counter', row, found);
      if (row.closings > 1 || (row.closing !== null && row.closing !== row.last))
        await tell(db, 'closing-not-last', row, found);
    }
    const last = rows.at(-1);
    if (!last) return;
    after = last.mandateId;
  }
}

/** Acts of a whole month of `actes` may have been erased: the numbers that are left then begin later. */
async function hasErasedActs(db: Db): Promise<boolean> {
  const { rows } = await sql`select from journal.erasure where log_id = 1 limit 1`.execute(db);
  return rows.length > 0;
}

/** With the acts that a restore put back: the index knows them by the alias alone. */
async function countersAfter(db: Db, after: string, closing: readonly string[]): Promise<Row[]> {
  const closes = sql`kind = any(${closing}::text[])`;
  const { rows } = await sql<Row>`
    select own.mandate_id, count(*) as acts, min(mn) as first, max(mn) as last,
      max(mn) filter (where ${closes}) as closing, count(*) filter (where ${closes}) as closings
    from (
      select mandate_id, max(mandate_alias) as alias from journal.entry_index
      where mandate_id > ${after}::uuid and mn is not null
      group by mandate_id order by mandate_id limit ${PAGE}
    ) as own
    cross join lateral (
      select kind, mn from journal.entry_index where mandate_id = own.mandate_id and mn is not null
      union all
      select kind, mn from journal.entry_index where mandate_id is null and mandate_alias = own.alias and mn is not null
    ) as act
    group by own.mandate_id order by own.mandate_id`.execute(db);
  return rows;
}

async function tell(db: Db, code: 'counter' | 'closing-not-last', { mandateId, acts, last }: Row, found: Findings) {
  const { rows } = await sql<{ alias: string | null; first: string | null; last: string | null }>`
    select max(i.mandate_alias) as alias, min(l.idx)::text as first, max(l.idx)::text as last
    from journal.entry_index i left join journal.leaf l on l.entry_id = i.id and l.log_id = 1
    where i.mandate_id = ${mandateId} and i.mn is not null`.execute(db);
  const [row] = rows;
  const detail = `mandat ${row?.alias ?? 'sans alias'}\u00a0: ${acts} actes, le dernier a le numéro ${last}`;
  if (row?.first && row.last) found.over(code, BigInt(row.first), BigInt(row.last), detail);
  else found.aside(code, detail);
}
