import { randomBytes } from 'node:crypto';
import { sha256 } from '#platform/crypto/hashes.ts';
import { disclosureDigest } from './verify/index.ts';

export type Disclosure = { name: string; disclosure: string };

const BUCKET = 8;

/**
 * Commits to values as RFC 9901 does: a disclosure is base64url(JSON [salt of 128 bits, name, value]), the leaf holds its
 * digest. Digests are sorted and filled up with decoys to a multiple of 8 that depends on the kind alone (`declared`, how
 * many names it may commit to), so that a leaf does not tell which values were given.
 */
export function commit(
  values: readonly (readonly [name: string, value: string])[],
  declared: number,
): { disclosures: Disclosure[]; digests: string[] } {
  const disclosures = values.map(([name, value]) => ({
    name,
    disclosure: Buffer.from(JSON.stringify([salt(), name, value])).toString('base64url'),
  }));
  const digests = disclosures.map(({ disclosure }) => disclosureDigest(sha256, disclosure));
  const size = Math.ceil(declared / BUCKET) * BUCKET;
  while (digests.length < size) digests.push(sha256(randomBytes(32)).toString('base64url'));
  return { disclosures, digests: digests.sort() };
}

/** 128 random bits as base64url: the salt of a disclosure, the nonce of a leaf. */
export function salt(): string {
  return randomBytes(16).toString('base64url');
}
