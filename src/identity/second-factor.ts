import { randomBytes } from 'node:crypto';
import type { Keyring } from '#platform/crypto/keys.ts';
import { type Place, seal, unseal } from '#platform/crypto/seal.ts';
import type { Entrance } from './entrance.ts';

/** Whose secret: an account among those of its table. */
export type FactorOf = { accounts: Entrance['accounts']; id: string };

const placeOf = ({ accounts, id }: FactorOf): Place => ({ table: accounts, column: 'totp_secret', row: id });

/** The secret of somebody's phone application, as it is kept. */
export function sealTotpSecret({ data }: Pick<Keyring, 'data'>, whose: FactorOf, secret: Buffer): Buffer {
  return seal(data, placeOf(whose), secret);
}

/** The secret again. Throws when it was not sealed for this account, or when its key has left the ring. */
export function openTotpSecret({ data }: Pick<Keyring, 'data'>, whose: FactorOf, sealed: Buffer): Buffer {
  return unseal(data, placeOf(whose), sealed);
}

/** The same work as opening a secret, with a secret that nobody has: for an e-mail address that is nobody's. */
export function decoySecret(keys: Pick<Keyring, 'data'>): Buffer {
  const nobody = { accounts: 'aidant', id: 'nobody' } as const;
  return openTotpSecret(keys, nobody, sealTotpSecret(keys, nobody, randomBytes(20)));
}
