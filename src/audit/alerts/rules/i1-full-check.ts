import { type RawBuilder, sql } from 'kysely';
import { inWords } from '#platform/time/paris.ts';
import type { Finding, RuleContext, Window } from '../rule.ts';
import { counted } from '../words.ts';

type Row = { since: string; logId: number; endedAt: Date; problems: string[] };

/**
 * Checks of the live journal that ended in the window and found something. `since`: the first one that found the very same,
 * without one in between that looked at those places and found nothing.
 */
export const fullChecksReading = ({ from, to }: Window): RawBuilder<Row> => sql<Row>`
  select c.log_id, c.ended_at, c.problems, (select same.id from journal.full_check same
      where same.log_id = c.log_id and same.problems = c.problems and same.ended_at <= c.ended_at
        and not exists (select from journal.full_check clean
          where clean.log_id = c.log_id and clean.ended_at > same.ended_at and clean.ended_at < c.ended_at
            and cardinality(clean.problems) = 0 and clean.first_idx <= c.first_idx and clean.end_idx >= c.end_idx)
      order by same.ended_at, same.id limit 1) as since
  from journal.full_check c
  where c.ended_at >= ${from} and c.ended_at < ${to} and cardinality(c.problems) > 0
    and c.log_id in (1, 2) order by c.ended_at`;

/** One finding for each fault, however often it is found; again when it was mended and is back. */
export async function findFullChecks({ db }: RuleContext, window: Window): Promise<Finding[]> {
  const { rows } = await fullChecksReading(window).execute(db);
  return rows.map(({ since, logId, endedAt, problems }) => ({
    key: ['full-check', since],
    organisationId: null,
    urgent: true,
    explanation: `Le contrôle du journal «\u00a0${logId === 1 ? 'actes' : 'accès'}\u00a0», fini le ${inWords(endedAt)}, a trouvé ${counted(problems.length, 'problème')}. ${problems.slice(0, 3).map(withoutLog).join('\u00a0; ')}${problems.length > 3 ? '\u00a0; …' : '.'}`,
    entryIds: [],
  }));
}

/** « acces, entrée 3 : … », « acces : … »: the log has been named. */
function withoutLog(problem: string): string {
  return problem.replace(/^(actes|acces)(, |\u00a0: )/, '');
}
