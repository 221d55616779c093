import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import { type Clock, systemClock } from '#platform/time/clock.ts';

export type Claims = Record<string, unknown>;
export type Answer = { status: number; type: string; body: string; headers?: Record<string, string> };
type Place = 'discovery' | 'jwks' | 'token' | 'userinfo';

type Told = Answer | 'never' | 'cut';

/** How a JWT is signed. Only `right` is. */
export type Signing =
  | 'right'
  | 'none'
  | 'hs256-with-public-key'
  | 'another-key-same-kid'
  | 'unknown-kid'
  | 'no-kid'
  | 'rs256'
  | 'changed-after';

/** What the provider does wrong; empty, it is an honest FranceConnect. A claim set to undefined is left out. */
export type Faults = {
  idToken?: Claims;
  idTokenHeader?: Claims;
  idTokenSigning?: Signing;
  userinfo?: Claims;
  userinfoHeader?: Claims;
  userinfoSigning?: Signing;
  /** Changes a whole answer, after it was made; `never` keeps the caller waiting. */
  answer?: Partial<Record<Place, (honest: Answer) => Told | Promise<Told>>>;
};

const HONEST_PERSON: Claims = {
  sub: `${'5b'.repeat(32)}v1`,
  given_name: 'Josette Marie',
  family_name: 'LEFÈVRE',
  birthdate: '1948-03-12',
  gender: 'female',
  birthplace: '62041',
  birthcountry: '99100',
  email: 'josette@courriel.example',
  idp_id: 'demo-idp',
  idp_birthdate: '1948-03-12',
};

type Key = { kid: string; privateKey: CryptoKey; publicKey: CryptoKey; jwk: JWK };

async function newKey(kid: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'ES256' } };
}

/** A provider with FranceConnect's addresses that answers wrong on demand: only what the simulator cannot do is asked of it. */
export async function startFaultyProvider({ clientId, clock = systemClock }: { clientId: string; clock?: Clock }) {
  let faults: Faults = {};
  let keys = [await newKey('key-1')];
  const calls: Record<Place, number> = { discovery: 0, jwks: 0, token: 0, userinfo: 0 };
  const forms: URLSearchParams[] = [];
  let nonce = '';
  const now = () => Math.floor(clock.now().getTime() / 1000);
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2`;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const place = (Object.keys(calls) as Place[]).find((name) => request.url === PATHS[name]);
    if (!place) return void response.writeHead(404).end();
    calls[place] += 1;
    if (place === 'token') forms.push(new URLSearchParams(await bodyOf(request)));
    const honest = await honestAnswer[place]();
    const answer = (await faults.answer?.[place]?.(honest)) ?? honest;
    if (answer === 'never') return;
    if (answer === 'cut') return void response.socket?.destroy();
    response.writeHead(answer.status, { 'content-type': answer.type, ...answer.headers }).end(answer.body);
  }

  const json = (value: unknown): Answer => ({ status: 200, type: 'application/json', body: JSON.stringify(value) });
  const honestAnswer: Record<Place, () => Promise<Answer>> = {
    discovery: async () => json(metadataOf(issuer)),
    jwks: async () => json({ keys: keys.map(({ jwk }) => jwk) }),
    token: async () =>
      json({
        access_token: 'opaque-access-token',
        token_type: 'Bearer',
        expires_in: 60,
        scope: 'openid',
        id_token: await idToken(),
      }),
    userinfo: async () => ({ status: 200, type: 'application/jwt; charset=utf-8', body: await userinfo() }),
  };

  const idToken = () => {
    const base = {
      iss: issuer,
      aud: clientId,
      sub: HONEST_PERSON.sub,
      nonce,
      acr: 'eidas1',
      auth_time: now(),
      iat: now(),
      exp: now() + 60,
    };
    return jwt({ ...base, ...faults.idToken }, faults.idTokenSigning ?? 'right', faults.idTokenHeader);
  };
  const userinfo = () => {
    const base = { iss: issuer, aud: clientId, iat: now(), exp: now() + 60, ...HONEST_PERSON };
    return jwt({ ...base, ...faults.userinfo }, faults.userinfoSigning ?? 'right', faults.userinfoHeader);
  };

  async function jwt(claims: Claims, signing: Signing, header: Claims = {}): Promise<string> {
    const [current] = keys as [Key, ...Key[]];
    const payload = JSON.parse(JSON.stringify(claims)) as Claims;
    const { alg: _alg, ...kidAndMore } = { alg: '', kid: current.kid, ...header };
    const es256 = (key: CryptoKey, more: Claims) =>
      new SignJWT(payload).setProtectedHeader({ alg: 'ES256', ...JSON.parse(JSON.stringify(more)) }).sign(key);
    switch (signing) {
      case 'right':
        return es256(current.privateKey, kidAndMore);
      case 'no-kid':
        return es256(current.privateKey, { ...kidAndMore, kid: undefined });
      case 'unknown-kid':
        return es256((await newKey('other')).privateKey, { ...kidAndMore, kid: 'nobody-has-it' });
      case 'another-key-same-kid':
        return es256((await newKey('other')).privateKey, kidAndMore);
      case 'rs256': {
        const { privateKey } = await generateKeyPair('RS256');
        return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: current.kid }).sign(privateKey);
      }
      case 'changed-after': {
        const [head, , signature] = (await es256(current.privateKey, kidAndMore)).split('.');
        return [head, part({ ...payload, family_name: 'AUTRE', acr: 'eidas1', changed: true }), signature].join('.');
      }
      case 'none':
        return [part({ alg: 'none', kid: current.kid }), part(payload), ''].join('.');
      case 'hs256-with-public-key': {
        const signed = [part({ alg: 'HS256', kid: current.kid }), part(payload)].join('.');
        const secret = await exportSPKI(current.publicKey);
        return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
      }
    }
  }

  return {
    issuer,
    calls,
    /** The token requests received. */
    forms,
    person: HONEST_PERSON,
    /** What it does wrong from now on, and the nonce that its next ID tokens carry. */
    set(next: Faults, forNonce: string) {
      faults = next;
      nonce = forNonce;
    },
    /** Signs with a new key; the old one stays in the JWKS or not. */
    async rotateKeys({ keepOld }: { keepOld: boolean }) {
      keys = [await newKey(`key-${keys.length + 1}-${calls.token}`), ...(keepOld ? keys : [])];
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type FaultyProvider = Awaited<ReturnType<typeof startFaultyProvider>>;

const PATHS: Record<Place, string> = {
  discovery: '/api/v2/.well-known/openid-configuration',
  jwks: '/api/v2/jwks',
  token: '/api/v2/token',
  userinfo: '/api/v2/userinfo',
};

export function metadataOf(issuer: string): Claims {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    end_session_endpoint: `${issuer}/session/end`,
    response_types_supported: ['code'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['ES256', 'HS256', 'none'],
    userinfo_signing_alg_values_supported: ['ES256', 'HS256', 'none'],
  };
}

function part(value: Claims): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
