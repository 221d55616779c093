import { hmac } from '#platform/crypto/hashes.ts';
import type { Keyring } from '#platform/crypto/keys.ts';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * How an auditor sees somebody whose identity is not open to them: « Personne 7F3K-9Q2M », the same on every page, from which
 * nobody finds the person without the ring. It changes when the `pseudonym` ring has a new first key.
 */
export function maskedPerson(keys: Pick<Keyring, 'pseudonym'>, usagerId: string): string {
  return `Personne ${maskedCode(keys, usagerId)}`;
}

/** The code alone: « 7F3K-9Q2M ». */
export function maskedCode({ pseudonym: [{ secret }] }: Pick<Keyring, 'pseudonym'>, usagerId: string): string {
  const code = Array.from(hmac(secret, 'masked-person', usagerId).subarray(0, 8), (byte) => CROCKFORD[byte % 32]);
  return `${code.slice(0, 4).join('')}-${code.slice(4).join('')}`;
}
