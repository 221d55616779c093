import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { PrivateJwk } from '#platform/crypto/keys.ts';
import { signedBytes } from './verify/index.ts';

/** Importing a key takes longer than signing with it, and every act signs: each key of a ring is imported once. */
const imported = new WeakMap<PrivateJwk, KeyObject>();

/** Signs a leaf as one node: Ed25519 over `signedBytes(leaf)`, 64 bytes. */
export function signLeaf(node: PrivateJwk, leaf: Buffer): Buffer {
  const key = imported.get(node) ?? createPrivateKey({ key: node, format: 'jwk' });
  imported.set(node, key);
  return sign(null, signedBytes(leaf), key);
}

/** The public half of a node key: 32 bytes. */
export function nodePublicKey(node: PrivateJwk): Buffer {
  return Buffer.from(node.x, 'base64url');
}
