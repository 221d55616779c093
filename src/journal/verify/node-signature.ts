import type { Crypto } from './check-note.ts';
import { leafHash, nodeHash, type Sha256 } from './hashes.ts';
import { signedBytes } from './leaf.ts';
import { rootFrom, rootOf } from './merkle.ts';

/** How many leaves one signature covers at most: what verifying costs is divided by as many, and four hashes lead to the root. */
export const MOST_SIGNED_TOGETHER = 16;

const SIGNATURE = 64;
const HASH = 32;
const DOMAIN = new TextEncoder().encode('entremise journal leaves\n');

/** What Ed25519 signs, and the 64 bytes that it made of it. */
export type NodeSignature = { message: Uint8Array; signature: Uint8Array };

/**
 * The signatures of leaves that are signed together: `sign` makes one (Ed25519, 64 bytes) for all of them. A leaf alone has
 * these 64 bytes. One of several has, after them, its place and their number (a byte each), then its inclusion proof
 * (RFC 9162 §2.1.3) in the tree of these leaves, whose root was signed. For 1 to 16 leaves.
 */
export function signTogether(
  sha256: Sha256,
  leaves: readonly Uint8Array[],
  sign: (message: Uint8Array) => Uint8Array,
): Uint8Array[] {
  const [alone] = leaves;
  if (alone && leaves.length === 1) return [sign(signedBytes(alone))];
  const { root, paths } = treeOf(
    sha256,
    leaves.map((leaf) => leafHash(sha256, leaf)),
  );
  const signature = sign(rootMessage(leaves.length, root));
  return paths.map((path, index) => joined([signature, Uint8Array.of(index, leaves.length), ...path]));
}

/**
 * Reads the signature that an entry carries; undefined when it has no such form. Whether it is true is for Ed25519 to say.
 * `hash`: of the leaf, when it is known already.
 */
export function readNodeSignature(
  sha256: Sha256,
  leaf: Uint8Array,
  bytes: Uint8Array,
  hash?: Uint8Array,
): NodeSignature | undefined {
  const signature = bytes.subarray(0, SIGNATURE);
  if (bytes.length === SIGNATURE) return { message: signedBytes(leaf), signature };
  const [index = 0, size = 0] = bytes.subarray(SIGNATURE);
  const path = bytes.subarray(SIGNATURE + 2);
  if (size < 2 || size > MOST_SIGNED_TOGETHER || path.length % HASH !== 0) return undefined;
  const proof = Array.from({ length: path.length / HASH }, (_, at) => path.subarray(at * HASH, (at + 1) * HASH));
  const root = rootFrom(sha256, {
    index: BigInt(index),
    size: BigInt(size),
    leafHash: hash ?? leafHash(sha256, leaf),
    proof,
  });
  return root && { message: rootMessage(size, root), signature };
}

/** Whether the node with this key (Ed25519, 32 bytes) signed this leaf, alone or with others. Never throws. */
export function verifyNodeSignature(
  { sha256, ed25519Verify }: Crypto,
  key: Uint8Array,
  leaf: Uint8Array,
  bytes: Uint8Array,
): boolean {
  try {
    const read = readNodeSignature(sha256, leaf, bytes);
    return read !== undefined && ed25519Verify(key, read.message, read.signature);
  } catch {
    return false;
  }
}

/** A line that no other signature of the service begins with, the number of leaves, the root of their tree. */
function rootMessage(size: number, root: Uint8Array): Uint8Array {
  return joined([DOMAIN, Uint8Array.of(size), root]);
}

/** The root, and for each leaf what leads to it: from the leaf's sibling up to a child of the root (RFC 9162 §2.1.3.1). */
function treeOf(sha256: Sha256, hashes: readonly Uint8Array[]): { root: Uint8Array; paths: Uint8Array[][] } {
  if (hashes.length < 2) return { root: rootOf(sha256, hashes), paths: hashes.map(() => []) };
  let half = 1;
  while (half * 2 < hashes.length) half *= 2;
  const [left, right] = [treeOf(sha256, hashes.slice(0, half)), treeOf(sha256, hashes.slice(half))];
  const paths = [
    ...left.paths.map((path) => [...path, right.root]),
    ...right.paths.map((path) => [...path, left.root]),
  ];
  return { root: nodeHash(sha256, left.root, right.root), paths };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
