import { createPrivateKey, createPublicKey, hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { COSIGNATURE_V1, ED25519, keyIdOf, parseVkey, toBase64, vkeyOf } from './index.ts';
import { C2SP_EXAMPLE, GO, OURS } from './note.vectors.ts';

const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');

function publicKeyOf(seed: Uint8Array): Uint8Array {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  return key.export({ format: 'der', type: 'spki' }).subarray(-32);
}

describe('a verifier key', () => {
  test.each([C2SP_EXAMPLE.vkey, GO.vkey, GO.otherVkey, OURS.logVkey, OURS.witnessVkey])(
    '%s is read and rewritten',
    (text) => {
      const read = parseVkey(text, sha256);
      if (!read.ok) return expect.fail(read.fault);
      const { name, type, publicKey, keyId } = read.vkey;
      expect(vkeyOf(name, type, publicKey, sha256)).toEqual(read.vkey);
      expect(keyIdOf(name, type, publicKey, sha256)).toBe(keyId);
      expect(read.vkey.text).toBe(text);
    },
  );

  test('is made from a seed', () => {
    expect(vkeyOf('PeterNeumann', ED25519, publicKeyOf(GO.seed), sha256).text).toBe(GO.vkey);
    expect(vkeyOf(OURS.origin, ED25519, publicKeyOf(new Uint8Array(32).fill(1)), sha256).text).toBe(OURS.logVkey);
    const witness = publicKeyOf(new Uint8Array(32).fill(2));
    expect(vkeyOf('witness.example.test/w1', COSIGNATURE_V1, witness, sha256).text).toBe(OURS.witnessVkey);
  });

  test('is none when cut anywhere, or with any character changed', () => {
    for (let from = 0; from < GO.vkey.length; from += 1) {
      for (let to = from; to <= GO.vkey.length; to += 1) {
        const part = GO.vkey.slice(from, to);
        if (part !== GO.vkey && parseVkey(part, sha256).ok) expect.fail(part);
      }
      const next = String.fromCharCode(GO.vkey.charCodeAt(from) + 1);
      const mangled = `${GO.vkey.slice(0, from)}${next}${GO.vkey.slice(from + 1)}`;
      expect(parseVkey(mangled, sha256).ok, mangled).toBe(false);
    }
  });

  const key = (bytes: Uint8Array) => `a+00000000+${toBase64(bytes)}`;
  test.each([
    [GO.badVkeys[0] ?? '', 'bad-vkey'], // its base64 is not canonical either
    [GO.badVkeys[1] ?? '', 'unknown-key-type'],
    ['', 'bad-vkey'],
    ['a', 'bad-vkey'],
    ['a+00000000+', 'bad-vkey'],
    [GO.vkey.replace('c74f20a3', 'C74F20A3'), 'bad-vkey'],
    [GO.vkey.replace('c74f20a3', 'c74f20a4'), 'wrong-key-id'],
    [GO.vkey.replace('Peter', 'Pieter'), 'wrong-key-id'],
    [` ${GO.vkey}`, 'bad-key-name'],
    [GO.vkey.slice('PeterNeumann'.length), 'bad-key-name'],
    [`${GO.vkey}\n`, 'bad-vkey'],
    [`PRIVATE+KEY+${GO.vkey}`, 'bad-vkey'],
    [key(Uint8Array.of(1, ...new Uint8Array(31))), 'bad-public-key'],
    [key(Uint8Array.of(1, ...new Uint8Array(33))), 'bad-public-key'],
    [key(Uint8Array.of(4)), 'bad-public-key'],
    [key(Uint8Array.of(2, ...new Uint8Array(32))), 'unknown-key-type'],
    [key(Uint8Array.of(6, ...new Uint8Array(1312))), 'unknown-key-type'],
    [`a+00000000+${'A'.repeat(100_000)}`, 'bad-vkey'],
  ])('%j is a fault: %s', (text, fault) => {
    expect(parseVkey(text, sha256)).toEqual({ ok: false, fault });
  });

  test('cannot be made for a name or a key that is none', () => {
    expect(() => vkeyOf('a b', ED25519, new Uint8Array(32), sha256)).toThrow(RangeError);
    expect(() => vkeyOf('a', ED25519, new Uint8Array(31), sha256)).toThrow(RangeError);
  });
});
