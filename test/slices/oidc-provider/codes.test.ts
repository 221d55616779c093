import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addClient } from '#oidc-provider';
import { sha256 } from '#platform/crypto/hashes.ts';
import { MINUTE, SECOND } from '#platform/time/clock.ts';
import { startServers } from './server-process.ts';
import { catchUp, FRANCECONNECT, type ProviderWorld, providerWorld, type TestPerson } from './support.ts';
import {
  aidantAt,
  connect,
  franceconnectClient,
  requestOf,
  tokenRequest,
  userinfoRequest,
  type Visitor,
} from './visitor.ts';

const FAILURES_COUNT_FOR = 10 * MINUTE + 1;

let world: ProviderWorld;
let visitor: Visitor;
let person: TestPerson;
beforeAll(async () => {
  world = await providerWorld();
  visitor = await aidantAt(world);
});
afterAll(() => world?.close());

/** A code for a new person, so that each test has its own mandate. */
async function newCode(more: Record<string, string> = {}): Promise<string> {
  person = await world.person();
  const callback = await connect(visitor, requestOf(await franceconnectClient(world), more), person);
  return callback.searchParams.get('code') ?? '';
}

const entries = async () =>
  (await world.journal())
    .filter(({ mandateAlias }) => mandateAlias === person.alias)
    .map(({ kind, mn, clear }) => [kind, mn, (clear as { reason?: string }).reason]);

async function personsUse() {
  const row = await world.ctx.db
    .selectFrom('use')
    .selectAll()
    .where('usagerId', '=', person.usagerId)
    .executeTakeFirstOrThrow();
  return row;
}

async function invalidGrant(answer: Response): Promise<void> {
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toContain('application/json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await answer.json()).toEqual({ error: 'invalid_grant', error_description: 'grant request is invalid' });
}

describe('a code is worth one token, once', () => {
  test('the answer is JSON, never cached, without a refresh token', async () => {
    const answer = await tokenRequest(world, { code: await newCode() });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-type')).toContain('application/json');
    const tokens = (await answer.json()) as Record<string, unknown>;
    expect(Object.keys(tokens).sort()).toEqual(['access_token', 'expires_in', 'id_token', 'scope', 'token_type']);
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 60, scope: 'openid profile email birth' });
  });

  test('a second redemption is refused and revokes the token of the first', async () => {
    const code = await newCode();
    const { access_token } = (await (await tokenRequest(world, { code })).json()) as { access_token: string };
    await invalidGrant(await tokenRequest(world, { code }));
    await invalidGrant(await tokenRequest(world, { code }));
    const userinfo = await userinfoRequest(world, access_token);
    expect(userinfo.status).toBe(401);
    expect(userinfo.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const use = await personsUse();
    expect(use).toMatchObject({ refusal: 'code-replayed', identityGivenAt: null });
    expect(use.revokedAt).toBeInstanceOf(Date);
    expect(await entries()).toEqual([
      ['use.chosen', 1, undefined],
      ['use.code-issued', 2, undefined],
      ['use.token-issued', 3, undefined],
      ['use.refused', 4, 'code-replayed'],
      ['use.refused', 5, 'use-revoked'],
    ]);
  });

  test('a use that is revoked before its code is redeemed gives no token', async () => {
    const code = await newCode();
    const { id } = await personsUse();
    await world.ctx.db.updateTable('use').set({ revokedAt: world.ctx.clock.now() }).where('id', '=', id).execute();
    await invalidGrant(await tokenRequest(world, { code }));
    const kept = await world.ctx.db.selectFrom('oidcPayload').selectAll().where('useId', '=', id).execute();
    expect(kept.map(({ model, consumedAt }) => [model, consumedAt])).toEqual([['AuthorizationCode', null]]);
    expect((await entries()).at(-1)).toEqual(['use.refused', 3, 'use-revoked']);
  });

  test('what was redeemed, revoked or refused is not undone with the password of the site, nor given to another session', async () => {
    const code = await newCode();
    await tokenRequest(world, { code });
    await invalidGrant(await tokenRequest(world, { code }));
    const before = await personsUse();
    expect(before.revokedAt).toBeInstanceOf(Date);
    for (const { db } of [world.ctx, world.workerCtx])
      for (const change of [
        'token_at = null',
        'revoked_at = null',
        'refused_at = null, refusal = null',
        `session_id_hash = 'x'`,
      ])
        await expect(sql.raw(`update use set ${change} where id = '${before.id}'`).execute(db), change).rejects.toThrow(
          /permission denied|what is over stays over/,
        );
    expect(await personsUse()).toEqual(before);
  });

  test('after 30 seconds it is too late', async () => {
    const code = await newCode();
    world.clock.advance(31 * SECOND);
    await invalidGrant(await tokenRequest(world, { code }));
    expect((await entries()).map(([kind]) => kind)).toEqual(['use.chosen', 'use.code-issued']);
    expect((await personsUse()).tokenAt).toBeNull();
  });

  test('twenty redemptions at once over two processes: exactly one token', async () => {
    const { servers, stop } = await startServers(world, 2);
    try {
      for (let round = 0; round < 5; round += 1) {
        catchUp(world);
        const code = await newCode();
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, index) => tokenRequest(world, { code }, servers[index % 2]?.url)),
        );
        const statuses = answers.map(({ status }) => status).sort();
        expect(statuses).toEqual([200, ...Array<number>(19).fill(400)]);
        const told = await entries();
        expect(told.filter(([kind]) => kind === 'use.token-issued')).toHaveLength(1);
        const numbers = told.map(([, mn]) => Number(mn)).sort((one, other) => one - other);
        expect(numbers).toEqual(told.map((_, index) => index + 1));
        const won = (await answers.find(({ status }) => status === 200)?.json()) as { access_token: string };
        expect((await userinfoRequest(world, won.access_token)).status).toBe(401);
        expect((await personsUse()).identityGivenAt).toBeNull();
      }
    } finally {
      await stop();
    }
  });
});

describe('a code is bound to what it was asked with', () => {
  const WRONG: readonly [what: string, fields: Record<string, string>, status: number, error: string][] = [
    ['another secret', { client_secret: 'x'.repeat(40) }, 401, 'invalid_client'],
    ['an unknown client', { client_id: 'inconnu' }, 401, 'invalid_client'],
    ['no secret', { client_secret: '' }, 401, 'invalid_client'],
    ['another redirect_uri', { redirect_uri: 'https://fcp.example.fr/autre' }, 400, 'invalid_grant'],
    ['no redirect_uri', { redirect_uri: '' }, 400, 'invalid_request'],
    ['another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['a refresh', { grant_type: 'refresh_token', refresh_token: 'x' }, 400, 'invalid_request'],
    ['a verifier without a challenge', { code_verifier: 'v'.repeat(43) }, 400, 'invalid_grant'],
    ['an unknown code', { code: randomBytes(32).toString('base64url') }, 400, 'invalid_grant'],
  ];
  test.each(WRONG)('%s is refused, and the code is not burnt', async (_what, fields, status, error) => {
    const code = await newCode();
    const refused = await tokenRequest(world, { code, ...fields });
    expect([refused.status, ((await refused.json()) as { error: string }).error]).toEqual([status, error]);
    expect((await tokenRequest(world, { code })).status).toBe(200);
  });

  test('another client cannot redeem it, nor burn it', async () => {
    const secret = 'y'.repeat(40);
    const other = { clientId: 'autre-partenaire', name: 'Autre', sector: 'autre.example.fr', secret };
    await addClient(world.ctx, { ...other, redirectUris: [FRANCECONNECT.redirectUri] });
    const code = await newCode();
    await tokenRequest(world, { code, client_id: other.clientId, client_secret: secret }).then(invalidGrant);
    expect((await tokenRequest(world, { code })).status).toBe(200);
    await tokenRequest(world, { code, client_id: other.clientId, client_secret: secret }).then(invalidGrant);
    expect((await personsUse()).revokedAt).toBeNull();
  });

  test('a challenge needs its verifier', async () => {
    const verifier = randomBytes(32).toString('base64url');
    const challenge = { code_challenge: sha256(verifier).toString('base64url'), code_challenge_method: 'S256' };
    const code = await newCode(challenge);
    await invalidGrant(await tokenRequest(world, { code }));
    await invalidGrant(await tokenRequest(world, { code, code_verifier: randomBytes(32).toString('base64url') }));
    expect((await tokenRequest(world, { code, code_verifier: verifier })).status).toBe(200);
  });
});

describe('a partner proves who it is in the form, and nowhere else', () => {
  const basic = `Basic ${Buffer.from(`${FRANCECONNECT.clientId}:${FRANCECONNECT.secret}`).toString('base64')}`;
  const send = (address: string, headers: Record<string, string>, fields: Record<string, string>) =>
    fetch(`${world.url}${address}`, { method: 'POST', headers, body: new URLSearchParams(fields) });

  test.each([
    ['/token', { grant_type: 'authorization_code' }],
    ['/token/revocation', { token: 'x' }],
  ])('%s: Basic, Basic and form, secrets in the address, other methods and bodies', async (address, fields) => {
    const both = { ...fields, client_id: FRANCECONNECT.clientId, client_secret: FRANCECONNECT.secret };
    const alone = await send(address, { authorization: basic }, fields);
    expect(alone.status).toBe(401);
    expect(alone.headers.get('www-authenticate')).toContain('Basic');
    expect(await alone.json()).toMatchObject({ error: 'invalid_client' });
    expect(await (await send(address, { authorization: basic }, both)).json()).toMatchObject({
      error: 'invalid_request',
    });
    const inAddress = await send(`${address}?client_secret=${FRANCECONNECT.secret}`, {}, both);
    expect([inAddress.status, await inAddress.json()]).toMatchObject([400, { error: 'invalid_request' }]);
    const json = await fetch(`${world.url}${address}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(both),
    });
    expect([json.status, await json.json()]).toMatchObject([400, { error: 'invalid_request' }]);
    expect((await fetch(`${world.url}${address}`)).status).toBe(404);
    const doubled = new URLSearchParams({ ...both, code: 'x' });
    doubled.append('client_id', 'autre');
    const twice = await fetch(`${world.url}${address}`, { method: 'POST', body: doubled });
    expect([twice.status, await twice.json()]).toMatchObject([400, { error: 'invalid_request' }]);
  });

  test('after twenty wrong secrets the address has to wait; the right secret from it too', async () => {
    const code = await newCode();
    world.clock.advance(FAILURES_COUNT_FOR);
    for (let attempt = 0; attempt < 20; attempt += 1) {
      expect((await tokenRequest(world, { code, client_secret: `${attempt}`.repeat(32) })).status).toBe(401);
    }
    expect((await tokenRequest(world, { code: 'any' })).status).toBe(429);
    world.clock.advance(FAILURES_COUNT_FOR);
    visitor = await aidantAt(world);
    expect((await tokenRequest(world, { code: await newCode() })).status).toBe(200);
  });
});

test('codes and tokens are kept as hashes only', async () => {
  const code = await newCode();
  const { access_token } = (await (await tokenRequest(world, { code })).json()) as { access_token: string };
  const { rows } = await sql<{ everything: string }>`select oidc_payload::text as everything from oidc_payload`.execute(
    world.ctx.db,
  );
  const everything = rows.map((row) => row.everything).join('\n');
  for (const secret of [code, access_token, Buffer.from(code).toString('hex')])
    expect(everything).not.toContain(secret);
  expect(everything).toContain(sha256(access_token).toString('hex'));
  const logs = world.logs.join('');
  for (const secret of [code, access_token, FRANCECONNECT.secret]) expect(logs).not.toContain(secret);
});
