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

/** What FranceConnect answered in one exchange, verified by openid-client, to the byte. The access token is not kept. */
export type RawAnswers = { accessToken: string; idToken: string; userinfo: string; jwks: string };

export type Relation = {
  config: Config['franceconnect'];
  addresses: Addresses;
  keys: SigningKeys;
  clock: Clock;
  /** Seconds given to each request. */
  timeout: number;
};

/**
 * Redeems a code and reads the userinfo it opens: two requests, plus the JWKS when it is not known. openid-client checks
 * state, nonce, issuer, audience, dates, algorithm and signature of both answers; `prove` checks the rest.
 */
export async function exchange(
  relation: Relation,
  { callbackUrl, state, nonce }: { callbackUrl: URL; state: string; nonce: string },
): Promise<RawAnswers> {
  const token = clientFor(relation);
  const tokens = await authorizationCodeGrant(token.configuration, callbackUrl, {
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  });
  const sub = tokens.claims()?.sub;
  if (!tokens.id_token || sub === undefined) throw new InvalidAnswer('id-token-missing');
  const userinfo = clientFor(relation);
  await fetchUserInfo(userinfo.configuration, tokens.access_token, sub);
  const { jwks, body } = userinfo.heard();
  if (jwks === undefined || body === undefined) throw new InvalidAnswer('userinfo-missing');
  return { accessToken: tokens.access_token, idToken: tokens.id_token, userinfo: body, jwks };
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
