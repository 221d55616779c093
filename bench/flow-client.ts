import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { type Client, custom, Issuer } from 'openid-client-v5';

export type Visitor = { cookies: Map<string, string>; csrfToken: string };

/** One of the two programs that are compared, as the same client sees it. */
export type Site = {
  url: string;
  client: { clientId: string; secret: string; redirectUri: string };
  /** The browser of one client, logged in. */
  visitor(index: number): Visitor;
  /** The POST that answers the request whose pages begin at `path`. */
  answer(path: string, index: number): { path: string; fields: Record<string, string> };
  close(): Promise<void>;
};

type Answer = { location: string };

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** One connection: five requests. Throws as soon as one of them is not answered as it should be. */
export async function runFlow(site: Site, index: number): Promise<void> {
  const visitor = site.visitor(index);
  const partner = partnerOf(site);
  const expected = { state: randomBytes(32).toString('hex'), nonce: randomBytes(32).toString('hex') };
  const address = new URL(partner.authorizationUrl({ ...AUTHORIZATION, ...expected }));
  const arrived = await send(site, visitor, address.pathname + address.search);
  const path = new URL(arrived.location, site.url).pathname;
  const { path: answerPath, fields } = site.answer(path, index);
  const form = new URLSearchParams({ _csrf: visitor.csrfToken, ...fields });
  await send(site, visitor, answerPath, form, [200, 303]);
  const left = await send(site, visitor, `/authorize/${path.split('/')[2]}`);
  for (const name of visitor.cookies.keys()) if (name.includes(' ')) visitor.cookies.delete(name);
  const parameters = partner.callbackParams(left.location);
  const tokens = await partner.callback(site.client.redirectUri, parameters, { ...expected, response_type: 'code' });
  const userinfo = await partner.userinfo(tokens);
  if (!userinfo.birthdate) throw new Error('no identity');
}

const AUTHORIZATION = {
  scope: 'openid profile email birth',
  acr_values: 'eidas1',
  prompt: 'login',
  claims: '{"id_token":{"rep_scope":{"essential":true,"values":[]}}}',
};

const partners = new WeakMap<Site, Client>();

/** FranceConnect's own library, with its checks of signatures and claims; its connections are kept open. */
function partnerOf(site: Site): Client {
  const known = partners.get(site);
  if (known) return known;
  const { url, client } = site;
  const issuer = new Issuer({
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    userinfo_endpoint: `${url}/userinfo`,
    jwks_uri: `${url}/jwks`,
  });
  const partner = new issuer.Client({
    client_id: client.clientId,
    client_secret: client.secret,
    redirect_uris: [client.redirectUri],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
    id_token_signed_response_alg: 'ES256',
    userinfo_signed_response_alg: 'ES256',
  });
  issuer[custom.http_options] = () => ({ agent });
  partner[custom.http_options] = () => ({ agent });
  partners.set(site, partner);
  return partner;
}

async function send(
  site: Site,
  visitor: Visitor,
  path: string,
  form?: URLSearchParams,
  expected: readonly number[] = [303],
): Promise<Answer> {
  const headers = { cookie: cookieFor(visitor, path), ...(form && { origin: site.url }) };
  const response = await fetch(new URL(path, site.url), {
    headers,
    redirect: 'manual',
    ...(form && { method: 'POST', body: form }),
  });
  const text = await response.text();
  if (!expected.includes(response.status)) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`);
  for (const cookie of response.headers.getSetCookie()) keep(visitor, cookie);
  return { location: response.headers.get('location') ?? '' };
}

/** Cookies with a path of their own are kept under `name path`. */
function keep(visitor: Visitor, line: string): void {
  const [pair = '', ...attributes] = line.split('; ');
  const [name = '', value = ''] = pair.split('=');
  const path = attributes.find((text) => text.startsWith('path='))?.slice(5) ?? '/';
  if (path === '/') visitor.cookies.set(name, value);
  else visitor.cookies.set(`${name} ${path}`, value);
}

function cookieFor({ cookies }: Visitor, path: string): string {
  return [...cookies]
    .filter(([key]) => !key.includes(' ') || path.startsWith(key.split(' ')[1] ?? ''))
    .map(([key, value]) => `${key.split(' ')[0]}=${value}`)
    .join('; ');
}
