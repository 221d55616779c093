import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Faults } from '#app/demo/franceconnect/faults.ts';
import type { FranceconnectSimulator } from '#app/demo/franceconnect/start.ts';
import { titleOf } from './cookie-browser.ts';
import { choose, finishLogout, identify } from './simulator-journey.ts';
import { newBrowser, type RelyingParty, relyingParty, service, startSimulator } from './simulator-world.ts';

let simulator: FranceconnectSimulator;
let party: RelyingParty;

beforeAll(async () => {
  simulator = await startSimulator({ relyingParties: [service('entremise')] });
  party = await relyingParty(simulator, service('entremise'));
});

afterEach(async () => {
  await simulator.faults.reset();
});

afterAll(() => simulator?.close());

/** A journey to the code, then the token endpoint asked without any check: what was really sent. */
async function rawTokens() {
  const browser = newBrowser();
  const login = party.authorize();
  const { stoppedAt } = await identify(browser, await browser.get(login.url), { persona: 'josette' });
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: stoppedAt?.searchParams.get('code') ?? '',
    redirect_uri: party.party.redirectUris[0] ?? '',
    client_id: party.party.clientId,
    client_secret: party.party.clientSecret,
  });
  const answer = await fetch(`${simulator.issuer}/token`, { method: 'POST', body });
  const json = await answer.json();
  return { status: answer.status, idToken: String(json.id_token), accessToken: String(json.access_token), login };
}

async function checkedTokens() {
  const browser = newBrowser();
  const login = party.authorize();
  const tokens = await party.redeem(
    await identify(browser, await browser.get(login.url), { persona: 'josette' }),
    login,
  );
  return { browser, tokens };
}

function rawUserinfo(accessToken: string): Promise<Response> {
  return fetch(`${simulator.issuer}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } });
}

const now = () => Date.now() / 1000;

describe('ID token', () => {
  it.each<[keyof Faults, unknown, (claims: Record<string, unknown>, nonce: string) => void]>([
    ['idTokenExpired', true, ({ exp }) => expect(exp).toBeLessThan(now() - 3000)],
    [
      'idTokenOldIat',
      true,
      ({ iat, exp }) => [expect(iat).toBeLessThan(now() - 600_000), expect(exp).toBeGreaterThan(now())],
    ],
    ['idTokenWrongNonce', true, ({ nonce }, sent) => expect(nonce).not.toBe(sent)],
    ['idTokenAcr', 'eidas0', ({ acr }) => expect(acr).toBe('eidas0')],
    ['idTokenAzp', 'somebody-else', ({ azp }) => expect(azp).toBe('somebody-else')],
  ])('%s', async (fault, value, check) => {
    await simulator.faults.set({ [fault]: value });
    const { idToken, login } = await rawTokens();
    check(decodeJwt(idToken), login.nonce);
    expect(decodeProtectedHeader(idToken)).toHaveProperty('kid');
  });

  it.each<keyof Faults>(['idTokenExpired', 'idTokenWrongNonce', 'idTokenUnknownKid', 'idTokenBadSignature'])(
    '%s is refused by openid-client',
    async (fault) => {
      await simulator.faults.set({ [fault]: true });
      await expect(checkedTokens()).rejects.toThrow();
      await simulator.faults.reset();
      await checkedTokens();
    },
  );

  // For these the library says nothing: the relying party has to check by itself (federation.md §4.6).
  it.each<[keyof Faults, unknown]>([
    ['idTokenOldIat', true],
    ['idTokenAcr', 'eidas0'],
    ['idTokenAzp', 'somebody-else'],
  ])('%s is accepted by openid-client', async (fault, value) => {
    await simulator.faults.set({ [fault]: value });
    await expect(checkedTokens()).resolves.toBeDefined();
  });
});

describe('userinfo', () => {
  it('comes as JSON', async () => {
    const { accessToken } = await rawTokens();
    await simulator.faults.set({ userinfoJson: true });
    const answer = await rawUserinfo(accessToken);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await answer.json()).toMatchObject({ family_name: 'LEFÈVRE' });
  });

  it.each<keyof Faults>(['userinfoJson', 'userinfoOtherSub', 'userinfoBadSignature', 'userinfoError500'])(
    '%s is refused by openid-client',
    async (fault) => {
      const { tokens } = await checkedTokens();
      const sub = tokens.claims()?.sub ?? '';
      await simulator.faults.set({ [fault]: true });
      await expect(party.userinfo(tokens.access_token, sub)).rejects.toThrow();
      await simulator.faults.reset();
      await expect(party.userinfo(tokens.access_token, sub)).resolves.toMatchObject({ sub });
    },
  );

  it('bears another sub, well signed', async () => {
    const { accessToken, idToken } = await rawTokens();
    await simulator.faults.set({ userinfoOtherSub: true });
    const answer = await rawUserinfo(accessToken);
    expect(answer.headers.get('content-type')).toContain('application/jwt');
    expect(decodeJwt(await answer.text()).sub).not.toBe(decodeJwt(idToken).sub);
  });

  it('names another identity provider, or none', async () => {
    const { accessToken } = await rawTokens();
    await simulator.faults.set({ idpId: 'entremise' });
    expect(decodeJwt(await (await rawUserinfo(accessToken)).text()).idp_id).toBe('entremise');
    await simulator.faults.set({ idpIdMissing: true });
    expect(decodeJwt(await (await rawUserinfo(accessToken)).text())).not.toHaveProperty('idp_id');
  });
});

describe('the platform', () => {
  it('gives another sub for the same pivot identity', async () => {
    const before = decodeJwt((await rawTokens()).idToken).sub;
    await simulator.faults.set({ newSub: true });
    const after = decodeJwt((await rawTokens()).idToken).sub;
    expect(after).toMatch(/^[0-9a-f]{64}v1$/);
    expect(after).not.toBe(before);
  });

  it('fails at the token endpoint', async () => {
    await simulator.faults.set({ tokenError500: true });
    expect((await rawTokens()).status).toBe(500);
  });

  it('is slow at the token endpoint', async () => {
    await simulator.faults.set({ tokenDelay: 7000 });
    const body = new URLSearchParams({ grant_type: 'authorization_code' });
    const request = fetch(`${simulator.issuer}/token`, { method: 'POST', body, signal: AbortSignal.timeout(300) });
    await expect(request).rejects.toThrow(/timeout/);
  });

  it('is unavailable, then back', async () => {
    await simulator.faults.set({ down: 'unavailable' });
    expect((await fetch(`${simulator.issuer}/jwks`)).status).toBe(503);
    await simulator.faults.reset();
    expect((await fetch(`${simulator.issuer}/jwks`)).status).toBe(200);
  });

  it('refuses connections, then is back at the same address', async () => {
    await simulator.faults.set({ down: 'refused' });
    await expect(fetch(`${simulator.issuer}/jwks`)).rejects.toThrow();
    await simulator.faults.set({ down: 'no' });
    expect((await fetch(`${simulator.issuer}/jwks`)).status).toBe(200);
  });

  it('refuses everybody', async () => {
    await simulator.faults.set({ accessDenied: true });
    const login = party.authorize();
    const { stoppedAt } = await newBrowser().get(login.url);
    expect(stoppedAt?.searchParams.get('error')).toBe('access_denied');
    expect(stoppedAt?.searchParams.get('state')).toBe(login.state);
  });

  it('has no register of persons', async () => {
    await simulator.faults.set({ rnippDown: true });
    const browser = newBrowser();
    const page = await choose(browser, await browser.get(party.authorize().url), { persona: 'josette' });
    expect([page.status, page.text.includes('Y010011')]).toEqual([504, true]);
  });

  it('keeps the browser at logout, though the session is closed', async () => {
    const { browser, tokens } = await checkedTokens();
    await simulator.faults.set({ logoutDoesNotReturn: true });
    const page = await browser.get(party.logoutUrl(tokens.id_token ?? '', 's'));
    expect(titleOf(page)).toBe('Vous êtes déconnecté');
    await expect(finishLogout(browser, page)).rejects.toThrow(/no such form/);
    expect(titleOf(await browser.get(party.authorize().url))).toContain('Je choisis un compte');
  });
});

describe('rotation of keys', () => {
  // openid-client asks for the JWKS again only when its copy is older than one minute: a relying party that has seen the
  // old keys has to drop them by itself (FranceConnect's documentation asks for it). Here each begins without a copy.
  beforeEach(async () => {
    party = await relyingParty(simulator, service('entremise'));
  });

  it('can be gentle: the old key stays, the new one signs', async () => {
    const { tokens } = await checkedTokens();
    const before = decodeProtectedHeader(tokens.id_token ?? '').kid;
    await simulator.rotateKeys({ keepOld: true });
    const { keys } = await (await fetch(`${simulator.issuer}/jwks`)).json();
    expect(keys.map((key: { kid: string }) => key.kid)).toContain(before);
    expect(decodeProtectedHeader((await rawTokens()).idToken).kid).not.toBe(before);
    // Issued before, still usable after.
    const sub = tokens.claims()?.sub ?? '';
    await expect(party.userinfo(tokens.access_token, sub)).rejects.toMatchObject({
      code: 'OAUTH_KEY_SELECTION_FAILED',
    });
    const fresh = await relyingParty(simulator, service('entremise'));
    await expect(fresh.userinfo(tokens.access_token, sub)).resolves.toMatchObject({ sub });
  });

  it('can be brutal: tokens from before cannot be verified, sessions and codes survive', async () => {
    const { browser, tokens } = await checkedTokens();
    await simulator.rotateKeys();
    const { keys } = await (await fetch(`${simulator.issuer}/jwks`)).json();
    expect(keys).toHaveLength(1);
    expect(keys[0].kid).not.toBe(decodeProtectedHeader(tokens.id_token ?? '').kid);
    expect((await browser.get(party.logoutUrl(tokens.id_token ?? '', 's'))).status).toBe(400);
    expect(titleOf(await browser.get(party.authorize().url))).toContain('Continuer sur');
  });
});

describe('the switches over HTTP', () => {
  it('take a part, say what is wrong with it, and go back to normal', async () => {
    const url = `${simulator.url}/_faults`;
    const post = (body: unknown) =>
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    expect(await (await post({ idTokenAcr: 'eidas0', down: 'unavailable' })).json()).toMatchObject({
      down: 'unavailable',
    });
    expect(simulator.faults.current).toMatchObject({ idTokenAcr: 'eidas0', down: 'unavailable', newSub: false });
    expect((await post({ nothing: true })).status).toBe(400);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(200);
    expect(await (await fetch(url)).json()).toMatchObject({ idTokenAcr: null, down: 'no' });
  });
});
