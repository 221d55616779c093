import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type ConsistencyClaim, type InclusionClaim, leafHash, verifyConsistency, verifyInclusion } from './index.ts';
import { CONSISTENCY_PROOFS, INCLUSION_PROOFS, LEAF_HASHES, ROOTS } from './merkle.vectors.ts';
import {
  CONSISTENCY_CASES,
  type ConsistencyCase,
  INCLUSION_CASES,
  type InclusionCase,
} from './merkle-cases.vectors.ts';

const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');
const unhex = (text: string): Uint8Array => Buffer.from(text, 'hex');
const base64 = (text: string): Uint8Array => Buffer.from(text, 'base64');
const root = (size: bigint) => unhex(ROOTS[Number(size)] ?? '');
const leaf = (index: bigint) => unhex(LEAF_HASHES[Number(index)] ?? '');
const NOTHING = new Uint8Array();
const SOME_HASH = base64('q6yroAAAAAAAAAAAAAAAAAAAAAAAAAAAAGAGHgASNFY=');

const inclusionClaim = (one: InclusionCase): InclusionClaim => ({
  index: one.leafIdx,
  size: one.treeSize,
  leafHash: base64(one.leafHash),
  proof: one.proof.map(base64),
  root: base64(one.root),
});
const consistencyClaim = (one: ConsistencyCase): ConsistencyClaim => ({
  oldSize: one.size1,
  oldRoot: base64(one.root1),
  newSize: one.size2,
  newRoot: base64(one.root2),
  proof: one.proof.map(base64),
});

/** A claim as text, for comparing; its name left out. */
function written(claim: InclusionClaim | ConsistencyClaim): string {
  const shown = (value: unknown): unknown => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
    return Array.isArray(value) ? value.map(shown) : String(value);
  };
  const fields = Object.entries(claim).filter(([name]) => name !== 'name');
  return JSON.stringify(fields.map(([name, value]) => [name, shown(value)]).sort());
}

type Proven = { index: bigint; size: bigint; proof: Uint8Array[] };
const full = (one: Proven): InclusionClaim => ({ ...one, leafHash: leaf(one.index), root: root(one.size) });

type ProvenPair = { oldSize: bigint; newSize: bigint; proof: Uint8Array[] };
const fullPair = (one: ProvenPair): ConsistencyClaim => ({
  ...one,
  oldRoot: root(one.oldSize),
  newRoot: root(one.newSize),
});

describe('the cases of transparency-dev/merkle', () => {
  test.each(INCLUSION_CASES)('inclusion/$file: an error is $wantErr', (one) => {
    expect(verifyInclusion(sha256, inclusionClaim(one))).toBe(!one.wantErr);
  });

  test.each(CONSISTENCY_CASES)('consistency/$file: an error is $wantErr', (one) => {
    expect(verifyConsistency(sha256, consistencyClaim(one))).toBe(!one.wantErr);
  });

  test('the sample is among the cases made anew, field by field', () => {
    const made = new Set([...inclusionCases(), ...consistencyCases()].map(written));
    for (const one of INCLUSION_CASES) expect(made, one.file).toContain(written(inclusionClaim(one)));
    for (const one of CONSISTENCY_CASES) expect(made, one.file).toContain(written(consistencyClaim(one)));
  });

  test('all 98 inclusion cases, made anew: five happy paths and a tree of one leaf are right', () => {
    const cases = inclusionCases();
    expect(cases).toHaveLength(98);
    const right = cases.filter((one) => verifyInclusion(sha256, one)).map(({ name, size }) => `${name} in ${size}`);
    expect(right.sort()).toEqual([
      'happy path in 1',
      'happy path in 3',
      'happy path in 5',
      'happy path in 8',
      'happy path in 8',
      'matching root and leaf in 1',
    ]);
  });

  test('all 98 consistency cases, made anew: five happy paths and two equal roots are right', () => {
    const cases = consistencyCases();
    expect(cases).toHaveLength(98);
    const right = cases.filter((one) => verifyConsistency(sha256, one)).map((one) => `${one.name} ${one.oldSize}`);
    expect(right.sort()).toEqual([
      'equal roots 0',
      'equal roots 1',
      'happy path 1',
      'happy path 1',
      'happy path 2',
      'happy path 6',
      'happy path 6',
    ]);
  });
});

function inclusionCases(): (InclusionClaim & { name: string })[] {
  const bases = INCLUSION_PROOFS.map(({ index, size, proof }) => full({ index, size, proof: proof.map(unhex) }));
  return [
    ...bases.flatMap((base) => [{ name: 'happy path', ...base }, ...corruptInclusion(base)]),
    ...[strangers(0n, 0n), strangers(0n, 1n), strangers(1n, 0n), strangers(2n, 1n)].flat(),
    ...singleEntry(),
  ];
}

function consistencyCases(): (ConsistencyClaim & { name: string })[] {
  const bases = CONSISTENCY_PROOFS.slice(0, 5).map((one) => fullPair({ ...one, proof: one.proof.map(unhex) }));
  return [
    ...bases.flatMap((base) => [{ name: 'happy path', ...base }, ...corruptConsistency(base)]),
    ...trivialPairs(),
  ];
}

/** The mutations of transparency-dev/merkle proof/verify_test.go; its indices are unsigned, so 0 − 1 is 2^64 − 1. */
function corruptInclusion(base: InclusionClaim): (InclusionClaim & { name: string })[] {
  const { index, size, proof, root: rightRoot } = base;
  const uint64 = (value: bigint) => BigInt.asUintN(64, value);
  return [
    { name: 'leafIndex - 1', index: uint64(index - 1n) },
    { name: 'leafIndex + 1', index: index + 1n },
    { name: 'leafIndex ^ 2', index: index ^ 2n },
    { name: 'treeSize * 2', size: size * 2n },
    { name: 'treeSize / 2', size: size / 2n },
    { name: 'wrong leaf', leafHash: Buffer.from('WrongLeaf') },
    { name: 'empty root', root: root(0n) },
    { name: 'random root', root: SOME_HASH },
    { name: 'trailing garbage', proof: [...proof, NOTHING] },
    { name: 'trailing root', proof: [...proof, rightRoot] },
    { name: 'preceding garbage', proof: [NOTHING, ...proof] },
    { name: 'preceding root', proof: [rightRoot, ...proof] },
    ...flipped(proof, 8),
    ...(proof.length > 0 ? [{ name: 'removed component', proof: proof.slice(0, -1) }] : []),
    ...(proof.length > 1
      ? [{ name: 'inserted component', proof: [...proof.slice(0, 1), SOME_HASH, ...proof.slice(1)] }]
      : []),
  ].map((change) => ({ ...base, ...change }));
}

function corruptConsistency(base: ConsistencyClaim): (ConsistencyClaim & { name: string })[] {
  const { oldSize, newSize, oldRoot, newRoot, proof } = base;
  if (proof.length === 0) return [];
  const wrongRoot = Buffer.from('WrongRoot');
  return [
    { name: 'size1 - 1', oldSize: oldSize - 1n },
    { name: 'size1 + 1', oldSize: oldSize + 1n },
    { name: 'size1 ^ 2', oldSize: oldSize ^ 2n },
    { name: 'size2 * 2', newSize: newSize * 2n },
    { name: 'size2 / 2', newSize: newSize / 2n },
    { name: 'wrong root1', oldRoot: wrongRoot },
    { name: 'wrong root2', newRoot: wrongRoot },
    { name: 'swapped roots', oldRoot: newRoot, newRoot: oldRoot },
    { name: 'empty proof', proof: [] },
    { name: 'trailing garbage', proof: [...proof, NOTHING] },
    { name: 'trailing root1', proof: [...proof, oldRoot] },
    { name: 'trailing root2', proof: [...proof, newRoot] },
    { name: 'preceding garbage', proof: [NOTHING, ...proof] },
    { name: 'preceding root1', proof: [oldRoot, ...proof] },
    { name: 'preceding root2', proof: [newRoot, ...proof] },
    { name: 'preceding proof[0]', proof: [...proof.slice(0, 1), ...proof] },
    { name: 'truncated proof', proof: proof.slice(0, -1) },
    ...flipped(proof, 16),
  ].map((change) => ({ ...base, ...change }));
}

function flipped(proof: readonly Uint8Array[], bit: number): { name: string; proof: Uint8Array[] }[] {
  return proof.map((_hash, at) => ({
    name: `modified proof[${at}]`,
    proof: proof.map((hash, index) =>
      index === at ? hash.map((byte, place) => (place === 0 ? byte ^ bit : byte)) : hash,
    ),
  }));
}

function strangers(index: bigint, size: bigint): (InclusionClaim & { name: string })[] {
  return [
    { name: 'random leaf', index, size, leafHash: SOME_HASH, proof: [], root: NOTHING },
    { name: 'empty root', index, size, leafHash: NOTHING, proof: [], root: root(0n) },
    { name: 'empty root and random leaf', index, size, leafHash: SOME_HASH, proof: [], root: root(0n) },
  ];
}

function singleEntry(): (InclusionClaim & { name: string })[] {
  const data = leafHash(sha256, Buffer.from('data'));
  return [
    { name: 'matching root and leaf', index: 0n, size: 1n, leafHash: data, proof: [], root: data },
    { name: 'empty leaf', index: 0n, size: 1n, leafHash: NOTHING, proof: [], root: data },
    { name: 'empty root', index: 0n, size: 1n, leafHash: data, proof: [], root: NOTHING },
    { name: 'empty root and leaf', index: 0n, size: 1n, leafHash: NOTHING, proof: [], root: NOTHING },
  ];
}

function trivialPairs(): (ConsistencyClaim & { name: string })[] {
  const [one, two, empty] = [Buffer.from("don't care 1"), Buffer.from("don't care 2"), root(0n)];
  const pairs: [name: string, oldSize: bigint, newSize: bigint, oldRoot: Uint8Array, newRoot: Uint8Array][] = [
    ['other roots', 0n, 0n, one, two],
    ['other roots', 1n, 1n, one, two],
    ['equal roots', 0n, 0n, one, one],
    ['from nothing', 0n, 1n, one, two],
    ['from nothing', 0n, 1n, empty, two],
    ['equal roots', 1n, 1n, two, two],
    ['to the past', 1n, 0n, one, two],
    ['to the past', 2n, 1n, one, two],
    ['without proof', 1n, 2n, one, two],
    ['roots differ', 0n, 0n, empty, two],
    ['roots differ', 1n, 1n, empty, two],
  ];
  const garnished = [0n, 0n, 1n].map((oldSize, at) => ({ oldSize, newSize: at === 0 ? 0n : 1n }));
  return [
    ...pairs.map(([name, oldSize, newSize, oldRoot, newRoot]) => ({
      ...{ name, oldSize, newSize, oldRoot, newRoot, proof: [] },
    })),
    ...garnished.map((sizes) => ({
      name: 'proof for nothing',
      ...sizes,
      oldRoot: empty,
      newRoot: empty,
      proof: [empty],
    })),
  ];
}
