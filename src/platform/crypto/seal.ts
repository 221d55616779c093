import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { freshBytes } from './fresh-bytes.ts';
import type { SecretKey } from './keys.ts';

/** Where a sealed value stands; bound to it as additional data, so that a value moved to another row does not open. */
export type Place = { table: string; column: string; row: string };

const IV = 12;
const TAG = 16;

function additionalData({ table, column, row }: Place): Buffer {
  return Buffer.from(JSON.stringify([table, column, row]));
}

/** Encrypts with the current key of the ring (AES-256-GCM). The bytes: length of the key id, key id, IV, tag, ciphertext. */
export function seal(ring: readonly [SecretKey, ...SecretKey[]], place: Place, plain: Buffer | string): Buffer {
  const [{ id, secret }] = ring;
  const iv = freshBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(secret), iv).setAAD(additionalData(place));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from([id.length]), Buffer.from(id), iv, cipher.getAuthTag(), body]);
}

/** The key id that sealed these bytes. */
export function sealedWith(sealed: Buffer): string {
  return sealed.subarray(1, 1 + (sealed[0] ?? 0)).toString();
}

/** Opens what `seal` made. Throws when the key is not in the ring, the place is another one, or a byte changed. */
export function unseal(ring: readonly SecretKey[], place: Place, sealed: Buffer): Buffer {
  const id = sealedWith(sealed);
  const key = ring.find((candidate) => candidate.id === id);
  if (!key) throw new Error(`no data key « ${id} » in ENTREMISE_KEYS for ${place.table}.${place.column}`);
  const start = 1 + id.length;
  const secret = createSecretKey(key.secret);
  const whole = { authTagLength: TAG }; // else Node takes a shortened tag, which is easier to forge
  const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(start, start + IV), whole);
  decipher.setAAD(additionalData(place)).setAuthTag(sealed.subarray(start + IV, start + IV + TAG));
  return Buffer.concat([decipher.update(sealed.subarray(start + IV + TAG)), decipher.final()]);
}
