import { describe, expect, test } from 'vitest';
import { parseIntervals, readLeaf, verifyExport } from '#journal/verify';
import { credulous, type Forged, MANY, marks, POLICY, TOO_LARGE } from './endless-exports.ts';
import { failing } from './export-support.ts';

// Whatever a file holds, the verifier answers: a text that no array holds does not end it, and the time goes with the size of what
// is unpacked. The sizes are such that a program that looks at pairs would still be at it when the test is given up.

const GIVEN_UP = 120_000;

function verdict(files: Forged) {
  const report = verifyExport(credulous, { files, policy: POLICY });
  if ('fault' in report) throw new Error(report.fault);
  return report;
}

test.each(TOO_LARGE)('%s: its check fails, by its own bound', (_what, name, make) => {
  const report = verdict(make());
  expect(failing(report)).toContain(name);
  expect(report.checks.find((check) => check.name === name)?.line).toMatch(/manque ou ne se lit pas\.$/);
});

test.each(MANY)(
  '%s: an answer',
  (_what, name, most, make) => {
    const report = verdict(make(most));
    expect(failing(report)).toContain(name);
    expect(report.checks.map(({ line }) => line).join()).not.toContain('pas pu aller à son terme');
  },
  GIVEN_UP,
);

test('files that are larger than those of any export are not read, wherever they come from', () => {
  const files: Forged = new Map([['consent/N/id-token.jwt', new Uint8Array(130 * 1_048_576).fill(0x2e)]]);
  expect(verifyExport(credulous, { files, policy: POLICY })).toMatchObject({ exit: 30, unread: 'export' });
});

describe('what is bounded is still read', () => {
  test('intervals have one order, and none touches the next', () => {
    const read = (text: string) =>
      parseIntervals(text)
        ?.map(({ begin, end }) => `${begin}:${end}`)
        .join();
    expect([read(''), read('0'), read('0-255,300'), read('1,3,5-6')]).toEqual([
      '',
      '0:1',
      '0:256,300:301',
      '1:2,3:4,5:7',
    ]);
    for (const text of [
      '0,',
      ',0',
      ',',
      '-',
      '0-',
      '2-1',
      '1,0',
      '1,1',
      '1,2',
      '0-5,3',
      '00',
      '1-1',
      '1-2-3',
      ' 1',
      '1,,3',
    ])
      expect(read(text), text).toBeUndefined();
    expect(read('9223372036854775806-9223372036854775807')).toBe('9223372036854775806:9223372036854775808');
  });

  test('a leaf is in NFC or not, however many marks stand upon a letter', () => {
    const leaf = (text: string) => readLeaf(Buffer.from(JSON.stringify({ a: text }))).ok;
    for (const text of [
      'x'.repeat(200),
      `x${'\u0301'.repeat(200)}`,
      `é${'\u0323'.repeat(40)}`,
      marks(60),
      `x${marks(4000)}`,
      'é'.repeat(99),
    ])
      expect(leaf(text)).toBe(text.normalize('NFC') === text);
    expect(leaf(`x${'\u0323'.repeat(100)}${'\u0301'.repeat(100)}`)).toBe(true);
    expect(leaf(`x${marks(8000)}`)).toBe(false);
  });
});
