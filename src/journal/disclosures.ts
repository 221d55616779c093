import { hash } from 'node:crypto';
import { freshBytes } from '#platform/crypto/fresh-bytes.ts';

export type Disclosure = { name: string; disclosure: string };

const BUCKET = 8;
const SALT = 16;

/**
 * Commits to values as RFC 9901 does: a disclosure is base64url(JSON [salt of 128 bits, name, value]), the leaf holds its
 * digest. Digests are sorted and filled up with decoys to a multiple of 8 that depends on the kind alone (`declared`, how
 * many names it may commit to), so that a leaf does not tell which values were given.
 */
export function commit(
  values: readonly (readonly [name: string, value: string])[],
  declared: number,
): { disclosures: Disclosure[]; digests: string[] } {
  const size = Math.ceil(declared / BUCKET) * BUCKET;
  const random = freshBytes(SALT * size);
  const salt = (index: number) => random.subarray(SALT * index, SALT * (index + 1));
  const disclosures = values.map(([name, value], index) => {
    const parts = JSON.stringify([salt(index).toString('base64url'), name, value]);
    return { name, disclosure: Buffer.from(parts).toString('base64url') };
  });
  const digests = disclosures.map(({ disclosure }) => hash('sha256', disclosure, 'base64url'));
  while (digests.length < size) digests.push(hash('sha256', salt(digests.length), 'base64url'));
  return { disclosures, digests: digests.sort() };
}
