import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from '#app/app.ts';
import { wire } from '#app/wiring.ts';
import { addClient, type ClientInput } from '#oidc-provider';
import type { AppContext } from '#platform/context.ts';
import { keyringSchema } from '#platform/crypto/keys.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { openDatabase } from '#platform/db/database.ts';
import { catchUp, FRANCECONNECT, type ProviderWorld, providerWorld } from '../slices/oidc-provider/support.ts';
import {
  aidantAt,
  arrive,
  choose,
  connect,
  franceconnectClient,
  leave,
  redeem,
  requestOf,
  tokenRequest,
  visitorOf,
} from '../slices/oidc-provider/visitor.ts';

let world: ProviderWorld;
const servers: Server[] = [];
beforeAll(async () => {
  world = await providerWorld();
});
afterAll(async () => {
  for (const server of servers) server.close();
  await world?.close();
});
beforeEach(() => catchUp(world));

/** One more program over the same database, under the same name, with another context. */
async function anotherNode(change: Partial<AppContext> = {}): Promise<string> {
  const ctx = { ...world.ctx, ...change };
  const server = createServer(createApp(ctx, wire(ctx)));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = async (url: string, headers: Record<string, string> = {}) =>
  (await (await fetch(url, { headers })).json()) as Record<string, unknown>;

describe('what is published', () => {
  test('the issuer is the public address to the letter, and only what is on is announced', async () => {
    const document = await json(`${world.url}/.well-known/openid-configuration`);
    expect(document).toMatchObject({
      issuer: world.url,
      authorization_endpoint: `${world.url}/authorize`,
      token_endpoint: `${world.url}/token`,
      userinfo_endpoint: `${world.url}/userinfo`,
      jwks_uri: `${world.url}/jwks`,
      end_session_endpoint: `${world.url}/session/end`,
      revocation_endpoint: `${world.url}/token/revocation`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code'],
      acr_values_supported: ['eidas1'],
      subject_types_supported: ['pairwise'],
      token_endpoint_auth_methods_supported: ['client_secret_post'],
      id_token_signing_alg_values_supported: ['ES256'],
      userinfo_signing_alg_values_supported: ['ES256'],
      code_challenge_methods_supported: ['S256'],
      claims_parameter_supported: true,
      authorization_response_iss_parameter_supported: true,
    });
    for (const name of ['registration_endpoint', 'introspection_endpoint', 'device_authorization_endpoint']) {
      expect(document).not.toHaveProperty(name);
    }
    expect(document).not.toHaveProperty('pushed_authorization_request_endpoint');
    expect(JSON.stringify(document)).not.toContain('"none"');
  });

  test('no header of a request changes it', async () => {
    const document = await json(`${world.url}/.well-known/openid-configuration`);
    const forged = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' };
    expect(await json(`${world.url}/.well-known/openid-configuration`, forged)).toEqual(document);
    const visitor = visitorOf(world.url);
    const seen = await visitor.get(requestOf(await franceconnectClient(world)).url);
    expect(seen.headers.getSetCookie().join()).not.toContain('evil.example');
    const answer = await fetch(`${world.url}/authorize`, { headers: forged, redirect: 'manual' });
    expect(await answer.text()).not.toContain('evil.example');
  });

  test('keys are public, named, for signing; they are served while the database is away', async () => {
    const away = openDatabase('postgres://nobody@127.0.0.1:9/none', { onError: () => undefined });
    const url = await anotherNode({ db: away });
    for (const address of [world.url, url]) {
      const { keys } = (await json(`${address}/jwks`)) as { keys: Record<string, unknown>[] };
      expect(keys.length).toBeGreaterThan(0);
      for (const key of keys) {
        expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
        expect(key).toMatchObject({ alg: 'ES256', use: 'sig', kty: 'EC', crv: 'P-256' });
      }
    }
    expect((await fetch(`${url}/.well-known/openid-configuration`)).status).toBe(200);
    await away.destroy();
  });

  test('behind https its cookies are only for https, named after us, for this request, unread by scripts', async () => {
    const url = await anotherNode({ config: { ...world.ctx.config, publicUrl: 'https://entremise.example' } });
    const params = new URL(`http://any${requestOf(await franceconnectClient(world)).url}`).search;
    const answer = await fetch(`${url}/authorize${params}`, { redirect: 'manual' });
    const cookies = answer.headers.getSetCookie().filter((cookie) => cookie.includes('-op-'));
    expect(cookies).toHaveLength(4);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/^entremise-op-(interaction|resume)(\.sig)?=/);
      expect(cookie).toMatch(/; secure/i);
      expect(cookie).toMatch(/; httponly/i);
      expect(cookie).toMatch(/; samesite=lax/i);
      expect(cookie).toMatch(/; path=\/(agir|authorize)\/[\w-]{20,}/);
    }
  });
});

describe('several nodes, new keys', () => {
  test('a connection goes from node to node at each step: everything is in the database', async () => {
    const nodes = [world.url, await anotherNode(), await anotherNode()];
    const person = await world.person();
    const aidant = await aidantAt(world);
    const client = await franceconnectClient(world);
    const asked = requestOf(client);
    const path = await arrive(aidant, asked);
    const callback = await leave(aidant, await choose(aidant, path, person));
    const code = callback.searchParams.get('code') ?? '';
    const tokens = (await (await tokenRequest(world, { code }, nodes[1])).json()) as { access_token: string };
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    expect((await fetch(`${nodes[2]}/userinfo`, { headers })).status).toBe(200);
    expect((await tokenRequest(world, { code }, nodes[2])).status).toBe(400);
    expect((await fetch(`${nodes[1]}/userinfo`, { headers })).status).toBe(401);
  });

  test('a new signing key comes first; tokens of the old one still verify, and a partner that remembers keys recovers', async () => {
    const person = await world.person();
    const remembered = createRemoteJWKSet(new URL(`${world.url}/jwks`), { cooldownDuration: 0 });
    const client = await franceconnectClient(world);
    const first = requestOf(client);
    const before = await redeem(client, await connect(await aidantAt(world), first, person), first);
    await jwtVerify(before.id_token ?? '', remembered);

    const [fresh] = keyringSchema.parse(await makeKeys('fresh')).oidcSigning;
    const keys = {
      ...world.ctx.keys,
      oidcSigning: [fresh, ...world.ctx.keys.oidcSigning] as typeof world.ctx.keys.oidcSigning,
    };
    const rotated = await anotherNode({ keys });
    const code = (await connect(await aidantAt(world), requestOf(client), person)).searchParams.get('code') ?? '';
    const { id_token } = (await (await tokenRequest(world, { code }, rotated)).json()) as { id_token: string };
    expect(decodeProtectedHeader(id_token).kid).toBe(fresh.kid);
    const published = createRemoteJWKSet(new URL(`${rotated}/jwks`));
    for (const token of [before.id_token ?? '', id_token]) await jwtVerify(token, published, { issuer: world.url });
    await expect(jwtVerify(id_token, remembered)).rejects.toThrow();
  });
});

describe('registering a partner', () => {
  const input = (change: Partial<ClientInput> = {}): ClientInput => ({
    clientId: 'essai',
    name: 'Essai',
    sector: 'essai.example.fr',
    secret: 's'.repeat(32),
    redirectUris: ['https://essai.example.fr/retour'],
    ...change,
  });

  test('makes a secret when none is given, keeps it sealed, and says so in the journal without it', async () => {
    const { secret: _secret, ...without } = input({ clientId: 'sans-secret' });
    const added = await addClient(world.ctx, without);
    if (!added.ok) throw new Error(JSON.stringify(added.errors));
    expect(added.secret).toMatch(/^[\w-]{43}$/);
    const row = await world.ctx.db
      .selectFrom('oidcClient')
      .selectAll()
      .where('clientId', '=', 'sans-secret')
      .executeTakeFirstOrThrow();
    expect(row.secretSealed.includes(added.secret)).toBe(false);
    expect(row.metadata).not.toContain(added.secret);
    const [entry] = (await world.journal(['client.added'])).slice(-1);
    expect(entry?.clear).toEqual({ client: 'sans-secret', sector: 'essai.example.fr', userinfo: 'jwt' });
    expect(entry?.leaf.includes(added.secret)).toBe(false);
    const again = await addClient(world.ctx, without);
    expect(again).toEqual({ ok: false, errors: { clientId: 'already registered' } });
  });

  test.each([
    ['a short secret', { secret: 'court' }, 'secret'],
    ['an identifier with a space', { clientId: 'a b c' }, 'clientId'],
    ['no address', { redirectUris: [] }, 'redirectUris'],
    ['an address without TLS', { redirectUris: ['http://essai.example.fr/'] }, 'redirectUris'],
    ['an address with a fragment', { redirectUris: ['https://essai.example.fr/#x'] }, 'redirectUris'],
    ['an address with a user', { redirectUris: ['https://a:b@essai.example.fr/'] }, 'redirectUris'],
    ['an address of a script', { redirectUris: ['javascript:alert(1)'] }, 'redirectUris'],
    ['encryption without keys', { userinfoEncryption: { alg: 'ECDH-ES', enc: 'A256GCM' } }, 'jwks'],
    ['a private key', { jwks: { keys: [{ kty: 'EC', kid: 'x', d: 'secret' }] } }, 'jwks'],
    ['keys by http', { jwksUri: 'http://essai.example.fr/jwks' }, 'jwksUri'],
  ] as const)('refuses %s', async (_what, change, field) => {
    const refused = await addClient(world.ctx, input(change as unknown as Partial<ClientInput>));
    expect(refused).toMatchObject({ ok: false, errors: { [field]: expect.any(String) } });
    const kept = await world.ctx.db
      .selectFrom('oidcClient')
      .select('clientId')
      .where('clientId', '=', 'essai')
      .execute();
    expect(kept).toEqual([]);
  });

  test('a partner with several hosts is known by the sector that was given', async () => {
    const clientId = 'plusieurs-hotes';
    const redirectUris = ['https://un.example.fr/retour', 'https://deux.example.fr/retour'];
    await addClient(world.ctx, input({ clientId, redirectUris, sector: 'fcp.example.fr' }));
    const person = await world.person();
    const mine = await franceconnectClient(world);
    const theirs = await franceconnectClient(world, {
      client_id: clientId,
      redirect_uris: redirectUris,
      client_secret: 's'.repeat(32),
    });
    const subs = [];
    for (const [client, redirectUri] of [
      [mine, FRANCECONNECT.redirectUri],
      [theirs, redirectUris[1] ?? ''],
    ] as const) {
      const asked = requestOf(client, { redirect_uri: redirectUri });
      const callback = await connect(await aidantAt(world), asked, person);
      const tokens = await client.callback(redirectUri, client.callbackParams(callback.href), {
        ...asked,
        response_type: 'code',
      });
      subs.push(tokens.claims().sub);
    }
    expect(subs[0]).toBe(subs[1]);
  });
});
