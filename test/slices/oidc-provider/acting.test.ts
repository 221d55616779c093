import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE } from '#platform/time/clock.ts';
import { addPerson, type TestAidant } from '#support/people.ts';
import { catchUp, FRANCECONNECT, type ProviderWorld, providerWorld, type TestPerson } from './support.ts';
import {
  type Asked,
  aidantAt,
  arrive,
  connect,
  franceconnectClient,
  redeem,
  requestOf,
  type Visitor,
  visitorOf,
} from './visitor.ts';

let world: ProviderWorld;
let aidant: TestAidant;
let visitor: Visitor;
let person: TestPerson;
let idToken: string;

beforeAll(async () => {
  world = await providerWorld();
});
afterAll(() => world?.close());
beforeEach(async () => {
  catchUp(world);
  aidant = await addPerson(world, { organisationIds: [world.organisation.id] });
  visitor = await aidantAt(world, aidant);
  person = await world.person({ facts: { givenName: `Inès ${aidant.aidantId.slice(-6)}` } });
});

async function connected(browser = visitor): Promise<void> {
  const client = await franceconnectClient(world);
  const asked: Asked = requestOf(client);
  const tokens = await redeem(client, await connect(browser, asked, person), asked);
  await client.userinfo(tokens);
  idToken = tokens.id_token ?? '';
}

const banner = async (browser = visitor, path = '/terminer-connexion') =>
  /Vous agissez pour <strong>([^<]+)</.exec((await browser.get(path)).text)?.[1];
const name = () => `Inès ${aidant.aidantId.slice(-6)} LEFÈVRE`;
const use = () =>
  world.ctx.db.selectFrom('use').selectAll().where('usagerId', '=', person.usagerId).executeTakeFirstOrThrow();

describe('« Vous agissez pour »', () => {
  test('appears once the identity was given, in this browser only, and goes after 30 minutes', async () => {
    expect(await banner()).toBeUndefined();
    await connected();
    expect(await banner()).toBe(name());
    expect(await banner(await aidantAt(world, aidant))).toBeUndefined();
    world.clock.advance(29 * MINUTE);
    expect(await banner()).toBe(name());
    world.clock.advance(MINUTE);
    expect(await banner()).toBeUndefined();
  });

  test('« Terminer » goes to FranceConnect’s end of session, by a GET of ours, and the banner is gone', async () => {
    await connected();
    const page = await visitor.get('/terminer-connexion');
    expect(page.text).toContain('action="/terminer-connexion"');
    const hop = await visitor.post('/terminer-connexion');
    expect(hop.status).toBe(200);
    expect(hop.text).toContain('content="0; url=/terminer-connexion/franceconnect"');
    const out = await visitor.get('/terminer-connexion/franceconnect');
    expect([out.status, out.location]).toEqual([303, `${world.ctx.config.franceconnect.issuer}/session/end`]);
    expect((await use()).endedAt).toEqual(world.clock.now());
    expect(await banner()).toBeUndefined();
    expect((await visitorOf(world.url).get('/terminer-connexion')).location).toContain('/connexion?suite=');
  });

  test('is offered before another person is chosen', async () => {
    await connected();
    const page = await visitor.get(await arrive(visitor, requestOf(await franceconnectClient(world))));
    expect(page.text).toContain(`Vous agissiez pour ${name()}`);
    expect(page.text).toContain('action="/terminer-connexion"');
  });

  test('logging out ends it: nothing of it is left to the next aidant', async () => {
    await connected();
    await visitor.post('/deconnexion');
    expect((await use()).sessionIdHash).toBeNull();
    expect(await banner(await aidantAt(world, aidant))).toBeUndefined();
  });
});

describe('logout asked by the partner', () => {
  const endSession = (parameters: Record<string, string>, verb: 'GET' | 'POST' = 'GET') => {
    const params = new URLSearchParams(parameters);
    const address = `${world.url}/session/end`;
    return verb === 'GET'
      ? fetch(`${address}?${params}`, { redirect: 'manual', headers: { accept: 'text/html' } })
      : fetch(address, { method: 'POST', body: params, redirect: 'manual', headers: { accept: 'text/html' } });
  };
  const back = { post_logout_redirect_uri: FRANCECONNECT.postLogoutUri, state: 'un état & des signes' };

  test.each(['GET', 'POST'] as const)(
    '%s: a valid hint and a registered address: back with the state, and the connection is ended',
    async (verb) => {
      await connected();
      const answer = await endSession({ id_token_hint: idToken, ...back }, verb);
      expect(answer.status).toBe(303);
      const address = new URL(answer.headers.get('location') ?? '');
      expect(address.origin + address.pathname).toBe(FRANCECONNECT.postLogoutUri);
      expect(Object.fromEntries(address.searchParams)).toEqual({ state: back.state });
      expect(answer.headers.getSetCookie().filter((cookie) => cookie.includes('op-session'))).toEqual([]);
      expect((await use()).endedAt).toEqual(world.clock.now());
      expect(await banner()).toBeUndefined();
    },
  );

  test('without a state, none is added; client_id beside the hint is accepted when it is the same', async () => {
    await connected();
    const { post_logout_redirect_uri } = back;
    const answer = await endSession({
      id_token_hint: idToken,
      post_logout_redirect_uri,
      client_id: FRANCECONNECT.clientId,
    });
    expect(answer.headers.get('location')).toBe(post_logout_redirect_uri);
    const other = await endSession({ id_token_hint: idToken, post_logout_redirect_uri, client_id: 'autre' });
    expect(other.status).toBe(400);
  });

  test('nobody is sent to an address that is not registered, or without a hint that holds; nothing is ended', async () => {
    await connected();
    const [head = '', body = '', signature = ''] = idToken.split('.');
    const tampered = `${head}.${Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), sub: 'x' })).toString('base64url')}.${signature}`;
    const uri = FRANCECONNECT.postLogoutUri;
    const WRONG: Record<string, string>[] = [
      { id_token_hint: idToken, post_logout_redirect_uri: 'https://evil.example/' },
      { id_token_hint: idToken, post_logout_redirect_uri: `${uri}?x=1` },
      { id_token_hint: idToken, post_logout_redirect_uri: uri.replace('https', 'http') },
      { id_token_hint: tampered, ...back },
      { id_token_hint: `${head}.${body}.`, ...back },
      { id_token_hint: 'nothing', ...back },
    ];
    for (const parameters of WRONG) {
      const answer = await endSession(parameters);
      expect([answer.status, answer.headers.get('location')], JSON.stringify(parameters)).toEqual([400, null]);
      expect(await answer.text()).toContain('<html lang="fr"');
    }
    expect((await use()).endedAt).toBeNull();
  });

  test.each([[{ ...back }], [{ client_id: FRANCECONNECT.clientId, ...back }], [{ state: 'x' }], [{}]])(
    'without a hint it ends on a page of ours: %o',
    async (parameters) => {
      const answer = await endSession(parameters as Record<string, string>);
      expect([answer.status, answer.headers.get('location')]).toEqual([303, `${world.url}/session/end/success`]);
      const page = await fetch(`${world.url}/session/end/success`, { headers: { accept: 'text/html' } });
      expect([page.status, (await page.text()).includes('La connexion est terminée')]).toEqual([200, true]);
    },
  );
});
