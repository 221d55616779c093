import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Claims, type FaultyProvider, startFaultyProvider } from '#support/faulty-provider.ts';
import { CLIENT_ID, newAttempt, outcomeOf, relyingParty } from './relying-party.ts';

let provider: FaultyProvider;
let party: ReturnType<typeof relyingParty>;

beforeAll(async () => {
  provider = await startFaultyProvider({ clientId: CLIENT_ID });
  party = relyingParty(provider.issuer);
});
afterAll(() => provider.close());

let attempt = newAttempt();
beforeEach(() => {
  attempt = newAttempt();
});

async function identify(userinfo: Claims) {
  provider.set({ userinfo }, attempt.nonce);
  return outcomeOf(
    await party.client.redeem({
      callbackParameters: new URLSearchParams({ code: 'c', state: attempt.state }),
      ...attempt,
    }),
  );
}

describe('an identity is accepted', () => {
  it.each<[string, Claims, object]>([
    ['with a usage name', { preferred_username: 'MOREAU' }, { preferredUsername: 'MOREAU' }],
    ['with an empty usage name', { preferred_username: '' }, { preferredUsername: null }],
    ['of no gender', { gender: 'unspecified' }, { gender: 'unspecified' }],
    ['of a man', { gender: 'male' }, { gender: 'male' }],
    ['born in Corsica', { birthplace: '2A004' }, { birthplace: '2A004' }],
    ['born overseas', { birthplace: '97411' }, { birthplace: '97411' }],
    ['born abroad', { birthplace: '', birthcountry: '99352' }, { birthplace: '', birthcountry: '99352' }],
    ['born abroad, without the claim', { birthplace: undefined, birthcountry: '99352' }, { birthplace: '' }],
    ['born abroad, in a named place', { birthplace: 'ALGER', birthcountry: '99352' }, { birthplace: '' }],
    [
      'born on a presumed day',
      { birthdate: '1950-01-01', idp_birthdate: '1950-00-00' },
      { birthdate: '1950-01-01', idpBirthdate: '1950-00-00' },
    ],
    ['whose date is not completed', { birthdate: '1950-04-00' }, { birthdate: '1950-04-00' }],
    ['born on 29 February', { birthdate: '1948-02-29' }, { birthdate: '1948-02-29' }],
    ['without the date its provider gave', { idp_birthdate: undefined }, { idpBirthdate: null }],
    ['without e-mail', { email: undefined }, { email: null }],
    ['with an empty e-mail', { email: '' }, { email: null }],
    ['with an e-mail no mail can be sent to', { email: 'josette@' }, { email: null }],
    ['with an e-mail that holds a header', { email: 'j@courriel.example\r\nBcc: x@y.example' }, { email: null }],
    ['with accents in two characters', { family_name: 'LEFE\u0300VRE' }, { familyName: 'LEFÈVRE' }],
    ['with apostrophes and hyphens', { family_name: "D'ÉPINAY-L’HÔTE" }, { familyName: "D'ÉPINAY-L’HÔTE" }],
    ['with a name of 256 characters', { given_name: 'é'.repeat(256) }, { givenName: 'é'.repeat(256) }],
    ['with markup in a name, which pages escape', { family_name: '<b>X</b>' }, { familyName: '<b>X</b>' }],
  ])('%s', async (_name, claims, expected) => {
    expect(await identify(claims)).toMatchObject({ ok: true, identity: expected });
  });
});

describe('an identity is incomplete', () => {
  it.each<[string, Claims, string[]]>([
    ['without given name', { given_name: undefined }, ['given_name']],
    ['without family name', { family_name: undefined }, ['family_name']],
    ['without date of birth', { birthdate: undefined }, ['birthdate']],
    ['without gender', { gender: undefined }, ['gender']],
    ['without country of birth', { birthcountry: undefined }, ['birthcountry']],
    ['born in France, nowhere', { birthplace: '' }, ['birthplace']],
    ['born in France, without the claim', { birthplace: undefined }, ['birthplace']],
    ['without anything', { given_name: undefined, birthdate: undefined }, ['given_name', 'birthdate']],
    ['with an empty name', { family_name: '' }, ['family_name']],
    ['with a blank name', { given_name: ' \u00a0' }, ['given_name']],
    ['with a name of signs', { given_name: '--' }, ['given_name']],
    ['with a name of 257 characters', { family_name: 'x'.repeat(257) }, ['family_name']],
    ['with NUL in a name', { family_name: 'LE\u0000FEVRE' }, ['family_name']],
    ['with a line feed in a name', { family_name: 'LE\nFEVRE' }, ['family_name']],
    ['with a right-to-left override in a name', { family_name: '\u202eERVEFEL' }, ['family_name']],
    ['with an invisible joiner in a usage name', { preferred_username: 'MO\u200dREAU' }, ['preferred_username']],
    ['with half a character in a name', { family_name: 'LEF\ud800VRE' }, ['family_name']],
    ['with a list for a name', { given_name: ['Josette', 'Marie'] }, ['given_name']],
    ['with a number for a date', { birthdate: 19480312 }, ['birthdate']],
    ['born on 30 February', { birthdate: '1948-02-30' }, ['birthdate']],
    ['born on 29 February of a common year', { birthdate: '1947-02-29' }, ['birthdate']],
    ['born in a thirteenth month', { birthdate: '1948-13-01' }, ['birthdate']],
    ['born on a day of no month', { birthdate: '1948-00-12' }, ['birthdate']],
    ['born in French order', { birthdate: '12/03/1948' }, ['birthdate']],
    ['with a malformed date from its provider', { idp_birthdate: '1948' }, ['idp_birthdate']],
    ['of another gender than three', { gender: 'F' }, ['gender']],
    ['born in a place of four digits', { birthplace: '6204' }, ['birthplace']],
    ['born in a named place of France', { birthplace: 'ARRAS' }, ['birthplace']],
    ['born in a named country', { birthcountry: 'FRANCE' }, ['birthcountry']],
    ['born in a country of six digits', { birthcountry: '991000' }, ['birthcountry']],
  ])('%s', async (_name, claims, fields) => {
    expect(await identify(claims)).toEqual({ ok: false, reason: 'incomplete-identity', fields });
  });
});
