import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { COSIGNATURE_V1, checkNote, ED25519, formatNote, parsePolicy, toBase64 } from '../verify/index.ts';
import { cosignNote, makeSigningKey, nodeCrypto, parseSigningKey, SigningKeyError, signNote } from './signing-key.ts';

/** golang.org/x/mod/sumdb/note: the private key of its tests, and what it signs. */
const GO = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const GO_LINE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=';

test('reads the private keys of Go’s sumdb/note, and signs as it does', () => {
  const key = parseSigningKey(GO);
  expect(key.vkey.text).toBe('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
  expect(signNote(key, GO_TEXT)).toBe(GO_LINE);
});

test('a checkpoint signed and cosigned from known seeds is the one of journal.md §3.4', () => {
  const fromSeed = (name: string, id: string, type: number, fill: number) =>
    parseSigningKey(`PRIVATE+KEY+${name}+${id}+${toBase64(Uint8Array.of(type, ...Buffer.alloc(32, fill)))}`);
  const log = fromSeed('journal.example.test/2026', 'eff5f4af', ED25519, 1);
  const witness = fromSeed('witness.example.test/w1', 'b4f59ab9', COSIGNATURE_V1, 2);
  const text = 'journal.example.test/2026\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n';
  const line = cosignNote(witness, text, new Date(1_767_225_600_999));
  expect(signNote(log, text)).toBe(
    '— journal.example.test/2026 7/X0r7Ba37uxH9Ud5F/3Y/VHUjFxJ0niJdH8gPpIibx7+GpBfG7oXOh1v9OVrzt/0Yg84kk17RGueOCxJjEC42XMIQU=',
  );
  expect(line).toBe(
    '— witness.example.test/w1 tPWauQAAAABpVbkAJ8Oa8jwOeLIV5l0fpt+4u7kF07ektl8FqHxrhWSlvmY5CD7dcuhQwsQcaZCnECD3YFEj1cOJFqdeXZYrhfNfCA==',
  );
  const policy = parsePolicy(`log ${log.vkey.text}\nwitness w ${witness.vkey.text}\nquorum w\n`, nodeCrypto.sha256);
  if (!policy.ok) throw new Error(policy.fault);
  const checked = checkNote(nodeCrypto, policy.policy, formatNote(text, [signNote(log, text), line]));
  expect(checked).toMatchObject({ ok: true, cosigners: [{ time: 1_767_225_600n }] });
});

test('a key that is made is read again; printed, it says nothing of its private half', () => {
  for (const type of [ED25519, COSIGNATURE_V1] as const) {
    const text = makeSigningKey('journal.test/actes', type);
    const key = parseSigningKey(text);
    expect(key.vkey).toMatchObject({ name: 'journal.test/actes', type });
    const seed = text.split('+').slice(4).join('+');
    for (const printed of [inspect(key, { depth: 9 }), JSON.stringify(key)]) expect(printed).not.toContain(seed);
  }
  expect(makeSigningKey('a', ED25519)).not.toBe(makeSigningKey('a', ED25519));
  expect(() => makeSigningKey('a b', ED25519)).toThrow(RangeError);
});

test.each([
  '',
  'x',
  GO.replace('PRIVATE', 'PUBLIC'),
  GO.replace('c74f20a3', 'c74f20a4'),
  GO.replace('PeterNeumann', 'Peter Neumann'),
  GO.replace('+AYEK', '+AgEK'),
  GO.slice(0, -4),
  `${GO} `,
  `${GO}=`,
])('what is not a private key is refused without being quoted: %s', (text) => {
  expect(() => parseSigningKey(text)).toThrow(SigningKeyError);
  try {
    parseSigningKey(text);
  } catch (error) {
    expect(String(error)).not.toContain('AYEKFALVFGyNhPJEMzD1QIDr');
  }
});

test('what is no key and no signature verifies nothing', () => {
  expect(nodeCrypto.ed25519Verify(new Uint8Array(32), new Uint8Array(3), new Uint8Array(64))).toBe(false);
});
