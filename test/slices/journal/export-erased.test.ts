import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  eraseField,
  erasePeriod,
  erasePersonEntries,
  inErasure,
  makeRangeExport,
  makeSelectionExport,
  policyText,
  record,
  type SelectionRequest,
} from '#journal';
import type { ExportReport } from '#journal/verify';
import type { RangeRequest } from '../../../src/journal/export/index.ts';
import { type EraseFixture, eraseFixture, looked, middleOf, newId, openedBy } from './erase-support.ts';
import {
  changed,
  check,
  failing,
  remanifested,
  resummed,
  type Unpacked,
  unchecked as uncheckedOf,
  unpacked,
  verified,
  without,
} from './export-support.ts';

// Failure table of the journal, rows 27 and 32: what was erased stays erased in exports, is told in them, and they pass.

let fixture: EraseFixture;
/** Two past months in both logs, then entries of now. */
let past: { first: string[]; second: string[] };
let present: string[];
const PERSON = newId();

beforeAll(async () => {
  fixture = await eraseFixture();
  const written = { first: [] as string[], second: [] as string[] };
  for (let at = 0; at < 300; at += 1)
    written.first.push(await fixture.writeAt(middleOf('2025-03'), openedBy(`Mars ${at}`, newId())));
  for (let at = 0; at < 10; at += 1)
    written.second.push(await fixture.writeAt(middleOf('2025-04'), openedBy(`Avril ${at}`, newId())));
  past = written;
  present = (await fixture.act((trx) =>
    record(fixture, trx, openedBy('Zoé', PERSON), openedBy('Léa', newId()), openedBy('Ana', newId()), looked()),
  )) as string[];
  await fixture.seal();
});
afterAll(() => fixture.close());

/** Entries of months ago were written today: their dates cannot be confirmed, and that is said. */
const unchecked = (report: ExportReport) => uncheckedOf(report).filter((name) => name !== 'dates');
const policy = () => policyText(fixture.ctx);
const range = async (request: Partial<RangeRequest> = {}) =>
  unpacked((await makeRangeExport(fixture.ctx, { log: 'actes', from: 0n, open: 'everything', ...request })).pieces);
const selection = async (ids: readonly string[], request: Partial<SelectionRequest> = {}) =>
  unpacked((await makeSelectionExport(fixture.ctx, { log: 'actes', ids, open: 'everything', ...request })).pieces);
const names = (files: Unpacked) =>
  (files.get('disclosures.jsonl')?.toString() ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(Buffer.from(JSON.parse(line).disclosure, 'base64url').toString())[2]);

test('before any erasure: the whole log passes, everything is open', async () => {
  const files = await range();
  const report = verified(files, await policy());
  expect([failing(report), unchecked(report)]).toEqual([[], ['consistency']]);
  expect(names(files)).toHaveLength(313);
  expect(check(report, 'erasures')?.line).toContain('Aucun effacement');
});

describe('row 27: erased, listed as erased, and everything still passes', () => {
  test('a field', async () => {
    const [, lea = ''] = present;
    const erased = await eraseField(fixture.ctx, { entryId: lea, field: 'name', ground: 'unlawful' });
    expect(erased.ok).toBe(true);
    await fixture.seal();
    const files = await selection(present.slice(0, 3));
    const report = verified(files, await policy());
    expect([failing(report), unchecked(report)]).toEqual([[], ['consistency']]);
    expect(names(files).sort()).toEqual(['Ana', 'Zoé']);
    expect(check(report, 'erasures')).toMatchObject({
      status: 'pass',
      details: [
        expect.stringMatching(/\u00a0: une donnée, entrée \d+\. Motif\u00a0: cette donnée n’aurait pas dû être écrite/),
      ],
    });
    // the entry that tells it travels beside the others, with its proof
    expect(
      [...files].filter(([path, bytes]) => path.startsWith('leaves/') && bytes.includes('erasure.field')),
    ).toHaveLength(1);
    expect(verified(await range(), await policy()).exit).toBe(10);
  });

  test('a person: nothing says any more which entries were theirs', async () => {
    const [zoe = ''] = present;
    const [mandateId, act] = [newId(), openedBy('Zoé encore', PERSON)];
    const ofMandate = { ...act, input: { ...act.input, about: { usagerId: PERSON, mandateId } } };
    const [named = ''] = await fixture.act((trx) => record(fixture, trx, ofMandate));
    await inErasure(fixture.ctx, (trx) =>
      erasePersonEntries(fixture.ctx, trx, { usagerId: PERSON, mandates: [mandateId], ground: 'request' }),
    );
    await fixture.seal();
    const both = check(verified(await selection([zoe, named]), await policy()), 'erasures');
    expect(both?.details).toEqual([expect.stringMatching(/entrée \d+\u00a0; peut-être d’autres d’ici.*l’a demandé/)]);
    const files = await selection([zoe, present[2] ?? '']);
    const report = verified(files, await policy());
    expect([failing(report), unchecked(report)]).toEqual([[], ['consistency']]);
    expect(names(files)).toEqual(['Ana']);
    expect(check(report, 'erasures')?.details.join()).toContain('rien ne dit plus quelles entrées');
    for (const bytes of files.values()) expect(bytes.includes(PERSON)).toBe(false);
    expect(files.get('README.txt')?.toString()).toContain('ceux de personnes qui ont pu les toucher');
  });

  test('a person, in an export of entries that were never theirs: not told', async () => {
    const [, , ana = ''] = present;
    const later = await fixture.act((trx) => record(fixture, trx, openedBy('Éva', newId())));
    await fixture.seal();
    for (const [ids, open] of [
      [[ana, past.second[0] ?? ''], 'everything'],
      // what is closed to whoever asked is not gone
      [[ana], 'nothing'],
      // of before the erasure alone can something be gone
      [later, 'everything'],
    ] as const) {
      const files = await selection(ids, { open });
      expect(files.get('erasures.jsonl')?.toString()).toBe('');
      const report = verified(files, await policy());
      expect([failing(report), unchecked(report)]).toEqual([[], ['consistency']]);
      expect(check(report, 'erasures')).toMatchObject({
        status: 'pass',
        line: expect.stringContaining('n’est déclaré'),
      });
      expect([...files].some(([path, bytes]) => path.startsWith('leaves/') && bytes.includes('erasure.person'))).toBe(
        false,
      );
    }
  });

  test('an export of before, which listed each erasure of a person and said otherwise, still passes', async () => {
    const files = await selection(present.slice(0, 1));
    const once = (bytes: Buffer) =>
      bytes
        .toString()
        .replace('1 entrée choisie dans', '1 entrées choisies dans')
        .replace('Elle est authentique.', 'Elles sont authentiques.')
        .replace(/(qui touchent ces entrées),.*\n.*/, '$1')
        .replace(/( leaves\/PLACE.json {6}les entrées)\n.*/, '$1');
    const old = changed(changed(files, 'manifest.json', once), 'README.txt', once);
    const text = old.get('README.txt')?.toString() ?? '';
    expect(text).toMatch(
      /1 entrées choisies[\s\S]*leaves\/PLACE.json {6}les entrées\n {2}proofs[\s\S]*touchent ces entrées\n {2}tim/,
    );
    const report = verified(resummed(old), await policy());
    expect([failing(report), report.notice]).toEqual([[], expect.stringContaining('1 entrée choisie')]);
    const other = changed(old, 'README.txt', (bytes) => bytes.toString().replace('qui touchent', 'connus de'));
    expect(failing(verified(resummed(other), await policy()))).toEqual(['readme']);
    const half = changed(files, 'README.txt', (bytes) =>
      bytes.toString().replace('1 entrée choisie', '1 entrées choisies'),
    );
    expect(failing(verified(resummed(half), await policy()))).toEqual(['readme']);
  });

  test('a month: hashes are left, what is left of its bundle stands alone, and tools for tiles still reach the root', async () => {
    const erased = await erasePeriod(fixture.ctx, { log: 'actes', month: '2025-03', ground: 'retention' });
    expect(erased).toMatchObject({ ok: true, value: { entries: 300 } });
    await fixture.seal();
    const files = await range();
    const report = verified(files, await policy());
    expect([failing(report), unchecked(report)]).toEqual([
      [],
      ['consistency', 'counters'].filter((name) => name !== 'counters'),
    ]);
    expect([...files.keys()].filter((path) => path.startsWith('tile/entries/'))).toEqual([]);
    expect(check(report, 'entries')?.line).toContain('de 300');
    expect(check(report, 'erasures')).toMatchObject({ status: 'pass', line: expect.stringContaining('300') });
    expect(check(report, 'erasures')?.details.join()).toMatch(/entrées d’un mois, entrées \d+-\d+/);
    const left = await selection([...past.first.slice(0, 2), past.second[0] ?? '']);
    expect(JSON.parse(left.get('manifest.json')?.toString() ?? '')).toMatchObject({ entries: 1, leftOut: 2 });
    expect(failing(verified(left, await policy()))).toEqual([]);
  });
});

describe('an erasure that is only pretended', () => {
  test('entries taken out of an export without an erasure that tells it', async () => {
    const files = await range();
    const leaf =
      [...files.keys()].find(
        (path) => files.get(path)?.includes('"type":"door.opened"') && path.startsWith('leaves/'),
      ) ?? '';
    const index = /\d+/.exec(leaf)?.[0];
    const lines = (bytes: Buffer) =>
      bytes
        .toString()
        .split('\n')
        .filter((line) => !line.startsWith(`{"index":"${index}"`))
        .join('\n');
    let forged = changed(changed(without(files, leaf), 'node-signatures.jsonl', lines), 'disclosures.jsonl', lines);
    forged = remanifested(forged, ({ entries, disclosures }) => {
      return { entries: entries - 1, disclosures: disclosures - 1 };
    });
    const report = verified(resummed(forged), await policy());
    expect(failing(report)).toEqual(['erasures']);
    expect(check(report, 'erasures')?.details.join()).toContain(`${index}.`);
  });

  test('the line that tells the erasure of the month taken out', async () => {
    const files = await range();
    const kept = (bytes: Buffer) =>
      bytes
        .toString()
        .split('\n')
        .filter((line) => !line.includes('"period"'))
        .join('\n');
    const { erasures } = JSON.parse(files.get('manifest.json')?.toString() ?? '{}');
    const forged = changed(changed(files, 'erasures.jsonl', kept), 'manifest.json', (bytes) =>
      bytes.toString().replace(`"erasures": ${erasures}`, `"erasures": ${erasures - 1}`),
    );
    expect(failing(verified(resummed(forged), await policy()))).toEqual(['erasures']);
  });
});

describe('row 32: an export shows the journal of one moment', () => {
  test('racing with writing and sealing', async () => {
    const policyNow = await policy();
    let going = true;
    const sealing = (async () => {
      while (going) {
        await fixture.act((trx) => record(fixture, trx, openedBy('Ida', newId()), openedBy('Noé', newId())));
        await fixture.seal();
      }
    })();
    const sizes: bigint[] = [];
    while (new Set(sizes).size < 3) {
      const { pieces, manifest } = await makeRangeExport(fixture.ctx, { log: 'actes', from: 0n, open: 'everything' });
      const files = unpacked(pieces);
      const report = verified(files, policyNow);
      expect([failing(report), unchecked(report)]).toEqual([[], ['consistency']]);
      expect(files.get('checkpoint')?.toString().split('\n')[1]).toBe(String(manifest.size));
      sizes.push(manifest.size);
    }
    going = false;
    await sealing;
    expect(sizes).toEqual([...sizes].sort((one, other) => Number(one - other)));
  });

  test('racing with erasures: each export has all of before or all of after', async () => {
    const policyNow = await policy();
    const [, , ana = ''] = present;
    const exports = Array.from({ length: 6 }, () =>
      makeRangeExport(fixture.ctx, { log: 'actes', from: 0n, open: 'everything' }),
    );
    const erasures = [
      erasePeriod(fixture.ctx, { log: 'actes', month: '2025-04', ground: 'retention' }),
      eraseField(fixture.ctx, { entryId: ana, field: 'name', ground: 'request' }),
    ];
    const [made] = await Promise.all([Promise.all(exports), Promise.all(erasures)]);
    for (const { pieces } of made) {
      const files = unpacked(pieces);
      expect(failing(verified(files, policyNow))).toEqual([]);
      const april = names(files).filter((name) => name.startsWith('Avril')).length;
      expect([0, 10]).toContain(april);
    }
    await fixture.seal();
    const after = await range();
    expect(failing(verified(after, policyNow))).toEqual([]);
    expect(names(after)).not.toContain('Ana');
  });
});
