import { createPublicKey, type KeyObject } from 'node:crypto';

/** DER before a raw key of 32 bytes: SubjectPublicKeyInfo (RFC 8410 §4). */
export const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** Importing a key takes half as long as verifying with it, and what comes together is signed by few: as many are kept. */
const MOST_IMPORTED = 64;
const imported = new Map<string, KeyObject>();

/** An Ed25519 public key from its 32 bytes. Throws when they are not as many. */
export function ed25519PublicKey(raw: Uint8Array): KeyObject {
  const name = Buffer.from(raw).toString('latin1');
  const known = imported.get(name);
  if (known) return known;
  const key = createPublicKey({ key: Buffer.concat([ED25519_SPKI, raw]), format: 'der', type: 'spki' });
  if (imported.size >= MOST_IMPORTED) imported.clear();
  imported.set(name, key);
  return key;
}
