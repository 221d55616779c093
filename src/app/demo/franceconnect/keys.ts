import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';

export interface SigningKeys {
  /** Private JWKs, the one in use first. */
  readonly all: readonly JWK[];
  readonly current: { readonly kid: string; readonly key: CryptoKey };
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), use: 'sig', alg: 'ES256' };
}

/** A new ES256 key in first place, before those of `kept`. */
export async function makeSigningKeys(kept: readonly JWK[] = []): Promise<SigningKeys> {
  const jwk = await newKey();
  const key = (await importJWK(jwk, 'ES256')) as CryptoKey;
  return { all: [jwk, ...kept], current: { kid: jwk.kid ?? '', key } };
}
