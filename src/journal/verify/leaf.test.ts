import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LONGEST_LEAF, readLeaf } from './index.ts';
import { signedBytes } from './leaf.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const faultOf = (bytes: Uint8Array) => {
  const read = readLeaf(bytes);
  return read.ok ? undefined : read.fault;
};

const { tree } = fc.letrec<{ tree: unknown; object: object }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme' }).map((text) => text.normalize('NFC')),
    fc.maxSafeNat(),
    fc.boolean(),
    fc.array(tie('tree'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.stringMatching(/^[a-zA-Z][\w-]{0,8}$/), tie('tree'), { maxKeys: 5 }),
}));
const leaves = fc.dictionary(fc.stringMatching(/^[a-zA-Z][\w-]{0,8}$/), tree, { maxKeys: 6 });

test('what RFC 8785 writes is canonical, and is read as it was', () => {
  fc.assert(
    fc.property(leaves, (leaf) => {
      const read = readLeaf(bytesOf(canonicalize(leaf) ?? ''));
      expect(read).toEqual({ ok: true, leaf: { ...leaf } });
    }),
  );
});

test('what RFC 8785 would write otherwise is not canonical', () => {
  fc.assert(
    fc.property(leaves, (leaf) => {
      const text = JSON.stringify(leaf);
      expect(readLeaf(bytesOf(text)).ok).toBe(text === canonicalize(leaf));
    }),
  );
});

test.each([
  ['a doubled name', '{"a":1,"a":1}'],
  ['another order', '{"b":1,"a":1}'],
  ['a space', '{"a": 1}'],
  ['a fraction', '{"a":1.5}'],
  ['1.0', '{"a":1.0}'],
  ['minus zero', '{"a":-0}'],
  ['a negative number', '{"a":-1}'],
  ['1e21', '{"a":1e21}'],
  ['2^53', '{"a":9007199254740992}'],
  ['null', '{"a":null}'],
  ['null inside an array', '{"a":[1,null]}'],
  ['a lone surrogate', '{"a":"\\ud800"}'],
  ['decomposed accents (NFD)', '{"a":"e\u0301"}'],
  ['a needless escape', '{"a":"\\u0061"}'],
  ['a name that is not ASCII', '{"é":1}'],
  ['an empty name', '{"":1}'],
  ['more levels than a leaf has', `{"a":${'['.repeat(9)}${']'.repeat(9)}}`],
  ['thousands of levels', `{"a":${'['.repeat(8000)}${']'.repeat(8000)}}`],
])('not canonical: %s', (_what, text) => {
  expect(faultOf(bytesOf(text))).toBe('not-canonical');
});

test.each([
  ['not-json', bytesOf('')],
  ['not-json', bytesOf('{"a":1}x')],
  ['not-json', bytesOf('\ufeff{"a":1}')],
  ['not-an-object', bytesOf('[1]')],
  ['not-an-object', bytesOf('null')],
  ['not-utf-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)],
  ['too-long', bytesOf(`{"a":"${'x'.repeat(LONGEST_LEAF)}"}`)],
] as const)('%s', (fault, bytes) => {
  expect(faultOf(bytes)).toBe(fault);
});

test('any bytes at all get an answer, never an exception', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof readLeaf(bytes).ok === 'boolean'));
  fc.assert(fc.property(fc.json(), (text) => typeof readLeaf(bytesOf(text)).ok === 'boolean'));
});

test('a node signs the leaf behind a line of its own', () => {
  expect(Buffer.from(signedBytes(bytesOf('{}'))).toString()).toBe('entremise journal leaf\n{}');
});
