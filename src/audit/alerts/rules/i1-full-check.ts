import { type RawBuilder, sql } from 'kysely';
import { inWords } from '#platform/time/paris.ts';
import type { Finding, RuleContext, Window } from '../rule.ts';
import { counted } from '../words.ts';

type Row = { id: string; logId: number; endedAt: Date; problems: string[] };

/** Checks of the live journal that ended in the window and found something. */
export const fullChecksReading = ({ from, to }: Window): RawBuilder<Row> => sql<Row>`
  select c.id, c.log_id, c.ended_at, c.problems from journal.full_check c
  where c.ended_at >= ${from} and c.ended_at < ${to} and cardinality(c.problems) > 0
    and c.log_id in (1, 2) order by c.ended_at`;

export async function findFullChecks({ db }: RuleContext, window: Window): Promise<Finding[]> {
  const { rows } = await fullChecksReading(window).execute(db);
  return rows.map(({ id, logId, endedAt, problems }) => ({
    key: ['full-check', id],
    organisationId: null,
    urgent: true,
    explanation: `Le contrôle du journal «\u00a0${logId === 1 ? 'actes' : 'accès'}\u00a0», fini le ${inWords(endedAt)}, a trouvé ${counted(problems.length, 'problème')}. ${problems.slice(0, 3).join('\u00a0; ')}${problems.length > 3 ? '\u00a0; …' : '.'}`,
    entryIds: [],
  }));
}
