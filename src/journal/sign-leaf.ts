import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { PrivateJwk } from '#platform/crypto/keys.ts';
import { MOST_SIGNED_TOGETHER, signTogether } from './verify/index.ts';

type Waiting = { leaf: Buffer; signed(signature: Buffer): void; failed(error: unknown): void };
type Signer = { key: KeyObject; waiting: Waiting[]; isBusy: boolean };

/** Importing a key takes longer than signing with it, and every act signs: each key of a ring is imported once. */
const signers = new WeakMap<PrivateJwk, Signer>();

/**
 * Signs a leaf as one node. Leaves that are written at the same time, by whichever acts, are signed together: under load,
 * which is when it counts, one Ed25519 signature is made, and later verified, for up to 16 entries.
 */
export function signLeaf(node: PrivateJwk, leaf: Buffer): Promise<Buffer> {
  const signer = signers.get(node) ?? {
    key: createPrivateKey({ key: node, format: 'jwk' }),
    waiting: [],
    isBusy: false,
  };
  signers.set(node, signer);
  return new Promise((signed, failed) => {
    signer.waiting.push({ leaf, signed, failed });
    if (signer.isBusy) return;
    signer.isBusy = true;
    setImmediate(() => void signWaiting(signer)); // once every act that goes on in this turn has written its leaf
  });
}

/** The public half of a node key: 32 bytes. */
export function nodePublicKey(node: PrivateJwk): Buffer {
  return Buffer.from(node.x, 'base64url');
}

async function signWaiting(signer: Signer): Promise<void> {
  while (signer.waiting.length > 0) await signSome(signer, signer.waiting.splice(0, MOST_SIGNED_TOGETHER));
  signer.isBusy = false;
}

async function signSome({ key }: Signer, some: readonly Waiting[]): Promise<void> {
  try {
    const leaves = some.map(({ leaf }) => leaf);
    const signatures = await signTogether(sha256, leaves, (message) => ed25519Sign(key, message));
    for (const [index, signature] of signatures.entries()) some[index]?.signed(Buffer.from(signature));
  } catch (error) {
    for (const { failed } of some) failed(error);
  }
}

/** In Node's thread pool: acts that come meanwhile wait for the next one together. */
function ed25519Sign(key: KeyObject, message: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign(null, message, key, (error, signature) => (error ? reject(error) : resolve(signature)));
  });
}
