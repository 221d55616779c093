import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AlertMail, IdentityProviderOptions } from '#app/demo/franceconnect/options.ts';
import type { FranceconnectSimulator } from '#app/demo/franceconnect/start.ts';
import { listen } from '#app/demo/web/listen.ts';
import { type CookieBrowser, textAt, titleOf, type Visited } from './cookie-browser.ts';
import { type MiniIdentityProvider, mandateIdentity, startMiniIdentityProvider } from './mini-identity-provider.ts';
import { backToService, choose, continueToService, finishLogout, identify } from './simulator-journey.ts';
import { newBrowser, type RelyingParty, relyingParty, service, startSimulator } from './simulator-world.ts';

const secret = 'secret-between-franceconnect-and-us-xxxx';
const without = service('without-perimeter');
const one = service('one-perimeter', { repScope: ['Logement'] });
const two = service('two-perimeters', { repScope: ['Famille-Scolarité', 'Social-Santé'] });
const closed = service('closed', { idpFilterExclude: ['entremise'] });
const hinting = service('hinting', { allowedIdpHints: ['entremise'] });
const provider = { provider: 'entremise' };

let simulator: FranceconnectSimulator;
let idp: MiniIdentityProvider;
let hmacIdp: MiniIdentityProvider;
let mails: AlertMail[] = [];
let mailRefused = false;
const parties = new Map<string, RelyingParty>();

beforeAll(async () => {
  simulator = await startSimulator({
    relyingParties: [without, one, two, closed, hinting],
    sendMail: async (mail) => {
      if (mailRefused) throw new Error('451');
      mails.push(mail);
    },
  });
  const client = {
    clientId: 'franceconnect',
    clientSecret: secret,
    redirectUri: `${simulator.issuer}/oidc-callback`,
    postLogoutRedirectUri: `${simulator.issuer}/client/logout-callback`,
  };
  idp = await startMiniIdentityProvider(client);
  hmacIdp = await startMiniIdentityProvider({ ...client, hmacAndJson: true });
  for (const party of [without, one, two, closed, hinting]) {
    parties.set(party.clientId, await relyingParty(simulator, party));
  }
});

beforeEach(() => {
  simulator.addIdentityProvider(declared());
  Object.assign(idp.answers, { claims: { ...mandateIdentity }, repScope: [], acr: 'eidas1', refuses: false });
  mails = [];
  mailRefused = false;
});

afterAll(() => Promise.all([simulator?.close(), idp?.close(), hmacIdp?.close()]));

function declared(more: Partial<IdentityProviderOptions> = {}, at = idp.url): IdentityProviderOptions {
  return {
    uid: 'entremise',
    title: 'Entremise',
    issuer: at,
    discoveryUrl: `${at}/.well-known/openid-configuration`,
    clientId: 'franceconnect',
    clientSecret: secret,
    audit: true,
    ...more,
  };
}

function partyOf({ clientId }: { clientId: string }): RelyingParty {
  const party = parties.get(clientId);
  if (!party) throw new Error(clientId);
  return party;
}

/** Up to the page after the identity provider: « Continuer », or an error. */
async function arrive(party: { clientId: string }, browser: CookieBrowser = newBrowser()): Promise<Visited> {
  return choose(browser, await browser.get(partyOf(party).authorize().url), provider);
}

async function connect(party: { clientId: string }, browser: CookieBrowser = newBrowser()) {
  const login = partyOf(party).authorize();
  const end = await identify(browser, await browser.get(login.url), provider);
  return { browser, tokens: await partyOf(party).redeem(end, login) };
}

describe('the request to the identity provider', () => {
  it('has exactly the parameters of FranceConnect', async () => {
    idp.requests.length = 0;
    await arrive(two);
    const params = Object.fromEntries(idp.requests[0]?.searchParams ?? []);
    expect(params).toEqual({
      client_id: 'franceconnect',
      scope: 'openid profile email birth',
      response_type: 'code',
      redirect_uri: `${simulator.issuer}/oidc-callback`,
      acr_values: 'eidas1',
      state: expect.stringMatching(/^[0-9a-f]{64}$/),
      nonce: expect.stringMatching(/^[0-9a-f]{64}$/),
      prompt: 'login',
      claims: '{"id_token":{"rep_scope":{"essential":true,"values":["Famille-Scolarité","Social-Santé"]}}}',
    });
    expect(idp.requests[0]?.search).toContain('openid%20profile');
  });

  it('names no perimeter for a service without one', async () => {
    idp.requests.length = 0;
    await arrive(without);
    expect(JSON.parse(idp.requests[0]?.searchParams.get('claims') ?? '').id_token.rep_scope.values).toEqual([]);
  });

  it('leaves at once with an idp_hint that was agreed', async () => {
    const page = await newBrowser().get(partyOf(hinting).authorize({ idp_hint: 'entremise' }).url);
    expect(titleOf(page)).toBe('Continuer sur Service hinting');
  });
});

it('gives the person of the mandate to the service, and who vouched', async () => {
  const { tokens } = await connect(without);
  const sub = tokens.claims()?.sub ?? '';
  const userinfo = await partyOf(without).userinfo(tokens.access_token, sub);
  expect(userinfo).toMatchObject({ ...mandateIdentity, idp_id: 'entremise' });
  // The same person by the demonstration account has the same sub.
  const browser = newBrowser();
  const login = partyOf(without).authorize();
  const end = await identify(browser, await browser.get(login.url), { persona: 'josette' });
  expect((await partyOf(without).redeem(end, login)).claims()?.sub).toBe(sub);
});

describe('perimeters (rep_scope)', () => {
  const cases: [string, typeof without, string[] | undefined, boolean][] = [
    ['TA01 service without perimeter, mandate with one', without, ['Logement'], true],
    ['TA01 service without perimeter, no rep_scope at all', without, undefined, true],
    ['TA03 one perimeter, in the mandate', one, ['Logement'], true],
    ['TA04 two perimeters, one in the mandate', two, ['Justice', 'Social-Santé'], true],
    ['TA04 two perimeters, both in the mandate', two, ['Famille-Scolarité', 'Social-Santé'], true],
    ['TA05 no perimeter in the mandate', one, [], false],
    ['TA05 no rep_scope in the token', one, undefined, false],
    ['TA06 another perimeter in the mandate', two, ['Logement'], false],
    ['TA06 the same word without its accent', two, ['Famille-Scolarite'], false],
  ];

  it.each(cases)('%s', async (_name, party, repScope, accepted) => {
    idp.answers.repScope = repScope;
    const page = await arrive(party);
    if (accepted) return expect(titleOf(page)).toBe(`Continuer sur ${party.name}`);
    expect([page.status, textAt(page, 'error-code')]).toEqual([400, 'Y600020']);
  });

  it.each(cases.map(([name, ...rest]) => [`TA07-TA13 with single sign-on: ${name}`, ...rest] as const))(
    '%s',
    async (_name, party, repScope, accepted) => {
      idp.answers.repScope = repScope;
      const { browser } = await connect(hinting);
      idp.requests.length = 0;
      const page = await browser.get(partyOf(party).authorize().url);
      expect(idp.requests).toEqual([]);
      if (accepted) return expect(titleOf(page)).toBe(`Continuer sur ${party.name}`);
      expect([page.status, textAt(page, 'error-code')]).toEqual([400, 'Y600020']);
    },
  );

  it('sends the service an access_denied when the person goes back', async () => {
    idp.answers.repScope = ['Justice'];
    const browser = newBrowser();
    const { stoppedAt } = await backToService(browser, await arrive(one, browser));
    expect(stoppedAt?.searchParams.get('error')).toBe('access_denied');
    expect(stoppedAt?.searchParams.get('error_uri')).toContain('code=Y600020');
  });

  it('is not what the person learns first: the register speaks before', async () => {
    Object.assign(idp.answers, { repScope: ['Justice'] });
    idp.answers.claims = {
      ...mandateIdentity,
      given_name: 'Robert Émile',
      family_name: 'GARNIER',
      birthdate: '1939-01-30',
      gender: 'male',
      birthplace: '51454',
    };
    expect(textAt(await arrive(one), 'error-code')).toBe('Y010015');
  });

  it('does not concern the demonstration account', async () => {
    const browser = newBrowser();
    const page = await choose(browser, await browser.get(partyOf(one).authorize().url), { persona: 'josette' });
    expect(titleOf(page)).toBe('Continuer sur Service one-perimeter');
  });
});

describe('a service that excludes the identity provider', () => {
  it('shows it greyed, and refuses it', async () => {
    const browser = newBrowser();
    const page = await browser.get(partyOf(closed).authorize().url);
    expect(page.text).toMatch(/id="idp-entremise"[^>]* disabled/);
    const forced = await choose(browser, page, provider);
    expect([forced.status, textAt(forced, 'error-code')]).toEqual([403, 'Y020023']);
  });

  it('asks again under single sign-on', async () => {
    const { browser } = await connect(without);
    expect(titleOf(await browser.get(partyOf(closed).authorize().url))).toContain('Je choisis un compte');
  });
});

describe('an answer that FranceConnect refuses', () => {
  const { email: _email, ...noEmail } = mandateIdentity;
  it.each([
    ['no e-mail', { claims: noEmail }, 400, 'Y600006'],
    ['no country of birth', { claims: { ...mandateIdentity, birthcountry: undefined } }, 400, 'Y600006'],
    [
      'a place of birth in France that is no code',
      { claims: { ...mandateIdentity, birthplace: 'Arras' } },
      400,
      'Y600006',
    ],
    ['a date that does not exist', { claims: { ...mandateIdentity, birthdate: '1950-02-30' } }, 400, 'Y600006'],
    [
      'a date without a month but with a day',
      { claims: { ...mandateIdentity, birthdate: '1950-00-12' } },
      400,
      'Y600006',
    ],
    ['another gender', { claims: { ...mandateIdentity, gender: 'F' } }, 400, 'Y600006'],
    ['a level as an address', { acr: 'https://eidas.europa.eu/LoA/low' }, 500, 'Y020030'],
    ['a level not agreed for it', { acr: 'eidas2' }, 400, 'Y100018'],
    ['an unknown level', { acr: 'nothing' }, 500, 'Y100001'],
  ])('%s', async (_name, answers, status, code) => {
    Object.assign(idp.answers, answers);
    const page = await arrive(without);
    expect([page.status, textAt(page, 'error-code')]).toEqual([status, code]);
  });

  it.each([
    ['presumed day', { birthdate: '1950-03-00' }],
    ['presumed year', { birthdate: '1950-00-00' }],
    ['Corsica', { birthplace: '2B033' }],
    ['born abroad', { birthplace: '', birthcountry: '99352' }],
    ['no usage name, unspecified gender', { gender: 'unspecified' }],
  ])('but not for %s', async (_name, change) => {
    idp.answers.claims = { ...mandateIdentity, ...change };
    expect(titleOf(await arrive(without))).toContain('Continuer sur');
  });

  it('a wrong secret, a wrong algorithm, another issuer', async () => {
    for (const wrong of [
      { clientSecret: 'another-secret-of-more-than-32-characters' },
      { idTokenSignedResponseAlg: 'HS256' as const },
      { discoveryUrl: `${idp.url}/nowhere` },
    ]) {
      simulator.addIdentityProvider(declared(wrong));
      const page = await arrive(without);
      expect(textAt(page, 'error-code')).toBe('discoveryUrl' in wrong ? 'Y020019' : 'Y020026');
    }
  });

  it('silence: six seconds, one try', async () => {
    let calls = 0;
    const silent = await listen({ port: 0 }, () => () => {
      calls += 1;
    });
    const { discoveryUrl: _discovery, ...explicit } = declared();
    const endpoints = {
      authorization: `${idp.url}/authorize`,
      token: silent.url,
      userinfo: silent.url,
      jwks: `${idp.url}/jwks`,
    };
    simulator.addIdentityProvider({ ...explicit, endpoints });
    const page = await arrive(without);
    await silent.close();
    expect([page.status, textAt(page, 'error-code'), calls]).toEqual([502, 'Y020026', 1]);
    expect(textAt(page, 'error-detail')).toBe('outgoing request timed out after 6000ms');
  });

  it('userinfo as JSON where a JWT was agreed', async () => {
    simulator.addIdentityProvider(declared({ userinfoSignedResponseAlg: null }));
    const page = await arrive(without);
    expect([page.status, textAt(page, 'error-code')]).toEqual([502, 'Y020027']);
  });

  it('an error goes back to the page of choice, never to the service', async () => {
    idp.answers.refuses = true;
    const page = await arrive(without);
    expect(titleOf(page)).toContain('Je choisis un compte');
    expect(textAt(page, 'idp-error')).toContain('La connexion avec Entremise n’a pas abouti');
  });

  it('a callback with another state, none, or no code', async () => {
    const browser = newBrowser();
    await arrive(without, browser);
    const callback = `${simulator.issuer}/oidc-callback`;
    for (const [query, status, code] of [
      ['?code=x&state=other', 403, 'Y020022'],
      ['?code=x', 400, 'Y020021'],
      ['?state=other', 400, 'Y020025'],
      ['?error=access_denied&state=other', 403, 'Y020022'],
    ] as const) {
      const page = await browser.get(callback + query);
      expect([query, page.status, textAt(page, 'error-code')]).toEqual([query, status, code]);
    }
    const stranger = await newBrowser().get(`${callback}?code=x&state=y`);
    expect([stranger.status, textAt(stranger, 'error-code')]).toEqual([401, 'Y190001']);
  });
});

it('audits what FranceConnect lets through: a userinfo of somebody else', async () => {
  const { url } = idp;
  const endpoints = {
    authorization: `${url}/authorize`,
    token: `${url}/token`,
    userinfo: `${url}/userinfo-of-somebody-else`,
    jwks: `${url}/jwks`,
  };
  const { discoveryUrl: _discovery, ...explicit } = declared({ userinfoSignedResponseAlg: null });
  simulator.addIdentityProvider({ ...explicit, endpoints, audit: true });
  const page = await arrive(without);
  expect(textAt(page, 'error-code')).toBe('Y020027');
  expect(textAt(page, 'error-detail')).toContain('userinfo sub differs');
  simulator.addIdentityProvider({ ...explicit, endpoints, audit: false });
  expect(titleOf(await arrive(without))).toContain('Continuer sur');
});

it('speaks HS256 and plain JSON with an identity provider declared so', async () => {
  simulator.addIdentityProvider(
    declared({ idTokenSignedResponseAlg: 'HS256', userinfoSignedResponseAlg: null }, hmacIdp.url),
  );
  expect(titleOf(await arrive(without))).toContain('Continuer sur');
});

describe('the alert by mail', () => {
  it('goes to the person, once for each service', async () => {
    const { browser } = await connect(without);
    await continueToService(browser, await browser.get(partyOf(without).authorize().url));
    await continueToService(browser, await browser.get(partyOf(hinting).authorize().url));
    expect(mails.map(({ to, subject }) => [to, subject])).toEqual([
      [mandateIdentity.email, 'Alerte de connexion au service «\u00a0Service without-perimeter\u00a0»'],
      [mandateIdentity.email, 'Alerte de connexion au service «\u00a0Service hinting\u00a0»'],
    ]);
    expect(mails[0]?.text).toContain('avec le compte «\u00a0Entremise\u00a0»');
  });

  it('stops the connection when it cannot leave', async () => {
    mailRefused = true;
    const browser = newBrowser();
    const page = await continueToService(browser, await arrive(without, browser));
    expect([page.status, textAt(page, 'error-code')]).toEqual([500, 'Y270002']);
  });
});

it('logs out at the identity provider too, then gives the browser back to the service', async () => {
  const { browser, tokens } = await connect(without);
  idp.logouts.length = 0;
  const atIdp = await browser.get(partyOf(without).logoutUrl(tokens.id_token ?? '', 'state-of-logout'));
  expect(new URL(atIdp.url).origin).toBe(idp.url);
  const [request] = idp.logouts;
  expect(Object.fromEntries(request?.searchParams ?? [])).toEqual({
    id_token_hint: expect.any(String),
    post_logout_redirect_uri: `${simulator.issuer}/client/logout-callback`,
    state: expect.stringMatching(/^[0-9a-f]{64}$/),
    client_id: 'franceconnect',
  });
  const back = await finishLogout(browser, atIdp);
  expect(back.url).toContain(`${simulator.issuer}/client/logout-callback`);
  const { stoppedAt } = await finishLogout(browser, back);
  expect(stoppedAt?.href).toBe('http://without-perimeter.example/fin?state=state-of-logout');
  expect(titleOf(await browser.get(partyOf(without).authorize().url))).toContain('Je choisis un compte');
});
