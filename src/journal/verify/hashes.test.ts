import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { leafHash, nodeHash } from './index.ts';
import { LEAF_HASHES, LEAVES, ROOTS } from './merkle.vectors.ts';

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function rootOf(hashes: Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (hashes.length === 1 && only) return only;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return nodeHash(sha256, rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)));
}

test('leaves hash as in RFC 6962', () => {
  expect(LEAVES.map((leaf) => hex(leafHash(sha256, Buffer.from(leaf, 'hex'))))).toEqual(LEAF_HASHES);
  expect(hex(leafHash(sha256, Buffer.from('L123456')))).toBe(
    '395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56',
  );
});

test('nodes hash as in RFC 6962', () => {
  const hashes = LEAVES.map((leaf) => leafHash(sha256, Buffer.from(leaf, 'hex')));
  const roots = hashes.map((_hash, index) => hex(rootOf(hashes.slice(0, index + 1))));
  expect(roots).toEqual(ROOTS.slice(1));
  expect(hex(nodeHash(sha256, Buffer.from('N123'), Buffer.from('N456')))).toBe(
    'aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb',
  );
});
