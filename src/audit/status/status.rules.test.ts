import { describe, expect, test } from 'vitest';
import { DAY, MINUTE, SECOND } from '#platform/time/clock.ts';
import { ageInWords, alarmsOf, factsOf, type LogStatus, saidOnce } from './status.rules.ts';
import { ago, inAll, now, titles, told, well, witness } from './status.vectors.ts';

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
    expect(titles({ size: 123n, published, sealedSince: ago(2 * MINUTE) })).toEqual(late);
    expect(titles({ published, unsealed: { count: 3, oldest: ago(60 * SECOND) } })).toEqual([]);
    expect(titles({ published: null, unsealed: { count: 3, oldest: ago(DAY) } })).toEqual([
      'Journal des actes : rien n’est encore publié, et des entrées attendent.',
    ]);
  });

  test.each<[string, Partial<LogStatus>, RegExp]>([
    ['the sealing', told({ signer: 'unreachable: x' }), /le programme qui signe ne répond pas/],
    ['a witness', { witnesses: [witness('422')] }, /le témoin « deux\.test » refuse de signer/],
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

test('the same problem of both logs is said once', () => {
  const unchecked = (log: LogStatus['log']) => alarmsOf({ ...well, log, lastFullCheck: null }, now);
  const [alarm, ...others] = saidOnce([...unchecked('actes'), ...unchecked('acces')]);
  expect(others).toEqual([]);
  expect(alarm?.title).toBe('Les deux journaux\u00a0: aucun contrôle complet jusqu’ici.');
});

describe('the header', () => {
  test('says since when the log succeeds another', () => {
    const [last] = factsOf({ ...well, succeededAt: ago(60 * MINUTE) }, now).slice(-1);
    expect(last).toBe('Succède à un journal clos le 22/11/2026 à\u00a009:00');
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

  test('counts as waiting what banners say waits: without a place, and sealed but not published', () => {
    const published = { size: 117n, at: ago(2 * MINUTE), cosignedAt: ago(2 * MINUTE) };
    const away = { published, sealedSince: ago(2 * MINUTE) };
    expect(titles(away)).toEqual([expect.stringContaining('et des entrées attendent')]);
    expect(facts(away)[2]).toBe('3 entrées en attente');
    expect(facts({ ...away, unsealed: { count: 2, oldest: null } })[2]).toBe('5 entrées en attente');
    expect(facts({ ...away, unsealed: { count: 1000, oldest: null } })[2]).toBe('Au moins 1003 entrées en attente');
    // published while the two questions were asked
    expect(titles({ ...away, published: { ...published, size: 120n } })).toEqual([]);
  });

  test('a witness that is away now does not count, although it signed what is published', () => {
    const [one, two] = well.witnesses;
    if (!one || !two) throw new Error('no witness');
    const away = { ...two, problem: 'unreachable: ECONNREFUSED' };
    expect(facts({ witnesses: [one, away] })[1]).toBe(
      '1 témoin sur 2, « deux.test » ne signe plus depuis le 22/11/2026 à 09:59',
    );
    expect(titles({ witnesses: [one, away] })).toEqual(['Journal des actes : le témoin « deux.test » ne répond pas.']);
  });

  test('a witness that is back, its line on what is published, is not silent, whatever the others signed since', () => {
    const [one] = well.witnesses;
    if (!one) throw new Error('no witness');
    const back = { ...witness(null), cosignedAt: ago(20 * MINUTE) };
    expect(facts({ witnesses: [one, back] })[1]).toBe('2 témoins sur 2');
    expect(facts({ witnesses: [one, { ...back, cosignedAt: ago(30 * SECOND), isOnLast: false }] })[1]).toBe(
      '2 témoins sur 2',
    );
  });

  test('what was put aside is red until it is examined, then a plain line; what is new is red again', () => {
    expect(titles({ quarantined: 1, examined: 1 })).toEqual([]);
    expect(facts({ quarantined: 1, examined: 1 }).at(-1)).toBe('1 entrée mise à l’écart, déjà examinée');
    expect(titles({ quarantined: 3, examined: 2 })).toEqual(['Journal des actes : 1 entrée est mise à l’écart.']);
    expect(facts({ quarantined: 3, examined: 2 }).at(-1)).toBe('2 entrées mises à l’écart, déjà examinées');
    expect(inAll(alarmsOf({ ...well, quarantined: 1 }, now))).toContain('Aucun serveur inscrit ne l’a signée :');
    expect(inAll(alarmsOf({ ...well, quarantined: 2 }, now))).toContain('Aucun serveur inscrit ne les a signées :');
  });

  test('names the witness that is silent, and since when', () => {
    const [one] = well.witnesses;
    if (!one) throw new Error('no witness');
    const silent = { ...witness(null), cosignedAt: ago(10 * MINUTE), isOnLast: false };
    expect(facts({ witnesses: [one, silent] })[1]).toBe(
      '1 témoin sur 2, « deux.test » ne signe plus depuis le 22/11/2026 à 09:50',
    );
    expect(facts({ witnesses: [one, { ...silent, cosignedAt: null }] })[1]).toContain('n’a jamais signé');
    expect(facts({ size: 0n, published: null, unsealed: { count: 1, oldest: null }, lastFullCheck: null })).toEqual([
      'Aucun point de contrôle publié',
      '2 témoins sur 2',
      '1 entrée en attente',
      'Contrôle complet : aucun',
    ]);
  });

  test('ages are round', () => {
    expect(
      [-5, 1000, 59_999, 60_000, 119_999, 120_000, 7_200_000, 200_000_000].map((age) =>
        ageInWords(age).replace('\u00a0', ' '),
      ),
    ).toEqual(['1 seconde', '1 seconde', '59 secondes', '1 minute', '1 minute', '2 minutes', '2 heures', '2 jours']);
  });
});
