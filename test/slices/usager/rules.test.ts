import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openPartsOf } from '#support/closed-kinds.ts';
import { initialsOf, isMinor, pivotClaims, searchNameOf, usagerEvents, usagerName } from '#usager';

const person = {
  givenName: 'Josette Marie',
  familyName: 'Lefèvre',
  preferredUsername: null as string | null,
  gender: 'female' as 'female' | 'male' | 'unspecified',
};

describe('names', () => {
  it.each([
    ['LEFÈVRE', 'lefevre'],
    ["D'AUBIGNÉ-LA-TOUR", 'd aubigne la tour'],
    ['L’Épine', 'l epine'],
    ['Œdipe CÆSAR', 'oedipe caesar'],
    ['  Jean   Luc ', 'jean luc'],
    ['100%_sûr\\', '100 sur'],
    ['Ÿves ÇELIK', 'yves celik'],
    ['\u202eabc\u0000', 'abc'],
    ["-'-", ''],
  ])('%s is searched as « %s »', (text, expected) => {
    expect(searchNameOf(text)).toBe(expected);
  });

  it('a search name searched again is itself, and holds nothing that LIKE reads', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const name = searchNameOf(text);
        expect(searchNameOf(name)).toBe(name);
        expect(name).not.toMatch(/[%_\\]/);
      }),
    );
  });

  it('finds the same person whether accents are written in one character or two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(searchNameOf(text.normalize('NFD'))).toBe(searchNameOf(text.normalize('NFC')));
      }),
    );
  });

  it('shows the usage name first, then the name at birth', () => {
    expect(usagerName(person)).toBe('Josette Marie LEFÈVRE');
    expect(usagerName({ ...person, preferredUsername: 'Durand' })).toBe('Josette Marie DURAND, née LEFÈVRE');
    expect(usagerName({ ...person, preferredUsername: 'Durand', gender: 'male' })).toContain(', né LEFÈVRE');
    expect(usagerName({ ...person, preferredUsername: 'Durand', gender: 'unspecified' })).toContain(', né(e) LEFÈVRE');
    expect(usagerName({ ...person, preferredUsername: 'LEFÈVRE' })).toBe('Josette Marie LEFÈVRE');
  });

  it('says initials and nothing more', () => {
    expect(initialsOf(person)).toBe('J.\u00a0L.');
    expect(initialsOf({ ...person, preferredUsername: "d'Épinay" })).toBe('J.\u00a0D.');
    expect(initialsOf({ ...person, givenName: "'élodie", familyName: '-ŒUVRARD' })).toBe('É.\u00a0Œ.');
  });
});

describe('minors', () => {
  const at = (iso: string) => new Date(iso);

  it.each([
    ['2008-03-02', '2026-03-01T22:59:59Z', true],
    ['2008-03-02', '2026-03-01T23:00:00Z', false], // midnight in Paris
    ['2008-03-03', '2026-03-02T09:00:00Z', true],
    ['2008-02-29', '2026-02-28T12:00:00Z', true],
    ['2008-02-29', '2026-03-01T12:00:00Z', false],
    ['2008-00-00', '2026-12-30T12:00:00Z', true],
    ['2008-00-00', '2026-12-31T12:00:00Z', false],
    ['2008-06-00', '2026-06-30T12:00:00Z', true],
    ['2008-06-00', '2026-07-01T12:00:00Z', false],
    ['1948-03-12', '2026-03-02T09:00:00Z', false],
    ['2027-01-01', '2026-03-02T09:00:00Z', true],
  ])('born %s, at %s: %s', (birthdate, now, expected) => {
    expect(isMinor(birthdate, at(now))).toBe(expected);
  });

  it('counts a presumed date as late as it can be, though FranceConnect gives it completed', () => {
    const now = at('2026-03-02T09:00:00Z');
    expect(isMinor('2008-01-01', now)).toBe(false);
    expect(isMinor({ birthdate: '2008-01-01', idpBirthdate: '2008-00-00' }, now)).toBe(true);
    expect(isMinor({ birthdate: '2007-01-01', idpBirthdate: '2007-00-00' }, now)).toBe(false);
    expect(isMinor({ birthdate: '1990-01-01', idpBirthdate: null }, now)).toBe(false);
  });
});

describe('claims for FranceConnect', () => {
  const told = {
    ...person,
    birthdate: '1948-03-12',
    idpBirthdate: '1948-03-12' as string | null,
    birthplace: '2A004',
    birthcountry: '99100',
    email: 'josette@courriel.example' as string | null,
  };

  it('has FranceConnect’s names and formats, and no claim without a value', () => {
    expect(pivotClaims(told)).toEqual({
      given_name: 'Josette Marie',
      family_name: 'Lefèvre',
      birthdate: '1948-03-12',
      gender: 'female',
      birthplace: '2A004',
      birthcountry: '99100',
      email: 'josette@courriel.example',
    });
    const bare = pivotClaims({
      ...told,
      email: null,
      birthplace: '',
      birthcountry: '99352',
      preferredUsername: 'Durand',
    });
    expect(bare).not.toHaveProperty('email');
    expect(bare).toMatchObject({ birthplace: '', birthcountry: '99352', preferred_username: 'Durand' });
  });

  it.each([
    ['1950-01-01', '1950-00-00', '1950-00-00'],
    ['1950-04-01', '1950-04-00', '1950-04-00'],
    ['1950-04-12', '1950-04-21', '1950-04-12'], // corrected by the register
    ['1950-04-12', '1950-00-00', '1950-04-12'], // made precise by the register
    ['1950-00-00', null, '1950-00-00'],
  ])('given %s with %s from the provider, tells %s', (birthdate, idpBirthdate, expected) => {
    expect(pivotClaims({ ...told, birthdate, idpBirthdate }).birthdate).toBe(expected);
  });
});

it('what the journal says in clear of a person is closed', () => {
  expect(openPartsOf(usagerEvents)).toEqual([]);
});
