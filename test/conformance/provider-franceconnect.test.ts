import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { demoPersonas } from '#app/demo/franceconnect/personas.ts';
import { type FranceconnectSimulator, startFranceconnectSimulator } from '#app/demo/franceconnect/start.ts';
import { addClient } from '#oidc-provider';
import { testPort } from '#support/ports.ts';
import { catchUp, type ProviderWorld, providerWorld, type TestPerson } from '../slices/oidc-provider/support.ts';
import { aidantAt, choose, leave, type Seen, type Visitor, visitorOf } from '../slices/oidc-provider/visitor.ts';

const SERVICES = [
  { id: 'sans-perimetre', repScope: [] },
  { id: 'famille', repScope: ['Famille-Scolarité'] },
  { id: 'famille-ou-logement', repScope: ['Famille-Scolarité', 'Logement'] },
  { id: 'justice', repScope: ['Justice'] },
] as const;
type ServiceId = (typeof SERVICES)[number]['id'];

let world: ProviderWorld;
let franceconnect: FranceconnectSimulator;
let aidant: Visitor;
/** The same browser, at FranceConnect. */
let browser: Visitor;
let person: TestPerson;
const log: string[] = [];

beforeAll(async () => {
  world = await providerWorld();
  franceconnect = await startFranceconnectSimulator({
    port: await testPort(),
    personas: demoPersonas,
    relyingParties: SERVICES.map(({ id, repScope }) => ({
      clientId: id,
      clientSecret: 's'.repeat(40),
      entityId: id,
      name: id,
      redirectUris: [`https://${id}.example/retour`],
      postLogoutRedirectUris: [`https://${id}.example/`],
      scopes: ['openid', 'identite_pivot', 'email', 'idp_id', 'idp_birthdate'],
      repScope: [...repScope],
    })),
    identityProviders: [
      {
        uid: 'entremise',
        title: 'Entremise',
        issuer: world.url,
        discoveryUrl: `${world.url}/.well-known/openid-configuration`,
        clientId: 'franceconnect-simule',
        clientSecret: 'f'.repeat(40),
        audit: true,
      },
    ],
    now: () => new Date(),
    logger: { info: (_fields, message) => log.push(message), warn: (_fields, message) => log.push(message) },
  });
  await addClient(world.ctx, {
    clientId: 'franceconnect-simule',
    name: 'FranceConnect',
    sector: 'fcp.example.fr',
    secret: 'f'.repeat(40),
    redirectUris: [`${franceconnect.issuer}/oidc-callback`],
    postLogoutRedirectUris: [`${franceconnect.issuer}/client/logout-callback`],
  });
});
afterAll(async () => {
  await franceconnect?.close();
  await world?.close();
});
beforeEach(async () => {
  catchUp(world); // FranceConnect looks at the hour of an ID token
  aidant = await aidantAt(world);
  browser = visitorOf(franceconnect.url);
  person = await world.person({ themes: ['famille', 'logement', 'argent'] });
  log.length = 0;
});

const field = (seen: Seen, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(seen.text)?.[1] ?? '';
const errorCode = (seen: Seen) => /data-testid="error-code">(\w+)/.exec(seen.text)?.[1];

/** Follows FranceConnect's redirects within itself. */
async function within(seen: Seen): Promise<Seen> {
  if (seen.status < 300 || seen.status > 399) return seen;
  const next = new URL(seen.location, franceconnect.url);
  return next.origin === franceconnect.url ? within(await browser.get(next.pathname + next.search)) : seen;
}

/** A site sends the browser to FranceConnect. */
function goTo(service: ServiceId): Promise<Seen> {
  const params = new URLSearchParams({
    client_id: service,
    redirect_uri: `https://${service}.example/retour`,
    response_type: 'code',
    scope: 'openid identite_pivot email idp_id idp_birthdate',
    acr_values: 'eidas1',
    state: randomBytes(16).toString('hex'),
    nonce: randomBytes(16).toString('hex'),
  });
  return browser.get(`/api/v2/authorize?${params}`).then(within);
}

/** « Utiliser Entremise »: the address of the pages where the aidant answers. */
async function pickEntremise(page: Seen): Promise<string> {
  const chosen = await browser.post('/api/v2/redirect-to-idp', {
    csrfToken: field(page, 'csrfToken'),
    providerUid: 'entremise',
  });
  const request = new URL(chosen.location);
  expect(request.origin).toBe(world.url);
  const arrived = await aidant.get(request.pathname + request.search);
  return new URL(arrived.location, world.url).pathname;
}

/** Back at FranceConnect with what Entremise answered. */
function comeBack(callback: URL): Promise<Seen> {
  return browser.get(callback.pathname + callback.search).then(within);
}

/** The last page of FranceConnect, then the site; the code that the site received. */
async function finish(page: Seen): Promise<string> {
  expect(page.status, errorCode(page)).toBe(200);
  const done = await within(await browser.post('/api/v2/login', { _csrf: field(page, '_csrf') }));
  const address = new URL(done.location);
  expect(address.searchParams.get('error')).toBeNull();
  return address.searchParams.get('code') ?? '';
}

async function connected(service: ServiceId, theme = 'famille', usagerId = person.usagerId): Promise<Seen> {
  const path = await pickEntremise(await goTo(service));
  return comeBack(
    await leave(aidant, await choose(aidant, path, { usagerId, theme, site: '_autre', fields: { otherSite: 'Site' } })),
  );
}

/** What the site learns, by its own connection to FranceConnect. */
async function identityFor(service: ServiceId, code: string): Promise<Record<string, unknown>> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: `https://${service}.example/retour`,
    client_id: service,
    client_secret: 's'.repeat(40),
  });
  const tokens = (await (await fetch(`${franceconnect.issuer}/token`, { method: 'POST', body })).json()) as {
    access_token: string;
  };
  const headers = { authorization: `Bearer ${tokens.access_token}` };
  const userinfo = await (await fetch(`${franceconnect.issuer}/userinfo`, { headers })).text();
  return JSON.parse(Buffer.from(userinfo.split('.')[1] ?? '', 'base64url').toString());
}

const entriesOfPerson = async () => (await world.journal()).filter(({ mandateAlias }) => mandateAlias === person.alias);

describe('first connection', () => {
  test('TA01 a site without perimeter: any theme', async () => {
    const code = await finish(await connected('sans-perimetre', 'argent'));
    expect(log).toContain('FC_VALID_REP_SCOPE');
    expect(await identityFor('sans-perimetre', code)).toMatchObject({
      family_name: 'Lefèvre',
      birthdate: '1950-04-12',
      birthplace: '62041',
      email: 'martine@example.fr',
      idp_id: 'entremise',
    });
    expect((await entriesOfPerson()).map(({ kind }) => kind)).toEqual([
      'use.chosen',
      'use.code-issued',
      'use.token-issued',
      'use.identity-given',
    ]);
  });

  test('TA03 one perimeter, of the mandate', async () => {
    await finish(await connected('famille'));
    expect(log).toContain('FC_VALID_REP_SCOPE');
  });

  test('TA04 two perimeters, either of the mandate', async () => {
    await finish(await connected('famille-ou-logement', 'logement'));
    expect(log).toContain('FC_VALID_REP_SCOPE');
  });

  test('TA05 and TA06 no common theme: refused by Entremise before FranceConnect has to', async () => {
    const page = await goTo('justice');
    const path = await pickEntremise(page);
    expect((await aidant.get(`${path}/pour/${person.usagerId}`)).status).toBe(404);
    const told = await aidant.get(path);
    expect(told.text).toContain('La connexion est refusée');
    const back = await comeBack(await leave(aidant, await aidant.post(`${path}/annuler`)));
    expect(back.status).toBe(200);
    expect(back.text).toContain('Entremise');
    expect(log).toContain('identity provider answered with an error');
    expect(await entriesOfPerson()).toEqual([]);
    expect((await world.journal(['use.refused'])).at(-1)?.clear).toMatchObject({
      step: 'choice',
      reason: 'no-common-theme',
    });
  });
});

describe('single sign-on of FranceConnect, which asks nothing of Entremise', () => {
  test.each([
    ['TA07', 'famille', 'sans-perimetre', undefined],
    ['TA08', 'famille', 'famille', undefined],
    ['TA09', 'famille', 'famille-ou-logement', undefined],
    ['TA10', 'logement', 'famille-ou-logement', undefined],
    ['TA11', 'famille', 'justice', 'Y600020'],
    ['TA12', 'argent', 'famille', 'Y600020'],
    ['TA13', 'argent', 'famille-ou-logement', 'Y600020'],
  ] as const)('%s connected for %s, then %s: %s', async (_name, theme, second, refused) => {
    await finish(await connected('sans-perimetre', theme));
    const before = await entriesOfPerson();
    const page = await goTo(second);
    if (refused) expect(errorCode(page)).toBe(refused);
    else await finish(page);
    // The chosen theme alone is in the token: FranceConnect can refuse, and we see nothing of it either way.
    expect(await entriesOfPerson()).toEqual(before);
  });

  test('« Terminer » ends it: the next site has to ask Entremise', async () => {
    await finish(await connected('sans-perimetre'));
    expect((await aidant.get('/terminer-connexion')).text).toContain('Vous agissez pour');
    await aidant.post('/terminer-connexion');
    const asked = await browser.get('/api/v2/session/end');
    const ending = await browser.post('/api/v2/client/disconnect-from-idp', { csrfToken: field(asked, 'csrfToken') });
    const toUs = new URL(ending.location);
    expect(toUs.origin + toUs.pathname).toBe(`${world.url}/session/end`);
    const back = new URL((await aidant.get(toUs.pathname + toUs.search)).location);
    expect(back.origin + back.pathname).toBe(`${franceconnect.issuer}/client/logout-callback`);
    expect((await browser.get(back.pathname + back.search)).status).toBe(200);
    const page = await goTo('famille');
    expect(page.text).toContain('Entremise');
    expect(errorCode(page)).toBeUndefined();
    const [use] = await world.ctx.db.selectFrom('use').selectAll().where('usagerId', '=', person.usagerId).execute();
    expect(use?.endedAt).toBeInstanceOf(Date);
  });
});

describe('what FranceConnect looks at', () => {
  test.each([
    ['born abroad', { birthplace: '', birthcountry: '99352' }, { birthplace: '', birthcountry: '99352' }],
    ['born in Corsica', { birthplace: '2B033' }, { birthplace: '2B033' }],
    ['a presumed date', { birthdate: '1950-00-00' }, { birthdate: '1950-01-01', idp_birthdate: '1950-00-00' }],
  ])('%s goes through to the site', async (_what, facts, expected) => {
    const known = await world.person({ facts });
    const code = await finish(await connected('sans-perimetre', 'famille', known.usagerId));
    expect(await identityFor('sans-perimetre', code)).toMatchObject(expected);
  });

  test('a right that ends before FranceConnect redeems the code: no identity, and FranceConnect says so', async () => {
    const path = await pickEntremise(await goTo('famille'));
    const callback = await leave(aidant, await choose(aidant, path, person));
    await aidant.post('/deconnexion');
    expect(errorCode(await comeBack(callback))).toBe('Y020026');
    expect((await entriesOfPerson()).at(-1)).toMatchObject({
      kind: 'use.refused',
      clear: { reason: 'session-closed' },
    });
  });

  test('two people in a row: each site learns its own', async () => {
    const other = await world.person({ facts: { familyName: 'Autre' } });
    const first = await finish(await connected('sans-perimetre'));
    const [mine, theirs] = [browser, visitorOf(franceconnect.url)];
    browser = theirs;
    const second = await finish(await connected('sans-perimetre', 'famille', other.usagerId));
    expect(await identityFor('sans-perimetre', second)).toMatchObject({ family_name: 'Autre' });
    browser = mine;
    expect(await identityFor('sans-perimetre', first)).toMatchObject({ family_name: 'Lefèvre' });
  });
});
