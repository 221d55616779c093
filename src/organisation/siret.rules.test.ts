import { describe, expect, test } from 'vitest';
import { isSiret } from './siret.rules.ts';

describe('a SIRET', () => {
  test.each([
    ['the town hall of Arras', '21620041000019'],
    ['France Travail', '13000548100010'],
    ['the head office of La Poste, whose Luhn key holds', '35600000000048'],
    ['an office of La Poste: the sum of its digits is a multiple of 5', '35600000049837'],
  ])('%s', (_what, siret) => {
    expect(isSiret(siret)).toBe(true);
  });

  test.each([
    ['a digit changed', '21620041000010'],
    ['two digits swapped', '21620014000019'],
    ['an office of La Poste, one digit changed', '35600000049838'],
    ['the rule of La Poste does not serve others', '35700000049836'],
    ['13 digits', '2162004100001'],
    ['15 digits', '216200410000190'],
    ['letters', '2162004100001A'],
    ['digits of another script', '٢١٦٢٠٠٤١٤٠٠٠١٣'],
    ['empty', ''],
  ])('not when %s', (_what, siret) => {
    expect(isSiret(siret)).toBe(false);
  });
});
