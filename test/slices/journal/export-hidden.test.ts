import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eraseField, erasePeriod, type LogName, makeRangeExport, makeSelectionExport, policyText } from '#journal';
import { formatLines, LINES, type Line } from '#journal/verify';
import { type EraseFixture, eraseFixture, looked, middleOf, newId, openedBy } from './erase-support.ts';
import {
  changed,
  check,
  failing,
  keeping,
  remanifested,
  resummed,
  type Unpacked,
  unchecked,
  unpacked,
  verified,
  without,
} from './export-support.ts';

// An entry that is hidden is never hidden behind an erasure: what tells one must be proven, and tell of these places.

let fixture: EraseFixture;
let policy: string;
let lea: string;
/** Whole logs, before and after the erasures of March. */
let before: Unpacked;
let after: Unpacked;
let acces: Unpacked;

beforeAll(async () => {
  fixture = await eraseFixture();
  const march = middleOf('2025-03');
  await fixture.writeAt(march, openedBy('Mars, un', newId()));
  for (let at = 0; at < 260; at += 1) await fixture.writeAt(middleOf('2025-04'), openedBy(`Avril ${at}`, newId()));
  await fixture.writeAt(march, openedBy('Mars, deux', newId()));
  await fixture.writeAt(march, looked());
  lea = await fixture.writeAt(middleOf('2025-05'), openedBy('Léa', newId()));
  await fixture.writeAt(middleOf('2025-05'), looked());
  await fixture.seal();
  policy = await policyText(fixture.ctx);
  before = await range('actes');
  await eraseField(fixture.ctx, { entryId: lea, field: 'name', ground: 'unlawful' });
  for (const log of ['actes', 'acces'] as const)
    expect(await erasePeriod(fixture.ctx, { log, month: '2025-03', ground: 'retention' })).toMatchObject({ ok: true });
  await fixture.seal();
  after = await range('actes');
  acces = await range('acces');
});
afterAll(() => fixture.close());

async function range(log: LogName, to?: bigint) {
  const open = 'everything' as const;
  const made = await makeRangeExport(fixture.ctx, { log, from: 0n, open, ...(to === undefined ? {} : { to }) });
  return unpacked(made.pieces);
}

const erased = (files: Unpacked) => (status: string) => {
  const found = check(verified(files, policy), 'erasures');
  expect(found, JSON.stringify(found)).toMatchObject({ status });
  return found?.details.join('\n') ?? '';
};
const linesOf = (files: Unpacked) =>
  (files.get('erasures.jsonl')?.toString().split('\n').filter(Boolean) ?? []).map((line) => JSON.parse(line) as Line);
const byEntry = ({ entry: one = '' }: Line, { entry: other = '' }: Line) => (one < other ? -1 : Number(one > other));
const relined = (files: Unpacked, lines: readonly Line[]) =>
  resummed(
    remanifested(
      changed(files, 'erasures.jsonl', () => formatLines([...lines].sort(byEntry), LINES.erasures)),
      () => ({ erasures: lines.length }),
    ),
  );
const told = (files: Unpacked, what: string, change: Line) =>
  relined(
    files,
    linesOf(files).map((line) => (line.what === what ? { ...line, ...change } : line)),
  );

/** Hides the entry of one place of a log whose bundles are all there, with all that goes with it. */
function hiding(files: Unpacked, place: string, line: Partial<Line> = {}): Unpacked {
  const gone = keeping((one) => !one.startsWith(`{"index":"${place}",`));
  let forged = without(files, `leaves/${place}.json`);
  for (const path of ['node-signatures.jsonl', 'disclosures.jsonl']) forged = changed(forged, path, gone);
  const disclosures = (forged.get('disclosures.jsonl')?.toString().split('\n').length ?? 1) - 1;
  forged = remanifested(forged, ({ entries }) => ({ entries: entries - 1, disclosures }));
  const { entry = '', ground = '', at = '' } = linesOf(files)[0] ?? {};
  return relined(forged, [...linesOf(files), { entry, what: 'period', ground, at, indices: place, ...line }]);
}

describe('an entry taken out of a whole log', () => {
  test('honest: erased, proven, and never called complete', () => {
    const report = verified(after, policy);
    expect([failing(report), unchecked(report).filter((name) => name !== 'dates')]).toEqual([[], ['consistency']]);
    expect(report.notice).toMatch(/^PLAGE OÙ DES ENTRÉES MANQUENT.*SAUF 2 /);
    expect(verified(before, policy).notice).toContain('Aucune ne peut manquer');
  });

  test('behind an erasure that nobody wrote: not checked, said loudly, never complete', () => {
    const place = [...after.keys()].flatMap((path) => /^leaves\/(\d+)\.json$/.exec(path)?.[1] ?? [])[5] ?? '';
    const forged = hiding(after, place, { entry: newId() });
    const report = verified(forged, policy);
    expect([report.exit, unchecked(report)]).toEqual([10, expect.arrayContaining(['erasures'])]);
    expect(report.notice).not.toContain('Aucune ne peut manquer');
    expect(report.notice).not.toContain('COMPLÈTE');
    expect(check(report, 'erasures')?.line).toContain('RIEN NE PROUVE');
  });

  test.each<[string, () => Partial<Line>, string]>([
    ['another entry', () => ({ entry: lea }), 'ne dit rien de tel'],
    ['the same erasure twice', () => ({}), 'donné deux fois'],
    ['an erasure of a field', () => ({ entry: fieldLine().entry }), 'donné deux fois'],
    ['words that are none of ours', () => ({ entry: newId(), ground: '\u001b[2J' }), 'ne se lit pas'],
  ])('behind %s', (_case, line, expected) => {
    const forged = hiding(after, '7', line() as Partial<Line>);
    expect(`${check(verified(forged, policy), 'erasures')?.line}${erased(forged)('fail')}`).toContain(expected);
  });
  const fieldLine = () => linesOf(after).find(({ what }) => what === 'field') as { entry: string };

  test('behind a true erasure, of more places than it tells', () => {
    const march = linesOf(after).find(({ what }) => what === 'period');
    const forged = hiding(after, '7', { entry: newId() });
    const more = (indices: string) =>
      relined(
        forged,
        linesOf(after).map((line) => (line.what === 'period' ? { ...line, indices } : line)),
      );
    const [first, last] = (march?.indices ?? '').split(',');
    expect(erased(more(`${first},7,${last}`))('fail')).toContain('l’entrée parle de 2 entrées, 3');
    expect(erased(more(`${first},7`))('fail')).toContain('sans octets ni effacement');
    expect(erased(told(after, 'period', { indices: `0,${first},${last}`.replace(/^0,1/, '0-1') }))('fail')).toContain(
      'autres places',
    );
  });

  test('a part of the log, where the erasure tells how many went but not which', async () => {
    const part = await range('actes', 10n);
    expect(erased(part)('not-checked')).toContain('pas lesquelles');
    expect(verified(part, policy).exit).toBe(10);
  });

  test.each<[string, Line, string]>([
    ['for another reason', { ground: 'court' }, 'autre motif'],
    ['at another time', { at: '2026-01-01T00:00:00.000Z' }, 'autre heure'],
  ])('erased %s than is told', (_case, change, expected) => {
    expect(erased(told(after, 'period', change))('fail')).toContain(expected);
    expect(erased(told(after, 'field', change))('fail')).toContain(expected);
  });

  test('an entry that is there, given for erased', () => {
    const [first = '', last = ''] = (linesOf(after).find(({ what }) => what === 'period')?.indices ?? '').split(',');
    expect(erased(told(after, 'period', { indices: `${first},${Number(last) - 1}` }))('fail')).toContain('elle est là');
  });
});

describe('a field', () => {
  test('of another entry, or open all the same', () => {
    expect(erased(told(after, 'field', { indices: '3' }))('fail')).toContain('autre place');
    const { indices } = linesOf(after).find(({ what }) => what === 'field') as { indices: string };
    const opening = before
      .get('disclosures.jsonl')
      ?.toString()
      .split('\n')
      .find((line) => line.startsWith(`{"index":"${indices}",`));
    const forged = remanifested(
      changed(after, 'disclosures.jsonl', (bytes) => `${bytes}${opening}\n`),
      ({ disclosures }) => ({ disclosures: disclosures + 1 }),
    );
    expect(erased(resummed(forged))('fail')).toContain('pourtant ouvert');
  });

  test('whose erasure is told by nothing here: not checked', async () => {
    const made = await makeSelectionExport(fixture.ctx, { log: 'actes', ids: [lea] });
    const files = unpacked(made.pieces);
    expect(erased(files)('pass')).toContain('une donnée');
    expect(erased(told(files, 'field', { entry: newId() }))('fail')).toContain('ne donne pas');
    const path = [...files.keys()].find((one) => files.get(one)?.includes('"type":"erasure.field"')) ?? '';
    const place = /\d+/.exec(path)?.[0] ?? '';
    const left = keeping((line) => !line.startsWith(`{"index":"${place}",`));
    const taken = changed(without(without(files, path), `proofs/${place}.tlog-proof`), 'node-signatures.jsonl', left);
    const forged = resummed(
      remanifested(taken, ({ beside }) => ({ beside: beside.filter((one) => String(one) !== place) })),
    );
    expect(failing(verified(forged, policy))).toEqual([]);
    expect(erased(forged)('not-checked')).toContain('n’est pas dans cet export');
  });
});

describe('the log of accesses: what tells its erasures and registers its nodes is in the other', () => {
  const elsewhere = (type: string) =>
    [...acces].flatMap(([path, bytes]) =>
      path.startsWith('actes/leaves/') && bytes.includes(type) ? [path] : [],
    )[0] ?? '';
  const proofOf = (path: string) => path.replace('leaves', 'proofs').replace('.json', '.tlog-proof');

  test('they come with it, proven', () => {
    const report = verified(acces, policy);
    expect([failing(report), unchecked(report).filter((name) => name !== 'dates')]).toEqual([[], ['consistency']]);
    expect(check(report, 'erasures')?.line).toContain('de 1\u00a0entrée');
    expect(check(report, 'node-signatures')?.line).toContain('inscrit');
  });

  test.each([
    ['erasure.period', 'erasures'],
    ['node.registered', 'node-signatures'],
  ])('without %s: not checked', (type, name) => {
    const path = elsewhere(`"type":"${type}"`);
    const report = verified(resummed(without(without(acces, path), proofOf(path))), policy);
    expect([failing(report), unchecked(report)]).toEqual([[], expect.arrayContaining([name])]);
  });

  test('changed, moved, alone, or proven in the other log', () => {
    const path = elsewhere('"type":"erasure.period"');
    const alone = verified(resummed(without(acces, proofOf(path))), policy);
    expect(failing(alone)).toEqual(expect.arrayContaining(['layout', 'entries']));
    const other = changed(acces, path, (bytes) => bytes.toString().replace('"entries":1', '"entries":2'));
    expect(failing(verified(resummed(other), policy))).toContain('entries');
    const [own = ''] = [...after.keys()].filter((one) => one.startsWith('leaves/') && !acces.has(`actes/${one}`));
    const stranger = new Map([...acces, [`actes/${own}`, after.get(own) as Buffer]]);
    expect(failing(verified(resummed(stranger), policy))).toEqual(expect.arrayContaining(['layout', 'entries']));
    const ours = new Map([...after, ['actes/leaves/0.json', Buffer.from('{}')]]);
    expect(failing(verified(resummed(ours), policy))).toContain('layout');
  });
});
