import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { uuidv7 } from '#platform/ids/ids.ts';
import { isShortCodeOf, loginToken, readLoginToken, shortCodeOf } from './login-link.rules.ts';

type Ring = Parameters<typeof loginToken>[0];
const key = (id: string) => ({ id, secret: randomBytes(32) });
const one = key('one');
const keys: Ring = { loginLink: [one] };
const id = uuidv7(new Date(1_772_442_000_000));

describe('link and short code of a login', () => {
  test('are made again, the same, from the id alone', () => {
    expect(loginToken(keys, id)).toBe(loginToken(keys, id));
    expect(readLoginToken(keys, loginToken(keys, id))).toBe(id);
    expect(shortCodeOf(keys, id)).toMatch(/^[0-9]{8}$/);
    const code = shortCodeOf(keys, id);
    expect(isShortCodeOf(keys, id, `${code.slice(0, 4)}\u00a0${code.slice(4)} `)).toBe(true);
  });

  test('differ for every login and every key', () => {
    const other = uuidv7(new Date(1_772_442_000_000));
    const otherKeys: Ring = { loginLink: [key('other')] };
    expect(new Set([loginToken(keys, id), loginToken(keys, other), loginToken(otherKeys, id)]).size).toBe(3);
    expect(readLoginToken(otherKeys, loginToken(keys, id))).toBeNull();
    expect(isShortCodeOf(otherKeys, id, shortCodeOf(keys, id))).toBe(false);
  });

  test('made before a rotation of the key still hold', () => {
    const rotated: Ring = { loginLink: [key('two'), one] };
    expect(readLoginToken(rotated, loginToken(keys, id))).toBe(id);
    expect(isShortCodeOf(rotated, id, shortCodeOf(keys, id))).toBe(true);
  });

  test('a token with one character changed, anywhere, is none', () => {
    const token = loginToken(keys, id);
    for (let index = 0; index < token.length; index += 1) {
      const changed = token.slice(0, index) + (token[index] === 'A' ? 'B' : 'A') + token.slice(index + 1);
      expect(readLoginToken(keys, changed)).toBeNull();
    }
    expect(['', 'x', token.slice(1), `${token}A`].map((text) => readLoginToken(keys, text))).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});
