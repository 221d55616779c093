import { describe, expect, test } from 'vitest';
import { MINUTE } from '#platform/time/clock.ts';
import { alarmsOf, factsOf, saidOnce } from './status.rules.ts';
import { ago, inAll, late, now, titles, told, well, witness } from './status.vectors.ts';

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
    const before = { ...witness('unreachable: x', old), cosignedAt: ago(11 * MINUTE) };
    expect(factsOf({ ...well, ...change, witnesses: [before] }, now)[1]).toMatch(
      /^0.témoin sur 1, .* ne signe plus depuis/,
    );
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
    // it was told last a moment before the policy
    const before = { ...change, witnesses: [witness('ahead: x', ago(4 * MINUTE))] };
    expect(titles(before)).toEqual([expect.stringContaining('« deux.test » a vu plus d’entrées')]);
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
