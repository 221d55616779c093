import { compactVerify, createLocalJWKSet, decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Faults } from '#app/demo/franceconnect/faults.ts';
import { demoPersonas } from '#app/demo/franceconnect/personas.ts';
import { type FranceconnectSimulator, startFranceconnectSimulator } from '#app/demo/franceconnect/start.ts';
import { franceconnectVisitor } from '#support/franceconnect-visitor.ts';
import { testPort } from '#support/ports.ts';
import { isMinor } from '#usager';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  newAttempt,
  OWN_IDP_ID,
  outcomeOf,
  PUBLIC_URL,
  relyingParty,
} from './relying-party.ts';

let simulator: FranceconnectSimulator;
let party: ReturnType<typeof relyingParty>;
let person: ReturnType<typeof franceconnectVisitor>;

beforeAll(async () => {
  simulator = await startFranceconnectSimulator({
    port: await testPort(), // it is closed and opened again
    now: () => new Date(),
    personas: demoPersonas,
    identityProviders: [],
    relyingParties: [
      {
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        entityId: 'entremise',
        name: 'Entremise',
        redirectUris: [`${PUBLIC_URL}/franceconnect/retour`],
        postLogoutRedirectUris: [`${PUBLIC_URL}/franceconnect/fin`],
        scopes: ['openid', 'identite_pivot', 'preferred_username', 'email', 'idp_id', 'idp_birthdate'],
        repScope: [],
      },
    ],
  });
});
afterAll(() => simulator.close());
beforeEach(async () => {
  await simulator.faults.reset();
  party = relyingParty(simulator.issuer);
  person = franceconnectVisitor();
});

async function addressOf(attempt: { state: string; nonce: string }): Promise<string> {
  const address = await party.client.authorizationUrl(attempt);
  if (!address.ok) throw new Error(address.reason);
  return address.url;
}

/** The whole way of one person: our address, FranceConnect's pages, the answer redeemed. */
async function identify(persona: string, faults: Partial<Faults> = {}, attempt = newAttempt()) {
  const url = await addressOf(attempt);
  await simulator.faults.set(faults);
  const back = await person.identify(url, persona);
  expect(back.origin + back.pathname).toBe(`${PUBLIC_URL}/franceconnect/retour`);
  return outcomeOf(await party.client.redeem({ callbackParameters: back.searchParams, ...attempt }));
}

it('the request is the one FranceConnect takes, and no more', async () => {
  const attempt = newAttempt();
  const url = new URL(await addressOf(attempt));
  expect(url.origin + url.pathname).toBe(`${simulator.issuer}/authorize`);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: CLIENT_ID,
    response_type: 'code',
    redirect_uri: `${PUBLIC_URL}/franceconnect/retour`,
    scope: 'openid identite_pivot preferred_username email idp_id idp_birthdate',
    acr_values: 'eidas1',
    ...attempt,
  });
});

describe('a persona identifies', () => {
  const refused = ['paulette', 'robert', 'yvonne'];

  it.each(demoPersonas.filter(({ key }) => !refused.includes(key)))('$label', async ({ key, identity }) => {
    const redemption = await identify(key);
    if (!redemption.ok) throw new Error(redemption.reason);
    expect(redemption.identity).toMatchObject({
      givenName: identity.given_name,
      familyName: identity.family_name,
      preferredUsername: identity.preferred_username ?? null,
      gender: identity.gender,
      birthplace: identity.birthplace,
      birthcountry: identity.birthcountry,
      email: identity.email ?? null,
      idpBirthdate: identity.birthdate,
    });
    expect(isMinor(redemption.identity, new Date())).toBe(key === 'enzo');
  });

  it('whose date of birth is presumed: completed, and as it was', async () => {
    expect(await identify('fatoumata')).toMatchObject({
      identity: { birthdate: '1950-01-01', idpBirthdate: '1950-00-00', birthplace: '', birthcountry: '99330' },
    });
  });

  it('without country of birth: incomplete', async () => {
    expect(await identify('paulette')).toEqual({
      ok: false,
      reason: 'incomplete-identity',
      fields: ['birthcountry'],
    });
  });

  it.each([
    ['robert', 'Y010015'],
    ['yvonne', 'Y010004'],
  ])('%s, whom FranceConnect refuses: its code comes with the refusal', async (persona, code) => {
    const attempt = newAttempt();
    const back = await person.comeBackWithout(await addressOf(attempt), persona);
    const redemption = await party.client.redeem({ callbackParameters: back.searchParams, ...attempt });
    expect(redemption).toMatchObject({ ok: false, reason: 'access-denied', reference: { code } });
  });

  it('keeps one sub from one visit to the next, over the change of a civil status too', async () => {
    const subs = [];
    for (const persona of ['claire-avant', 'claire-apres']) {
      person = franceconnectVisitor();
      const redemption = await identify(persona);
      subs.push(redemption.ok && redemption.identity.sub);
    }
    expect(subs[0]).toBe(subs[1]);
    person = franceconnectVisitor();
    expect(await identify('claire-apres', { newSub: true })).not.toMatchObject({ identity: { sub: subs[0] } });
  });
});

it('the evidence verifies by itself and says what the person consented to and through whom', async () => {
  const attempt = newAttempt();
  const redemption = await identify('josette', {}, attempt);
  if (!redemption.ok) throw new Error(redemption.reason);
  const { evidence, identity } = redemption;
  const keys = createLocalJWKSet(JSON.parse(evidence.jwks));
  await compactVerify(evidence.idToken, keys, { algorithms: ['ES256'] });
  await compactVerify(evidence.userinfo, keys, { algorithms: ['ES256'] });
  expect(decodeJwt(evidence.idToken)).toMatchObject({ nonce: attempt.nonce, aud: CLIENT_ID, sub: identity.sub });
  expect(decodeJwt(evidence.userinfo)).toMatchObject({ idp_id: 'demo-idp', sub: identity.sub });
  expect(evidence).toMatchObject({ idpId: 'demo-idp', acr: 'eidas1' });
  expect(Math.abs(Date.parse(evidence.receivedAt) - Date.now())).toBeLessThan(60_000);
  expect(JSON.stringify(evidence)).not.toContain(CLIENT_SECRET);
});

describe('FranceConnect at fault', () => {
  it.each<[keyof Faults, Faults[keyof Faults], string]>([
    ['idTokenExpired', true, 'invalid-answer'],
    ['idTokenWrongNonce', true, 'invalid-answer'],
    ['idTokenUnknownKid', true, 'invalid-answer'],
    ['idTokenBadSignature', true, 'invalid-answer'],
    ['idTokenOldIat', true, 'invalid-answer'],
    ['idTokenAcr', 'eidas0', 'acr-too-low'],
    ['idTokenAzp', 'another-service', 'invalid-answer'],
    ['userinfoJson', true, 'invalid-answer'],
    ['userinfoOtherSub', true, 'invalid-answer'],
    ['userinfoBadSignature', true, 'invalid-answer'],
    ['userinfoError500', true, 'unavailable'],
    ['idpId', OWN_IDP_ID, 'own-idp'],
    ['idpIdMissing', true, 'idp-missing'],
    ['tokenError500', true, 'unavailable'],
    ['accessDenied', true, 'access-denied'],
  ])('%s = %s: %s', async (fault, value, reason) => {
    const redemption = await identify('josette', { [fault]: value });
    expect(redemption).toMatchObject({ ok: false, reason });
  });

  it('slower than we wait: unavailable, and the next try works', async () => {
    const attempt = newAttempt();
    const back = await person.identify(await addressOf(attempt), 'josette');
    party = relyingParty(simulator.issuer, { timeout: 1 });
    await simulator.faults.set({ tokenDelay: 1500 });
    const late = await party.client.redeem({ callbackParameters: back.searchParams, ...attempt });
    expect(late).toEqual({ ok: false, reason: 'unavailable' });
    await simulator.faults.reset();
    // who waits for a second only may have to ask again while the machine is busy
    await expect.poll(() => identify('josette')).toMatchObject({ ok: true });
  });

  it.each(['unavailable', 'refused'] as const)(
    'down (%s): unavailable, before and after the person went',
    async (down) => {
      await simulator.faults.set({ down });
      expect(await party.client.authorizationUrl(newAttempt())).toEqual({ ok: false, reason: 'unavailable' });
      await simulator.faults.reset();
      const attempt = newAttempt();
      const back = await person.identify(await addressOf(attempt), 'josette');
      await simulator.faults.set({ down });
      const answer = { callbackParameters: back.searchParams, ...attempt };
      expect(await party.client.redeem(answer)).toEqual({ ok: false, reason: 'unavailable' });
    },
  );
});

describe('keys that rotate', () => {
  it.each([true, false])('between discovery and login, the old one kept: %s', async (keepOld) => {
    expect(await identify('josette')).toMatchObject({ ok: true });
    await simulator.rotateKeys({ keepOld });
    person = franceconnectVisitor();
    expect(await identify('marcel')).toMatchObject({ ok: true, identity: { familyName: 'BOURDON' } });
  });

  it('between the person’s return and our request', async () => {
    await identify('josette');
    const attempt = newAttempt();
    const back = await person.identify(await addressOf(attempt), 'josette');
    await simulator.rotateKeys({ keepOld: false });
    const answer = { callbackParameters: back.searchParams, ...attempt };
    expect(await party.client.redeem(answer)).toMatchObject({ ok: true });
  });
});

describe('answers that are not of this attempt', () => {
  it('a code redeemed twice is refused the second time', async () => {
    const attempt = newAttempt();
    const back = await person.identify(await addressOf(attempt), 'josette');
    const answer = { callbackParameters: back.searchParams, ...attempt };
    expect(await party.client.redeem(answer)).toMatchObject({ ok: true });
    expect(await party.client.redeem(answer)).toMatchObject({
      reason: 'invalid-answer',
      reference: { code: 'Y049E20B' },
    });
  });

  it('the code of another attempt does not pass under our state: the nonce is not the one consented to', async () => {
    const theirs = newAttempt();
    const ours = newAttempt();
    const back = await person.identify(await addressOf(theirs), 'josette');
    const callbackParameters = new URLSearchParams(back.searchParams);
    callbackParameters.set('state', ours.state);
    expect(outcomeOf(await party.client.redeem({ callbackParameters, ...ours }))).toEqual({
      ok: false,
      reason: 'invalid-answer',
    });
  });

  it('with a wrong secret, nothing is identified', async () => {
    party = relyingParty(simulator.issuer, { secret: 'un-autre-secret-que-celui-de-franceconnect' });
    expect(await identify('josette')).toMatchObject({ reason: 'invalid-answer', reference: { code: 'Y0434A7B' } });
    expect(party.logs.join('')).toContain('invalid_client');
  });

  it('the person who gives up comes back as such', async () => {
    const attempt = newAttempt();
    const back = await person.comeBackWithout(await addressOf(attempt));
    const redemption = await party.client.redeem({ callbackParameters: back.searchParams, ...attempt });
    expect(redemption).toMatchObject({ reason: 'access-denied', reference: { code: 'Y030030' } });
  });
});

describe('the end of the session at FranceConnect', () => {
  it('comes back to us with the state, and the next person is asked who they are', async () => {
    const redemption = await identify('josette');
    if (!redemption.ok) throw new Error(redemption.reason);
    const { state } = newAttempt();
    const end = await party.client.endSessionUrl({ idTokenHint: redemption.evidence.idToken, state });
    if (!end.ok) throw new Error(end.reason);
    expect(Object.fromEntries(new URL(end.url).searchParams)).toEqual({
      id_token_hint: redemption.evidence.idToken,
      state,
      post_logout_redirect_uri: `${PUBLIC_URL}/franceconnect/fin`,
    });
    expect((await person.logOut(end.url))?.href).toBe(`${PUBLIC_URL}/franceconnect/fin?state=${state}`);
    expect(await identify('marcel')).toMatchObject({ identity: { familyName: 'BOURDON' } });
  });

  it('without it, the same browser identifies the same person again, whoever sits there', async () => {
    await identify('josette');
    expect(await identify('marcel')).toMatchObject({ identity: { familyName: 'LEFÈVRE' } });
  });
});
