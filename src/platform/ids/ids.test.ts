import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inGroups, isUuid, normaliseCrockford, randomCrockford, uuidv7 } from './ids.ts';

describe('UUIDv7', () => {
  test('is a UUID of version 7 that says its millisecond', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (now) => {
        const id = uuidv7(now);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(isUuid(id)).toBe(true);
        expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(now.getTime());
      }),
    );
  });

  test('later ones come after, as text and as uuid', () => {
    const ids = Array.from({ length: 500 }, (_, index) => uuidv7(new Date(1_700_000_000_000 + index)));
    expect([...ids].sort()).toEqual(ids);
  });

  test('what an address may hold instead is not one', () => {
    const id = uuidv7(new Date());
    const others = [
      '',
      'x',
      id.toUpperCase(),
      `${id} `,
      ` ${id}`,
      `${id}\n`,
      id.replaceAll('-', ''),
      `{${id}}`,
      `${id}a`,
    ];
    for (const other of others) expect(isUuid(other), other).toBe(false);
  });
});

describe('Crockford base32', () => {
  test('is random, of the length asked, without I, L, O or U', () => {
    const many = Array.from({ length: 300 }, () => randomCrockford(16));
    expect(new Set(many).size).toBe(300);
    for (const one of many) expect(one).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
    expect(new Set(many.join('')).size).toBe(32);
  });

  test('is read back whatever way a person typed it', () => {
    const one = '7KQ2X9MB04ZT1C8H';
    const typed = [
      '7kq2x9mb04zt1c8h',
      '7KQ2 X9MB 04ZT 1C8H',
      '7KQ2\u00a0X9MB\u202f04ZT\u00a01C8H',
      '7KQ2-X9MB-04ZT-1C8H',
      ' 7KQ2X9MBO4ZTIC8H ',
      '7kq2x9mbo4ztlc8h\n',
      '\t7KQ2X9MBo4ZTiC8H',
    ];
    for (const text of typed) expect(normaliseCrockford(text), text).toBe(one);
  });

  test('reading is stable: what was read is read again as it is', () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        const once = normaliseCrockford(typed);
        expect(normaliseCrockford(once)).toBe(once);
      }),
    );
    const code = randomCrockford(16);
    expect(normaliseCrockford(inGroups(code))).toBe(code);
  });

  test('is shown in groups that are not cut at the end of a line', () => {
    expect(inGroups('7KQ2X9MB04ZTRC8H')).toBe('7KQ2\u00a0X9MB\u00a004ZT\u00a0RC8H');
    expect(inGroups('12345678')).toBe('1234\u00a05678');
    expect(inGroups('ABCDE', 5)).toBe('ABCDE');
    expect(inGroups('ABCDEFGHIJ', 5)).toBe('ABCDE\u00a0FGHIJ');
    expect(inGroups('')).toBe('');
  });
});
