import { type RawBuilder, sql } from 'kysely';
import { parisDay } from '#platform/time/paris.ts';
import { idAt } from '../../search/period.rules.ts';
import type { Finding, RuleContext, Window } from '../rule.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { between, counted } from '../words.ts';

type Row = { logId: number; late: number; first: Date; last: Date; waiting: number; ids: string[] };

/**
 * Entries of the window that took their place, or are still without one, more than a minute after they were written, once a
 * log has begun to be sealed. An entry that was put aside never gets a place.
 */
export const lateReading = ({ from, to }: Window): RawBuilder<Row> => sql<Row>`
  select late.log_id, count(*) as late, min(late.recorded_at) as first, max(late.recorded_at) as last,
    count(*) filter (where late.sealed_at is null) as waiting, (array_agg(late.id order by late.id))[1:20] as ids
  from (
    select i.log_id, i.id, i.recorded_at, head.created_at as sealed_at
    from journal.entry_index i
      left join journal.leaf l on l.entry_id = i.id
      left join lateral (select h.created_at from journal.tree_head h
        where h.log_id = l.log_id and h.size > l.idx order by h.size limit 1) head on true
    where i.id >= ${idAt(from)}::uuid and i.id < ${idAt(to)}::uuid
      and coalesce(head.created_at, ${to}::timestamptz) > i.recorded_at + make_interval(secs => ${THRESHOLDS.I1.sealingSeconds})
      and exists (select from journal.tree_head h where h.log_id = i.log_id and h.created_at <= i.recorded_at)
      and not exists (select from journal.quarantine q where q.entry_id = i.id)) late
  group by late.log_id order by late.log_id`;

/** One finding a day for each log: what is late now is also in the header of every page. */
export async function findLate({ db }: RuleContext, window: Window): Promise<Finding[]> {
  const { rows } = await lateReading(window).execute(db);
  return rows.map(({ logId, late, first, last, waiting, ids }) => ({
    key: ['late', String(logId), parisDay(first)],
    organisationId: null,
    urgent: true,
    explanation: `Journal «\u00a0${logId === 1 ? 'actes' : 'accès'}\u00a0»\u00a0: ${counted(late, 'entrée')}, ${late > 1 ? 'écrites' : 'écrite'} ${between(first, last)}, ${late > 1 ? 'ont' : 'a'} attendu plus de ${THRESHOLDS.I1.sealingSeconds}\u00a0secondes leur place dans l’arbre${waiting > 0 ? `. ${waiting} ${waiting > 1 ? 'attendaient' : 'attendait'} encore quand la règle est passée` : ''}. C’est la première alerte de ce jour\u00a0; les suivantes ne sont pas répétées.`,
    entryIds: ids,
  }));
}
