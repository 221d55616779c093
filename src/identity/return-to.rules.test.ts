import { describe, expect, test } from 'vitest';
import { isOwnPath, pathOf, readReturnTo, withParameter } from './return-to.rules.ts';

describe('an address to come back to', () => {
  test.each([
    '/',
    '/mandats',
    '/essai?page=2&q=a%20b',
    '/authorize?claims=%7B%22id_token%22%3A%7B%7D%7D',
    '/a//b',
    '/@x',
  ])('%s is ours', (address) => {
    expect(isOwnPath(address)).toBe(true);
  });

  test.each([
    'mandats',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '/a\\b',
    'https://evil.example',
    'javascript:alert(1)',
    '/a b',
    '/a\nb',
    '/\tevil',
    '/é',
    '/a#fragment',
    `/${'a'.repeat(4000)}`,
  ])('%j is not', (address) => {
    expect(isOwnPath(address)).toBe(false);
    expect(() => readReturnTo(address)).toThrow('introuvable');
  });

  test('nothing asked for leads to the mandates', () => {
    expect(readReturnTo('')).toBe('/mandats');
  });

  test('a parameter is added once, the rest stays as it was', () => {
    expect(withParameter('/essai', 'repris', '1')).toBe('/essai?repris=1');
    expect(withParameter('/essai?q=a%20b+c', 'repris', '1')).toBe('/essai?q=a%20b+c&repris=1');
    expect(withParameter('/essai?repris=1', 'repris', '1')).toBe('/essai?repris=1');
    expect(pathOf('/essai/12?x=/y')).toBe('/essai/12');
  });
});
