import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CanonicalValue, canonicalJson } from '#platform/crypto/canonical-json.ts';
import { readLeaf } from './verify/index.ts';

const { value } = fc.letrec<{ value: CanonicalValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed() && text.normalize('NFC') === text),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.stringMatching(/^[\x21-\x7e]{1,8}$/), tie('value'), { maxKeys: 6 }),
  ),
}));

test('the canonical form is the one of RFC 8785', () => {
  fc.assert(
    fc.property(value, (given) => {
      expect(canonicalJson(given)).toBe(canonicalize(given));
    }),
  );
});

test('names that JavaScript orders or treats apart are written like the others', () => {
  const given = { 10: 1, 9: 2, a: 3, constructor: 4, ['__proto__']: 5, toJSON: 6 };
  expect(canonicalJson(given)).toBe(canonicalize(given));
});

test('what is written is what the verifier accepts', () => {
  const objects = fc.dictionary(
    fc.stringMatching(/^[a-z]{1,8}$/),
    fc.oneof(fc.maxSafeNat(), fc.string(), fc.boolean()),
  );
  fc.assert(
    fc.property(objects, (given) => {
      expect(readLeaf(Buffer.from(canonicalJson(given)))).toMatchObject({ ok: true });
    }),
  );
});

test.each([
  ['minus zero', -0],
  ['a fraction', 0.5],
  ['1e21', 1e21],
  ['2^53', 2 ** 53],
  ['NaN', Number.NaN],
  ['null', null],
  ['undefined', undefined],
  ['a bigint', 1n],
  ['a date', new Date(0)],
  ['bytes', Buffer.from('a')],
  ['a map', new Map([['a', 1]])],
  ['a lone surrogate', '\ud800'],
  ['decomposed accents', 'e\u0301'],
  ['a name that is not ASCII', { é: 1 }],
  ['an absent member', { a: undefined }],
])('what can be written in two ways is refused: %s', (_what, given) => {
  expect(() => canonicalJson(given as CanonicalValue)).toThrow(TypeError);
  expect(() => canonicalJson({ inside: [given as CanonicalValue] })).toThrow(TypeError);
});
