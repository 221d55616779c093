import { fromBase64, joined, sameBytes, toBase64, utf8 } from './bytes.ts';
import type { Sha256 } from './hashes.ts';
import { isKeyName } from './note.ts';

/** Signature types of C2SP signed-note: a plain Ed25519 signature (logs), and cosignature/v1 (witnesses). */
export const ED25519 = 0x01;
export const COSIGNATURE_V1 = 0x04;
export type KeyType = typeof ED25519 | typeof COSIGNATURE_V1;

/** A public key as C2SP writes it; `text` is `name+key id in hex+base64(type ‖ public key)`. */
export type Vkey = { name: string; keyId: number; type: KeyType; publicKey: Uint8Array; text: string };

export type VkeyFault = 'bad-vkey' | 'bad-key-name' | 'unknown-key-type' | 'bad-public-key' | 'wrong-key-id';

const PUBLIC_KEY_LENGTH = 32;

/** The id of a key: SHA-256(name ‖ 0x0A ‖ type ‖ public key), first four bytes big-endian (C2SP signed-note, Signatures). */
export function keyIdOf(name: string, type: KeyType, publicKey: Uint8Array, sha256: Sha256): number {
  const digest = sha256(joined(utf8(`${name}\n`), Uint8Array.of(type), publicKey));
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0);
}

/** The verifier key of a public key under a name. Throws when the name cannot be a key's or the key is not 32 bytes long. */
export function vkeyOf(name: string, type: KeyType, publicKey: Uint8Array, sha256: Sha256): Vkey {
  if (!isKeyName(name)) throw new RangeError(`« ${name} » cannot be the name of a key.`);
  if (publicKey.length !== PUBLIC_KEY_LENGTH) throw new RangeError('An Ed25519 public key has 32 bytes.');
  const keyId = keyIdOf(name, type, publicKey, sha256);
  const text = `${name}+${hexId(keyId)}+${toBase64(joined(Uint8Array.of(type), publicKey))}`;
  return { name, keyId, type, publicKey, text };
}

/** Reads a verifier key. With `sha256`, also checks that its id is the one that belongs to it. */
export function parseVkey(text: string, sha256?: Sha256): { ok: true; vkey: Vkey } | { ok: false; fault: VkeyFault } {
  const [, name = '', id = '', base64 = ''] = /^([^+]*)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{1,4096})$/.exec(text) ?? [];
  const bytes = fromBase64(base64);
  const [type] = bytes ?? [];
  if (!bytes || type === undefined) return { ok: false, fault: 'bad-vkey' };
  if (!isKeyName(name)) return { ok: false, fault: 'bad-key-name' };
  if (type !== ED25519 && type !== COSIGNATURE_V1) return { ok: false, fault: 'unknown-key-type' };
  const publicKey = bytes.subarray(1);
  if (publicKey.length !== PUBLIC_KEY_LENGTH) return { ok: false, fault: 'bad-public-key' };
  const keyId = Number.parseInt(id, 16);
  if (sha256 && keyIdOf(name, type, publicKey, sha256) !== keyId) return { ok: false, fault: 'wrong-key-id' };
  return { ok: true, vkey: { name, keyId, type, publicKey, text } };
}

/** Whether both wrap the same public key: the sense in which C2SP tlog-policy forbids two keys of one kind. */
export function samePublicKey(one: Vkey, other: Vkey): boolean {
  return sameBytes(one.publicKey, other.publicKey);
}

function hexId(keyId: number): string {
  return keyId.toString(16).padStart(8, '0');
}
