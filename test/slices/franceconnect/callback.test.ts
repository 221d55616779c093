import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FaultyProvider, startFaultyProvider } from '#support/faulty-provider.ts';
import { CLIENT_ID, newAttempt, relyingParty } from './relying-party.ts';

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
  provider.set({}, attempt.nonce);
});

const redeem = (query: string) =>
  party.client.redeem({
    callbackParameters: new URLSearchParams(query.replaceAll('STATE', attempt.state)),
    ...attempt,
  });

/** Nothing at all was asked of FranceConnect while `act` ran. */
async function withoutAsking<Result>(act: () => Promise<Result>): Promise<Result> {
  const before = { ...provider.calls };
  const result = await act();
  expect(provider.calls).toEqual(before);
  return result;
}

const invalid = { ok: false, reason: 'invalid-answer' };
const UUID = '3f0e8c9e-8a52-4a6f-9b1c-4d6a1f0b2c3d';
const errorUri = (query: string) =>
  encodeURIComponent(`https://docs.partenaires.franceconnect.gouv.fr/erreurs/?${query}`);

it('a good answer is redeemed, with or without the issuer in it', async () => {
  expect(await redeem('code=c&state=STATE')).toMatchObject({ ok: true });
  expect(await redeem(`code=c&state=STATE&iss=${encodeURIComponent(provider.issuer)}`)).toMatchObject({ ok: true });
});

describe('the state is compared before anything else, and nothing is asked', () => {
  it.each([
    ['missing', 'code=c'],
    ['empty', 'code=c&state='],
    ['of another attempt', `code=c&state=${newAttempt().state}`],
    ['given twice', 'code=c&state=STATE&state=STATE'],
    ['given twice, once wrong', 'code=c&state=other&state=STATE'],
    ['in other letters', 'code=c&state=STATEa'],
    ['absent beside an error', 'error=access_denied'],
    ['wrong beside an error', `error=access_denied&state=x&error_uri=${errorUri(`code=Y030030&id=${UUID}`)}`],
  ])('%s', async (_name, query) => {
    expect(await withoutAsking(() => redeem(query))).toEqual(invalid);
  });
});

describe('an answer is refused without asking', () => {
  it.each([
    ['without code', 'state=STATE'],
    ['with an empty code', 'code=&state=STATE'],
    ['with two codes', 'code=a&code=b&state=STATE'],
    ['with an endless code', `code=${'a'.repeat(3000)}&state=STATE`],
    ['with a line feed in the code', 'code=a%0d%0ab&state=STATE'],
    ['with NUL in the code', 'code=a%00&state=STATE'],
    ['with an accent in the code', 'code=%C3%A9&state=STATE'],
    ['from another provider (RFC 9207)', 'code=c&state=STATE&iss=https%3A%2F%2Fproconnect.example'],
    ['from our provider with a slash', 'code=c&state=STATE&iss=ISSUER%2F'],
    ['with two issuers', 'code=c&state=STATE&iss=ISSUER&iss=x'],
    ['with two errors', 'error=access_denied&error=server_error&state=STATE'],
  ])('%s', async (_name, query) => {
    const issuer = encodeURIComponent(provider.issuer);
    expect(await withoutAsking(() => redeem(query.replaceAll('ISSUER', issuer)))).toEqual(invalid);
  });

  it.each(['id_token=eyJ', 'token=x', 'response=eyJ'])('of another flow (%s), nothing is redeemed', async (more) => {
    const before = provider.calls.token;
    expect(await redeem(`code=c&state=STATE&${more}`)).toEqual(invalid);
    expect(provider.calls.token).toBe(before);
  });
});

describe('an error that FranceConnect sends back', () => {
  it.each([
    ['access_denied', 'access-denied'],
    ['temporarily_unavailable', 'unavailable'],
    ['server_error', 'unavailable'],
    ['invalid_request', 'invalid-answer'],
    ['invalid_acr', 'invalid-answer'],
    ['invalid_scope', 'invalid-answer'],
    ['', 'invalid-answer'],
    ['<script>', 'invalid-answer'],
    ['__proto__', 'invalid-answer'],
  ])('%s is « %s »', async (error, reason) => {
    expect(await withoutAsking(() => redeem(`error=${encodeURIComponent(error)}&state=STATE`))).toEqual({
      ok: false,
      reason,
    });
  });

  it('counts even beside a code', async () => {
    expect(await withoutAsking(() => redeem('code=c&error=access_denied&state=STATE'))).toMatchObject({
      reason: 'access-denied',
    });
  });

  it.each([
    [`code=Y030030&id=${UUID}`, { code: 'Y030030', id: UUID }],
    [`code=Y04EA6EF&id=${UUID}`, { code: 'Y04EA6EF', id: UUID }],
    ['code=Y030030', { code: 'Y030030' }],
    ['code=Y030030&id=<script>', { code: 'Y030030' }],
    [`code=<b>&id=${UUID}`, undefined],
    [`id=${UUID}`, undefined],
    [`code=Y030030%0aX&id=${UUID}`, undefined],
    ['code=A030030', undefined],
  ])('is quoted from %s', async (query, reference) => {
    const redemption = await redeem(`error=access_denied&state=STATE&error_uri=${errorUri(query)}`);
    expect(redemption).toEqual({ ok: false, reason: 'access-denied', ...(reference && { reference }) });
  });

  it.each(['', 'pas une adresse', 'javascript:alert(1)', `https://x.example/?code=Y030030#${'a'.repeat(3000)}`])(
    'is not quoted from « %s »',
    async (uri) => {
      expect(await redeem(`error=access_denied&state=STATE&error_uri=${encodeURIComponent(uri)}`)).toEqual({
        ok: false,
        reason: 'access-denied',
      });
    },
  );

  it('is never quoted in FranceConnect’s words, neither to the page nor to the log', async () => {
    const description = encodeURIComponent('Appelez le 08 99 <b>tout de suite</b>');
    const redemption = await redeem(`error=access_denied&state=STATE&error_description=${description}`);
    expect(JSON.stringify(redemption) + party.logs.join('')).not.toMatch(/08 99|tout de suite/);
  });
});
