import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hmac, sameSecret } from './hashes.ts';
import type { SecretKey } from './keys.ts';
import { type Place, seal, sealedWith, unseal } from './seal.ts';

const key = (id: string): SecretKey => ({ id, secret: randomBytes(32) });
const place: Place = { table: 'aidant', column: 'totp_secret', row: '42' };

describe('what is sealed', () => {
  test('opens with its key, at its place, as it was', () => {
    const ring = [key('2026'), key('2025')] as const;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), fc.string(), (bytes, column, row) => {
        const here = { table: 'draft', column, row };
        const sealed = seal(ring, here, Buffer.from(bytes));
        expect(unseal(ring, here, sealed).equals(Buffer.from(bytes))).toBe(true);
        expect(sealedWith(sealed)).toBe('2026');
      }),
    );
  });

  test('opens with an older key of the ring, and with no other', () => {
    const [fresh, old] = [key('2026'), key('2025')];
    const sealed = seal([old], place, 'secret');
    expect(unseal([fresh, old], place, sealed).toString()).toBe('secret');
    expect(() => unseal([fresh], place, sealed)).toThrow(
      'no data key « 2025 » in ENTREMISE_KEYS for aidant.totp_secret',
    );
    expect(() => unseal([key('2025')], place, sealed)).toThrow();
  });

  test('does not open in another table, column or row, nor in a place that is written alike', () => {
    const ring = [key('k')] as const;
    const sealed = seal(ring, { table: 'a', column: 'b,c', row: 'd' }, 'secret');
    const others = [
      { table: 'x', column: 'b,c', row: 'd' },
      { table: 'a', column: 'x', row: 'd' },
      { table: 'a', column: 'b,c', row: 'x' },
      { table: 'a,b', column: 'c', row: 'd' },
      { table: 'a', column: 'b', row: 'c,d' },
      { table: 'a","b', column: 'c', row: 'd' },
    ];
    for (const other of others) expect(() => unseal(ring, other, sealed)).toThrow();
  });

  test('does not open once any of its bits has changed, or its end is missing', () => {
    const ring = [key('k')] as const;
    const sealed = seal(ring, place, 'secret');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => unseal(ring, place, changed), `bit ${bit}`).toThrow();
    }
    for (const long of [sealed, seal(ring, place, '')]) {
      for (let length = 0; length < long.length; length += 1) {
        expect(() => unseal(ring, place, long.subarray(0, length)), `${length} bytes`).toThrow();
      }
    }
  });

  test('is never the same twice', () => {
    const ring = [key('k')] as const;
    expect(seal(ring, place, 'secret').equals(seal(ring, place, 'secret'))).toBe(false);
  });
});

test('no two lists of parts have one keyed hash', () => {
  const secret = randomBytes(32);
  const lists = [
    ['ab', 'c'],
    ['a', 'bc'],
    ['abc'],
    ['ab', 'c', ''],
    ['', 'ab', 'c'],
    ['2:ab', 'c'],
    ['é', 'c'],
    ['e\u0301', 'c'],
  ];
  const hashes = lists.map((parts) => hmac(secret, ...parts).toString('hex'));
  expect(new Set(hashes).size).toBe(lists.length);
});

test('secrets are compared whole', () => {
  expect(sameSecret('abc', 'abc')).toBe(true);
  for (const other of ['', 'ab', 'abcd', 'ABC', 'abd']) expect(sameSecret('abc', other)).toBe(false);
});
