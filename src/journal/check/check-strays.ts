import { type RawBuilder, sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { checkEntries } from '../seal/check-entries.ts';
import { ofNode } from './check-entries.ts';
import { entriesOf, nodeKeysOf } from './entry.queries.ts';
import type { Findings } from './problems.ts';
import { isBeingRestored } from './waiting-entries.ts';

const PAGE = 5_000;
const FIRST = '00000000-0000-0000-0000-000000000000';

/**
 * What stands outside the tree: entries that have waited for more than a minute (but during a restore), those among them that no
 * node wrote, index rows and openings of entries that do not exist. `from`: the first id to look at, when only the last ones are wanted.
 */
export async function checkStrays(
  ctx: Pick<AppContext, 'db'>,
  { log, from = FIRST }: { log: LogName; from?: string },
  found: Findings,
): Promise<void> {
  for await (const rows of pages<{ id: string; late: boolean; done: boolean }>(ctx.db, from, (after) =>
    entryPage(log, after),
  )) {
    const late = rows.filter((row) => row.late && !row.done).map(({ id }) => id);
    await tellUnsealed(ctx.db, log, late, found);
  }
  for await (const rows of pages<{ id: string; stray: boolean }>(ctx.db, from, (after) => indexPage(log, after))) {
    for (const { id } of rows.filter(({ stray }) => stray)) found.aside('projection-stray', id);
  }
  if (log === 'acces') return; // openings belong to no log: once is enough
  for await (const rows of pages<{ id: string; stray: boolean }>(ctx.db, from, openingPage)) {
    for (const { id } of rows.filter(({ stray }) => stray)) found.aside('opening-closed', `sans entrée, ${id}`);
  }
}

/** By id, so many rows at a time: neither memory nor the length of a statement depends on how many there are. */
async function* pages<Row extends { id: string }>(
  db: Db,
  from: string,
  page: (after: string) => RawBuilder<Row>,
): AsyncGenerator<Row[]> {
  for (let after = from; ; ) {
    const { rows } = await page(after).execute(db);
    if (rows.length === 0) return;
    yield rows;
    after = rows.at(-1)?.id ?? after;
  }
}

const entryPage = (log: LogName, after: string) => sql<{ id: string; late: boolean; done: boolean }>`
  select e.id, e.recorded_at < clock_timestamp() - interval '60 seconds' as late,
    exists (select from journal.leaf l where l.entry_id = e.id)
      or exists (select from journal.quarantine q where q.entry_id = e.id and q.recorded_at = e.recorded_at) as done
  from (select id, recorded_at from journal.entry where log_id = ${LOG_IDS[log]} and id > ${after}::uuid
    order by id limit ${PAGE}) as e order by e.id`;

const indexPage = (log: LogName, after: string) => sql<{ id: string; stray: boolean }>`
  select i.id, not exists (select from journal.entry e where e.id = i.id) as stray
  from (select id from journal.entry_index where log_id = ${LOG_IDS[log]} and id > ${after}::uuid
    order by id limit ${PAGE}) as i order by i.id`;

const openingPage = (after: string) => sql<{ id: string; stray: boolean }>`
  select o.id, not exists (select from journal.entry_index i where i.id = o.id) as stray
  from (select distinct entry_id as id from journal.opening where entry_id > ${after}::uuid
    order by entry_id limit ${PAGE}) as o order by o.id`;

/** A sequencer that runs puts aside what no node wrote; when it does not run, the check says which is which. */
async function tellUnsealed(db: Db, log: LogName, ids: readonly string[], found: Findings): Promise<void> {
  if (ids.length === 0) return;
  const rows = [...(await entriesOf(db, log, ids)).values()].flat();
  const nodes = await nodeKeysOf(db); // after the entries: a node may be registered meanwhile, and keys are only ever added
  const reasons = await checkEntries(
    log,
    rows.map((row) => ofNode(row, nodes)),
  );
  const rogues = rows.filter((_, at) => reasons[at]);
  for (const { id } of rogues) found.aside('rogue-entry', `${id}, non scellée`);
  const waiting = ids.length - rogues.length;
  if (waiting > 0 && !(await isBeingRestored(db))) found.aside('unsealed', `${waiting}, la première ${ids[0]}`);
}
