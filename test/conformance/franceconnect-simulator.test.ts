import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FranceconnectSimulator } from '#app/demo/franceconnect/start.ts';
import { textAt, titleOf } from './cookie-browser.ts';
import { backToService, choose, finishLogout, identify } from './simulator-journey.ts';
import {
  movingClock,
  newBrowser,
  type RelyingParty,
  relyingParty,
  service,
  startSimulator,
} from './simulator-world.ts';

const clock = movingClock();
const entremise = service('entremise', { entityId: 'entremise', scopes: [...service('x').scopes, 'amr'] });
const sister = service('entremise-bis', { entityId: 'entremise' });
const caf = service('caf', { allowedIdpHints: [], repScope: ['Logement'] });
let simulator: FranceconnectSimulator;
let party: RelyingParty;
let other: RelyingParty;

beforeAll(async () => {
  simulator = await startSimulator({ relyingParties: [entremise, sister, caf], now: clock.now });
  party = await relyingParty(simulator, entremise);
  other = await relyingParty(simulator, caf);
});

afterAll(() => simulator?.close());

async function connect(persona: string, rp = party, changes: Record<string, string> = {}, browser = newBrowser()) {
  const login = rp.authorize(changes);
  const end = await identify(browser, await browser.get(login.url), { persona });
  const tokens = await rp.redeem(end, login);
  const sub = tokens.claims()?.sub ?? '';
  return { browser, tokens, sub, userinfo: await rp.userinfo(tokens.access_token, sub) };
}

describe('metadata', () => {
  it('says what FranceConnect says', async () => {
    const metadata = party.config.serverMetadata();
    expect(metadata).toMatchObject({
      issuer: `${simulator.url}/api/v2`,
      authorization_endpoint: `${simulator.url}/api/v2/authorize`,
      token_endpoint: `${simulator.url}/api/v2/token`,
      userinfo_endpoint: `${simulator.url}/api/v2/userinfo`,
      jwks_uri: `${simulator.url}/api/v2/jwks`,
      end_session_endpoint: `${simulator.url}/api/v2/session/end`,
      response_types_supported: ['code'],
      subject_types_supported: ['pairwise'],
      acr_values_supported: ['eidas1'],
      token_endpoint_auth_methods_supported: ['client_secret_post'],
    });
    const { keys } = await (await fetch(metadata.jwks_uri ?? '')).json();
    expect(keys).toEqual([
      expect.objectContaining({ kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256', kid: expect.any(String) }),
    ]);
    expect(keys[0]).not.toHaveProperty('d');
  });

  it('keeps its public address whatever name it is reached by', async () => {
    const answer = await fetch(
      `${simulator.issuer.replace('localhost', '127.0.0.1')}/.well-known/openid-configuration`,
    );
    expect((await answer.json()).token_endpoint).toBe(`${simulator.url}/api/v2/token`);
  });
});

describe('a connection', () => {
  it('gives an ID token with exactly the claims of FranceConnect, and no identity', async () => {
    const { tokens } = await connect('josette');
    expect(Object.keys(tokens).sort()).toEqual(['access_token', 'expires_in', 'id_token', 'scope', 'token_type']);
    expect(tokens.expires_in).toBe(60);
    const claims = decodeJwt(tokens.id_token ?? '');
    expect(Object.keys(claims).sort()).toEqual(['acr', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'nonce', 'sub']);
    expect(claims).toMatchObject({ acr: 'eidas1', aud: 'entremise', iss: simulator.issuer });
    expect(claims.sub).toMatch(/^[0-9a-f]{64}v1$/);
    expect(Number(claims.exp) - Number(claims.iat)).toBe(60);
    expect(decodeProtectedHeader(tokens.id_token ?? '').alg).toBe('ES256');
  });

  it('signs userinfo, and filters it by scope', async () => {
    const { tokens, userinfo, sub } = await connect('nadia');
    const raw = await fetch(`${simulator.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(raw.headers.get('content-type')).toContain('application/jwt');
    expect(decodeProtectedHeader(await raw.text()).alg).toBe('ES256');
    expect(userinfo).toMatchObject({
      sub,
      aud: 'entremise',
      iss: simulator.issuer,
      given_name: 'Nadia',
      given_name_array: ['Nadia'],
      family_name: 'BENALI',
      preferred_username: 'MOREAU',
      birthdate: '1979-06-21',
      idp_birthdate: '1979-06-21',
      birthplace: '69383',
      birthcountry: '99100',
      gender: 'female',
      email: 'nadia.moreau@courriel.example',
      idp_id: 'demo-idp',
    });
    const narrow = await connect('nadia', party, { scope: 'openid given_name birth' });
    const { iss: _i, aud: _a, exp: _e, iat: _t, ...claims } = narrow.userinfo;
    expect(claims).toEqual({
      sub,
      given_name: 'Nadia',
      given_name_array: ['Nadia'],
      birthplace: '69383',
      birthcountry: '99100',
    });
  });

  it('gives one sub per person and entity', async () => {
    const { sub } = await connect('marcel');
    expect((await connect('marcel')).sub).toBe(sub);
    expect((await connect('marcel', await relyingParty(simulator, sister))).sub).toBe(sub);
    expect((await connect('marcel', other)).sub).not.toBe(sub);
    expect((await connect('marcel-homonyme')).sub).not.toBe(sub);
  });

  it('redeems a code once', async () => {
    const browser = newBrowser();
    const login = party.authorize();
    const end = await identify(browser, await browser.get(login.url), { persona: 'josette' });
    await party.redeem(end, login);
    await expect(party.redeem(end, login)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('redeems a code for 30 seconds, and lets its token be used for 60', async () => {
    const browser = newBrowser();
    const login = party.authorize();
    const late = await identify(browser, await browser.get(login.url), { persona: 'josette' });
    // a token lives for whole seconds: one that was given after this instant lives 60 s after it at least
    const before = Math.floor(Date.now() / 1000) * 1000;
    const { tokens, sub } = await connect('josette');
    const after = Date.now();
    try {
      vi.useFakeTimers({ toFake: ['Date'], now: before + 59_000 });
      await expect(party.userinfo(tokens.access_token, sub)).resolves.toMatchObject({ sub });
      await expect(party.redeem(late, login)).rejects.toMatchObject({ error: 'invalid_grant' });
      vi.setSystemTime(after + 61_000);
      await expect(party.userinfo(tokens.access_token, sub)).rejects.toThrow();
    } finally {
      vi.useRealTimers();
    }
  });

  it('explains a wrong secret with error_uri', async () => {
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: 'x',
      client_id: 'entremise',
      client_secret: 'wrong',
    });
    const answer = await fetch(`${simulator.issuer}/token`, { method: 'POST', body });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({
      error: 'invalid_client',
      error_uri: expect.stringContaining('code=Y0434A7B&id='),
    });
  });

  it('gives amr to a service that may have it, when asked in claims', async () => {
    const claims = JSON.stringify({ id_token: { amr: { essential: true } } });
    const { tokens } = await connect('josette', party, { claims });
    expect(tokens.claims()?.amr).toEqual(['fc']);
    const refused = await newBrowser().get(other.authorize({ claims }).url);
    expect([refused.status, textAt(refused, 'error-code')]).toEqual([400, 'Y100009']);
  });
});

describe('the request', () => {
  it.each([
    ['PKCE', { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' }],
    ['login_hint', { login_hint: 'a@b.example' }],
    ['max_age', { max_age: '10' }],
    ['response_mode', { response_mode: 'query' }],
    ['prompt=none', { prompt: 'none' }],
    ['prompt=select_account', { prompt: 'login select_account' }],
    ['a nonce of 21 characters', { nonce: 'n'.repeat(21) }],
    ['no nonce', { nonce: null }],
    ['no state', { state: null }],
    ['no acr_values', { acr_values: null }],
    ['no openid', { scope: 'email' }],
    ['a redirect_uri that is no address', { redirect_uri: 'retour' }],
  ])('is refused by a page for %s', async (_what, changes: Record<string, string | null>) => {
    const page = await newBrowser().get(party.authorize(changes).url);
    expect([page.status, page.stoppedAt, textAt(page, 'error-code')]).toEqual([400, undefined, 'Y030007']);
  });

  it('is refused when a parameter comes twice', async () => {
    const { url } = party.authorize();
    url.searchParams.append('state', 'other');
    expect(textAt(await newBrowser().get(url), 'error-code')).toBe('Y030007');
  });

  it('accepts prompt=login consent, a nonce of 22 characters, and the POST method', async () => {
    const { url } = party.authorize({ prompt: 'login consent', nonce: 'n'.repeat(22) });
    const answer = await fetch(`${simulator.issuer}/authorize`, {
      method: 'POST',
      body: url.searchParams,
      redirect: 'manual',
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      expect.stringContaining('/api/v2/interaction/'),
    ]);
  });

  it('never redirects for an unknown client or address', async () => {
    const unknown = await newBrowser().get(party.authorize({ client_id: 'nobody' }).url);
    expect([unknown.status, textAt(unknown, 'error-code')]).toEqual([400, 'Y04EA6EF']);
    const elsewhere = await newBrowser().get(party.authorize({ redirect_uri: 'http://thief.example/retour' }).url);
    expect([elsewhere.status, elsewhere.stoppedAt, textAt(elsewhere, 'error-code')]).toEqual([
      400,
      undefined,
      'Y04C013C',
    ]);
  });

  it.each([
    ['another response_type', { response_type: 'token' }, 'unsupported_response_type'],
    ['a level of FranceConnect+', { acr_values: 'eidas2' }, 'invalid_acr'],
    ['an idp_hint that was not agreed', { idp_hint: 'demo-idp' }, 'invalid_idp_hint'],
    ['a scope that was not agreed', { scope: 'openid idp_id address' }, undefined],
  ])('goes back to the service for %s', async (_what, changes: Record<string, string>, error) => {
    const login = other.authorize(changes);
    const { stoppedAt } = await newBrowser().get(login.url);
    // oidc-provider ignores a scope that it does not know: the person is asked to identify.
    if (error === undefined) return expect(stoppedAt).toBeUndefined();
    const answer = new URLSearchParams(stoppedAt?.hash.slice(1) || stoppedAt?.search);
    expect(Object.fromEntries(answer)).toMatchObject({
      error,
      state: login.state,
      iss: simulator.issuer,
      error_uri: expect.stringContaining('fs-technique-erreurs/?code=Y'),
    });
  });

  it('takes the lowest known level, and eidas1 when it knows none', async () => {
    for (const acr_values of ['eidas3 eidas1', 'level-of-nobody']) {
      expect(titleOf(await newBrowser().get(party.authorize({ acr_values }).url))).toContain('Je choisis un compte');
    }
  });
});

describe('a person who does not go through', () => {
  it('refuses on the first page', async () => {
    const login = party.authorize();
    const browser = newBrowser();
    const { stoppedAt } = await backToService(browser, await browser.get(login.url));
    expect(stoppedAt?.href).toContain('http://entremise.example/retour');
    expect(Object.fromEntries(stoppedAt?.searchParams ?? [])).toMatchObject({
      error: 'access_denied',
      error_description: 'User auth aborted',
      state: login.state,
      error_uri: expect.stringContaining('code=Y030030'),
    });
  });

  it('refuses on the last page', async () => {
    const browser = newBrowser();
    const page = await choose(browser, await browser.get(party.authorize().url), { persona: 'josette' });
    expect(textAt(page, 'person')).toBe('Josette Marie LEFÈVRE');
    const { stoppedAt } = await backToService(browser, page);
    expect(stoppedAt?.searchParams.get('error')).toBe('access_denied');
  });

  it.each([
    ['robert', 'Y010015'],
    ['yvonne', 'Y010004'],
  ])('is stopped by the register: %s', async (persona, code) => {
    const browser = newBrowser();
    const page = await choose(browser, await browser.get(party.authorize().url), { persona });
    expect([page.status, textAt(page, 'error-code')]).toEqual([403, code]);
    const { stoppedAt } = await backToService(browser, page);
    expect(stoppedAt?.searchParams.get('error')).toBe('access_denied');
    expect(stoppedAt?.searchParams.get('error_uri')).toContain(`code=${code}`);
  });

  it('is told when the page is too old, or another tab took over', async () => {
    const browser = newBrowser();
    const first = await browser.get(party.authorize().url);
    await browser.get(party.authorize().url);
    const replaced = await browser.get(first.url);
    expect([replaced.status, textAt(replaced, 'error-code')]).toEqual([400, 'Y420001']);
    const stranger = await newBrowser().get(first.url);
    expect([stranger.status, textAt(stranger, 'error-code')]).toEqual([401, 'Y190001']);
  });

  it('cannot be pushed by another site: the forms want their token', async () => {
    const browser = newBrowser();
    const page = await browser.get(party.authorize().url);
    const forged = await browser.submit(page, () => true, { persona: 'josette', csrfToken: 'x' });
    expect([forged.status, textAt(forged, 'error-code')]).toEqual([403, 'Y470001']);
  });
});

describe('forms of identity', () => {
  it.each([
    ['fatoumata', { birthdate: '1950-01-01', idp_birthdate: '1950-00-00', birthplace: '', birthcountry: '99330' }],
    ['mohamed', { birthplace: '', birthcountry: '99352' }],
    ['ghjulia', { birthplace: '2A004', birthcountry: '99100' }],
    ['dominique', { gender: 'unspecified' }],
    ['enzo', { birthdate: '2015-05-14' }],
  ])('%s', async (persona, expected) => {
    expect((await connect(persona)).userinfo).toMatchObject(expected);
  });

  it('leaves out what the person does not have', async () => {
    expect((await connect('suzanne')).userinfo).not.toHaveProperty('email');
    expect((await connect('paulette')).userinfo).not.toHaveProperty('birthcountry');
    expect((await connect('josette')).userinfo).not.toHaveProperty('preferred_username');
  });

  it('keeps one sub through a change of civil status, where the persona says so', async () => {
    const before = await connect('claire-avant');
    const after = await connect('claire-apres');
    expect(after.sub).toBe(before.sub);
    expect([before.userinfo.given_name, after.userinfo.given_name]).toEqual(['Clément', 'Claire']);
  });
});

describe('single sign-on and logout', () => {
  it('connects a second service without asking who, for 30 minutes', async () => {
    const { browser } = await connect('josette');
    const page = await browser.get(other.authorize().url);
    expect(titleOf(page)).toBe('Continuer sur Service caf');
    clock.advance(29);
    expect(titleOf(await browser.get(party.authorize().url))).toContain('Continuer sur');
    clock.advance(2);
    expect(titleOf(await browser.get(party.authorize().url))).toContain('Je choisis un compte');
    const login = party.authorize();
    const end = await identify(browser, await browser.get(login.url), { persona: 'marcel' });
    expect((await party.redeem(end, login)).claims()?.sub).toBe((await connect('marcel')).sub);
  });

  it('ends for everybody, and gives the state back', async () => {
    const { browser, tokens } = await connect('josette');
    const page = await browser.get(party.logoutUrl(tokens.id_token ?? '', 'state-of-logout'));
    const { stoppedAt } = await finishLogout(browser, page);
    expect(stoppedAt?.href).toBe('http://entremise.example/fin?state=state-of-logout');
    expect(titleOf(await browser.get(other.authorize().url))).toContain('Je choisis un compte');
  });

  it('refuses an address that is not registered, and a hint that was changed', async () => {
    const { browser, tokens } = await connect('josette');
    const url = party.logoutUrl(tokens.id_token ?? '', 's');
    url.searchParams.set('post_logout_redirect_uri', 'http://thief.example/');
    expect((await browser.get(url)).status).toBe(400);
    const changed = party.logoutUrl(`${tokens.id_token?.slice(0, -10)}AAAAAAAAAA`, 's');
    expect((await browser.get(changed)).status).toBe(400);
  });

  it('asks the person when no service did', async () => {
    const { browser } = await connect('josette');
    const asked = await browser.get(linkOfHome(await browser.get(simulator.url)));
    expect(titleOf(asked)).toContain('Voulez-vous vous déconnecter');
    expect(titleOf(await browser.get(other.authorize().url))).toContain('Continuer sur');
    const page = await browser.submit(await browser.get(`${simulator.issuer}/session/end`), (form) =>
      form.action.endsWith('/client/disconnect-from-idp'),
    );
    expect(titleOf(await finishLogout(browser, page))).toBe('Vous êtes déconnecté');
    expect(titleOf(await browser.get(other.authorize().url))).toContain('Je choisis un compte');
  });
});

function linkOfHome(page: { text: string; url: string }): string {
  return new URL(/href="([^"]+)"/.exec(page.text)?.[1] ?? '', page.url).href;
}

it('demands secrets as long as FranceConnect does', async () => {
  expect(() => simulator.addRelyingParty(service('short', { clientSecret: 'short' }))).toThrow(/32/);
});
