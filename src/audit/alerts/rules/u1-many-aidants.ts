import { type RawBuilder, sql } from 'kysely';
import { after, DAY } from '#platform/time/clock.ts';
import { idAt } from '../../search/period.rules.ts';
import { oneForEachRow } from '../finding.ts';
import { ACTS, writtenIn } from '../reading.ts';
import type { Rule, Window } from '../rule.ts';
import { THRESHOLDS } from '../thresholds.ts';

type Row = { usagerId: string; structures: string[]; aidants: number; organisationId: string; ids: string[] };

const { aidants: least, days } = THRESHOLDS.U1;

const reading = (window: Window): RawBuilder<Row> => sql<Row>`
  select lately.* from (
    select distinct i.usager_id from journal.entry_index i where ${writtenIn(ACTS, window)} and i.usager_id is not null) seen
    cross join lateral (
      select other.usager_id, array_agg(distinct other.organisation_id::text) as structures,
        count(distinct other.aidant_id) as aidants, (array_agg(other.organisation_id order by other.id desc))[1] as organisation_id,
        array_agg(other.id order by other.id) as ids
      from journal.entry_index other
      where other.usager_id = seen.usager_id and other.id >= ${idAt(after(window.to, -days * DAY))}::uuid
        and other.id < ${idAt(window.to)}::uuid and other.kind = any(${[...ACTS]}::text[])
        and other.aidant_id is not null and other.organisation_id is not null
      group by other.usager_id) lately
  where cardinality(lately.structures) >= ${least} and lately.aidants >= ${least}`;

export const u1: Rule = {
  code: 'U1',
  title: 'Une personne aidée par beaucoup de structures',
  looksFor: `En ${days}\u00a0jours, au moins ${least}\u00a0aidants de ${least}\u00a0structures différentes ont agi pour la même personne.`,
  why: 'Une personne peut être sollicitée sans l’avoir voulu.',
  doesNotMean:
    'Chacun est libre d’aller où il veut\u00a0: une personne qui déménage, ou qui cherche une réponse, va dans plusieurs lieux.',
  needsAssessment: true,
  pace: 'day',
  lookBack: 0,
  readings: (window) => [reading(window)],
  find: (ctx, window) =>
    oneForEachRow(ctx, reading(window), ({ usagerId, structures, aidants }) => ({
      // raised again only when another structure comes
      key: [usagerId, ...structures.toSorted()],
      explanation: `En ${days}\u00a0jours, ${aidants}\u00a0aidants de ${structures.length}\u00a0structures ont agi pour la même personne.`,
    })),
};
