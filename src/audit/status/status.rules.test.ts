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
  examined: 0,
  witnesses: [
    { name: 'un.test', cosignedAt: ago(12 * SECOND), isOnLast: true, problem: null, unseenSince: null },
    { name: 'deux.test', cosignedAt: ago(12 * SECOND), isOnLast: true, problem: null, unseenSince: null },
  ],
  sealing: [{ part: 'sequencer', problem: null, unseenSince: null }],
  sealingProblem: null,
  lastFullCheck: { at: ago(3 * 3600 * SECOND), size: 100n, problems: [] },
};
const titles = (change: Partial<LogStatus>) =>
  saidOnce(alarmsOf({ ...well, ...change }, now)).map(({ title }) => title.replaceAll('\u00a0', ' '));

/** What was told of these parts, each by its first word; `unseenSince`: of all of them. The sequencer is told of. */
const told = (problems: Record<string, string | null>, unseenSince: Date | null = null): Partial<LogStatus> => ({
  sealing: Object.entries({ sequencer: null, ...problems }).map(([part, problem]) => ({ part, problem, unseenSince })),
});
/** A witness that was on the last checkpoint, and what is told of it. */
const witness = (problem: string | null, unseenSince: Date | null = null): LogStatus['witnesses'][number] => ({
  ...{ name: 'deux.test', cosignedAt: ago(12 * SECOND), isOnLast: true, problem, unseenSince },
});
/** Entries have waited for two minutes. */
const late: Partial<LogStatus> = {
  published: { size: 117n, at: ago(2 * MINUTE), cosignedAt: ago(2 * MINUTE) },
  sealedSince: ago(2 * MINUTE),
};

const inAll = (alarms: readonly { title: string; meaning: string }[]) =>
  alarms.map(({ title, meaning }) => `${title} ${meaning}`.replaceAll('\u00a0', ' ')).join('\n');

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

describe('what programs answered is told in French, and not shown', () => {
  const english = /unreachable|too-slow|ECONN|EACCES|refused|quorum|policy|checkpoint|answer|\bthe\b|\bit\b/;

  test.each([
    ['unreachable: ECONNREFUSED', /« un.test » ne répond pas\. Sa signature manque/],
    ['too-slow: no answer in 5 s', /« un.test » ne répond pas\./],
    [
      'inconsistent: this tree does not contain the one it cosigned',
      /refuse de signer\. .* n’est plus dans ce journal/,
    ],
    ['refused: it does not know this log (404)', /refuse de signer\. .*demandez-lui ce qu’il a vu/],
    ['ahead: it has seen 4 entries and the database has 3', /a vu plus d’entrées que la base/],
    ['rolled-back: its memory was lost', /ne se souvient plus/],
    ['unverified: the last checkpoint that it shows does not hold', /ne croit pas/],
    ['wrong-clock: its signature is dated later than now', /que le service refuse/],
    ['what nobody foresaw', /refuse de signer/],
  ])('by a witness: %s', (problem, french) => {
    const witnesses = [{ ...witness(problem), name: 'un.test' }];
    const said = inAll(alarmsOf({ ...well, witnesses }, now));
    expect(said).toMatch(french);
    expect(said).not.toMatch(english);
  });

  test.each([
    ['sequencer', 'signer-away: the signer does not answer: nothing is sealed before', /qui signe ne répond pas/],
    ['sequencer', 'signer-unbelieved: the signer, unverified: x', /n’est pas celui qui est annoncé/],
    ['sequencer', 'rolled-back: the tree of « actes » ends at 3, and x up to 4', /ramenée à un état/],
    ['sequencer', 'restored-cluster: the tree of « actes » comes from another cluster', /vient d’une copie/],
    ['sequencer', 'broken-tree: the tree of « actes » at 3', /est abîmé/],
    ['sequencer', 'other-origin: the log « actes » is « x » for ever', /la configuration nomme/],
    ['sequencer', 'failed: deadlock detected', /le scellement s’est arrêté/],
    ['horizon', 'locked-out: entries wait and nothing has been sealed for a minute', /attend un autre programme/],
    ['horizon', 'held-back: entries wait behind transaction 3', /attend un autre programme/],
    ['sweeper', 'swept: 3 entries had waited for more than a minute', /avaient attendu/],
    ['mirror', 'failed: EACCES: permission denied', /hors de la base ne s’écrit plus/],
    ['mirror', 'other-tree: the mirror of « actes » has 5 entries', /celle d’un autre arbre/],
    ['erasures', 'not-written: erasures could not be carried', /liste des effacements/],
    ['erasures', 'unknown-here: the mirror lists 2 erasures', /oubliés par la base/],
    ['erasures', 'forgotten: sealed entries tell erasures', /oubliés par la base/],
    ['signer', 'too-slow: no answer', /qui signe ne répond pas\./],
    ['signer', 'bad-answer: too long', /ne répond pas comme prévu/],
    ['signer', 'inconsistent: the tree does not contain', /d’un autre journal/],
    ['signer', 'refused: 401', /qui signe refuse/],
    ['signer', 'wrong-signature: x', /clé annoncée/],
    ['policy', 'quorum-not-met: the checkpoint of 5 entries waits', /trop peu de témoins/],
    ['policy', 'bad-policy: line 3', /ne peut pas être publié/],
    ['policy', 'bad-checkpoint: no-log-signature: it waits', /ne peut pas être publié/],
    ['of-a-later-version', 'whatever', /signale ce que ce site ne connaît pas/],
    ['sweeper', '3 entries had waited for more than a minute', /signale ce que ce site ne connaît pas/],
    ['sequencer', 'the tree of « actes » at 3 is damaged', /le scellement s’est arrêté/],
    ['sequencer', 'of-a-later-version: the tree of « actes » at 3 is damaged', /le scellement s’est arrêté/],
  ])('by the %s: %s', (part, problem, french) => {
    const said = inAll(alarmsOf({ ...well, ...told({ [part]: problem }) }, now));
    expect(said).toMatch(french);
    expect(said).not.toMatch(english);
  });
});

describe('what nobody tells any more', () => {
  const old = ago(10 * MINUTE);
  const REFUSED = 'signer-away: the signer does not answer';
  const refused = (rest: Record<string, string>) =>
    told({ sequencer: REFUSED }).sealing?.concat(told(rest, old).sealing?.slice(1) ?? []) ?? [];

  test('what passes by itself is not shown: sealing is refused, and nobody asks witnesses nor waits for a transaction', () => {
    const change = {
      sealing: refused({
        horizon: 'held-back: x',
        signer: 'unreachable: x',
        policy: 'quorum-not-met: x',
        mirror: 'failed: x',
      }),
      witnesses: [witness('unreachable: x', old)],
    };
    expect(titles(change)).toEqual(['Journal des actes : le programme qui signe ne répond pas.']);
    expect(titles({ ...change, ...late })).toEqual(['Journal des actes : le programme qui signe ne répond pas.']);
    expect(factsOf({ ...well, ...change }, now)[1]?.replaceAll('\u00a0', ' ')).toBe('1 témoin sur 1');
  });

  test('what does not pass by itself is shown, with the hour at which it was last told, and its witness does not count', () => {
    const change = { sealing: refused({ mirror: 'other-tree: x' }), witnesses: [witness('inconsistent: x', old)] };
    const said = inAll(saidOnce(alarmsOf({ ...well, ...change }, now)));
    expect(said).toMatch(/qui signe ne répond pas\. .*Prévenez l’exploitant\.$/m);
    expect(said).toMatch(/celle d’un autre arbre\. .* Dernière nouvelle le 22\/11\/2026 à 09:50\.$/m);
    expect(said).toMatch(/« deux.test » refuse de signer\. .* Dernière nouvelle le 22\/11\/2026 à 09:50\.$/m);
    expect(factsOf({ ...well, ...change }, now)[1]).toMatch(/^0.témoin sur 1/);
  });

  const NO_NEWS = 'Journal des actes : le programme qui scelle ne donne pas de nouvelles.';

  test('the worker itself: that is the alarm, since when, whatever waits; it hides nothing that lasts', () => {
    const silent = told({ signer: 'unreachable: x', mirror: null, erasures: null, horizon: null }, old);
    expect(titles({ ...silent, witnesses: [witness('too-slow: x', old)] })).toEqual([NO_NEWS]);
    expect(titles({ ...silent, ...late })).toEqual([NO_NEWS]);
    expect(inAll(saidOnce(alarmsOf({ ...well, ...silent }, now)))).toMatch(
      /Dernière nouvelle le 22\/11\/2026 à 09:50\.$/,
    );
    expect(titles(told({ sequencer: 'rolled-back: x' }, old))).toEqual([
      NO_NEWS,
      'Journal des actes : la base a été ramenée à un état plus ancien.',
    ]);
  });

  test('a worker that has never told anything', () => {
    const said = saidOnce(alarmsOf({ ...well, ...late, sealing: [] }, now));
    expect(said.map(({ title }) => title.replaceAll('\u00a0', ' '))).toEqual([NO_NEWS]);
    expect(inAll(said)).not.toContain('Dernière nouvelle');
  });

  test('the copy outside the database, or the list of erasures, while the sealing goes on', () => {
    const stuck = (part: string) => [...(well.sealing ?? []), { part, problem: null, unseenSince: old }];
    expect(titles({ ...late, sealing: stuck('mirror') })).toEqual([expect.stringMatching(/la copie .* de nouvelles/)]);
    const erasures = expect.stringMatching(/on ne sait plus si la liste des effacements/);
    expect(titles({ sealing: stuck('erasures') })).toEqual([erasures]);
    expect(titles({ ...late, sealing: stuck('erasures') })).toHaveLength(2);
    expect(titles({ sealing: [...refused({}), ...stuck('mirror').slice(1)] })).toHaveLength(1);
  });

  test('of both logs, it is said once, with the latest hour; without one while either is seen', () => {
    const both = (...since: (Date | null)[]) =>
      inAll(
        saidOnce(
          since.flatMap((unseenSince, place) =>
            alarmsOf({ ...well, log: place ? 'acces' : 'actes', witnesses: [witness('ahead: x', unseenSince)] }, now),
          ),
        ),
      );
    expect(both(ago(11 * MINUTE), old)).toMatch(/^Les deux journaux : .* Dernière nouvelle le 22\/11\/2026 à 09:50\.$/);
    expect(both(null, old)).toMatch(/^Les deux journaux : .*Demandez-lui ce qu’il a vu\.$/);
  });
});

describe('one outage is one alarm', () => {
  test.each([
    ['the signer', { signer: 'unreachable: x' }, /qui signe ne répond pas/],
    [
      'the signer, and a worker that starts',
      { signer: 'too-slow: x', sequencer: 'signer-away: x' },
      /qui signe ne répond pas\./,
    ],
    ['the mirror', { mirror: 'failed: x', erasures: 'not-written: x' }, /ne s’écrit plus/],
    ['another program', { horizon: 'locked-out: x' }, /attend un autre programme/],
    ['the policy', { policy: 'bad-policy: x' }, /ne peut pas être publié/],
    ['witnesses of whom nothing is told', { policy: 'quorum-not-met: x' }, /trop peu de témoins/],
  ])('%s: the delay has a name, and is not told apart', (_what, problems, title) => {
    expect(titles({ ...late, ...told(problems) })).toEqual([expect.stringMatching(title)]);
  });

  test('a witness without which nothing is published', () => {
    const change = { ...late, ...told({ policy: 'quorum-not-met: x' }), witnesses: [witness('unreachable: x')] };
    expect(titles(change)).toEqual(['Journal des actes : le témoin « deux.test » ne répond pas.']);
    expect(inAll(alarmsOf({ ...well, ...change }, now))).toContain('rien de nouveau n’est publié');
  });

  test('what delays nothing explains no delay; what was seen long ago neither', () => {
    const delay = expect.stringContaining('et des entrées attendent');
    expect(titles({ ...late, witnesses: [witness('unreachable: x')] })).toEqual([delay, expect.anything()]);
    expect(titles({ ...late, ...told({ erasures: 'not-written: x' }) })).toEqual([delay, expect.anything()]);
    expect(titles({ ...late, ...told({ sweeper: 'swept: x' }) })).toEqual([delay, expect.anything()]);
    const before = { part: 'signer', problem: 'ahead: x', unseenSince: ago(10 * MINUTE) };
    expect(titles({ ...late, sealing: [...(well.sealing ?? []), before] })).toEqual([delay, expect.anything()]);
  });

  test('two outages are two', () => {
    expect(titles(told({ sequencer: 'signer-away: x', signer: 'inconsistent: x' }))).toHaveLength(2);
    expect(titles(told({ sequencer: 'rolled-back: x', signer: 'unreachable: x' }))).toHaveLength(2);
    expect(titles(told({ mirror: 'failed: x', erasures: 'forgotten: x' }))).toHaveLength(2);
    expect(titles({ ...told({ signer: 'refused: x' }), witnesses: [witness('ahead: x')] })).toHaveLength(2);
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
