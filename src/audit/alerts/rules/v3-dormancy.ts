import { type RawBuilder, sql } from 'kysely';
import { after, DAY } from '#platform/time/clock.ts';
import { dayInWords } from '#platform/time/paris.ts';
import { idAt, instantOf } from '../../search/period.rules.ts';
import { oneForEachRow } from '../finding.ts';
import { ACTS, writtenIn } from '../reading.ts';
import type { Rule, Window } from '../rule.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { counted } from '../words.ts';

type Row = { aidantId: string; organisationId: string | null; acts: number; before: string; ids: string[] };

const { idleDays, acts: least } = THRESHOLDS.V3;

/** Whoever had never acted before is new, not back. */
const reading = (window: Window): RawBuilder<Row> => sql<Row>`
  select busy.*, earlier.id as before
  from (
    select i.aidant_id, (array_agg(i.organisation_id order by i.id desc))[1] as organisation_id, count(*) as acts,
      array_agg(i.id order by i.id) as ids
    from journal.entry_index i where ${writtenIn(ACTS, window)} and i.aidant_id is not null
    group by i.aidant_id having count(*) >= ${least}) busy
    cross join lateral (
      select other.id from journal.entry_index other
      where other.aidant_id = busy.aidant_id and other.id < ${idAt(window.from)}::uuid and other.kind = any(${[...ACTS]}::text[])
      order by other.id desc limit 1) earlier
  where earlier.id < ${idAt(after(window.from, -idleDays * DAY))}::uuid`;

export const v3: Rule = {
  code: 'V3',
  title: 'Compte qui reprend d’un coup',
  looksFor: `Un compte d’aidant qui n’avait rien fait depuis plus de ${idleDays}\u00a0jours fait au moins ${counted(least, 'acte')} en une journée.`,
  why: 'Un compte oublié est une porte pour quelqu’un d’autre.',
  doesNotMean: 'Un retour de congé, de maladie ou de formation donne la même chose.',
  needsAssessment: true,
  pace: 'day',
  lookBack: 0,
  readings: (window) => [reading(window)],
  find: (ctx, window) =>
    oneForEachRow(ctx, reading(window), ({ aidantId, acts, before }) => ({
      key: [aidantId, window.from.toISOString()],
      explanation: `Le ${dayInWords(window.from)}, ${counted(acts, 'acte')} d’un compte dont l’acte précédent datait du ${dayInWords(instantOf(before))}.`,
    })),
};
