import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Client, type ClientMetadata, custom, Issuer, type TokenSet } from 'openid-client-v5';
import { auditAnswers } from './audit.rules.ts';
import { FcFailure, fcErrors } from './errors.ts';
import { checkIdentity, checkTokenResult, type TokenResult } from './identity.rules.ts';
import type { Identity, IdentityProviderOptions } from './options.ts';

/** Time that FranceConnect gives to each call, in milliseconds. There is no second try. */
const requestTimeout = 6000;
const httpOptions = () => ({ timeout: requestTimeout });

/** Options on a class of our own: the library's would hold for every program in the process. */
class PatientIssuer extends Issuer<Client> {
  static override [custom.http_options] = httpOptions;
}

/** What one authorization request to an identity provider has to remember. */
export interface IdpRequest {
  readonly url: string;
  readonly state: string;
  readonly nonce: string;
}

/**
 * A client made from nothing: as in FranceConnect, discovery and JWKS are fetched again at every use (federation.md §2.3).
 */
async function freshClient(idp: IdentityProviderOptions, callback: string): Promise<Client> {
  const issuer = idp.discoveryUrl ? await PatientIssuer.discover(idp.discoveryUrl) : issuerFromEndpoints(idp);
  issuer[custom.http_options] = httpOptions;
  const userinfoAlg = idp.userinfoSignedResponseAlg === undefined ? 'ES256' : idp.userinfoSignedResponseAlg;
  const metadata: ClientMetadata = {
    client_id: idp.clientId,
    client_secret: idp.clientSecret,
    redirect_uris: [callback],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
    id_token_signed_response_alg: idp.idTokenSignedResponseAlg ?? 'ES256',
    ...(userinfoAlg === null ? {} : { userinfo_signed_response_alg: userinfoAlg }),
  };
  const client = new issuer.Client(metadata);
  client[custom.http_options] = httpOptions;
  return client;
}

function issuerFromEndpoints(idp: IdentityProviderOptions): Issuer<Client> {
  const { authorization, token, userinfo, jwks, endSession } = idp.endpoints ?? {
    authorization: '',
    token: '',
    userinfo: '',
  };
  return new Issuer({
    issuer: idp.issuer,
    authorization_endpoint: authorization,
    token_endpoint: token,
    userinfo_endpoint: userinfo,
    ...(jwks === undefined ? {} : { jwks_uri: jwks }),
    ...(endSession === undefined ? {} : { end_session_endpoint: endSession }),
  });
}

/** The exact parameters of federation.md §2.1: 64 hexadecimal digits, `prompt=login`, one acr, the perimeters in `claims`. */
export async function authorizationRequest(
  idp: IdentityProviderOptions,
  request: { readonly callback: string; readonly acr: string; readonly repScope: readonly string[] },
): Promise<IdpRequest> {
  const state = randomBytes(32).toString('hex');
  const nonce = randomBytes(32).toString('hex');
  const client = await freshClient(idp, request.callback).catch((cause: unknown) => {
    throw new FcFailure(fcErrors.idpNotFound, reason(cause), { cause });
  });
  const url = client.authorizationUrl({
    scope: idp.scope ?? 'openid profile email birth',
    acr_values: request.acr,
    nonce,
    state,
    prompt: 'login',
    claims: JSON.stringify({ id_token: { rep_scope: { essential: true, values: request.repScope } } }),
  });
  return { url, state, nonce };
}

export interface IdpAnswer {
  readonly idToken: string;
  readonly acr: string;
  readonly repScope: readonly string[];
  readonly identity: Identity;
}

/**
 * Redeems the code of a callback and reads the identity.
 * @throws FcFailure Y020025, 21, 22 (callback), 26, 30 (token), 27, 29 (userinfo), Y600006 (identity).
 */
export async function redeem(
  idp: IdentityProviderOptions,
  callback: string,
  incoming: IncomingMessage,
  expected: { readonly state: string; readonly nonce: string },
  now: Date,
): Promise<IdpAnswer> {
  const client = await freshClient(idp, callback).catch((cause: unknown) => {
    throw new FcFailure(fcErrors.tokenFailed, reason(cause), { cause });
  });
  const params = client.callbackParams(incoming);
  if (!params.code) throw new FcFailure(fcErrors.missingCode);
  checkState(params.state, expected.state);
  const tokens = await client
    .callback(callback, params, { ...expected, response_type: 'code' })
    .catch((cause: unknown) => {
      throw new FcFailure(fcErrors.tokenFailed, reason(cause), { cause });
    });
  const result = tokenResult(tokens);
  const userinfo = await readUserinfo(idp, callback, result.accessToken);
  if (typeof userinfo.sub !== 'string') throw new FcFailure(fcErrors.missingSub);
  const findings = idp.audit ? auditAnswers(tokens.claims(), userinfo, now) : [];
  if (findings.length > 0) throw new FcFailure(fcErrors.userinfoFailed, `audit: ${findings.join('; ')}`);
  const identity = checkIdentity(userinfo);
  if (!identity.ok) throw new FcFailure(fcErrors.invalidIdentity, identity.problems.join('; '));
  return { idToken: result.idToken, acr: result.acr, repScope: result.repScope, identity: identity.value };
}

/** @throws FcFailure Y020021 without a state, Y020022 with another one. */
export function checkState(received: string | undefined, expected: string): void {
  if (!received) throw new FcFailure(fcErrors.missingState);
  if (received !== expected) throw new FcFailure(fcErrors.wrongState);
}

function tokenResult(tokens: TokenSet): TokenResult {
  const claims = tokens.claims();
  const checked = checkTokenResult({
    accessToken: tokens.access_token,
    idToken: tokens.id_token,
    refreshToken: tokens.refresh_token,
    acr: claims.acr,
    amr: claims.amr,
    repScope: claims.rep_scope,
  });
  if (!checked.ok) throw new FcFailure(fcErrors.tokenResult, checked.problems.join('; '));
  return checked.value;
}

async function readUserinfo(
  idp: IdentityProviderOptions,
  callback: string,
  accessToken: string,
): Promise<Record<string, unknown>> {
  try {
    const client = await freshClient(idp, callback);
    // The access token as a string: the library then does not compare `sub` with the ID token, and neither does FranceConnect.
    return await client.userinfo(accessToken);
  } catch (cause) {
    throw new FcFailure(fcErrors.userinfoFailed, reason(cause), { cause });
  }
}

/**
 * Where the browser has to go to close the session at the identity provider; `undefined` when it has no such address.
 * @throws FcFailure Y020028.
 */
export async function endSessionRequest(
  idp: IdentityProviderOptions,
  request: { readonly idToken: string; readonly returnTo: string; readonly state: string },
): Promise<string | undefined> {
  try {
    const client = await freshClient(idp, request.returnTo);
    if (!client.issuer.metadata.end_session_endpoint) return undefined;
    return client.endSessionUrl({
      id_token_hint: request.idToken,
      post_logout_redirect_uri: request.returnTo,
      state: request.state,
    });
  } catch (cause) {
    throw new FcFailure(fcErrors.endSessionUrl, reason(cause), { cause });
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
