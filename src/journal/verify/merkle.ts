import { LARGEST, sameBytes } from './bytes.ts';
import { nodeHash, type Sha256 } from './hashes.ts';

const HASH_LENGTH = 32;

export type InclusionClaim = {
  /** Place of the leaf, from 0. */
  index: bigint;
  size: bigint;
  leafHash: Uint8Array;
  /** From the leaf's sibling up to a child of the root. */
  proof: readonly Uint8Array[];
  root: Uint8Array;
};

export type ConsistencyClaim = {
  oldSize: bigint;
  oldRoot: Uint8Array;
  newSize: bigint;
  newRoot: Uint8Array;
  proof: readonly Uint8Array[];
};

/** The root of the tree without a leaf: SHA-256 of nothing (RFC 9162 §2.1.1). */
export function emptyRoot(sha256: Sha256): Uint8Array {
  return sha256(new Uint8Array());
}

/** The root of the tree whose leaves have these hashes, in order (RFC 9162 §2.1.2: the stack of perfect subtrees). */
export function rootOf(sha256: Sha256, leafHashes: Iterable<Uint8Array>): Uint8Array {
  const stack: Uint8Array[] = [];
  let count = 0;
  for (const hash of leafHashes) {
    let subtree = hash;
    for (let merges = count; merges % 2 === 1; merges = (merges - 1) / 2)
      subtree = merged(sha256, stack.pop(), subtree);
    stack.push(subtree);
    count += 1;
  }
  let root = stack.pop();
  if (!root) return emptyRoot(sha256);
  while (stack.length > 0) root = merged(sha256, stack.pop(), root);
  return root;
}

function merged(sha256: Sha256, left: Uint8Array | undefined, right: Uint8Array): Uint8Array {
  return left ? nodeHash(sha256, left, right) : right;
}

/** Whether the proof shows this leaf at this index of the tree of this size and root (RFC 9162 §2.1.3.2). */
export function verifyInclusion(sha256: Sha256, claim: InclusionClaim): boolean {
  const root = rootFrom(sha256, claim);
  return root !== undefined && sameBytes(root, claim.root);
}

/** The root to which a proof leads: the loop of RFC 9162 §2.1.3.2. Undefined when no tree of this size has such a proof. */
export function rootFrom(sha256: Sha256, claim: Omit<InclusionClaim, 'root'>): Uint8Array | undefined {
  const { index, size, leafHash, proof } = claim;
  if (index < 0n || index >= size || size > LARGEST || ![leafHash, ...proof].every(isHash)) return undefined;
  let [fn, sn, hash] = [index, size - 1n, leafHash];
  for (const sibling of proof) {
    if (sn === 0n) return undefined;
    if (isOdd(fn) || fn === sn) {
      hash = nodeHash(sha256, sibling, hash);
      while (!isOdd(fn) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else {
      hash = nodeHash(sha256, hash, sibling);
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n ? hash : undefined;
}

/**
 * Whether the proof shows that the new tree begins with the whole old tree: the loop of RFC 9162 §2.1.4.2. Two sizes that
 * are equal need equal roots and no proof; the tree of size 0 has the empty root and no proof.
 */
export function verifyConsistency(sha256: Sha256, claim: ConsistencyClaim): boolean {
  const { oldSize, oldRoot, newSize, newRoot, proof } = claim;
  if (oldSize < 0n || oldSize > newSize || newSize > LARGEST) return false;
  if (oldSize === newSize) return proof.length === 0 && sameBytes(oldRoot, newRoot);
  if (![oldRoot, newRoot, ...proof].every(isHash)) return false;
  if (oldSize === 0n) return proof.length === 0 && sameBytes(oldRoot, emptyRoot(sha256));
  const [first, ...rest] = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  if (!first) return false;
  let [fn, sn] = [oldSize - 1n, newSize - 1n];
  while (isOdd(fn)) [fn, sn] = [fn >> 1n, sn >> 1n];
  let [fr, sr] = [first, first];
  for (const hash of rest) {
    if (sn === 0n) return false;
    if (isOdd(fn) || fn === sn) {
      [fr, sr] = [nodeHash(sha256, hash, fr), nodeHash(sha256, hash, sr)];
      while (!isOdd(fn) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else {
      sr = nodeHash(sha256, sr, hash);
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n && sameBytes(fr, oldRoot) && sameBytes(sr, newRoot);
}

const isHash = (bytes: Uint8Array) => bytes.length === HASH_LENGTH;
const isOdd = (value: bigint) => (value & 1n) === 1n;
const isPowerOfTwo = (value: bigint) => (value & (value - 1n)) === 0n;
