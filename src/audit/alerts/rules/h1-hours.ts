import { type RawBuilder, sql } from 'kysely';
import { oneForEachRow } from '../finding.ts';
import { publicHolidays } from '../holidays.rules.ts';
import { ACTS, writtenAt, writtenIn } from '../reading.ts';
import type { Rule, Window } from '../rule.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { between, counted } from '../words.ts';

type Row = {
  aidantId: string;
  organisationId: string;
  day: string;
  acts: number;
  first: Date;
  last: Date;
  ids: string[];
};

const { from: opens, to: closes } = THRESHOLDS.H1;

/** Overseas, the hour of Paris says nothing. */
const reading = (window: Window): RawBuilder<Row> => {
  const holidays = [window.from, window.to].flatMap((instant) => publicHolidays(instant.getUTCFullYear()));
  return sql<Row>`
    select act.aidant_id, act.organisation_id, act.local::date::text as day, count(*) as acts, min(act.at) as first,
      max(act.at) as last, array_agg(act.id order by act.id) as ids
    from (
      select i.id, i.aidant_id, i.organisation_id, ${writtenAt()} as at, ${writtenAt()} at time zone 'Europe/Paris' as local
      from journal.entry_index i join organisation o on o.id = i.organisation_id
      where ${writtenIn(ACTS, window)} and i.aidant_id is not null and o.departement !~ '^9[78]') act
    where extract(hour from act.local) < ${opens} or extract(hour from act.local) >= ${closes}
      or extract(isodow from act.local) = 7 or act.local::date::text = any(${holidays}::text[])
    group by act.aidant_id, act.organisation_id, act.local::date order by min(act.at), act.aidant_id`;
};

export const h1: Rule = {
  code: 'H1',
  title: 'Actes à une heure inhabituelle',
  looksFor: `Un mandat est conclu, ou une connexion est faite au nom d’une personne, avant ${opens}\u00a0h, après ${closes}\u00a0h, un dimanche ou un jour férié (heure de Paris, hors outre-mer).`,
  why: 'Un compte utilisé quand la structure est fermée peut l’être par quelqu’un d’autre.',
  doesNotMean:
    'Les horaires de chaque structure ne sont pas connus\u00a0: ce sont les mêmes pour toutes. Certaines ouvrent le soir ou le dimanche, et un rendez-vous peut finir tard.',
  needsAssessment: true,
  pace: 'run',
  lookBack: 0,
  readings: (window) => [reading(window)],
  find: (ctx, window) =>
    oneForEachRow(ctx, reading(window), ({ aidantId, organisationId, day, acts, first, last }) => ({
      key: [aidantId, organisationId, day],
      explanation: `${counted(acts, 'acte')} du même aidant, ${between(first, last)}, hors des heures habituelles d’ouverture.`,
    })),
};
