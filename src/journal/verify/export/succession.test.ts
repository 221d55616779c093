import { describe, expect, test } from 'vitest';
import { type ExportedEntry, entryOf } from './entries.ts';
import { faultOfEnd, successionFrom, successionInWords } from './succession.ts';

const ROOT = Buffer.alloc(32, 7);

function teller(at: bigint, change: Record<string, unknown> = {}, type = 'journal.succeeded'): ExportedEntry {
  const clear = {
    ...{ closed: 's/actes', kept: 40, origin: 's/actes/2', reason: 'tree-lost' },
    ...{ root: ROOT.toString('base64url'), seen: 60, size: 50 },
    ...change,
  };
  const sorted = Object.fromEntries(Object.entries(clear).sort());
  const leaf = {
    ...{ clear: sorted, id: '01a201d2-aacf-7000-8a2f-c57d75607e70', log: 'actes', n: 'r1oLwMi-5KgBjGC3uRgVMg' },
    ...{ node: 'n', r: 'ok', t: '2026-11-22T08:55:13.230000Z', type, v: 1 },
  };
  return entryOf(at, Buffer.from(JSON.stringify(leaf)), false, 'actes');
}

const entries = (...list: ExportedEntry[]) => ({
  entries: { list, byIndex: new Map(), faults: [], missing: [] },
});

describe('who succeeds whom', () => {
  const second = teller(30n, { closed: 's/actes/2', origin: 's/actes/3', kept: 30 });

  test('is told by one entry, or by several one after the other: what is kept is what each kept', () => {
    expect(successionFrom(entries(teller(40n)), 's/actes', 's/actes/2')).toMatchObject({
      kept: 40n,
      first: { at: 40n },
    });
    expect(successionFrom(entries(second, teller(44n)), 's/actes', 's/actes/3')).toMatchObject({ kept: 30n });
    const more = teller(60n, { closed: 's/actes/2', origin: 's/actes/3', kept: 60 });
    expect(successionFrom(entries(teller(40n), more), 's/actes', 's/actes/3')).toMatchObject({ kept: 40n });
  });

  test.each([
    ['no entry', [], 's/actes', 's/actes/2'],
    ['another log', [teller(40n)], 's/acces', 's/actes/2'],
    ['a chain that does not arrive', [teller(40n)], 's/actes', 's/actes/3'],
    ['the way back', [teller(40n)], 's/actes/2', 's/actes'],
    ['a circle', [teller(40n), teller(41n, { closed: 's/actes/2', origin: 's/actes' })], 's/actes', 's/actes/3'],
    ['another kind', [teller(40n, {}, 'journal.reconciled')], 's/actes', 's/actes/2'],
    ['a size that is none', [teller(40n, { size: -1 })], 's/actes', 's/actes/2'],
    ['a root that is none', [teller(40n, { root: 3 })], 's/actes', 's/actes/2'],
    ['an entry that is not the first after what was kept', [teller(41n)], 's/actes', 's/actes/2'],
    ['one that comes before a later one that kept less', [second, teller(29n)], 's/actes', 's/actes/3'],
    ['another service', [teller(40n, { origin: 't/actes/2' })], 's/actes', 't/actes/2'],
    ['the other log', [teller(40n, { origin: 's/acces/2' })], 's/actes', 's/acces/2'],
    ['the kind of the other log', [teller(40n, {}, 'journal.succeeded-acces')], 's/actes', 's/actes/2'],
    ['a number that is left out', [teller(40n, { origin: 's/actes/3' })], 's/actes', 's/actes/3'],
  ])('is not told by %s', (_what, list, from, to) => {
    expect(successionFrom(entries(...list), from, to)).toBeUndefined();
  });
});

test('a checkpoint that contradicts the end that is told is evidence', () => {
  const { first } = successionFrom(entries(teller(40n)), 's/actes', 's/actes/2') ?? {};
  if (!first) throw new Error('nothing was told');
  const old = (size: bigint, root: Uint8Array = ROOT) => ({ origin: 's/actes', size, root, extensions: [] });
  expect(faultOfEnd(first, old(50n), true)).toBeUndefined();
  expect(faultOfEnd(first, old(60n, Buffer.alloc(32)), false)).toBeUndefined(); // seen by somebody, cosigned by too few
  expect(faultOfEnd(first, old(50n, Buffer.alloc(32)), false)).toContain('une autre racine');
  expect(faultOfEnd(first, old(61n), false)).toContain('n’en connaît que 60 entrées, et il en avait signé 61');
  // cosigned by enough: whatever the entry says was seen, it was not the end
  const boundless = { ...first, size: 1n, seen: 2n ** 53n - 1n, kept: 0n };
  expect(faultOfEnd(boundless, old(1000n), true)).toContain(
    'celui de 1 entrées, et les témoins ont cosigné celui de 1000',
  );
  expect(successionInWords(first)).toContain('JOURNAL CLOS ET CONTINUÉ. s/actes a été clos à 50 entrées');
});
