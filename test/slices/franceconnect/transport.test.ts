import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { movableClock } from '#support/context-parts.ts';
import {
  type Answer,
  type Faults,
  type FaultyProvider,
  metadataOf,
  startFaultyProvider,
} from '#support/faulty-provider.ts';
import { CLIENT_ID, newAttempt, outcomeOf, relyingParty } from './relying-party.ts';

let provider: FaultyProvider;
let party: ReturnType<typeof relyingParty>;
let attempt = newAttempt();

beforeAll(async () => {
  provider = await startFaultyProvider({ clientId: CLIENT_ID });
});
afterAll(() => provider.close());
beforeEach(() => {
  party = relyingParty(provider.issuer);
  attempt = newAttempt();
});

const callback = () => new URLSearchParams({ code: 'the-code', state: attempt.state });

async function redeem(faults: Faults = {}) {
  provider.set(faults, attempt.nonce);
  return outcomeOf(await party.client.redeem({ callbackParameters: callback(), ...attempt }));
}

const UUID = '3f0e8c9e-8a52-4a6f-9b1c-4d6a1f0b2c3d';
const errorUri = `https://docs.partenaires.franceconnect.gouv.fr/fs/fs-technique/fs-technique-erreurs/?code=Y049E20B&id=${UUID}`;

const html: Answer = { status: 200, type: 'text/html', body: '<!doctype html><h1>Maintenance</h1>' };
const json = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
});
const moved: Answer = { ...json(302, {}), headers: { location: 'http://127.0.0.1:1/elsewhere' } };
const huge: Answer = json(200, { keys: [], filler: 'x'.repeat(3_000_000) });

type Case = [string, Answer | 'never' | 'cut', 'unavailable' | 'invalid-answer'];
const cases: Case[] = [
  ['500', json(500, { error: 'server_error' }), 'unavailable'],
  ['503 in HTML', { ...html, status: 503 }, 'unavailable'],
  ['429', json(429, {}), 'unavailable'],
  ['a connection that is cut', 'cut', 'unavailable'],
  ['silence', 'never', 'unavailable'],
  ['a page', html, 'invalid-answer'],
  ['a redirect', moved, 'invalid-answer'],
  ['404', json(404, {}), 'invalid-answer'],
  ['three megabytes', huge, 'invalid-answer'],
  ['an empty body', { ...json(200, {}), body: '' }, 'invalid-answer'],
  ['204', { ...json(204, {}), body: '' }, 'invalid-answer'],
  ['a list', json(200, []), 'invalid-answer'],
  ['null', json(200, null), 'invalid-answer'],
  ['half a document', { ...json(200, {}), body: '{"iss' }, 'invalid-answer'],
];

describe.each(['discovery', 'token', 'jwks', 'userinfo'] as const)('%s answered by', (place) => {
  it.each(cases)('%s', async (_name, answer, reason) => {
    if (answer === 'never') party = relyingParty(provider.issuer, { timeout: 1 });
    expect(await redeem({ answer: { [place]: () => answer } })).toEqual({ ok: false, reason });
    // who waits for a second only may have to ask again while the machine is busy
    if (answer === 'never') await expect.poll(() => redeem()).toMatchObject({ ok: true });
    else expect(await redeem()).toMatchObject({ ok: true });
  });
});

describe('an error of the token endpoint', () => {
  it.each([
    ['invalid_grant', 400, 'invalid-answer'],
    ['invalid_client', 401, 'invalid-answer'],
    ['access_denied', 400, 'invalid-answer'],
    ['temporarily_unavailable', 400, 'unavailable'],
    ['server_error', 400, 'unavailable'],
    ['<script>alert(1)</script>', 400, 'invalid-answer'],
  ])('%s', async (error, status, reason) => {
    const description = 'dear <b>Julie</b>';
    const answer = json(status, { error, error_description: description, error_uri: errorUri });
    const redemption = await redeem({ answer: { token: () => answer } });
    expect(redemption).toEqual({ ok: false, reason, reference: { code: 'Y049E20B', id: UUID } });
    expect(party.logs.join('')).toContain(`Y049E20B ${UUID}`);
    expect(party.logs.join('')).not.toMatch(/Julie|script/);
  });

  it.each([401, 403])('%i with a challenge, at userinfo', async (status) => {
    const headers = { 'www-authenticate': 'Bearer error="invalid_token", error_description="x"' };
    const answer = { ...json(status, { error: 'invalid_token' }), headers };
    expect(await redeem({ answer: { userinfo: () => answer } })).toEqual({ ok: false, reason: 'invalid-answer' });
  });
});

describe('a token answer without', () => {
  it.each([
    ['an ID token', (told: object) => ({ ...told, id_token: undefined })],
    ['an access token', (told: object) => ({ ...told, access_token: undefined })],
    ['a token type', (told: object) => ({ ...told, token_type: undefined })],
    ['a token type that we know', (told: object) => ({ ...told, token_type: 'mac' })],
    ['an ID token that is a JWT', (told: object) => ({ ...told, id_token: 'a.b.c' })],
    ['an ID token that is a text', (told: object) => ({ ...told, id_token: { a: 1 } })],
  ])('%s', async (_name, change) => {
    const token = (honest: Answer) => json(200, change(JSON.parse(honest.body)));
    expect(await redeem({ answer: { token } })).toEqual({ ok: false, reason: 'invalid-answer' });
  });
});

describe('discovery', () => {
  const saying = (change: object) => ({
    answer: { discovery: () => json(200, { ...metadataOf(provider.issuer), ...change }) },
  });
  const addresses = () => [
    party.client.authorizationUrl(attempt),
    party.client.endSessionUrl({ idTokenHint: 'eyJ', state: attempt.state }),
  ];

  it('asks nothing of the network before it is needed, then once for all', async () => {
    const before = provider.calls.discovery;
    party = relyingParty(provider.issuer);
    expect(provider.calls.discovery).toBe(before);
    provider.set({}, attempt.nonce);
    await Promise.all([...addresses(), ...addresses(), redeem()]);
    await redeem();
    expect(provider.calls.discovery).toBe(before + 1);
  });

  it('is asked again after an hour', async () => {
    const clock = movableClock(new Date());
    party = relyingParty(provider.issuer, { clock });
    const before = provider.calls.discovery;
    await party.client.authorizationUrl(attempt);
    clock.advance(59 * 60_000);
    await party.client.authorizationUrl(attempt);
    expect(provider.calls.discovery).toBe(before + 1);
    clock.advance(2 * 60_000);
    await party.client.authorizationUrl(attempt);
    expect(provider.calls.discovery).toBe(before + 2);
  });

  it.each([
    ['another issuer', { issuer: 'https://oidc.franceconnect.example/api/v2' }],
    ['no issuer', { issuer: undefined }],
    ['a token endpoint elsewhere', { token_endpoint: 'http://169.254.169.254/latest/meta-data' }],
    ['a JWKS elsewhere', { jwks_uri: 'http://localhost:9/jwks' }],
    ['a userinfo that is not an address', { userinfo_endpoint: 'javascript:alert(1)' }],
    ['no end of session', { end_session_endpoint: undefined }],
    ['an authorization endpoint elsewhere', { authorization_endpoint: 'https://phishing.example/authorize' }],
  ])('that says %s is refused, and asked for again', async (_name, change) => {
    const before = provider.calls.token;
    expect(await redeem(saying(change))).toEqual({ ok: false, reason: 'invalid-answer' });
    for (const address of addresses()) expect(await address).toEqual({ ok: false, reason: 'invalid-answer' });
    expect(provider.calls.token).toBe(before);
    expect(await redeem()).toMatchObject({ ok: true });
  });

  it('our issuer with a slash at its end is another one', async () => {
    expect(await redeem(saying({ issuer: `${provider.issuer}/` }))).toEqual({ ok: false, reason: 'invalid-answer' });
  });

  it('nobody listens: unavailable, for addresses too', async () => {
    party = relyingParty('http://127.0.0.1:9/api/v2');
    expect(await redeem()).toEqual({ ok: false, reason: 'unavailable' });
    for (const address of addresses()) expect(await address).toEqual({ ok: false, reason: 'unavailable' });
  });

  it('plain http is spoken on this machine only', async () => {
    party = relyingParty('http://franceconnect.example/api/v2');
    expect(await redeem()).toEqual({ ok: false, reason: 'invalid-answer' });
  });
});
