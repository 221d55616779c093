import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import { ED25519_SPKI, ed25519PublicKey } from '#platform/crypto/ed25519.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import {
  COSIGNATURE_V1,
  type Crypto,
  cosignedMessage,
  ED25519,
  fromBase64,
  isKeyName,
  type KeyType,
  signatureLine,
  toBase64,
  type Vkey,
  vkeyOf,
  writeCosignature,
} from '../verify/index.ts';

/** SHA-256 and Ed25519 of Node, for the verifying core. */
export const nodeCrypto: Crypto = {
  sha256,
  ed25519Verify: (publicKey, message, signature) => verify(null, message, ed25519PublicKey(publicKey), signature),
};

/** A private key that signs notes. Prints as its verifier key: the private half is only in the key object. */
export type SigningKey = { vkey: Vkey; key: KeyObject };

/** Why a text is not a private key that can sign here. Its message never quotes the text. */
export class SigningKeyError extends Error {
  override name = 'SigningKeyError';
}

/** DER before a raw private key of 32 bytes: OneAsymmetricKey (RFC 8410 §7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_LENGTH = 32;

/** A new private key as a text: `PRIVATE+KEY+name+key id+base64(type ‖ seed)`, the form of Go’s sumdb/note, which witnesses share. */
export function makeSigningKey(name: string, type: KeyType): string {
  const seed = randomBytes(SEED_LENGTH);
  return textOf(signingKeyOf(name, type, seed).vkey, seed);
}

/** Reads what `makeSigningKey` writes. Throws a SigningKeyError for anything else, a key id that is not the key’s included. */
export function parseSigningKey(text: string): SigningKey {
  const [, name = '', base64 = ''] = /^PRIVATE\+KEY\+([^+]*)\+[0-9a-f]{8}\+([A-Za-z0-9+/=]{1,100})$/.exec(text) ?? [];
  const bytes = fromBase64(base64);
  const type = bytes?.[0];
  if (!bytes || !isKeyName(name) || bytes.length !== 1 + SEED_LENGTH || (type !== ED25519 && type !== COSIGNATURE_V1))
    throw new SigningKeyError('not a private key as `npm run cli -- journal keys` writes it');
  const seed = bytes.subarray(1);
  const signing = signingKeyOf(name, type, seed);
  if (textOf(signing.vkey, seed) !== text) throw new SigningKeyError('the id of the key is not its own');
  return signing;
}

/** The log’s signature of a note’s text, as a line without its newline (C2SP signed-note, type 0x01). */
export function signNote({ vkey, key }: SigningKey, noteText: string): string {
  return signatureLine(vkey.name, vkey.keyId, sign(null, Buffer.from(noteText), key));
}

/** A witness’s signature of a note’s text at this time (C2SP cosignature/v1, type 0x04), as a line without its newline. */
export function cosignNote({ vkey, key }: SigningKey, noteText: string, now: Date): string {
  const time = BigInt(Math.floor(now.getTime() / 1000));
  const signature = sign(null, cosignedMessage(time, noteText), key);
  return signatureLine(vkey.name, vkey.keyId, writeCosignature(time, signature));
}

function signingKeyOf(name: string, type: KeyType, seed: Uint8Array): SigningKey {
  const key = createPrivateKey({ key: joined(PKCS8, seed), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(ED25519_SPKI.length);
  return { key, vkey: vkeyOf(name, type, publicKey, sha256) };
}

function textOf({ name, keyId, type }: Vkey, seed: Uint8Array): string {
  const id = keyId.toString(16).padStart(8, '0');
  return `PRIVATE+KEY+${name}+${id}+${toBase64(joined(Uint8Array.of(type), seed))}`;
}

function joined(one: Uint8Array, other: Uint8Array): Buffer {
  return Buffer.concat([one, other]);
}
