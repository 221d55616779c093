import { hmac } from '#platform/crypto/hashes.ts';
import type { Keyring, SecretKey } from '#platform/crypto/keys.ts';

export type SubHash = { subKeyId: string; subHash: Buffer };

/** FranceConnect's `sub` as it is kept: never itself, an HMAC under the named key (decisions.md §9). */
function hashOf({ id, secret }: SecretKey, sub: string): SubHash {
  return { subKeyId: id, subHash: hmac(secret, 'franceconnect sub', sub) };
}

/** The hash to write, then those that older keys of the ring would have made. */
export function subHashes(ring: Keyring['pseudonym'], sub: string): [SubHash, ...SubHash[]] {
  const [current, ...older] = ring;
  return [hashOf(current, sub), ...older.map((key) => hashOf(key, sub))];
}

export function sameSub(one: SubHash, other: SubHash): boolean {
  return one.subKeyId === other.subKeyId && one.subHash.equals(other.subHash);
}

/** As the journal commits to it. */
export function subInWords({ subKeyId, subHash }: SubHash): string {
  return `${subKeyId}:${subHash.toString('base64url')}`;
}
