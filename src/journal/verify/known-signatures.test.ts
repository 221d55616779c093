import { createPrivateKey, createPublicKey, hash, sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  COSIGNATURE_V1,
  type Crypto,
  checkNote,
  checkpointText,
  cosignedMessage,
  ED25519,
  formatNote,
  type Policy,
  parseNote,
  parsePolicy,
  parseVkey,
  signatureLine,
  type Vkey,
  verifySignature,
  vkeyOf,
  writeCosignature,
} from './index.ts';
import { C2SP_EXAMPLE, GO, OURS } from './note.vectors.ts';

const sha256 = (data: Uint8Array) => Uint8Array.from(hash('sha256', data, 'buffer'));
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const crypto: Crypto = {
  sha256,
  ed25519Verify: (publicKey, message, signature) => {
    const key = createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' });
    return verify(null, message, key, signature);
  },
};

/** Who signs: a key from a seed of one repeated byte. */
function signer(name: string, seed: number, type: Vkey['type'] = ED25519) {
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8, new Uint8Array(32).fill(seed)]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = Uint8Array.from(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32));
  const vkey = vkeyOf(name, type, publicKey, sha256);
  return {
    vkey,
    sign: (text: string) => signatureLine(name, vkey.keyId, sign(null, Buffer.from(text), key)),
    cosign: (text: string, time: bigint) =>
      signatureLine(name, vkey.keyId, writeCosignature(time, sign(null, cosignedMessage(time, text), key))),
  };
}

function policyOf(lines: string): Policy {
  const parsed = parsePolicy(lines, sha256);
  return parsed.ok ? parsed.policy : expect.fail(`${parsed.fault} ${parsed.line}`);
}

describe('known signatures', () => {
  test.each([C2SP_EXAMPLE, GO, { ...GO, vkey: GO.otherVkey, line: GO.otherLine }])('$vkey signed', (one) => {
    const key = parseVkey(one.vkey, sha256);
    const note = parseNote(formatNote(one.text, [one.line]));
    if (!key.ok || !note.ok) return expect.fail();
    const [{ signature } = expect.fail()] = note.note.signatures;
    expect(verifySignature(crypto, key.vkey, one.text, signature)).toBe(0n);
    expect(verifySignature(crypto, key.vkey, `${one.text}\n`, signature)).toBeUndefined();
  });

  test('our whole checkpoint is valid, and is made again byte for byte from its seeds', () => {
    const policy = policyOf(`log ${OURS.logVkey}\nwitness w ${OURS.witnessVkey}\nquorum w\n`);
    expect(checkNote(crypto, policy, OURS.note)).toMatchObject({
      ok: true,
      checkpoint: { origin: OURS.origin, size: 8n },
      log: { text: OURS.logVkey },
      cosigners: [{ name: 'witness.example.test/w1', witness: 'w', keyId: 0xb4f59ab9, time: OURS.time }],
    });
    const root8 = Buffer.from('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328', 'hex');
    const ours = checkpointText({ origin: OURS.origin, size: 8n, root: root8 });
    const ourLog = signer(OURS.origin, 1);
    const ourWitness = signer('witness.example.test/w1', 2, COSIGNATURE_V1);
    expect(formatNote(ours, [ourLog.sign(ours), ourWitness.cosign(ours, OURS.time)])).toBe(OURS.note);
    expect([ourLog.vkey.text, ourWitness.vkey.text]).toEqual([OURS.logVkey, OURS.witnessVkey]);
  });

  test('the skey of Go signs the same line', () => {
    const key = createPrivateKey({ key: Buffer.concat([PKCS8, GO.seed]), format: 'der', type: 'pkcs8' });
    const line = signatureLine('PeterNeumann', 0xc74f20a3, sign(null, Buffer.from(GO.text), key));
    expect(line).toBe(GO.line);
  });
});
