/**
 * SHA-256, handed in: Node, a browser and a verifier without packages each have their own. It answers at once, with bytes of
 * its own, and does not keep what it was given.
 */
export type Sha256 = (data: Uint8Array) => Uint8Array;

/** Where the children of a node are put together: a new array for each (65 bytes are outside V8's heap) halves the speed. */
const NODE = Uint8Array.of(0x01, ...new Uint8Array(64));

/** The hash of a leaf: SHA-256(0x00 ‖ leaf), RFC 6962 §2.1. */
export function leafHash(sha256: Sha256, leaf: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + leaf.length);
  bytes.set(leaf, 1);
  return sha256(bytes);
}

/** The hash of a node with two children: SHA-256(0x01 ‖ left ‖ right), RFC 6962 §2.1. */
export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  const isUsual = left.length === 32 && right.length === 32;
  const bytes = isUsual ? NODE : Uint8Array.of(0x01, ...new Uint8Array(left.length + right.length));
  bytes.set(left, 1);
  bytes.set(right, 1 + left.length);
  return sha256(bytes);
}
