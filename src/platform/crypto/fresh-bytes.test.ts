import { expect, test } from 'vitest';
import { freshBytes } from './fresh-bytes.ts';

test('no byte is given twice, whatever the lengths, and what was given stays as it is', () => {
  const given = Array.from({ length: 2_000 }, (_, turn) => freshBytes(16 + (turn % 3) * 8));
  const before = given.map((bytes) => bytes.toString('hex'));
  expect(new Set(before.map((hex) => hex.slice(0, 32))).size).toBe(2_000);
  expect(new Set(before.join('').match(/.{16}/g)).size).toBe(before.join('').length / 16);
  expect(given.map((bytes) => bytes.length)).toEqual(before.map((_, turn) => 16 + (turn % 3) * 8));
  expect(given.map((bytes) => bytes.toString('hex'))).toEqual(before);
});

test('more than is drawn at once', () => {
  const many = freshBytes(10_000);
  expect(many).toHaveLength(10_000);
  expect(many.subarray(5_000).some((byte) => byte !== 0)).toBe(true);
  expect(freshBytes(0)).toHaveLength(0);
});
