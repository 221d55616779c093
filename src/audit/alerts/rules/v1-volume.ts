import { type RawBuilder, sql } from 'kysely';
import { after, DAY } from '#platform/time/clock.ts';
import { dayInWords } from '#platform/time/paris.ts';
import { oneForEachRow } from '../finding.ts';
import { writtenAt, writtenIn } from '../reading.ts';
import type { Rule, Window } from '../rule.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { counted } from '../words.ts';

type Row = { aidantId: string; organisationId: string; acts: number; median: number; bound: number; ids: string[] };

const { days, peerDays, least } = THRESHOLDS.V1;

/**
 * Connections of each aidant on the day that is over, against the days before of all aidants of structures of this type: the
 * 99th percentile that their median and median absolute deviation give (normal law: median + 2.326 × 1.4826 × MAD). The median
 * is little moved by the very days that are looked for.
 */
const reading = ({ from, to }: Window): RawBuilder<Row> => sql<Row>`
  with daily as materialized (
    select i.aidant_id, i.organisation_id, o.type, (${writtenAt()} at time zone 'Europe/Paris')::date as day, count(*) as acts
    from journal.entry_index i join organisation o on o.id = i.organisation_id
    where ${writtenIn(['use.chosen'], { from: after(from, -days * DAY), to })} and i.aidant_id is not null
    group by 1, 2, 3, 4),
  past as (select * from daily where day < (${from}::timestamptz at time zone 'Europe/Paris')::date),
  middle as (select type, percentile_cont(0.5) within group (order by acts) as median, count(*) as seen from past group by type),
  spread as (select p.type, percentile_cont(0.5) within group (order by abs(p.acts - m.median)) as mad
    from past p join middle m on m.type = p.type group by p.type),
  bound as (select m.type, m.median, greatest(${least}, m.median + 2.326 * 1.4826 * s.mad) as acts
    from middle m join spread s on s.type = m.type where m.seen >= ${peerDays})
  select d.aidant_id, d.organisation_id, d.acts, b.median::float8, b.acts::float8 as bound, chosen.ids
  from daily d join bound b on b.type = d.type and d.acts > b.acts
    cross join lateral (select array_agg(i.id order by i.id) as ids from journal.entry_index i
      where ${writtenIn(['use.chosen'], { from, to })} and i.aidant_id = d.aidant_id
        and i.organisation_id = d.organisation_id) chosen
  where d.day = (${from}::timestamptz at time zone 'Europe/Paris')::date order by d.organisation_id`;

export const v1: Rule = {
  code: 'V1',
  title: 'Beaucoup plus de connexions que d’habitude',
  looksFor: `Sur une journée, un même aidant a fait plus de connexions que 99\u00a0% des journées des aidants de structures du même type (médiane et écart médian des ${days}\u00a0derniers jours, ${least} au moins).`,
  why: 'Un compte volé ou partagé se voit souvent au nombre.',
  doesNotMean:
    'Une permanence, un collègue absent ou une campagne (impôts, aides) suffisent. Aucun aidant n’est classé\u00a0: la règle ne compare qu’une journée à toutes les autres.',
  needsAssessment: true,
  pace: 'day',
  lookBack: 0,
  readings: (window) => [reading(window)],
  find: (ctx, window) =>
    oneForEachRow(ctx, reading(window), ({ aidantId, organisationId, acts, median, bound }) => ({
      key: [aidantId, organisationId, window.from.toISOString()],
      explanation: `Le ${dayInWords(window.from)}, ${counted(acts, 'connexion')} du même aidant. La journée du milieu, dans les structures de ce type, en compte ${Math.round(median)}\u00a0; 99\u00a0% en comptent au plus ${Math.floor(bound)}.`,
    })),
};
