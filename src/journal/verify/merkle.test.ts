import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type ConsistencyClaim,
  consistencyRanges,
  emptyRoot,
  hashRange,
  type InclusionClaim,
  inclusionRanges,
  leafHash,
  nodeHash,
  type Range,
  rootOf,
  rootRange,
  verifyConsistency,
  verifyInclusion,
} from './index.ts';
import { CONSISTENCY_PROOFS, INCLUSION_PROOFS, LEAF_HASHES, LEAVES, ROOTS } from './merkle.vectors.ts';

const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const unhex = (text: string): Uint8Array => Buffer.from(text, 'hex');
const root = (size: bigint) => unhex(ROOTS[Number(size)] ?? '');
const leaf = (index: bigint) => unhex(LEAF_HASHES[Number(index)] ?? '');
const SOME_HASH = Buffer.from('q6yroAAAAAAAAAAAAAAAAAAAAAAAAAAAAGAGHgASNFY=', 'base64');

/** The reference tree fits in one tile. */
const tile = Buffer.concat(LEAVES.map((one) => leafHash(sha256, unhex(one))));
const proofOf = (ranges: Range[]) => ranges.map((range) => hex(hashRange(sha256, range, () => tile)));

describe('the reference tree of RFC 6962', () => {
  test('has these roots, from its leaves and from its tile', () => {
    const hashes = LEAVES.map((one) => leafHash(sha256, unhex(one)));
    expect(ROOTS.map((_root, size) => hex(rootOf(sha256, hashes.slice(0, size))))).toEqual(ROOTS);
    expect(proofOf(ROOTS.map((_root, size) => rootRange(BigInt(size))))).toEqual(ROOTS);
    expect(hex(emptyRoot(sha256))).toBe(ROOTS[0]);
  });

  test.each(INCLUSION_PROOFS)('has this inclusion proof for $index in $size', ({ index, size, proof }) => {
    expect(proofOf(inclusionRanges(index, size))).toEqual(proof);
    expect(inclusion({ index, size, proof: proof.map(unhex) })).toBe(true);
  });

  test.each(CONSISTENCY_PROOFS)('has this consistency proof from $oldSize to $newSize', (one) => {
    expect(proofOf(consistencyRanges(one.oldSize, one.newSize))).toEqual(one.proof);
    expect(consistency({ ...one, proof: one.proof.map(unhex) })).toBe(true);
  });
});

describe('impossible sizes and indices', () => {
  const proof = (INCLUSION_PROOFS[2]?.proof ?? []).map(unhex);

  test.each([-1n, 8n, 9n, 2n ** 31n, 2n ** 53n, 2n ** 64n - 1n, 2n ** 5000n])('no leaf %s in 8', (index) => {
    expect(verifyInclusion(sha256, { index, size: 8n, leafHash: leaf(5n), proof, root: root(8n) })).toBe(false);
    expect(inclusionRanges(index, 8n)).toEqual([]);
  });

  test.each([0n, -8n, 2n ** 31n, 2n ** 63n, 2n ** 64n, 2n ** 5000n])('not in a tree of %s', (size) => {
    expect(verifyInclusion(sha256, { index: 5n, size, leafHash: leaf(5n), proof, root: root(8n) })).toBe(false);
    const oldTree = { oldSize: 6n, oldRoot: root(6n) };
    expect(verifyConsistency(sha256, { ...oldTree, newSize: size, newRoot: root(8n), proof })).toBe(false);
  });

  test('the empty tree is the beginning of every tree, if its root is the empty one and nothing is added', () => {
    const claim = { oldSize: 0n, oldRoot: root(0n), newSize: 8n, newRoot: root(8n), proof: [] };
    expect(verifyConsistency(sha256, claim)).toBe(true);
    expect(verifyConsistency(sha256, { ...claim, oldRoot: SOME_HASH })).toBe(false);
    expect(verifyConsistency(sha256, { ...claim, proof: [root(8n)] })).toBe(false);
    expect(verifyConsistency(sha256, { ...claim, oldSize: -1n })).toBe(false);
  });
});

describe('claims that are made to fit', () => {
  const proofFor = (ranges: Range[]) => ranges.map((range) => hashRange(sha256, range, () => tile));
  const over = (below: Uint8Array) => nodeHash(sha256, SOME_HASH, below);

  test('a proof that is too long, with the root it leads to', () => {
    const proof = [...proofFor(inclusionRanges(5n, 8n)), SOME_HASH];
    expect(verifyInclusion(sha256, { index: 5n, size: 8n, leafHash: leaf(5n), proof, root: over(root(8n)) })).toBe(
      false,
    );
    const longer = [...proofFor(consistencyRanges(7n, 8n)), SOME_HASH];
    const roots = { oldRoot: over(root(7n)), newRoot: over(root(8n)) };
    expect(verifyConsistency(sha256, { oldSize: 7n, newSize: 8n, ...roots, proof: longer })).toBe(false);
  });

  test('a negative number that has the bits of the right one', () => {
    const claim = { size: 8n, leafHash: leaf(7n), proof: proofFor(inclusionRanges(7n, 8n)), root: root(8n) };
    expect(verifyInclusion(sha256, { ...claim, index: 7n })).toBe(true);
    expect(verifyInclusion(sha256, { ...claim, index: -1n })).toBe(false);
    const pair = { oldRoot: root(7n), newSize: 8n, newRoot: root(8n), proof: proofFor(consistencyRanges(7n, 8n)) };
    expect(verifyConsistency(sha256, { ...pair, oldSize: 7n })).toBe(true);
    expect(verifyConsistency(sha256, { ...pair, oldSize: -1n })).toBe(false);
  });

  test('a tree of 2^62 leaves is one; a tree of 2^63 is beyond what is counted', () => {
    const heights = [leaf(0n)];
    for (const below of heights) if (heights.length < 64) heights.push(nodeHash(sha256, below, below));
    const claim = (height: number): InclusionClaim => {
      const [top = SOME_HASH, proof] = [heights[height], heights.slice(0, height)];
      return { index: 0n, size: 1n << BigInt(height), leafHash: leaf(0n), proof, root: top };
    };
    expect(verifyInclusion(sha256, claim(62))).toBe(true);
    expect(verifyInclusion(sha256, claim(63))).toBe(false);
  });
});

type Proven = { index: bigint; size: bigint; proof: Uint8Array[] };
const full = (one: Proven): InclusionClaim => ({ ...one, leafHash: leaf(one.index), root: root(one.size) });
const inclusion = (one: Proven) => verifyInclusion(sha256, full(one));

type ProvenPair = { oldSize: bigint; newSize: bigint; proof: Uint8Array[] };
const fullPair = (one: ProvenPair): ConsistencyClaim => ({
  ...one,
  oldRoot: root(one.oldSize),
  newRoot: root(one.newSize),
});
const consistency = (one: ProvenPair) => verifyConsistency(sha256, fullPair(one));
