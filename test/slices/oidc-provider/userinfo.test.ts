import { compactDecrypt, createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addClient, type ClientInput } from '#oidc-provider';
import { SECOND } from '#platform/time/clock.ts';
import { catchUp, FRANCECONNECT, type ProviderWorld, providerWorld, type TestPerson } from './support.ts';
import {
  aidantAt,
  connect,
  franceconnectClient,
  redeem,
  requestOf,
  tokenRequest,
  userinfoRequest,
  type Visitor,
  verified,
} from './visitor.ts';

let world: ProviderWorld;
let visitor: Visitor;
beforeAll(async () => {
  world = await providerWorld();
  visitor = await aidantAt(world);
});
afterAll(() => world?.close());
beforeEach(() => catchUp(world));

async function tokensFor(person: Pick<TestPerson, 'usagerId'>, more: Record<string, string> = {}) {
  const callback = await connect(visitor, requestOf(await franceconnectClient(world), more), person);
  const answer = await tokenRequest(world, { code: callback.searchParams.get('code') ?? '' });
  return (await answer.json()) as { access_token: string; id_token: string };
}

const FORMATS: readonly [what: string, facts: object, claims: object][] = [
  ['a presumed date of birth', { birthdate: '1950-00-00' }, { birthdate: '1950-00-00' }],
  [
    'a date that the register completed',
    { birthdate: '1950-04-01', idpBirthdate: '1950-04-00' },
    { birthdate: '1950-04-00' },
  ],
  ['born in Corsica', { birthplace: '2A004' }, { birthplace: '2A004', birthcountry: '99100' }],
  ['born overseas', { birthplace: '97105' }, { birthplace: '97105' }],
  ['born abroad', { birthplace: '', birthcountry: '99352' }, { birthplace: '', birthcountry: '99352' }],
  ['gender unspecified', { gender: 'unspecified' }, { gender: 'unspecified' }],
  [
    'accents, apostrophes, long names',
    { givenName: `Noémie-Églantine L’Œuvre ${'É'.repeat(200)}`, familyName: 'd’Ÿ-Saint-Ñuñez' },
    { given_name: `Noémie-Églantine L’Œuvre ${'É'.repeat(200)}`, family_name: 'd’Ÿ-Saint-Ñuñez' },
  ],
];

describe('the identity, in FranceConnect’s formats', () => {
  test.each(FORMATS)('%s', async (_what, facts, claims) => {
    const person = await world.person({ facts });
    const client = await franceconnectClient(world);
    const asked = requestOf(client);
    const tokens = await redeem(client, await connect(visitor, asked, person), asked);
    const userinfo = await client.userinfo(tokens);
    expect(userinfo).toMatchObject(claims);
    expect(Object.keys(userinfo)).not.toContain('preferred_username');
  });

  test('is signed for this partner, says the same sub, and nothing that was not asked', async () => {
    const person = await world.person();
    const { access_token, id_token } = await tokensFor(person, { scope: 'openid birth' });
    const answer = await userinfoRequest(world, access_token);
    expect(answer.headers.get('content-type')).toBe('application/jwt; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const claims = await verified(world, await answer.text());
    const { sub } = await verified(world, id_token);
    expect(claims).toMatchObject({ sub, aud: FRANCECONNECT.clientId, birthplace: '62041', birthcountry: '99100' });
    expect(Object.keys(claims).sort()).toEqual(['aud', 'birthcountry', 'birthplace', 'exp', 'iat', 'iss', 'sub']);
  });

  test('each reading is written in the journal', async () => {
    const person = await world.person();
    const { access_token } = await tokensFor(person);
    expect((await userinfoRequest(world, access_token)).status).toBe(200);
    const posted = await fetch(`${world.url}/userinfo`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}` },
    });
    const inBody = await fetch(`${world.url}/userinfo`, {
      method: 'POST',
      body: new URLSearchParams({ access_token }),
    });
    expect([posted.status, inBody.status]).toEqual([200, 200]);
    const given = (await world.journal(['use.identity-given'])).filter(
      ({ mandateAlias }) => mandateAlias === person.alias,
    );
    expect(given.map(({ mn }) => mn)).toEqual([4, 5, 6]);
  });

  test('the same person has the same sub over mandates and aidants, another person another, and neither is an id', async () => {
    const [one, two] = [await world.person(), await world.person()];
    const subs = [];
    for (const person of [one, one, two]) subs.push((await verified(world, (await tokensFor(person)).id_token)).sub);
    expect(subs[0]).toBe(subs[1]);
    expect(subs[0]).not.toBe(subs[2]);
    for (const sub of subs) expect(sub).toMatch(/^[\w-]{22}$/);
    const other = await addPartner({ clientId: 'autre-secteur', sector: 'autre.example.fr' });
    expect((await verifiedBy(other, (await tokensOf(other, one)).id_token)).sub).not.toBe(subs[0]);
    const sister = await addPartner({ clientId: 'meme-secteur', sector: 'fcp.example.fr' });
    expect((await verifiedBy(sister, (await tokensOf(sister, one)).id_token)).sub).toBe(subs[0]);
  });
});

describe('a token that does not hold gives nothing', () => {
  test('none, malformed, unknown, too old, in the address, given back: 401 and nothing written', async () => {
    const person = await world.person();
    const { access_token } = await tokensFor(person);
    const ask = (init: RequestInit, address = '/userinfo') => fetch(`${world.url}${address}`, init);
    const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    const answers = [
      await ask({}),
      await ask(bearer('inconnu')),
      await ask(bearer(`${access_token}x`)),
      await ask(bearer('')),
      await ask({}, `/userinfo?access_token=${access_token}`),
    ];
    for (const answer of answers) {
      expect([400, 401]).toContain(answer.status);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      expect(await answer.text()).not.toMatch(/Lef.vre|martine/i);
    }
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 400, 401]);
    const revocation = { token: access_token, client_id: FRANCECONNECT.clientId, client_secret: FRANCECONNECT.secret };
    const revoked = await fetch(`${world.url}/token/revocation`, {
      method: 'POST',
      body: new URLSearchParams(revocation),
    });
    expect(revoked.status).toBe(200);
    expect((await ask(bearer(access_token))).status).toBe(401);
    const kept = await world.ctx.db
      .selectFrom('use')
      .select('identityGivenAt')
      .where('usagerId', '=', person.usagerId)
      .executeTakeFirst();
    expect(kept?.identityGivenAt).toBeNull();
  });

  test('another partner cannot give it back', async () => {
    const person = await world.person();
    const { access_token } = await tokensFor(person);
    const other = await addPartner({ clientId: 'voisin' });
    const fields = { token: access_token, client_id: other.clientId, client_secret: other.secret };
    await fetch(`${world.url}/token/revocation`, { method: 'POST', body: new URLSearchParams(fields) });
    expect((await userinfoRequest(world, access_token)).status).toBe(200);
  });

  test('after 60 seconds it is too late', async () => {
    const { access_token } = await tokensFor(await world.person());
    world.clock.advance(61 * SECOND);
    expect((await userinfoRequest(world, access_token)).status).toBe(401);
  });
});

type Partner = { clientId: string; secret: string };

async function addPartner(input: Partial<ClientInput> & { clientId: string }): Promise<Partner> {
  const secret = 'z'.repeat(48);
  const added = await addClient(world.ctx, {
    name: input.clientId,
    sector: 'fcp.example.fr',
    redirectUris: [FRANCECONNECT.redirectUri],
    ...input,
    secret,
  });
  if (!added.ok) throw new Error(JSON.stringify(added.errors));
  return { clientId: input.clientId, secret };
}

async function tokensOf({ clientId, secret }: Partner, person: Pick<TestPerson, 'usagerId'>) {
  const client = await franceconnectClient(world, { client_id: clientId });
  const callback = await connect(visitor, requestOf(client), person);
  const fields = { code: callback.searchParams.get('code') ?? '', client_id: clientId, client_secret: secret };
  return (await (await tokenRequest(world, fields)).json()) as { access_token: string; id_token: string };
}

async function verifiedBy({ clientId }: Partner, jwt: string) {
  const keys = createRemoteJWKSet(new URL(`${world.url}/jwks`), { timeoutDuration: 60_000 });
  return (await jwtVerify(jwt, keys, { issuer: world.url, audience: clientId, algorithms: ['ES256'] })).payload;
}

describe('as registered', () => {
  test('plain JSON', async () => {
    const partner = await addPartner({ clientId: 'en-json', userinfo: 'json' });
    const { access_token } = await tokensOf(partner, await world.person());
    const answer = await userinfoRequest(world, access_token);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await answer.json()).toMatchObject({ family_name: 'Lefèvre', sub: expect.any(String) });
  });

  test.each(['ECDH-ES', 'RSA-OAEP', 'RSA-OAEP-256'] as const)('encrypted by %s: never in clear', async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const key = { ...(await exportJWK(publicKey)), kid: `enc-${alg}`, use: 'enc', alg } as { kty: string; kid: string };
    const encryption = { alg, enc: 'A256GCM' } as const;
    const partner = await addPartner({
      clientId: `chiffre-${alg}`,
      jwks: { keys: [key] },
      idTokenEncryption: encryption,
      userinfoEncryption: encryption,
    });
    const tokens = await tokensOf(partner, await world.person());
    const userinfo = await (await userinfoRequest(world, tokens.access_token)).text();
    for (const [jwe, expected] of [
      [tokens.id_token, { rep_scope: ['Famille-Scolarité'] }],
      [userinfo, { family_name: 'Lefèvre' }],
    ] as const) {
      expect(jwe.split('.')).toHaveLength(5);
      const { plaintext, protectedHeader } = await compactDecrypt(jwe, privateKey);
      expect(protectedHeader).toMatchObject({ alg, enc: 'A256GCM', kid: key.kid, cty: 'JWT' });
      expect(await verifiedBy(partner, new TextDecoder().decode(plaintext))).toMatchObject(expected);
    }
  });
});
