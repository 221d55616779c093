import { decodeProtectedHeader } from 'jose';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  ClientSecretPost,
  Configuration,
  clockSkew,
  customFetch,
  enableNonRepudiationChecks,
  fetchUserInfo,
} from 'openid-client';
import type { Config } from '#platform/config/config.ts';
import { type Clock, SECOND, systemClock } from '#platform/time/clock.ts';
import { type Addresses, maySpeakPlainHttp } from './discover.ts';
import { InvalidAnswer } from './franceconnect.errors.ts';
import { guardedFetch } from './http.ts';
import type { SigningKeys } from './signing-keys.ts';

/** The answer of the token endpoint, verified by openid-client. The access token is for `readUserinfo` and kept nowhere. */
export type Tokens = { accessToken: string; idToken: string; sub: string };

/** The answer of userinfo, to the byte, verified by openid-client with these keys. */
export type SignedUserinfo = { userinfo: string; jwks: string };

export type Relation = {
  config: Config['franceconnect'];
  addresses: Addresses;
  keys: SigningKeys;
  clock: Clock;
  /** Seconds given to each request. */
  timeout: number;
};

/** Redeems a code. openid-client checks state, nonce, issuer, audience, dates, algorithm and signature of the ID token. */
export async function redeemCode(
  relation: Relation,
  { callbackUrl, state, nonce }: { callbackUrl: URL; state: string; nonce: string },
): Promise<Tokens> {
  const { configuration } = clientFor(relation);
  const tokens = await authorizationCodeGrant(configuration, callbackUrl, {
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  });
  const sub = tokens.claims()?.sub;
  if (!tokens.id_token || sub === undefined) throw new InvalidAnswer('id-token-missing');
  return { accessToken: tokens.access_token, idToken: tokens.id_token, sub };
}

/** Reads the userinfo that a code opened. openid-client checks that it is signed, by whom, and that it is of the same `sub`. */
export async function readUserinfo(relation: Relation, { accessToken, sub }: Tokens): Promise<SignedUserinfo> {
  const { configuration, heard } = clientFor(relation);
  await fetchUserInfo(configuration, accessToken, sub);
  const { jwks, body } = heard();
  if (jwks === undefined || body === undefined) throw new InvalidAnswer('userinfo-missing');
  return { userinfo: body, jwks };
}

/**
 * An openid-client for one request of one exchange, which hears the body as it came (openid-client drops the signed
 * userinfo) and asks the JWKS of `keys`. Made anew each time: what is heard cannot be another exchange's.
 */
function clientFor({ config, addresses, keys, clock, timeout }: Relation) {
  let body: string | undefined;
  let jwks: string | undefined;
  const metadata = {
    id_token_signed_response_alg: 'ES256',
    userinfo_signed_response_alg: 'ES256',
    // The library reads the system's clock; the program has only one.
    [clockSkew]: (clock.now().getTime() - systemClock.now().getTime()) / SECOND,
  };
  const configuration = new Configuration(addresses, config.clientId, metadata, ClientSecretPost(config.clientSecret));
  const request = guardedFetch(config.issuer);
  configuration.timeout = timeout;
  configuration[customFetch] = async (url, options) => {
    if (url === addresses.jwks_uri) {
      jwks = await keys.jwks(kidIn(body), async () => {
        const response = await request(url, options);
        if (response.status !== 200) throw new InvalidAnswer(`jwks-http-${response.status}`);
        return response.text();
      });
      return Response.json(JSON.parse(jwks));
    }
    const response = await request(url, options);
    body = await response.clone().text();
    return response;
  };
  enableNonRepudiationChecks(configuration);
  if (maySpeakPlainHttp(config.issuer)) allowInsecureRequests(configuration);
  return { configuration, heard: () => ({ body, jwks }) };
}

/** The key named in the header of a signed answer: a JWT, or a token answer that holds an ID token. */
function kidIn(body = ''): string | undefined {
  try {
    const jwt = body.startsWith('{') ? (JSON.parse(body) as { id_token?: string }).id_token : body;
    return decodeProtectedHeader(jwt ?? '').kid;
  } catch {
    return undefined;
  }
}
