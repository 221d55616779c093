import { describe, expect, test } from 'vitest';
import { birthplaceInWords } from './birthplace.rules.ts';

const inFrance = (birthplace: string) => birthplaceInWords({ birthplace, birthcountry: '99100' });
const abroad = (birthcountry: string) => birthplaceInWords({ birthplace: '', birthcountry });

describe('a place of birth is said as papers say it', () => {
  test.each([
    ['62041', 'Arras (62)'],
    ['2A004', 'Ajaccio (2A)'],
    ['97411', 'Saint-Denis (974)'],
    ['69383', 'Lyon 3e Arrondissement (69)'],
    // Corsica before 1976
    ['20004', 'Ajaccio (20)'],
    ['62999', 'Commune de code 62999 (62)'],
  ])('%s', (code, words) => expect(inFrance(code)).toBe(words));

  test.each([
    ['99352', 'Algérie'],
    ['99139', 'Portugal'],
    ['99999', 'Pays de code 99999'],
  ])('%s', (code, words) => expect(abroad(code)).toBe(words));
});
