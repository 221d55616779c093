import { describe, expect, test } from 'vitest';
import { crypto, noteSigner, sha256 } from '#support/note-signer.ts';
import {
  COSIGNATURE_V1,
  checkNote,
  checkpointText,
  formatNote,
  type Policy,
  parseNote,
  parsePolicy,
  parseVkey,
  verifySignature,
} from './index.ts';
import { C2SP_EXAMPLE, GO, OURS } from './note.vectors.ts';

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
    const ourLog = noteSigner(OURS.origin, 1);
    const ourWitness = noteSigner('witness.example.test/w1', 2, COSIGNATURE_V1);
    expect(formatNote(ours, [ourLog.sign(ours), ourWitness.cosign(ours, OURS.time)])).toBe(OURS.note);
    expect([ourLog.vkey.text, ourWitness.vkey.text]).toEqual([OURS.logVkey, OURS.witnessVkey]);
  });

  test('the skey of Go signs the same line', () => {
    expect(noteSigner('PeterNeumann', GO.seed).sign(GO.text)).toBe(GO.line);
  });
});
