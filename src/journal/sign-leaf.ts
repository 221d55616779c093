import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { PrivateJwk } from '#platform/crypto/keys.ts';
import { MOST_SIGNED_TOGETHER, signTogether } from './verify/index.ts';

type Waiting = { leaf: Buffer; signed(signature: Buffer): void; failed(error: unknown): void };
type Signer = { key: KeyObject; waiting: Waiting[] };

/** Importing a key takes longer than signing with it, and every act signs: each key of a ring is imported once. */
const signers = new WeakMap<PrivateJwk, Signer>();

/**
 * Signs a leaf as one node. Leaves that are written at the same time, by whichever acts, are signed together: under load,
 * which is when it counts, one Ed25519 signature is made, and later verified, for up to 16 entries.
 */
export function signLeaf(node: PrivateJwk, leaf: Buffer): Promise<Buffer> {
  const signer = signers.get(node) ?? { key: createPrivateKey({ key: node, format: 'jwk' }), waiting: [] };
  signers.set(node, signer);
  return new Promise((signed, failed) => {
    signer.waiting.push({ leaf, signed, failed });
    // two turns of the loop: nothing for an act alone, and under load every act that goes on meanwhile has written its leaf
    if (signer.waiting.length === 1) setImmediate(() => setImmediate(signWaiting, signer));
  });
}

/** The public half of a node key: 32 bytes. */
export function nodePublicKey(node: PrivateJwk): Buffer {
  return Buffer.from(node.x, 'base64url');
}

function signWaiting(signer: Signer): void {
  const waiting = signer.waiting.splice(0);
  for (let first = 0; first < waiting.length; first += MOST_SIGNED_TOGETHER) {
    signSome(signer, waiting.slice(first, first + MOST_SIGNED_TOGETHER));
  }
}

/** Here, not in Node's thread pool: going there and back takes longer than an Ed25519 signature. */
function signSome({ key }: Signer, some: readonly Waiting[]): void {
  try {
    const leaves = some.map(({ leaf }) => leaf);
    const signatures = signTogether(sha256, leaves, (message) => sign(null, message, key));
    for (const [index, signature] of signatures.entries()) some[index]?.signed(Buffer.from(signature));
  } catch (error) {
    for (const { failed } of some) failed(error);
  }
}
