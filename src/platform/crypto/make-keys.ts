import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';

async function newPrivateJwk(alg: 'ES256' | 'EdDSA', kid: string) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, ...(alg === 'EdDSA' && { crv: 'Ed25519' }) });
  return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' };
}

/** A new key for each purpose, in the JSON form that ENTREMISE_KEYS takes; `id` names them (a date does well). */
export async function makeKeys(id: string) {
  const secret = () => [{ id, secret: randomBytes(32).toString('base64url') }];
  return {
    data: secret(),
    pseudonym: secret(),
    session: secret(),
    cookie: secret(),
    loginLink: secret(),
    oidcSigning: [await newPrivateJwk('ES256', `oidc-${id}`)],
    snapshot: [await newPrivateJwk('ES256', `snapshot-${id}`)],
    journalNode: [await newPrivateJwk('EdDSA', `node-${id}`)],
  };
}

export type KeyringJson = Awaited<ReturnType<typeof makeKeys>>;
