import { createPrivateKey, sign } from 'node:crypto';
import type { PrivateJwk } from '#platform/crypto/keys.ts';
import { signedBytes } from './verify/index.ts';

/** Signs leaves as one node: Ed25519 over `signedBytes(leaf)`, 64 bytes. */
export function leafSigner(node: PrivateJwk): (leaf: Buffer) => Buffer {
  const key = createPrivateKey({ key: node, format: 'jwk' });
  return (leaf) => sign(null, signedBytes(leaf), key);
}

/** The public half of a node key: 32 bytes. */
export function nodePublicKey(node: PrivateJwk): Buffer {
  return Buffer.from(node.x, 'base64url');
}
