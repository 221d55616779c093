import { createPrivateKey, createPublicKey, hash, sign, verify } from 'node:crypto';
import {
  type Crypto,
  cosignedMessage,
  ED25519,
  signatureLine,
  type Vkey,
  vkeyOf,
  writeCosignature,
} from '#journal/verify';

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

export const sha256 = (data: Uint8Array) => Uint8Array.from(hash('sha256', data, 'buffer'));

/** What the verifier is handed, by Node alone. */
export const crypto: Crypto = {
  sha256,
  ed25519Verify: (publicKey, message, signature) => {
    const key = createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' });
    return verify(null, message, key, signature);
  },
};

/** Who signs notes. `seed`: 32 bytes, or one that is repeated. */
export function noteSigner(name: string, seed: number | Uint8Array, type: Vkey['type'] = ED25519) {
  const bytes = typeof seed === 'number' ? new Uint8Array(32).fill(seed) : seed;
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, bytes]), format: 'der', type: 'pkcs8' });
  const publicKey = Uint8Array.from(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32));
  const vkey = vkeyOf(name, type, publicKey, sha256);
  return {
    vkey,
    sign: (text: string) => signatureLine(name, vkey.keyId, sign(null, Buffer.from(text), key)),
    cosign: (text: string, time: bigint) =>
      signatureLine(name, vkey.keyId, writeCosignature(time, sign(null, cosignedMessage(time, text), key))),
  };
}
