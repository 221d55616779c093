import { type RawBuilder, sql } from 'kysely';
import { searchNameOf } from '#usager';
import { oneForAll } from '../finding.ts';
import { ACTS, writtenIn } from '../reading.ts';
import type { Finding, Rule, Window } from '../rule.ts';

type Row = {
  id: string;
  organisationId: string | null;
  aidantId: string;
  usagerId: string;
  aidantName: string;
  familyName: string;
  preferredUsername: string | null;
  givenName: string;
  /** First and last names of the other aidants of the structure, joined by a space. */
  colleagues: string[];
};

const reading = (window: Window): RawBuilder<Row> => sql<Row>`
  select i.id, i.organisation_id, i.aidant_id, i.usager_id, d.last_name as aidant_name, q.family_name,
    q.preferred_username, q.given_name,
    array(select c.first_name || ' ' || c.last_name from membership b join aidant c on c.id = b.aidant_id
      where b.organisation_id = i.organisation_id and c.id <> d.id) as colleagues
  from journal.entry_index i join aidant d on d.id = i.aidant_id join usager q on q.id = i.usager_id
  where ${writtenIn(ACTS, window)} order by i.id`;

export const u3: Rule = {
  code: 'U3',
  title: 'Même nom de famille, ou collègue',
  looksFor:
    'Un aidant agit pour une personne dont le nom de naissance ou d’usage est le sien, ou qui porte le prénom et le nom d’un autre aidant de sa structure. Les noms sont comparés sans accents ni majuscules, en entier.',
  why: 'Agir pour soi ou pour les siens mêle deux intérêts\u00a0: mieux vaut qu’un autre aidant le fasse.',
  doesNotMean:
    'Beaucoup de gens portent le même nom sans se connaître. L’adresse de l’aidant n’est pas connue, et rien d’autre que le nom n’est comparé.',
  needsAssessment: true,
  pace: 'run',
  lookBack: 0,
  readings: (window) => [reading(window)],
  async find({ db }, window) {
    const { rows } = await reading(window).execute(db);
    const close = rows.flatMap((row) => {
      const tie = tieOf(row);
      return tie ? [{ ...row, tie }] : [];
    });
    return [...Map.groupBy(close, ({ aidantId, usagerId }) => `${aidantId} ${usagerId}`).values()].map(findingOf);
  },
};

type Tie = 'name' | 'colleague';

function tieOf({ aidantName, familyName, preferredUsername, givenName, colleagues }: Row): Tie | undefined {
  const names = [familyName, preferredUsername].flatMap((name) => (name ? [searchNameOf(name)] : []));
  if (names.includes(searchNameOf(aidantName))) return 'name';
  // the first given name, which is the one in use
  const [first = ''] = givenName.trim().split(/\s+/);
  const whole = names.map((name) => `${searchNameOf(first)} ${name}`);
  return colleagues.some((colleague) => whole.includes(searchNameOf(colleague))) ? 'colleague' : undefined;
}

const TIES: Readonly<Record<Tie, string>> = {
  name: 'Un aidant a agi pour une personne qui porte le même nom de famille que lui.',
  colleague: 'Un aidant a agi pour une personne qui porte le prénom et le nom d’un autre aidant de sa structure.',
};

function findingOf(rows: (Row & { tie: Tie })[]): Finding {
  return oneForAll(rows, ({ aidantId, usagerId, tie }) => ({ key: [aidantId, usagerId], explanation: TIES[tie] }));
}
