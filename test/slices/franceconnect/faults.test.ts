import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { movableClock } from '#support/context-parts.ts';
import { type Answer, type Faults, type FaultyProvider, startFaultyProvider } from '#support/faulty-provider.ts';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  newAttempt,
  OWN_IDP_ID,
  outcomeOf,
  PUBLIC_URL,
  relyingParty,
} from './relying-party.ts';

/** Of both sides, and it stands still: an age that a case gives is that age when the case is run. */
const clock = movableClock(new Date());
let provider: FaultyProvider;
let party: ReturnType<typeof relyingParty>;
let attempt = newAttempt();

beforeAll(async () => {
  provider = await startFaultyProvider({ clientId: CLIENT_ID, clock });
});
afterAll(() => provider.close());
beforeEach(() => {
  party = relyingParty(provider.issuer, { clock });
  attempt = newAttempt();
});

/** The answer of FranceConnect with these faults, redeemed. */
async function redeemed(faults: Faults = {}) {
  provider.set(faults, attempt.nonce);
  const callbackParameters = new URLSearchParams({ code: 'the-code', state: attempt.state });
  return party.client.redeem({ callbackParameters, ...attempt });
}

const redeem = async (faults: Faults = {}) => outcomeOf(await redeemed(faults));

/** Which check refused it: so that no case passes because of another fault. */
const faultLogged = () => (JSON.parse(party.logs.at(-1) ?? '{}') as { fault?: string }).fault;

const epoch = () => Math.floor(clock.now().getTime() / 1000);
const invalid = { ok: false, reason: 'invalid-answer' };
const unavailable = { ok: false, reason: 'unavailable' };

it('an honest answer is an identity with its evidence', async () => {
  const redemption = await redeem();
  expect(redemption).toMatchObject({
    ok: true,
    identity: {
      sub: provider.person.sub,
      givenName: 'Josette Marie',
      familyName: 'LEFÈVRE',
      preferredUsername: null,
      gender: 'female',
      birthdate: '1948-03-12',
      idpBirthdate: '1948-03-12',
      birthplace: '62041',
      birthcountry: '99100',
      email: 'josette@courriel.example',
    },
    evidence: { idpId: 'demo-idp', acr: 'eidas1' },
  });
});

it('the code is redeemed by a form with the secret in it, once, without PKCE', async () => {
  const before = provider.calls.token;
  await redeem();
  expect(provider.calls.token).toBe(before + 1);
  expect(Object.fromEntries(provider.forms.at(-1) ?? [])).toEqual({
    grant_type: 'authorization_code',
    code: 'the-code',
    redirect_uri: `${PUBLIC_URL}/franceconnect/retour`,
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
  });
});

describe('an ID token is refused', () => {
  const now = epoch();
  const cases: [string, string, Faults][] = [
    ['without signature (alg none)', 'OAUTH_INVALID_RESPONSE', { idTokenSigning: 'none' }],
    ['with the public key as an HMAC secret', 'OAUTH_INVALID_RESPONSE', { idTokenSigning: 'hs256-with-public-key' }],
    ['signed by another key under our kid', 'OAUTH_INVALID_RESPONSE', { idTokenSigning: 'another-key-same-kid' }],
    ['signed by a key that the JWKS does not have', 'OAUTH_KEY_SELECTION_FAILED', { idTokenSigning: 'unknown-kid' }],
    ['signed with another algorithm', 'OAUTH_INVALID_RESPONSE', { idTokenSigning: 'rs256' }],
    ['changed after it was signed', 'OAUTH_INVALID_RESPONSE', { idTokenSigning: 'changed-after' }],
    ['that is another kind of JWT', 'id-token-typ', { idTokenHeader: { typ: 'at+jwt' } }],
    ['with a critical extension', 'OAUTH_UNSUPPORTED_OPERATION', { idTokenHeader: { crit: ['b64'], b64: true } }],
    [
      'of another issuer',
      'OAUTH_JWT_CLAIM_COMPARISON_FAILED:iss',
      { idToken: { iss: 'https://oidc.franceconnect.example/api/v2' } },
    ],
    ['of our issuer with a slash', 'OAUTH_JWT_CLAIM_COMPARISON_FAILED:iss', { idToken: { iss: 'slash' } }],
    ['for somebody else', 'OAUTH_JWT_CLAIM_COMPARISON_FAILED:aud', { idToken: { aud: 'another-service' } }],
    [
      'for several, without azp',
      'OAUTH_JWT_CLAIM_COMPARISON_FAILED:aud',
      { idToken: { aud: [CLIENT_ID, 'another-service'] } },
    ],
    ['for us, used by another (azp)', 'id-token-azp', { idToken: { azp: 'another-service' } }],
    ['without aud', 'OAUTH_INVALID_RESPONSE', { idToken: { aud: undefined } }],
    ['that is over', 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED:exp', { idToken: { exp: now - 120 } }],
    ['without exp', 'OAUTH_INVALID_RESPONSE', { idToken: { exp: undefined } }],
    ['without iat', 'OAUTH_INVALID_RESPONSE', { idToken: { iat: undefined } }],
    ['whose iat is a text', 'OAUTH_INVALID_RESPONSE', { idToken: { iat: String(now) } }],
    ['a week old', 'id-token-iat', { idToken: { iat: now - 7 * 86_400 } }],
    ['of next hour', 'id-token-iat', { idToken: { iat: now + 3600, exp: now + 3660 } }],
    ['not valid yet', 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED:nbf', { idToken: { nbf: now + 120 } }],
    ['without sub', 'OAUTH_INVALID_RESPONSE', { idToken: { sub: undefined } }],
    ['with an empty sub', 'OAUTH_INVALID_RESPONSE', { idToken: { sub: '' }, userinfo: { sub: '' } }],
    [
      'with a sub of 256 characters',
      'id-token-sub',
      { idToken: { sub: 's'.repeat(256) }, userinfo: { sub: 's'.repeat(256) } },
    ],
    ['with a sub that holds NUL', 'id-token-sub', { idToken: { sub: 's\u0000' }, userinfo: { sub: 's\u0000' } }],
    ['without nonce', 'OAUTH_INVALID_RESPONSE', { idToken: { nonce: undefined } }],
    [
      'with the nonce of another consent',
      'OAUTH_JWT_CLAIM_COMPARISON_FAILED:nonce',
      { idToken: { nonce: newAttempt().nonce } },
    ],
    [
      'whose at_hash is of another access token',
      'id-token-at_hash',
      { idToken: { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' } },
    ],
  ];

  it.each(cases)('%s', async (_name, fault, faults) => {
    if (faults.idToken?.iss === 'slash') faults.idToken.iss = `${provider.issuer}/`;
    expect(await redeem(faults)).toEqual(invalid);
    expect(faultLogged()).toBe(fault);
  });

  it('when two keys could have signed it and it names none', async () => {
    await provider.rotateKeys({ keepOld: true });
    expect(await redeem({ idTokenSigning: 'no-kid' })).toEqual(invalid);
    await provider.rotateKeys({ keepOld: false });
  });

  it.each([['eidas2'], [undefined], [''], ['EIDAS1']])('of level %s', async (acr) => {
    expect(await redeem({ idToken: { acr } })).toEqual({ ok: false, reason: 'acr-too-low' });
  });
});

it.each<[string, Faults]>([
  ['names no key while there is one only', { idTokenSigning: 'no-kid', userinfoSigning: 'no-kid' }],
  ['is for several and says that we use it', { idToken: { aud: [CLIENT_ID, 'other'], azp: CLIENT_ID } }],
  ['was issued four minutes ago', { idToken: { iat: epoch() - 240 } }],
  ['has claims that we do not know', { idToken: { amr: ['fc'], foo: { bar: 1 } } }],
])('an ID token is accepted that %s', async (_name, faults) => {
  expect(await redeem(faults)).toMatchObject({ ok: true });
});

describe('a userinfo is refused', () => {
  const now = epoch();
  const as = (change: Partial<Answer>) => ({ answer: { userinfo: (honest: Answer) => ({ ...honest, ...change }) } });

  it.each<[string, string, Faults]>([
    [
      'in plain JSON',
      'OAUTH_JWT_USERINFO_EXPECTED',
      as({ type: 'application/json', body: JSON.stringify({ sub: `${'5b'.repeat(32)}v1` }) }),
    ],
    ['that is JSON under the type of a JWT', 'OAUTH_INVALID_RESPONSE', as({ body: '{"sub":"x"}' })],
    ['of a type that is not a JWT', 'OAUTH_JWT_USERINFO_EXPECTED', as({ type: 'text/plain' })],
    ['without signature', 'OAUTH_INVALID_RESPONSE', { userinfoSigning: 'none' }],
    ['with the public key as an HMAC secret', 'OAUTH_INVALID_RESPONSE', { userinfoSigning: 'hs256-with-public-key' }],
    ['signed by another key under our kid', 'OAUTH_INVALID_RESPONSE', { userinfoSigning: 'another-key-same-kid' }],
    ['signed by an unknown key', 'OAUTH_KEY_SELECTION_FAILED', { userinfoSigning: 'unknown-kid' }],
    ['changed after it was signed', 'OAUTH_INVALID_RESPONSE', { userinfoSigning: 'changed-after' }],
    ['that is another kind of JWT', 'userinfo-typ', { userinfoHeader: { typ: 'logout+jwt' } }],
    ['of somebody else', 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED', { userinfo: { sub: 'somebody-else' } }],
    ['without sub', 'OAUTH_INVALID_RESPONSE', { userinfo: { sub: undefined } }],
    ['for another service', 'OAUTH_JWT_CLAIM_COMPARISON_FAILED:aud', { userinfo: { aud: 'another-service' } }],
    ['for several services', 'userinfo-aud', { userinfo: { aud: [CLIENT_ID, 'another-service'] } }],
    ['without aud', 'userinfo-aud', { userinfo: { aud: undefined } }],
    ['of another issuer', 'OAUTH_JWT_CLAIM_COMPARISON_FAILED:iss', { userinfo: { iss: 'https://elsewhere.example' } }],
    ['without iss', 'userinfo-iss', { userinfo: { iss: undefined } }],
    ['that is over', 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED:exp', { userinfo: { exp: now - 120 } }],
    ['a week old', 'userinfo-iat', { userinfo: { iat: now - 7 * 86_400 } }],
    ['encrypted, as we did not ask', 'OAUTH_UNSUPPORTED_OPERATION', as({ body: 'a.b.c.d.e' })],
    ['that is empty', 'OAUTH_INVALID_RESPONSE', as({ body: '' })],
    ['that is a page', 'OAUTH_JWT_USERINFO_EXPECTED', as({ type: 'text/html', body: '<h1>Bonjour</h1>' })],
  ])('%s', async (_name, fault, faults) => {
    expect(await redeem(faults)).toEqual(invalid);
    expect(faultLogged()).toBe(fault);
  });
});

describe('through whom the person identified', () => {
  it.each([[undefined], ['']])('is not said (%s): refused', async (idp_id) => {
    expect(await redeem({ userinfo: { idp_id } })).toEqual({ ok: false, reason: 'idp-missing' });
  });

  it.each([OWN_IDP_ID, OWN_IDP_ID.toLowerCase()])('is Entremise itself (%s): refused', async (idp_id) => {
    expect(await redeem({ userinfo: { idp_id } })).toEqual({ ok: false, reason: 'own-idp' });
  });

  it('is a list: refused', async () => {
    expect(await redeem({ userinfo: { idp_id: ['demo-idp', OWN_IDP_ID] } })).toEqual(invalid);
  });
});

describe('nothing that is secret or said by FranceConnect is logged', () => {
  it.each<[string, Faults]>([
    ['a good answer', {}],
    ['a bad nonce', { idToken: { nonce: 'other' } }],
    ['a bad signature', { userinfoSigning: 'changed-after' }],
    ['an incomplete identity', { userinfo: { birthcountry: undefined } }],
    ['Entremise as provider', { userinfo: { idp_id: OWN_IDP_ID } }],
  ])('after %s', async (_name, faults) => {
    await redeem(faults);
    // when a line was written has figures of its own
    const logs = party.logs.map((line) => JSON.stringify({ ...JSON.parse(line), time: 0 })).join('\n');
    const said = ['LEFÈVRE', 'Josette', '1948', 'courriel', '5b5b5b', 'opaque-access-token', 'the-code', 'eyJ'];
    for (const text of [...said, CLIENT_SECRET, attempt.nonce, attempt.state]) expect(logs).not.toContain(text);
  });
});

describe('the ID token comes with a refusal, to close the person’s session', () => {
  it.each<[string, Faults]>([
    ['Entremise was the provider', { userinfo: { idp_id: OWN_IDP_ID } }],
    ['the identity is incomplete', { userinfo: { birthcountry: undefined } }],
    ['the level is too low', { idToken: { acr: 'eidas0' } }],
    ['userinfo proves nothing', { userinfoSigning: 'changed-after' }],
    ['userinfo does not answer', { answer: { userinfo: () => 'cut' } }],
  ])('when %s', async (_name, faults) => {
    expect(await redeemed(faults)).toMatchObject({ ok: false, idTokenHint: expect.stringMatching(/^eyJ/) });
  });

  it.each<[string, Faults]>([
    ['the ID token is not FranceConnect’s', { idTokenSigning: 'another-key-same-kid' }],
    ['there is none', { answer: { token: () => 'cut' } }],
  ])('but not when %s', async (_name, faults) => {
    expect(await redeemed(faults)).not.toHaveProperty('idTokenHint');
  });
});

it('down, then up again: the second try works', async () => {
  const down = { answer: { token: () => ({ status: 503, type: 'text/html', body: '' }) } };
  expect(await redeem(down)).toEqual(unavailable);
  expect(await redeem()).toMatchObject({ ok: true });
});
