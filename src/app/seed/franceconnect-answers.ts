import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { SeedPerson } from './people.ts';

/** The client id and the issuer that the answers are for. */
export type Audience = { clientId: string; issuer: string };

/**
 * What FranceConnect would have answered at `instant` for a person who identified with this nonce: an ID token and a userinfo
 * signed by a key made for this seed, with its public half, so that the seeded evidence verifies as a real one does.
 */
export async function franceconnectForSeed({ clientId, issuer }: Audience) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const kid = `seed-${createHash('sha256').update(randomUUID()).digest('hex').slice(0, 8)}`;
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
  const jwks = JSON.stringify({ keys: [jwk] });
  const sign = (claims: Record<string, unknown>, instant: Date, lifetime: number) => {
    const iat = Math.floor(instant.getTime() / 1000);
    return new SignJWT({ ...claims, iss: issuer, aud: clientId, iat, exp: iat + lifetime })
      .setProtectedHeader({ alg: 'ES256', kid })
      .sign(privateKey);
  };
  return async (person: SeedPerson, nonce: string, instant: Date) => {
    const authTime = Math.floor(instant.getTime() / 1000) - 5;
    return {
      idToken: await sign({ sub: person.sub, nonce, acr: 'eidas1', auth_time: authTime }, instant, 60),
      userinfo: await sign({ ...person, idp_id: 'demo-idp' }, instant, 60),
      jwks,
      idpId: 'demo-idp',
      acr: 'eidas1',
      receivedAt: instant.toISOString(),
    };
  };
}
