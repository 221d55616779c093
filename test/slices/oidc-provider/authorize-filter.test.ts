import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FRANCECONNECT, type ProviderWorld, providerWorld } from './support.ts';
import { franceconnectClient, perimeterOf, requestOf, visitorOf } from './visitor.ts';

let world: ProviderWorld;
let good: URLSearchParams;
beforeAll(async () => {
  world = await providerWorld();
  good = new URLSearchParams(requestOf(await franceconnectClient(world)).url.split('?')[1]);
});
afterAll(() => world?.close());

type Change = (params: URLSearchParams) => void;
const set =
  (name: string, value: string): Change =>
  (params) =>
    params.set(name, value);
const drop =
  (name: string): Change =>
  (params) =>
    params.delete(name);
const all =
  (...changes: Change[]): Change =>
  (params) => {
    for (const change of changes) change(params);
  };
const twice =
  (name: string): Change =>
  (params) =>
    params.append(name, params.get(name) ?? 'x');

async function ask(change: Change, verb: 'GET' | 'POST') {
  const params = new URLSearchParams(good);
  change(params);
  const before = await payloads();
  const address = `${world.url}/authorize`;
  const answer =
    verb === 'GET'
      ? await fetch(`${address}?${params}`, { redirect: 'manual' })
      : await fetch(address, { method: 'POST', body: params, redirect: 'manual' });
  const location = answer.headers.get('location');
  return { status: answer.status, location, text: await answer.text(), kept: (await payloads()) - before };
}

async function payloads(): Promise<number> {
  const { count } = await world.ctx.db
    .selectFrom('oidcPayload')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

const BACK: readonly [what: string, change: Change, error: string][] = [
  ['no state', drop('state'), 'invalid_request'],
  ['a state of 10 kB', set('state', 'x'.repeat(7000)), 'invalid_request'],
  ['a state that is not ASCII', set('state', 'état'), 'invalid_request'],
  ['a state with a line break', set('state', 'a\r\nset-cookie: b=1'), 'invalid_request'],
  ['two states', twice('state'), 'invalid_request'],
  ['no nonce', drop('nonce'), 'invalid_request'],
  ['a nonce that is not ASCII', set('nonce', 'œ'), 'invalid_request'],
  ['two nonces', twice('nonce'), 'invalid_request'],
  ['no response_type', drop('response_type'), 'unsupported_response_type'],
  ['response_type token', set('response_type', 'token'), 'unsupported_response_type'],
  ['response_type id_token', set('response_type', 'id_token'), 'unsupported_response_type'],
  ['response_type code id_token', set('response_type', 'code id_token'), 'unsupported_response_type'],
  ['response_mode form_post', set('response_mode', 'form_post'), 'invalid_request'],
  ['response_mode fragment', set('response_mode', 'fragment'), 'invalid_request'],
  ['no scope', drop('scope'), 'invalid_scope'],
  ['scope without openid', set('scope', 'profile email'), 'invalid_scope'],
  ['scope too long', set('scope', `openid ${'x'.repeat(600)}`), 'invalid_scope'],
  ['two scopes', twice('scope'), 'invalid_request'],
  ['prompt none', set('prompt', 'none'), 'login_required'],
  ['prompt none with another', set('prompt', 'none login'), 'invalid_request'],
  ['an unknown prompt', set('prompt', 'select_account'), 'invalid_request'],
  ['only an unknown level', set('acr_values', 'eidas2 eidas3'), 'unmet_authentication_requirements'],
  ['a negative max_age', set('max_age', '-1'), 'invalid_request'],
  ['claims that are not JSON', set('claims', '{"id_token":'), 'invalid_request'],
  ['claims that are a list', set('claims', '[]'), 'invalid_request'],
  ['claims too long', set('claims', `{"x":"${'y'.repeat(4000)}"}`), 'invalid_request'],
  [
    'a perimeter that is not a list',
    set('claims', '{"id_token":{"rep_scope":{"values":"Famille"}}}'),
    'invalid_request',
  ],
  ['a perimeter that nobody knows', set('claims', perimeterOf('Astronomie', 'famille').claims), 'invalid_request'],
  [
    'a plain challenge',
    all(set('code_challenge', 'x'.repeat(43)), set('code_challenge_method', 'plain')),
    'invalid_request',
  ],
  ['a challenge without a method', set('code_challenge', 'x'.repeat(43)), 'invalid_request'],
  ['a method without a challenge', set('code_challenge_method', 'S256'), 'invalid_request'],
  [
    'a challenge of another length',
    all(set('code_challenge', 'abc'), set('code_challenge_method', 'S256')),
    'invalid_request',
  ],
  ['a request object', set('request', 'e30.e30.'), 'request_not_supported'],
  ['a request_uri', set('request_uri', 'https://fcp.example.fr/request'), 'request_uri_not_supported'],
  ['a registration', set('registration', '{}'), 'registration_not_supported'],
  ['a secret', set('client_secret', FRANCECONNECT.secret), 'invalid_request'],
  ['an access token', set('access_token', 'x'), 'invalid_request'],
];

describe.each(['GET', 'POST'] as const)('%s', (verb) => {
  test.each(BACK)('%s goes back to the partner as an error, and nothing is kept', async (_what, change, error) => {
    const { status, location, kept } = await ask(change, verb);
    expect(status).toBe(303);
    const address = new URL(location ?? '');
    expect(address.origin + address.pathname).toBe(FRANCECONNECT.redirectUri);
    expect(address.searchParams.get('error')).toBe(error);
    expect(address.searchParams.get('error_description')).toMatch(/^[\x20-\x7e]+$/);
    expect(address.searchParams.get('iss')).toBe(world.url);
    const params = new URLSearchParams(good);
    change(params);
    const echoed = params.getAll('state').length === 1 && /^[\x20-\x7e]{1,512}$/.test(params.get('state') ?? '');
    expect(address.searchParams.get('state')).toBe(echoed ? params.get('state') : null);
    expect(address.searchParams.has('code')).toBe(false);
    expect(kept).toBe(0);
  });

  const REDIRECT = FRANCECONNECT.redirectUri;
  const STAYS: readonly [what: string, change: Change][] = [
    ['an unknown client', set('client_id', 'inconnu')],
    ['no client', drop('client_id')],
    ['two clients', twice('client_id')],
    ['no redirect_uri', drop('redirect_uri')],
    ['two redirect_uri', twice('redirect_uri')],
    ...[
      `${REDIRECT}?x=1`,
      `${REDIRECT}/`,
      `${REDIRECT}/more`,
      `${REDIRECT}#x`,
      REDIRECT.toUpperCase(),
      REDIRECT.replace('https', 'http'),
      REDIRECT.replace('.fr/', '.fr:443/'),
      REDIRECT.replace('https://', 'https://fcp.example.fr@evil.example/'),
      REDIRECT.replace('/api', '/x/%2e%2e/api'),
      'https://evil.example/',
      'javascript:alert(1)',
    ].map((uri): [string, Change] => [`redirect_uri ${uri}`, set('redirect_uri', uri)]),
  ];
  test.each(STAYS)('%s is a page, and nobody is sent anywhere', async (_what, change) => {
    const { status, location, text, kept } = await ask(change, verb);
    expect([status, location, kept]).toEqual([400, null, 0]);
    expect(text).toContain('<html lang="fr"');
    expect(text).not.toContain('evil.example');
  });

  const ACCEPTED: readonly [what: string, change: Change][] = [
    ['what FranceConnect sends', () => undefined],
    ['a parameter that nobody knows', set('idp_hint', 'x')],
    ['no acr_values, no prompt, no claims', all(drop('acr_values'), drop('prompt'), drop('claims'))],
    ['a level that we have among others', set('acr_values', 'eidas3 eidas1')],
    ['prompt=login consent', set('prompt', 'login consent')],
    ['a state with signs that must be escaped', set('state', 'a&b=c#d+e%20 "\'<script>')],
    ['a known theme among unknown ones', set('claims', perimeterOf('Famille-Scolarité', 'Astronomie').claims)],
    [
      'a claims parameter that asks for more',
      set('claims', '{"id_token":{"email":null,"given_name":{"essential":true}}}'),
    ],
    ['PKCE by SHA-256', all(set('code_challenge', 'x'.repeat(43)), set('code_challenge_method', 'S256'))],
    ['login_hint, id_token_hint and ui_locales', all(set('login_hint', 'x'), set('id_token_hint', 'not a token'))],
    ['max_age=0', set('max_age', '0')],
  ];
  test.each(ACCEPTED)('%s is accepted', async (_what, change) => {
    const { status, location, kept } = await ask(change, verb);
    expect(status).toBe(303);
    expect(location).toMatch(/^\/agir\/[\w-]{20,}$/);
    expect(kept).toBe(1);
  });
});

test('a request too long, of another content type, or with parameters in both places is refused', async () => {
  const long = await fetch(`${world.url}/authorize?${good}&x=${'y'.repeat(9000)}`, { redirect: 'manual' });
  expect(long.status).toBe(400);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const address = `${world.url}/authorize`;
  const large = await fetch(address, { method: 'POST', headers: form, body: `${good}&x=${'y'.repeat(9000)}` });
  const json = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  const both = await fetch(`${address}?state=x`, { method: 'POST', headers: form, body: `${good}` });
  const put = await fetch(address, { method: 'PUT', headers: form, body: `${good}` });
  expect([large.status, json.status, both.status, put.status]).toEqual([400, 400, 400, 404]);
});

test.each(['/AUTHORIZE', '/Authorize', '/authorize/', '/%61uthorize', '//authorize'])(
  'no other spelling of the address goes around the filter: %s',
  async (path) => {
    const before = await payloads();
    const params = new URLSearchParams(good);
    params.delete('claims');
    const answer = await fetch(`${world.url}${path}?${params}`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location'), (await payloads()) - before]).toEqual([404, null, 0]);
  },
);

test.each(['/TOKEN', '/token/', '/Userinfo'])('nor of the other endpoints: %s', async (path) => {
  const answer = await fetch(`${world.url}${path}`, { method: 'POST', body: new URLSearchParams({ grant_type: 'x' }) });
  expect(answer.status).toBe(404);
});

test('a state comes back to the letter, wherever it goes', async () => {
  const state = 'a&b=c#d+e%20 "\'<script>';
  const visitor = visitorOf(world.url);
  const seen = await visitor.get(requestOf(await franceconnectClient(world), { state }).url);
  await visitor.get(`${seen.location}/annuler`);
  const left = await visitor.post(`${seen.location}/annuler`);
  const to = /content="0; url=([^"]+)"/.exec(left.text)?.[1] ?? '';
  const back = new URL((await visitor.get(to)).location);
  expect(back.searchParams.get('state')).toBe(state);
  expect(back.searchParams.get('error')).toBe('access_denied');
});
