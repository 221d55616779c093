import { type RawBuilder, sql } from 'kysely';
import { inWords } from '#platform/time/paris.ts';
import { oneForAll } from '../finding.ts';
import { clearOf } from '../read-leaves.ts';
import { writtenIn } from '../reading.ts';
import type { Finding, RuleContext, Window } from '../rule.ts';

const STEPS = ['use.chosen', 'use.code-issued', 'use.token-issued', 'use.identity-given'] as const;

type Row = {
  id: string;
  kind: string;
  organisationId: string | null;
  useId: string | null;
  endedBy: string | null;
  endsAt: Date;
  at: Date | null;
};

/**
 * Steps that were let through after the end. Two ways to see it: the journal numbered the end before the step; or the hour of
 * the step, as the connection keeps it, is past the term. A step is of a connection that its leaf names.
 */
export const successReading = (window: Window): RawBuilder<Row> => sql<Row>`
  select i.id, i.kind, i.organisation_id, u.id as use_id, ended.id as ended_by, least(m.ends_at, a.ends_at) as ends_at,
    case i.kind when 'use.chosen' then u.chosen_at when 'use.code-issued' then u.code_at
      when 'use.token-issued' then u.token_at else u.identity_given_at end as at
  from journal.entry_index i
    join mandate m on m.id = i.mandate_id
    join authorisation a on a.id = i.authorisation_id
    left join use u on u.mandate_id = i.mandate_id and u.authorisation_id = i.authorisation_id
    left join lateral (
      select other.id from journal.entry_index other
      where other.mandate_id = i.mandate_id and (other.mn < i.mn or i.mn is null)
        and (other.kind = 'mandate.ended' or (other.authorisation_id = i.authorisation_id
          and other.kind in ('authorisation.ended', 'authorisation.replaced')))
      order by other.id limit 1) ended on true
  where ${writtenIn(STEPS, window)} and i.result = 'ok' and (ended.id is not null or
    case i.kind when 'use.chosen' then u.chosen_at when 'use.code-issued' then u.code_at
      when 'use.token-issued' then u.token_at else u.identity_given_at end >= least(m.ends_at, a.ends_at))
  order by i.id`;

/** Connections that went through after the end of the mandate or of the theme: one finding for each. */
export async function findSuccesses(ctx: RuleContext, window: Window): Promise<Finding[]> {
  const { rows } = await successReading(window).execute(ctx.db);
  const said = await clearOf(
    ctx,
    rows.map(({ id }) => id),
  );
  const theirs = rows.filter(({ id, useId }) => useId === null || (said.get(id)?.use ?? useId) === useId);
  return [...Map.groupBy(theirs, ({ id, useId }) => useId ?? id).entries()].map(([key, steps]) =>
    findingOf(key, steps),
  );
}

function findingOf(key: string, steps: Row[]): Finding {
  const given = steps.some(({ kind }) => kind === 'use.identity-given');
  const finding = oneForAll(steps, (first) => {
    const when = first.at ? `Le ${inWords(first.at)}, une` : 'Une';
    const end = first.endedBy
      ? 'alors que le journal en avait déjà écrit la fin'
      : `alors que le terme était le ${inWords(first.endsAt)}`;
    return {
      key: ['success', key],
      urgent: true,
      explanation: `${when} connexion au nom d’une personne a été acceptée ${end}. ${given ? 'L’identité de la personne a été donnée.' : 'L’identité de la personne n’a pas été donnée.'} C’est un défaut du service.`,
    };
  });
  const ends = steps.flatMap(({ endedBy }) => (endedBy ? [endedBy] : []));
  return { ...finding, entryIds: [...new Set([...ends, ...finding.entryIds])].sort() };
}
