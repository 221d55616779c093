import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { movableClock } from '#support/context-parts.ts';
import { type Answer, type Faults, type FaultyProvider, startFaultyProvider } from '#support/faulty-provider.ts';
import { CLIENT_ID, newAttempt, outcomeOf, relyingParty } from './relying-party.ts';

let provider: FaultyProvider;
let party: ReturnType<typeof relyingParty>;
const clock = movableClock(new Date());

beforeAll(async () => {
  provider = await startFaultyProvider({ clientId: CLIENT_ID, clock });
});
afterAll(() => provider.close());
beforeEach(() => {
  clock.set(new Date());
  party = relyingParty(provider.issuer, { clock });
});

async function redeem(faults: Faults = {}) {
  const { state, nonce } = newAttempt();
  provider.set(faults, nonce);
  const callbackParameters = new URLSearchParams({ code: 'the-code', state });
  return outcomeOf(await party.client.redeem({ callbackParameters, state, nonce }));
}

/** How many times the JWKS was asked for while `act` ran. */
async function asked(act: () => Promise<unknown>): Promise<number> {
  const before = provider.calls.jwks;
  await act();
  return provider.calls.jwks - before;
}

it('are asked for once, for both answers and for the people who follow', async () => {
  expect(await asked(() => redeem())).toBe(1);
  expect(await asked(() => redeem())).toBe(0);
});

it.each([true, false])('rotated since the last login, are asked for once more (old one kept: %s)', async (keepOld) => {
  await redeem();
  await provider.rotateKeys({ keepOld });
  expect(
    await asked(async () => {
      expect(await redeem()).toMatchObject({ ok: true });
    }),
  ).toBe(1);
});

it('the JWKS in the evidence is the one that verifies both answers', async () => {
  await redeem();
  await provider.rotateKeys({ keepOld: true });
  const redemption = await redeem();
  if (!redemption.ok) throw new Error(redemption.reason);
  const { keys } = JSON.parse(redemption.evidence.jwks) as { keys: { kid: string }[] };
  const { kid } = JSON.parse(Buffer.from(redemption.evidence.idToken.split('.')[0] ?? '', 'base64url').toString());
  expect(keys.map((key) => key.kid)).toContain(kid);
  expect(keys.length).toBeGreaterThan(1);
});

it('a userinfo signed by a newer key than the ID token is verified with a JWKS that has both', async () => {
  await redeem();
  const userinfoCall = provider.calls.userinfo;
  // The ID token is signed, then the key rotates, then the userinfo is asked for.
  const token = async (honest: Answer) => {
    await provider.rotateKeys({ keepOld: true });
    return honest;
  };
  const redemption = await redeem({ answer: { token } });
  expect(provider.calls.userinfo).toBe(userinfoCall + 1);
  expect(redemption).toMatchObject({ ok: true });
});

it('an invented key makes them be asked for once in 30 seconds, not for each answer', async () => {
  await redeem();
  const forged = () => redeem({ idTokenSigning: 'unknown-kid' });
  expect(
    await asked(async () => {
      for (let n = 0; n < 10; n += 1) expect(await forged()).toEqual({ ok: false, reason: 'invalid-answer' });
      await Promise.all(Array.from({ length: 10 }, forged));
    }),
  ).toBe(1);
  clock.advance(31_000);
  expect(await asked(forged)).toBe(1);
  expect(await redeem()).toMatchObject({ ok: true });
});

it('are asked for again after five minutes, so that a withdrawn key is forgotten', async () => {
  await redeem();
  clock.advance(299_000);
  expect(await asked(() => redeem())).toBe(0);
  clock.advance(2_000);
  expect(await asked(() => redeem())).toBe(1);
});

it.each([
  ['private', { d: 'AAAA' }],
  ['symmetric', { kty: 'oct', k: 'AAAA' }],
])('that are %s are refused', async (_name, members) => {
  const jwks = (honest: Answer) => {
    const { keys } = JSON.parse(honest.body) as { keys: object[] };
    return { ...honest, body: JSON.stringify({ keys: keys.map((key) => ({ ...key, ...members })) }) };
  };
  expect(await redeem({ answer: { jwks } })).toEqual({ ok: false, reason: 'invalid-answer' });
});

it('dates are judged by the clock of the program, whatever the machine says', async () => {
  clock.set(new Date('2031-06-01T12:00:00Z'));
  expect(await redeem()).toMatchObject({ ok: true });
  const seconds = clock.now().getTime() / 1000;
  expect(await redeem({ idToken: { exp: seconds - 31 } })).toEqual({ ok: false, reason: 'invalid-answer' });
  expect(await redeem({ idToken: { iat: seconds - 301 } })).toEqual({ ok: false, reason: 'invalid-answer' });
  expect(await redeem({ idToken: { iat: seconds + 301 } })).toEqual({ ok: false, reason: 'invalid-answer' });
  expect(await redeem({ idToken: { iat: seconds - 299 } })).toMatchObject({ ok: true });
});
