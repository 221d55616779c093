import { describe, expect, test } from 'vitest';
import { entriesPath, parseEntriesPath, parseTilePath, readBundle, tilePath, writeBundle } from './index.ts';

describe('paths', () => {
  test.each([
    [{ level: 0, n: 1_234_067n, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 15, n: 123_456_789n, width: 41 }, 'tile/15/x123/x456/789.p/41'],
    [{ level: 0, n: 0n, width: 255 }, 'tile/0/000.p/255'],
    [{ level: 0, n: 999n, width: 256 }, 'tile/0/999'],
    [{ level: 0, n: 1000n, width: 256 }, 'tile/0/x001/000'],
    [{ level: 1, n: 2n ** 53n + 1n, width: 1 }, 'tile/1/x009/x007/x199/x254/x740/993.p/1'],
    [{ level: 63, n: 2n ** 63n - 1n, width: 256 }, 'tile/63/x009/x223/x372/x036/x854/x775/807'],
  ])('the tile %o is %s', (address, path) => {
    expect(tilePath(address)).toBe(path);
    expect(parseTilePath(path)).toEqual(address);
  });

  test.each([
    [0n, 255, 'tile/entries/000.p/255'],
    [1n, 1, 'tile/entries/001.p/1'],
    [123_456_789n, 256, 'tile/entries/x123/x456/789'],
  ])('the bundle %s of %i is %s', (n, width, path) => {
    expect(entriesPath(n, width)).toBe(path);
    expect(parseEntriesPath(path)).toEqual({ n, width });
  });

  test.each([
    'tile/64/000', // levels end at 63
    'tile/00/000',
    'tile/01/000',
    'tile/-1/000',
    'tile/0/0',
    'tile/0/0000',
    'tile/0/1000',
    'tile/0/x000/000', // a leading group of nothing
    'tile/0/x000/x001/000',
    'tile/0/001/000',
    'tile/0/x001',
    'tile/0/X001/000',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/999',
    'tile/0/000.p/01',
    'tile/0/000.p/',
    'tile/0/000.p',
    'tile/0/000/',
    'tile/0/000.p/1/',
    '/tile/0/000',
    'tile//000',
    'tile/0/',
    'tile/0',
    'tile/0/000\n',
    'tile/0/٠٠٠', // digits, but not ASCII
    'tile/0/x009/x223/x372/x036/x854/x775/808', // 2^63
    `tile/0/${'x999/'.repeat(20)}000`,
    'tile/0/../../etc/passwd',
    'tile/entries/000',
    '',
  ])('%j is no tile', (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });

  test.each(['tile/entries/0', 'tile/entries/x000/001', 'tile/entries/000.p/256', 'tile/0/000', 'tile/entries/'])(
    '%j is no bundle',
    (path) => expect(parseEntriesPath(path)).toBeUndefined(),
  );
});

test('a path of any length is answered at once', () => {
  expect(parseTilePath(`tile/0/${'x999/'.repeat(1_000_000)}000`)).toBeUndefined();
  expect(parseEntriesPath(`tile/entries/${'x999/'.repeat(1_000_000)}000`)).toBeUndefined();
});

describe('bundles', () => {
  const leaves = ['', 'a', 'é'.repeat(300), 'x'.repeat(65_535)].map((text) =>
    new TextEncoder().encode(text.slice(0, 65_535)),
  );

  test('are entries after their length', () => {
    expect(writeBundle([Uint8Array.of(1, 2, 3), new Uint8Array()])).toEqual(Uint8Array.of(0, 3, 1, 2, 3, 0, 0));
    expect(readBundle(writeBundle(leaves))).toEqual({ ok: true, leaves });
    const full = Array.from({ length: 256 }, (_, index) => Uint8Array.of(index));
    expect(readBundle(writeBundle(full))).toEqual({ ok: true, leaves: full });
  });

  test('refuse what is cut, left over or too many', () => {
    const bytes = writeBundle([Uint8Array.of(1, 2, 3), Uint8Array.of(4)]);
    const ends = [5, bytes.length];
    for (let length = 1; length < bytes.length; length += 1) {
      if (ends.includes(length)) continue;
      expect(readBundle(bytes.subarray(0, length)), `${length}`).toEqual({ ok: false, fault: 'truncated' });
    }
    expect(readBundle(new Uint8Array())).toEqual({ ok: false, fault: 'empty' });
    expect(readBundle(new Uint8Array(2 * 257))).toEqual({ ok: false, fault: 'too-many-entries' });
    expect(readBundle(Uint8Array.of(255, 255))).toEqual({ ok: false, fault: 'truncated' });
    expect(() => writeBundle([new Uint8Array(65_536)])).toThrow(RangeError);
  });
});
