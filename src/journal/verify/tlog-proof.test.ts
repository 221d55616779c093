import { createPublicKey, hash, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type Crypto,
  formatTlogProof,
  hashRange,
  inclusionRanges,
  leafHash,
  parsePolicy,
  parseTlogProof,
  type TlogProofFault,
  verifyTlogProof,
} from './index.ts';
import { LEAVES } from './merkle.vectors.ts';
import { OURS } from './note.vectors.ts';

const sha256 = (data: Uint8Array) => Uint8Array.from(hash('sha256', data, 'buffer'));
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const crypto: Crypto = {
  sha256,
  ed25519Verify: (publicKey, message, signature) => {
    const key = createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' });
    return verify(null, message, key, signature);
  },
};

const read = parsePolicy(`log ${OURS.logVkey}\nwitness w ${OURS.witnessVkey}\nquorum w\n`, sha256);
const policy = read.ok ? read.policy : expect.fail(read.fault);
const hashes = LEAVES.map((leaf) => leafHash(sha256, Buffer.from(leaf, 'hex')));
const tile = Uint8Array.from(Buffer.concat(hashes));
const proofOf = (index: bigint) => inclusionRanges(index, 8n).map((range) => hashRange(sha256, range, () => tile));
const leaf = (index: number) => hashes[index] ?? new Uint8Array();
const written = (index: bigint) => formatTlogProof({ index, proof: proofOf(index), checkpoint: OURS.note });

const FIVE = `c2sp.org/tlog-proof@v1
index 5
vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=
yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=
037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=

${OURS.note}`;

describe('a .tlog-proof', () => {
  test('is written as C2SP says, and read back', () => {
    expect(written(5n)).toBe(FIVE);
    expect(parseTlogProof(FIVE)).toEqual({ ok: true, proof: { index: 5n, proof: proofOf(5n), checkpoint: OURS.note } });
    expect(parseTlogProof(Buffer.from(FIVE))).toEqual(parseTlogProof(FIVE));
  });

  test('proves each leaf of the tree, and that leaf only', () => {
    for (const index of LEAVES.keys()) {
      const answer = verifyTlogProof(crypto, policy, written(BigInt(index)), leaf(index));
      expect(answer).toMatchObject({
        ok: true,
        index: BigInt(index),
        checkpoint: { size: 8n },
        cosigners: [{ witness: 'w' }],
      });
      for (const other of LEAVES.keys()) {
        if (other === index) continue;
        const fault = { ok: false, fault: 'not-included' };
        expect(verifyTlogProof(crypto, policy, written(BigInt(index)), leaf(other))).toEqual(fault);
      }
    }
  });

  test('may carry something extra, which proves nothing', () => {
    for (const extra of [new Uint8Array(), Buffer.from('age-v1.2.1-darwin-arm64.tar.gz')]) {
      const text = formatTlogProof({ index: 5n, proof: proofOf(5n), checkpoint: OURS.note, extra });
      const parsed = parseTlogProof(text);
      expect(parsed).toMatchObject({ ok: true, proof: { extra: Uint8Array.from(extra) } });
      expect(verifyTlogProof(crypto, policy, text, leaf(5))).toMatchObject({ ok: true });
      expect(text.split('\n')[1]).toBe(`extra ${Buffer.from(extra).toString('base64')}`);
    }
  });

  test('of a tree of one leaf has no hash', () => {
    const text = formatTlogProof({ index: 0n, proof: [], checkpoint: OURS.note });
    expect(text.startsWith('c2sp.org/tlog-proof@v1\nindex 0\n\njournal.')).toBe(true);
    expect(parseTlogProof(text)).toEqual({ ok: true, proof: { index: 0n, proof: [], checkpoint: OURS.note } });
    expect(verifyTlogProof(crypto, policy, text, leaf(0))).toEqual({ ok: false, fault: 'not-included' });
  });

  test('falls with any of its parts', () => {
    const is = (text: string) => verifyTlogProof(crypto, policy, text, leaf(5));
    expect(is(FIVE.replace('index 5', 'index 4'))).toEqual({ ok: false, fault: 'not-included' });
    expect(is(FIVE.replace('index 5', 'index 13'))).toEqual({ ok: false, fault: 'not-included' });
    expect(is(FIVE.replace('\nvBoG', '\nvBoH'))).toEqual({ ok: false, fault: 'not-included' });
    expect(is(FIVE.replace(/\nvBoG.*/, ''))).toEqual({ ok: false, fault: 'not-included' });
    expect(is(FIVE.replace('\n8\n', '\n9\n'))).toMatchObject({ ok: false, fault: 'bad-signature' });
    expect(is(FIVE.replace(/— witness.*\n/, ''))).toEqual({ ok: false, fault: 'quorum-not-met' });
    expect(is(FIVE.replace(/— journal.*\n/, ''))).toEqual({ ok: false, fault: 'no-log-signature' });
    expect(is(FIVE.slice(0, -1))).toEqual({ ok: false, fault: 'bad-signature-line' });
    expect(verifyTlogProof(crypto, policy, FIVE, new Uint8Array())).toEqual({ ok: false, fault: 'not-included' });
  });

  test('with any byte changed proves nothing', () => {
    const bytes = Buffer.from(FIVE);
    for (const at of bytes.keys()) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      if (verifyTlogProof(crypto, policy, changed, leaf(5)).ok) expect.fail(`byte ${at}`);
    }
  });

  const malformed: [what: string, text: string, fault: TlogProofFault][] = [
    ['nothing', '', 'not-a-tlog-proof'],
    ['another header', FIVE.replace('@v1', '@v2'), 'not-a-tlog-proof'],
    ['a header with more', FIVE.replace('@v1', '@v1 '), 'not-a-tlog-proof'],
    ['CRLF', FIVE.replaceAll('\n', '\r\n'), 'not-a-tlog-proof'],
    ['only a header', 'c2sp.org/tlog-proof@v1\n', 'no-checkpoint'],
    ['no checkpoint', FIVE.slice(0, FIVE.indexOf('\n\n') + 2), 'no-checkpoint'],
    ['no blank line', 'c2sp.org/tlog-proof@v1\nindex 5\nabc\n', 'no-checkpoint'],
    ['a blank line too early', FIVE.replace('@v1\n', '@v1\n\n'), 'bad-index'],
    ['no index', FIVE.replace('index 5\n', ''), 'bad-index'],
    ['an index twice', FIVE.replace('index 5\n', 'index 5\nindex 5\n'), 'bad-proof-line'],
    ['extra after the index', FIVE.replace('index 5\n', 'index 5\nextra AAAA\n'), 'bad-proof-line'],
    ['extra twice', FIVE.replace('index', 'extra AAAA\nextra AAAA\nindex'), 'bad-index'],
    ['extra that is not base64', FIVE.replace('index', 'extra AAA\nindex'), 'bad-extra'],
    ['extra without space', FIVE.replace('index', 'extra\nindex'), 'bad-index'],
    ...['05', '-1', '+5', '5 ', ' 5', '', '0x5', '٥', '9223372036854775808', '9'.repeat(99)].map(
      (index): (typeof malformed)[number] => [
        `index « ${index} »`,
        FIVE.replace('index 5', `index ${index}`),
        'bad-index',
      ],
    ),
    ['a short hash', FIVE.replace('vBoGQ7EuTS18', 'vBoG'), 'bad-proof-line'],
    ['a hash that is not canonical', FIVE.replace('nms=', 'nmt='), 'bad-proof-line'],
    ['a hash with a space', FIVE.replace('nms=', 'nms= '), 'bad-proof-line'],
    ['64 hashes', FIVE.replace(/vBoG.*\n/, (line) => line.repeat(62)), 'proof-too-long'],
    ['too much', `${FIVE}${'x'.repeat(300_000)}`, 'proof-too-long'],
    ['a lone surrogate', `${FIVE}\ud800`, 'not-utf-8'],
  ];
  test.each(malformed)('is none with %s', (_what, text, fault) => {
    expect(parseTlogProof(text)).toEqual({ ok: false, fault });
  });
});
