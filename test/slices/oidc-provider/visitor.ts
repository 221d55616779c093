import { randomBytes } from 'node:crypto';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { type Client, custom, Issuer, type TokenSet } from 'openid-client-v5';
import type { TestAidant } from '#support/people.ts';
import { loggedInAs } from '#support/people.ts';
import { FRANCECONNECT, type ProviderWorld } from './support.ts';

// Its own patience is 3.5 s. How long an answer takes is not what is tested with it.
custom.setHttpOptionsDefaults({ timeout: 60_000 });

export type Seen = { status: number; location: string; text: string; headers: Headers; path: string };

export type Visitor = {
  get(path: string): Promise<Seen>;
  /** Posts the form of the page seen last, with its token. */
  post(path: string, fields?: Record<string, string>): Promise<Seen>;
  cookieNames(): string[];
};

type Cookie = { value: string; path: string };

/** A browser without a screen that keeps cookies by path, as real ones do: each tab has its own request of a partner. */
export function visitorOf(url: string): Visitor & { setCookie(name: string, value: string): void } {
  const cookies = new Map<string, Cookie>();
  let token = '';
  const headerFor = (path: string) =>
    [...cookies]
      .filter(([, cookie]) => cookie.path === '/' || path === cookie.path || path.startsWith(`${cookie.path}/`))
      .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
      .join('; ');
  const see = async (path: string, init: RequestInit): Promise<Seen> => {
    const address = new URL(path, url);
    const headers = { accept: 'text/html', ...init.headers, cookie: headerFor(address.pathname) };
    const response = await fetch(address, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) keep(cookies, line);
    const text = await response.text();
    token = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? token;
    const location = response.headers.get('location') ?? '';
    return { status: response.status, location, text, headers: response.headers, path: address.pathname };
  };
  return {
    get: (path) => see(path, {}),
    post: (path, fields = {}) =>
      see(path, { method: 'POST', body: new URLSearchParams({ _csrf: token, ...fields }), headers: { origin: url } }),
    cookieNames: () => [...cookies.keys()].map((key) => key.split(' ')[0] ?? ''),
    setCookie: (name, value) => cookies.set(`${name} /`, { value, path: '/' }),
  };
}

function keep(cookies: Map<string, Cookie>, line: string): void {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const [name = '', ...value] = pair.split('=');
  const path = attributes.find((text) => /^path=/i.test(text))?.slice(5) ?? '/';
  if (attributes.some((text) => /^expires=thu, 01 jan 1970/i.test(text))) cookies.delete(`${name} ${path}`);
  else cookies.set(`${name} ${path}`, { value: value.join('='), path });
}

/** The browser of an aidant who has just logged in. */
export async function aidantAt(world: ProviderWorld, aidant: TestAidant = world.aidant): Promise<Visitor> {
  const visitor = visitorOf(world.url);
  const { cookies } = await loggedInAs(world, aidant);
  for (const [name, value] of cookies) visitor.setCookie(name, value);
  return visitor;
}

/** FranceConnect's own client: openid-client 5, client_secret_post, ES256 for ID token and userinfo. */
export async function franceconnectClient(
  world: ProviderWorld,
  metadata: Record<string, unknown> = {},
): Promise<Client> {
  const issuer = await Issuer.discover(`${world.url}/.well-known/openid-configuration`);
  return new issuer.Client({
    client_id: FRANCECONNECT.clientId,
    client_secret: FRANCECONNECT.secret,
    redirect_uris: [FRANCECONNECT.redirectUri],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
    id_token_signed_response_alg: 'ES256',
    userinfo_signed_response_alg: 'ES256',
    ...metadata,
  });
}

export type Asked = { url: string; state: string; nonce: string };

/** What FranceConnect sends (federation.md §2.1): 64 hexadecimal digits, `prompt=login`, one level, `claims`. */
export function requestOf(client: Client, more: Record<string, string | undefined> = {}): Asked {
  const state = randomBytes(32).toString('hex');
  const nonce = randomBytes(32).toString('hex');
  const claims = JSON.stringify({ id_token: { rep_scope: { essential: true, values: [] } } });
  const url = client.authorizationUrl({
    scope: 'openid profile email birth',
    acr_values: 'eidas1',
    prompt: 'login',
    claims,
    state,
    nonce,
    ...more,
  });
  return { url: new URL(url).pathname + new URL(url).search, state, nonce };
}

/** The same with a perimeter, by FranceConnect's labels. */
export function perimeterOf(...values: string[]): { claims: string } {
  return { claims: JSON.stringify({ id_token: { rep_scope: { essential: true, values } } }) };
}

/** Goes to the authorization endpoint; returns the address of the pages that answer. */
export async function arrive(visitor: Visitor, { url }: Pick<Asked, 'url'>): Promise<string> {
  const seen = await visitor.get(url);
  if (seen.status !== 303 || !seen.location.includes('/agir/')) throw new Error(`${seen.status} ${seen.location}`);
  return new URL(seen.location, 'http://any').pathname;
}

export type Choosing = { usagerId: string; theme?: string; site?: string; fields?: Record<string, string> };

/** Chooses a person, a theme and a site; returns the page that answers. */
export async function choose(
  visitor: Visitor,
  answerPath: string,
  { usagerId, theme = 'famille', site = 'CAF', fields = {} }: Choosing,
): Promise<Seen> {
  const path = `${answerPath}/pour/${usagerId}`;
  await visitor.get(path);
  return visitor.post(path, { theme, site, ...fields });
}

/** Follows the page that leaves: our own GET, then the library's, then the address of the partner. */
export async function leave(visitor: Visitor, page: Seen): Promise<URL> {
  const to = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(page.text)?.[1];
  if (!to) throw new Error(`no way out of ${page.path}: ${page.status} ${page.text.slice(0, 300)}`);
  const seen = await visitor.get(to.replaceAll('&amp;', '&'));
  if (seen.status !== 303) throw new Error(`${seen.status} ${seen.text.slice(0, 300)}`);
  return new URL(seen.location);
}

/** From the request to the address of the partner, with a code in it. */
export async function connect(visitor: Visitor, asked: Asked, choosing: Choosing): Promise<URL> {
  return leave(visitor, await choose(visitor, await arrive(visitor, asked), choosing));
}

/** Redeems the code with FranceConnect's library and all its checks. */
export function redeem(
  client: Client,
  callback: URL,
  { state, nonce }: Pick<Asked, 'state' | 'nonce'>,
): Promise<TokenSet> {
  const params = client.callbackParams(callback.href);
  return client.callback(FRANCECONNECT.redirectUri, params, { state, nonce, response_type: 'code' });
}

/** A token request without a library. */
export function tokenRequest(world: ProviderWorld, fields: Record<string, string>, url = world.url): Promise<Response> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    redirect_uri: FRANCECONNECT.redirectUri,
    client_id: FRANCECONNECT.clientId,
    client_secret: FRANCECONNECT.secret,
    ...fields,
  });
  return fetch(`${url}/token`, { method: 'POST', body });
}

export function userinfoRequest(world: ProviderWorld, accessToken: string): Promise<Response> {
  return fetch(`${world.url}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } });
}

/** The content of a JWT of ours, its signature checked with our published keys. */
export async function verified(world: ProviderWorld, jwt: string): Promise<JWTPayload> {
  const keys = createRemoteJWKSet(new URL(`${world.url}/jwks`), { timeoutDuration: 60_000 });
  return (await jwtVerify(jwt, keys, { issuer: world.url, algorithms: ['ES256'] })).payload;
}
