import {
  CompactSign,
  compactVerify,
  createLocalJWKSet,
  decodeProtectedHeader,
  importJWK,
  type JSONWebKeySet,
} from 'jose';
import { type CanonicalValue, canonicalJson } from '#platform/crypto/canonical-json.ts';
import type { Keyring } from '#platform/crypto/keys.ts';
import { type Snapshot, snapshotSchema } from './snapshot.schema.ts';

const TYPE = 'entremise-mandate+jws';

/** The one way to write a snapshot: what is stored, hashed and signed. Throws when it does not fit its schema. */
export function writeSnapshot(snapshot: Snapshot): string {
  return canonicalJson(snapshotSchema.parse(snapshot) as CanonicalValue);
}

/** Reads a stored snapshot back. Throws when it is something else. */
export function readSnapshot(json: string): Snapshot {
  return snapshotSchema.parse(JSON.parse(json));
}

/**
 * Seals a written snapshot with the current `snapshot` key: a JWS in ES256 (RFC 7515), detached (appendix F) since the
 * snapshot stands beside it. A seal of the service, not a signature of the parties.
 */
export async function sealSnapshot({ keys }: { keys: Keyring }, written: string): Promise<string> {
  const [key] = keys.snapshot;
  const jws = await new CompactSign(Buffer.from(written))
    .setProtectedHeader({ alg: 'ES256', kid: key.kid, typ: TYPE })
    .sign(await importJWK(key, 'ES256'));
  const [header, , signature] = jws.split('.');
  return `${header}..${signature}`;
}

/** A ring's keys, read once: reading one costs as much as a verification. */
const verifiers = new WeakMap<Keyring['snapshot'], ReturnType<typeof createLocalJWKSet>>();

function verifierOf(ctx: { keys: Keyring }): ReturnType<typeof createLocalJWKSet> {
  const ring = ctx.keys.snapshot;
  const verifier = verifiers.get(ring) ?? createLocalJWKSet(snapshotJwks(ctx));
  verifiers.set(ring, verifier);
  return verifier;
}

/** Whether the seal was made by a key of the `snapshot` ring for exactly these bytes. */
export async function snapshotSealHolds(ctx: { keys: Keyring }, written: string, seal: string): Promise<boolean> {
  const [header, payload, signature] = seal.split('.');
  if (payload !== '') return false;
  const jws = `${header}.${Buffer.from(written).toString('base64url')}.${signature}`;
  try {
    const { protectedHeader } = await compactVerify(jws, verifierOf(ctx), { algorithms: ['ES256'] });
    return protectedHeader.typ === TYPE;
  } catch {
    return false;
  }
}

/** Whether a seal that does not hold should have: a key of this ring is named. One that names no key at all was changed. */
export function isSealedWithAKeyWeHave({ keys }: { keys: Keyring }, seal: string): boolean {
  try {
    const { kid } = decodeProtectedHeader(seal);
    return kid === undefined || keys.snapshot.some((key) => key.kid === kid);
  } catch {
    return true;
  }
}

/** The public halves of the `snapshot` ring: may be published, so that anyone checks a seal. */
export function snapshotJwks({ keys }: { keys: Keyring }): JSONWebKeySet {
  return {
    keys: keys.snapshot.map(({ kty, crv, x, y, kid }) => ({ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' }) as never),
  };
}
