import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';

/** A sealed entry that tells an erasure, or that a hold was lifted, of which the tables know nothing. */
export type Forgotten = { id: string; idx: bigint; kind: string };

const MOST = 1_000;

/**
 * What sealed entries say was erased, and the list of erasures does not: the database was taken back to before it, the entry was
 * put back, and what was erased came back with the rest. The same for a hold that was lifted and stands again. A batch of
 * retention that removed no value of the journal has no line, and is done again by its own job. A thousand at most.
 */
export async function forgottenErasures(db: Db): Promise<Forgotten[]> {
  const { rows } = await sql<{ id: string; idx: string; kind: string }>`
    select id, idx::text as idx, kind from (
      select i.id, l.idx, i.kind, convert_from(e.leaf, 'UTF8') as leaf
      from journal.entry_index i
      join journal.leaf l on l.entry_id = i.id and l.log_id = 1
      join journal.entry e on e.id = i.id and e.log_id = 1 and l.leaf_hash = sha256('\\x00'::bytea || e.leaf)
        and e.recorded_at between i.recorded_at - interval '1 day' and i.recorded_at + interval '1 day'
      where i.kind in ('erasure.field', 'erasure.person', 'erasure.period', 'retention.applied', 'hold.lifted')
        and not exists (select from journal.erasure x where x.id = i.id)
        and not exists (select from journal.hold h where h.lifted_by = i.id)
      offset 0 -- a stranger's row under one of these ids is never read as JSON
    ) as told cross join lateral (select leaf::jsonb -> 'clear' as clear) as says
    where case kind
      when 'hold.lifted' then exists (select from journal.hold h where h.id::text = clear ->> 'hold' and h.lifted_at is null)
      when 'retention.applied' then clear ->> 'rule' = 'mandate-file' or (clear ->> 'openings')::bigint > 0
      else true end
    order by told.idx limit ${MOST}`.execute(db);
  return rows.map(({ idx, ...row }) => ({ ...row, idx: BigInt(idx) }));
}
