import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { crypto, sha256 } from '#support/note-signer.ts';
import { MOST_SIGNED_TOGETHER, signTogether, verifyNodeSignature } from './index.ts';
import { signedBytes } from './leaf.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
const ed25519 = (message: Uint8Array) => sign(null, message, privateKey);
const leavesOf = (count: number) => Array.from({ length: count }, (_, n) => Buffer.from(`{"n":${n}}`));
const holds = (leaf: Uint8Array, signature: Uint8Array) => verifyNodeSignature(crypto, key, leaf, signature);

describe('leaves that are signed together', () => {
  test('a leaf alone has the 64 bytes of Ed25519 over its own bytes', () => {
    const [leaf = expect.fail()] = leavesOf(1);
    const [signature = expect.fail()] = signTogether(sha256, [leaf], ed25519);
    expect(signature).toHaveLength(64);
    expect(crypto.ed25519Verify(key, signedBytes(leaf), signature)).toBe(true);
    expect(holds(leaf, signature)).toBe(true);
  });

  test.each(Array.from({ length: MOST_SIGNED_TOGETHER - 1 }, (_, index) => index + 2))(
    '%i leaves: one signature, and each leaf is signed by its own proof alone',
    (count) => {
      const leaves = leavesOf(count);
      let made = 0;
      const signatures = signTogether(sha256, leaves, (message) => {
        made += 1;
        return ed25519(message);
      });
      expect(made).toBe(1);
      for (const [at, leaf] of leaves.entries()) {
        for (const [other, signature] of signatures.entries()) expect(holds(leaf, signature)).toBe(at === other);
      }
      expect(holds(Buffer.from('{"n":99}'), signatures[0] ?? expect.fail())).toBe(false);
    },
  );

  test('the message is a line of its own, the number of leaves, and their root as RFC 6962 has it', () => {
    const messages: Uint8Array[] = [];
    signTogether(sha256, leavesOf(2), (message) => {
      messages.push(message);
      return ed25519(message);
    });
    const [one, other] = leavesOf(2).map((leaf) => sha256(Buffer.concat([Buffer.of(0), leaf])));
    const root = sha256(Buffer.concat([Buffer.of(1), one ?? expect.fail(), other ?? expect.fail()]));
    expect(Buffer.from(messages[0] ?? [])).toEqual(
      Buffer.concat([Buffer.from('entremise journal leaves\n'), Buffer.of(2), root]),
    );
  });
});

describe('hostile signatures', () => {
  test.each([2, 3, 5, 16])('of %i leaves: no byte can be changed, added or taken away', (count) => {
    const leaves = leavesOf(count);
    const signatures = signTogether(sha256, leaves, ed25519);
    for (const [at, leaf] of leaves.entries()) {
      const signature = signatures[at] ?? expect.fail();
      // each byte of what is not Ed25519's own, every other value of the place and of the number
      for (const place of [64, 65]) {
        for (let value = 0; value < 256; value += 1) {
          const changed = Uint8Array.from(signature);
          changed[place] = value;
          expect(holds(leaf, changed)).toBe(value === signature[place]);
        }
      }
      const hashes = Array.from({ length: (signature.length - 66) / 5 }, (_, n) => 66 + n * 5);
      for (const place of [0, 31, 32, 63, ...hashes]) {
        const changed = Uint8Array.from(signature);
        changed[place] = (changed[place] ?? 0) ^ 1;
        expect(holds(leaf, changed)).toBe(false);
      }
      for (const length of [0, 1, 63, 64, 65, 66, signature.length - 1, signature.length - 32]) {
        expect(holds(leaf, signature.subarray(0, length))).toBe(false);
      }
      expect(holds(leaf, Buffer.concat([signature, Buffer.alloc(1)]))).toBe(false);
      expect(holds(leaf, Buffer.concat([signature, Buffer.alloc(32)]))).toBe(false);
    }
  });

  test('a key, a leaf or a signature that is none is false, not an error', () => {
    const [leaf = expect.fail()] = leavesOf(1);
    const [signature = expect.fail()] = signTogether(sha256, [leaf], ed25519);
    expect(verifyNodeSignature(crypto, new Uint8Array(3), leaf, signature)).toBe(false);
    expect(holds(new Uint8Array(), new Uint8Array())).toBe(false);
  });
});
