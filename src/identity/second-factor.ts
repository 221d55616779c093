import { randomBytes } from 'node:crypto';
import type { Keyring } from '#platform/crypto/keys.ts';
import { type Place, seal, unseal } from '#platform/crypto/seal.ts';

const placeOf = (aidantId: string): Place => ({ table: 'aidant', column: 'totp_secret', row: aidantId });

/** The secret of an aidant's phone application, as it is kept. */
export function sealTotpSecret({ data }: Pick<Keyring, 'data'>, aidantId: string, secret: Buffer): Buffer {
  return seal(data, placeOf(aidantId), secret);
}

/** The secret again. Throws when it was not sealed for this aidant, or when its key has left the ring. */
export function openTotpSecret({ data }: Pick<Keyring, 'data'>, aidantId: string, sealed: Buffer): Buffer {
  return unseal(data, placeOf(aidantId), sealed);
}

/** The same work as opening a secret, with a secret that nobody has: for an e-mail address that is nobody's. */
export function decoySecret(keys: Pick<Keyring, 'data'>): Buffer {
  const sealed = sealTotpSecret(keys, 'nobody', randomBytes(20));
  return openTotpSecret(keys, 'nobody', sealed);
}
