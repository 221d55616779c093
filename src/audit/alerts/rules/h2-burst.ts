import { sql } from 'kysely';
import { after, MINUTE } from '#platform/time/clock.ts';
import { oneForAll } from '../finding.ts';
import { notYetIn, writtenIn } from '../reading.ts';
import type { Finding, Rule, Window } from '../rule.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { between, counted } from '../words.ts';

type Row = { id: string; aidantId: string; organisationId: string | null; startsAt: Date };

const { mandates, minutes } = THRESHOLDS.H2;

/** The hour that counts is that of the acceptance: mandates taken over from elsewhere in one go are no burst. */
const reading = (window: Window) => sql<Row>`
  select i.id, i.aidant_id, i.organisation_id, m.starts_at
  from journal.entry_index i join mandate m on m.id = i.mandate_id
  where ${writtenIn(['mandate.concluded'], window)} and i.result = 'ok' and i.aidant_id is not null
    and ${notYetIn('H2')}
  order by m.starts_at, i.id`;

export const h2: Rule = {
  code: 'H2',
  title: 'Mandats conclus très vite',
  looksFor: `Un même aidant a conclu au moins ${counted(mandates, 'mandat')} en ${counted(minutes, 'minute')}.`,
  why: 'Lire le texte à voix haute, laisser la personne s’identifier et vérifier avec elle prend plus de temps que cela.',
  doesNotMean:
    'Ces mandats peuvent avoir été préparés à l’avance, avec des personnes venues ensemble, un jour de permanence par exemple. La règle ne sait pas ce qui était prévu.',
  needsAssessment: false,
  pace: 'run',
  lookBack: 2 * minutes * MINUTE,
  readings: (window) => [reading(window)],
  async find({ db }, window) {
    const { rows } = await reading(window).execute(db);
    const byAidant = Map.groupBy(rows, ({ aidantId }) => aidantId);
    return [...byAidant.values()].flatMap(bursts).map(findingOf);
  },
};

/** The longest runs in which any `mandates` that follow one another were concluded within `minutes`. */
function bursts(rows: readonly Row[]): Row[][] {
  const found: Row[][] = [];
  let until = 0; // of the burst being gathered: place after its last one
  for (const [place, row] of rows.entries()) {
    const last = place + mandates;
    const end = rows[last - 1];
    if (!end || end.startsAt > after(row.startsAt, minutes * MINUTE)) continue;
    if (place < until) found.at(-1)?.push(...rows.slice(until, last));
    else found.push(rows.slice(place, last));
    until = last;
  }
  return found;
}

function findingOf(rows: Row[]): Finding {
  return oneForAll(rows, (first, last) => ({
    key: [first.id],
    explanation: `${counted(rows.length, 'mandat')} conclus par le même aidant, ${between(first.startsAt, last.startsAt)}.`,
  }));
}
