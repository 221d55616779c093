import { decodeJwt, decodeProtectedHeader } from 'jose';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { catchUp, FRANCECONNECT, type ProviderWorld, providerWorld, type TestPerson } from './support.ts';
import { aidantAt, arrive, connect, franceconnectClient, redeem, requestOf, verified } from './visitor.ts';

let world: ProviderWorld;
let person: TestPerson;
beforeAll(async () => {
  world = await providerWorld();
  person = await world.person({ facts: { preferredUsername: 'Durand' } });
});
afterAll(() => world?.close());
beforeEach(() => catchUp(world));

const STEPS = ['use.chosen', 'use.code-issued', 'use.token-issued', 'use.identity-given'];

test('an aidant connects in the name of a person: one theme, who acts, no name in the ID token, four journal entries', async () => {
  const client = await franceconnectClient(world);
  const asked = requestOf(client);
  const callback = await connect(await aidantAt(world), asked, { usagerId: person.usagerId });
  expect(callback.origin + callback.pathname).toBe(FRANCECONNECT.redirectUri);
  expect([...callback.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state']);
  const tokens = await redeem(client, callback, asked);
  const [use] = await world.uses();
  const idToken = await verified(world, tokens.id_token ?? '');
  expect(Object.keys(idToken).sort()).toEqual(
    ['acr', 'act', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'mandate', 'nonce', 'rep_scope', 'sub'].sort(),
  );
  expect(idToken).toMatchObject({
    iss: world.url,
    aud: FRANCECONNECT.clientId,
    nonce: asked.nonce,
    acr: 'eidas1',
    auth_time: Math.floor((use?.factorAt.getTime() ?? 0) / 1000),
    rep_scope: ['Famille-Scolarité'],
    mandate: { id: person.alias },
  });
  expect((idToken.exp ?? 0) - (idToken.iat ?? 0)).toBe(300);
  const act = idToken.act as { sub: string };
  expect(act).toEqual({
    sub: expect.stringMatching(/^[\w-]{22}$/),
    org: { siret: world.organisation.siret, name: world.organisation.name },
  });
  expect(tokens.expires_in).toBe(60);
  const userinfo = await client.userinfo(tokens);
  expect(userinfo).toMatchObject({
    sub: idToken.sub,
    family_name: 'Lefèvre',
    preferred_username: 'Durand',
    email: 'martine@example.fr',
  });
  expect(JSON.stringify(decodeJwt(tokens.id_token ?? ''))).not.toMatch(/Lef.vre|Durand|martine|Amina|@/i);
  expect(decodeProtectedHeader(tokens.id_token ?? '').alg).toBe('ES256');
  expect(use).toMatchObject({
    theme: 'famille',
    site: 'CAF',
    refusal: null,
    revokedAt: null,
    usagerId: person.usagerId,
  });
  const [done] = await world.uses();
  for (const at of ['chosenAt', 'codeAt', 'tokenAt', 'identityGivenAt'] as const)
    expect(done?.[at]).toBeInstanceOf(Date);
  const entries = await world.journal(STEPS);
  expect(entries.map(({ kind }) => kind)).toEqual(STEPS);
  expect(entries.map(({ mn }) => mn)).toEqual([1, 2, 3, 4]);
  expect(entries[0]?.opened).toEqual({ site: 'CAF' });
  for (const entry of entries) {
    expect(entry).toMatchObject({
      theme: 'famille',
      mandateAlias: person.alias,
      aidantId: world.aidant.aidantId,
      result: 'ok',
    });
    expect(entry.about).toEqual({
      usagerId: person.usagerId,
      mandateId: person.mandateId,
      authorisationId: person.authorisations.famille,
    });
  }
});

test.each([
  ['thirteen statements the first time for a person', async () => (await world.person()).usagerId, [9, 11, 13]],
  ['eleven afterwards, when the journal has their key', async () => person.usagerId, [7, 9, 11]],
])(
  'the five requests of a connection send %s, two for the token and two for the identity',
  async (_what, whose, counts) => {
    const client = await franceconnectClient(world);
    const visitor = await aidantAt(world);
    await connect(visitor, requestOf(client), person);
    const usagerId = await whose();
    const spy = vi.spyOn(pg.Client.prototype, 'query');
    try {
      const asked = requestOf(client);
      const answerPath = await arrive(visitor, asked);
      const chosen = await visitor.post(`${answerPath}/pour/${usagerId}`, { theme: 'famille', site: 'CAF' });
      expect(chosen.status).toBe(200);
      const left = await visitor.get(`/authorize/${answerPath.split('/').at(-1)}`);
      const counted = [spy.mock.calls.length];
      const tokens = await redeem(client, new URL(left.location), asked);
      counted.push(spy.mock.calls.length);
      await client.userinfo(tokens);
      expect([...counted, spy.mock.calls.length]).toEqual(counts);
    } finally {
      spy.mockRestore();
    }
  },
);
