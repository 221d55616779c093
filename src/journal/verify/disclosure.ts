import { fromBase64url, toBase64url } from './base64url.ts';
import type { Sha256 } from './hashes.ts';

export type DisclosureFault = 'not-a-disclosure' | 'not-committed';

/** The digest that stands in the leaf for a disclosure: base64url(SHA-256(ASCII(disclosure))), RFC 9901 §4.2.3. */
export function disclosureDigest(sha256: Sha256, disclosure: string): string {
  return toBase64url(sha256(new TextEncoder().encode(disclosure)));
}

/** The name and value that a disclosure, base64url of a JSON array [salt, name, value], holds; undefined when it is not one. */
export function readDisclosure(disclosure: string): { name: string; value: string } | undefined {
  const bytes = fromBase64url(disclosure);
  if (!bytes) return undefined;
  try {
    const read: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (!Array.isArray(read) || read.length !== 3) return undefined;
    const [salt, name, value]: unknown[] = read;
    if (typeof salt !== 'string' || typeof name !== 'string' || typeof value !== 'string') return undefined;
    return { name, value };
  } catch {
    return undefined;
  }
}

/** Whether the leaf whose digests are `digests` committed to this disclosure, and to what. */
export function checkDisclosure(
  sha256: Sha256,
  digests: readonly string[],
  disclosure: string,
): { ok: true; name: string; value: string } | { ok: false; fault: DisclosureFault } {
  const read = readDisclosure(disclosure);
  if (!read) return { ok: false, fault: 'not-a-disclosure' };
  if (!digests.includes(disclosureDigest(sha256, disclosure))) return { ok: false, fault: 'not-committed' };
  return { ok: true, ...read };
}
