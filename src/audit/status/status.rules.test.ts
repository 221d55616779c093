import { describe, expect, test } from 'vitest';
import { after, DAY, MINUTE, SECOND } from '#platform/time/clock.ts';
import { ageInWords, alarmsOf, factsOf, type LogStatus, saidOnce } from './status.rules.ts';

const now = new Date('2026-11-22T09:00:00.000Z');
const ago = (milliseconds: number) => after(now, -milliseconds);

const well: LogStatus = {
  log: 'actes',
  size: 120n,
  published: { size: 120n, at: ago(12 * SECOND), cosignedAt: ago(12 * SECOND) },
  unsealed: { count: 0, oldest: null },
  beganAt: ago(30 * DAY),
  sealedSince: null,
  succeededAt: null,
  quarantined: 0,
  witnesses: [
    { name: 'un.test', cosignedAt: ago(12 * SECOND), problem: null },
    { name: 'deux.test', cosignedAt: ago(12 * SECOND), problem: null },
  ],
  sealingProblem: null,
  lastFullCheck: { at: ago(3 * 3600 * SECOND), size: 100n, problems: [] },
};
const titles = (change: Partial<LogStatus>) =>
  saidOnce(alarmsOf({ ...well, ...change }, now)).map(({ title }) => title.replaceAll('\u00a0', ' '));

describe('the red banner', () => {
  test('is absent when all is well, also when nothing happened for hours', () => {
    expect(alarmsOf(well, now)).toEqual([]);
    expect(titles({ lastFullCheck: null, beganAt: ago(DAY) })).toEqual([]);
    expect(titles({ lastFullCheck: null, beganAt: null })).toEqual([]);
    const quiet = { size: 120n, at: ago(5 * 3600 * SECOND), cosignedAt: ago(5 * 3600 * SECOND) };
    expect(titles({ published: quiet })).toEqual([]);
    expect(titles({ published: quiet, unsealed: { count: 1, oldest: ago(2 * SECOND) } })).toEqual([]);
  });

  test('tells of a publication older than a minute while entries wait, sealed or not', () => {
    const published = { size: 120n, at: ago(61 * SECOND), cosignedAt: ago(61 * SECOND) };
    const late = ['Journal des actes : rien n’est publié depuis le 22/11/2026 à 09:58, et des entrées attendent.'];
    expect(titles({ published, unsealed: { count: 3, oldest: ago(61 * SECOND) } })).toEqual(late);
    expect(titles({ published, sealedSince: ago(2 * MINUTE) })).toEqual(late);
    expect(titles({ published, unsealed: { count: 3, oldest: ago(60 * SECOND) } })).toEqual([]);
    expect(titles({ published: null, unsealed: { count: 3, oldest: ago(DAY) } })).toEqual([
      'Journal des actes : rien n’est encore publié, et des entrées attendent.',
    ]);
  });

  test.each<[string, Partial<LogStatus>, RegExp]>([
    ['the sealing', { sealingProblem: 'signer: 409' }, /le scellement signale un problème\./],
    [
      'a witness',
      { witnesses: [{ name: 'un.test', cosignedAt: null, problem: '422' }] },
      /le témoin « un\.test » signale un problème/,
    ],
    ['quarantine', { quarantined: 2 }, /2 entrées sont mises à l’écart/],
    [
      'a full check that found something',
      { lastFullCheck: { at: ago(MINUTE), size: 1n, problems: ['leaf 3'] } },
      /a trouvé 1 problème\./,
    ],
    [
      'no full check for a day',
      { lastFullCheck: { at: ago(DAY + SECOND), size: 1n, problems: [] } },
      /aucun contrôle complet depuis le 21\/11\/2026/,
    ],
    ['no full check at all', { lastFullCheck: null }, /aucun contrôle complet jusqu’ici/],
  ])('tells of %s, with what it means', (_what, change, title) => {
    const [alarm, ...others] = alarmsOf({ ...well, ...change }, now);
    expect(others).toEqual([]);
    expect(alarm?.title.replaceAll('\u00a0', ' ')).toMatch(title);
    expect(alarm?.meaning.length).toBeGreaterThan(60);
  });
});

test.each([
  ['unreachable: connect ECONNREFUSED', /ne répond pas comme prévu/],
  ['inconsistent: it says that this tree does not contain the one it cosigned before', /n’est plus dans ce journal/],
  ['refused: it does not know this log (404)', /demandez-lui ce qu’il a vu/],
])('what a witness answered is put in French, and shown as it is: %s', (problem, french) => {
  const [alarm] = alarmsOf({ ...well, witnesses: [{ name: 'un.test', cosignedAt: null, problem }] }, now);
  expect(alarm).toMatchObject({ technical: problem, meaning: expect.stringMatching(french) });
});

test('the same problem of both logs is said once', () => {
  const unchecked = (log: LogStatus['log']) => alarmsOf({ ...well, log, lastFullCheck: null }, now);
  const [alarm, ...others] = saidOnce([...unchecked('actes'), ...unchecked('acces')]);
  expect(others).toEqual([]);
  expect(alarm?.title).toBe('Les deux journaux\u00a0: aucun contrôle complet jusqu’ici.');
});

describe('the header', () => {
  test('says since when the log succeeds another', () => {
    const [last] = factsOf({ ...well, succeededAt: ago(60 * MINUTE) }, now).slice(-1);
    expect(last).toBe('Succède à un journal clos le 22/11/2026 à 09:00');
  });

  const facts = (change: Partial<LogStatus> = {}) =>
    factsOf({ ...well, ...change }, now).map((fact) => fact.replaceAll('\u00a0', ' '));

  test('says how old the last checkpoint is, who signed it, what waits, and the last full check', () => {
    expect(facts()).toEqual([
      'Dernier point de contrôle il y a 12 secondes, 120 entrées',
      '2 témoins sur 2',
      'Aucune entrée en attente',
      'Contrôle complet du 22/11/2026 à 07:00 : rien à signaler',
    ]);
  });

  test('names the witness that is silent, and since when', () => {
    const [one] = well.witnesses;
    if (!one) throw new Error('no witness');
    const silent = { name: 'deux.test', cosignedAt: ago(10 * MINUTE), problem: null };
    expect(facts({ witnesses: [one, silent] })[1]).toBe(
      '1 témoin sur 2, « deux.test » ne signe plus depuis le 22/11/2026 à 09:50',
    );
    expect(facts({ witnesses: [one, { ...silent, cosignedAt: null }] })[1]).toContain('n’a jamais signé');
    expect(facts({ published: null, unsealed: { count: 1, oldest: null }, lastFullCheck: null })).toEqual([
      'Aucun point de contrôle publié',
      '2 témoins sur 2',
      '1 entrée en attente',
      'Contrôle complet : aucun',
    ]);
  });

  test('ages are round', () => {
    expect(
      [-5, 1000, 119_999, 120_000, 7_200_000, 200_000_000].map((age) => ageInWords(age).replace('\u00a0', ' ')),
    ).toEqual(['1 seconde', '1 seconde', '119 secondes', '2 minutes', '2 heures', '2 jours']);
  });
});
