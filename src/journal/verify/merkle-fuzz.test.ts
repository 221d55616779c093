import { hash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  consistencyRanges,
  hashRange,
  inclusionRanges,
  leafHash,
  nodeHash,
  type Range,
  rootOf,
  rootRange,
  verifyConsistency,
  verifyInclusion,
} from './index.ts';

const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');
const MOST = 600;
const leaves = Array.from({ length: MOST }, (_, index) => leafHash(sha256, Uint8Array.of(index >> 8, index)));

const known = new Map<string, Uint8Array>();

/** MTH of RFC 9162 §2.1.1, word for word: the judge of everything else. */
function definition(begin: number, end: number): Uint8Array {
  if (end === begin) return sha256(new Uint8Array());
  if (end - begin === 1) return leaves[begin] ?? expect.fail();
  const key = `${begin}-${end}`;
  const found = known.get(key);
  if (found) return found;
  let split = 1;
  while (split * 2 < end - begin) split *= 2;
  const hash = nodeHash(sha256, definition(begin, begin + split), definition(begin + split, end));
  known.set(key, hash);
  return hash;
}

const level1 = Buffer.concat([definition(0, 256), definition(256, 512)]);
const level0 = Buffer.concat(leaves);
const tileAt = (level: number, n: bigint) =>
  level === 1 ? level1 : level0.subarray(Number(n) * 8192, Math.min(Number(n + 1n) * 8192, level0.length));

const hashed = (ranges: Range[]) =>
  ranges.map((range) => {
    const key = `tiles ${range.begin}-${range.end}`;
    const hash = known.get(key) ?? hashRange(sha256, range, tileAt);
    known.set(key, hash);
    return hash;
  });
const inclusionOf = (index: number, size: number) => ({
  index: BigInt(index),
  size: BigInt(size),
  leafHash: leaves[index] ?? new Uint8Array(),
  proof: hashed(inclusionRanges(BigInt(index), BigInt(size))),
  root: definition(0, size),
});
const consistencyOf = (oldSize: number, newSize: number) => ({
  oldSize: BigInt(oldSize),
  oldRoot: definition(0, oldSize),
  newSize: BigInt(newSize),
  newRoot: definition(0, newSize),
  proof: hashed(consistencyRanges(BigInt(oldSize), BigInt(newSize))),
});

test('every size from 0 to 600 has the root of the definition, from leaves and from tiles', () => {
  for (let size = 0; size <= MOST; size += 1) {
    expect(rootOf(sha256, leaves.slice(0, size)), `${size}`).toEqual(definition(0, size));
    expect(hashRange(sha256, rootRange(BigInt(size)), tileAt), `${size}`).toEqual(definition(0, size));
  }
});

test('every size has proofs that verify: all pairs up to 70, the edges and a sample beyond', () => {
  for (let size = 1; size <= MOST; size += 1) {
    const all = Array.from({ length: size }, (_, index) => index);
    const edges = [0, 1, size >> 1, 255, 256, 257, 511, 512, 513, size - 2, size - 1, (size * 7919) % 601];
    const places = size <= 70 ? all : edges.filter((index) => index >= 0 && index < size);
    for (const index of places) {
      if (!verifyInclusion(sha256, inclusionOf(index, size))) expect.fail(`inclusion ${index} in ${size}`);
      if (!verifyConsistency(sha256, consistencyOf(index + 1, size))) expect.fail(`from ${index + 1} to ${size}`);
    }
    if (!verifyConsistency(sha256, consistencyOf(0, size))) expect.fail(`from 0 to ${size}`);
  }
});

const aTree = fc.integer({ min: 1, max: MOST });
const aBit = fc.record({ byte: fc.nat(31), bit: fc.nat(7), hash: fc.nat() });

/** One hash of the list with one bit turned. */
function bent(hashes: readonly Uint8Array[], { byte, bit, hash }: { byte: number; bit: number; hash: number }) {
  const at = hash % hashes.length;
  return hashes.map((one, index) =>
    index === at ? one.map((value, place) => value ^ (place === byte ? 1 << bit : 0)) : one,
  );
}

test('an inclusion proof proves its own claim only', () => {
  fc.assert(
    fc.property(
      aTree,
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 0, max: MOST + 5 }),
      aBit,
      (size, at, otherAt, other, bit) => {
        const [index, stranger] = [at % size, otherAt % MOST];
        const claim = inclusionOf(index, size);
        expect(verifyInclusion(sha256, claim)).toBe(true);
        const is = (one: Partial<typeof claim>) => verifyInclusion(sha256, { ...claim, ...one });
        if (stranger !== index) {
          expect(is({ index: BigInt(stranger) })).toBe(false);
          expect(is({ leafHash: leaves[stranger] ?? new Uint8Array() })).toBe(false);
        }
        if (other !== size && other <= MOST) expect(is({ root: definition(0, other) })).toBe(false);
        expect(is({ root: bent([claim.root], bit)[0] ?? new Uint8Array() })).toBe(false);
        expect(is({ proof: [...claim.proof, claim.root] })).toBe(false);
        if (claim.proof.length === 0) return;
        expect(is({ proof: bent(claim.proof, bit) })).toBe(false);
        expect(is({ proof: claim.proof.slice(1) })).toBe(false);
        expect(is({ proof: claim.proof.slice(0, -1) })).toBe(false);
        if (claim.proof.length > 1) expect(is({ proof: claim.proof.toReversed() })).toBe(false);
      },
    ),
    { numRuns: 400 },
  );
});

test('a consistency proof proves its own claim only', () => {
  fc.assert(
    fc.property(aTree, aTree, fc.integer({ min: 0, max: MOST }), aBit, (one, two, other, bit) => {
      const [oldSize, newSize] = [Math.min(one, two), Math.max(one, two)];
      const claim = consistencyOf(oldSize, newSize);
      expect(verifyConsistency(sha256, claim)).toBe(true);
      const is = (change: Partial<typeof claim>) => verifyConsistency(sha256, { ...claim, ...change });
      expect(is({ newRoot: bent([claim.newRoot], bit)[0] ?? new Uint8Array() })).toBe(false);
      expect(is({ oldRoot: bent([claim.oldRoot], bit)[0] ?? new Uint8Array() })).toBe(false);
      if (other !== oldSize) expect(is({ oldRoot: definition(0, other) })).toBe(false);
      if (other !== newSize) expect(is({ newRoot: definition(0, other) })).toBe(false);
      if (oldSize !== newSize) expect(is({ oldSize: BigInt(newSize), newSize: BigInt(oldSize) })).toBe(false);
      expect(is({ proof: [...claim.proof, claim.newRoot] })).toBe(false);
      if (claim.proof.length === 0) return;
      expect(is({ proof: bent(claim.proof, bit) })).toBe(false);
      expect(is({ proof: claim.proof.slice(0, -1) })).toBe(false);
      expect(is({ proof: [] })).toBe(false);
    }),
    { numRuns: 400 },
  );
});

test('whatever is claimed, there is an answer', () => {
  const hashes = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 70 });
  const size = fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n });
  const bytes = fc.uint8Array({ maxLength: 40 });
  fc.assert(
    fc.property(size, size, bytes, bytes, hashes, (one, other, first, second, proof) => {
      const inclusion = { index: one, size: other, leafHash: first, proof, root: second };
      const consistency = { oldSize: one, newSize: other, oldRoot: first, newRoot: second, proof };
      expect(verifyInclusion(sha256, inclusion)).toBe(false);
      expect(typeof verifyConsistency(sha256, consistency)).toBe('boolean');
      expect(hashRange(sha256, { begin: one, end: other }, () => first)).toBeInstanceOf(Uint8Array);
    }),
  );
});
