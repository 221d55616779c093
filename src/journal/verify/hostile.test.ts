import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Crypto,
  checkNote,
  forkOf,
  parseCheckpoint,
  parseCosignature,
  parseEntriesPath,
  parseNote,
  parsePolicy,
  parseSignatureLine,
  parseTilePath,
  parseTlogProof,
  parseVkey,
  readBundle,
  verifyTlogProof,
} from './index.ts';
import { GO, OURS } from './note.vectors.ts';

const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');
/** Believes every signature: what is refused here is refused for its form. */
const credulous: Crypto = { sha256, ed25519Verify: () => true };
const policyText = `log ${OURS.logVkey}\nwitness w ${OURS.witnessVkey}\ngroup g all w\nquorum g\n`;
const proofText = `c2sp.org/tlog-proof@v1\nindex 5\n${OURS.note.split('\n')[2]}\n\n${OURS.note}`;
const read = parsePolicy(policyText, sha256);
const policy = read.ok ? read.policy : expect.fail(read.fault);

const readers: [name: string, reads: (text: string) => unknown][] = [
  ['parseNote', (text) => [parseNote(text), parseNote(Buffer.from(text))]],
  ['parseSignatureLine', parseSignatureLine],
  ['parseVkey', (text) => parseVkey(text, sha256)],
  ['parseCheckpoint', parseCheckpoint],
  ['parseTilePath', parseTilePath],
  ['parseEntriesPath', parseEntriesPath],
  ['parsePolicy', (text) => parsePolicy(text, sha256)],
  ['parseTlogProof', parseTlogProof],
  ['checkNote', (text) => checkNote(credulous, policy, text)],
  ['forkOf', (text) => forkOf(credulous, policy, text, OURS.note)],
  ['verifyTlogProof', (text) => verifyTlogProof(credulous, policy, text, new Uint8Array(32))],
  ['readBundle', (text) => [readBundle(Buffer.from(text)), parseCosignature(Buffer.from(text))]],
];

/** Texts that are nearly right: a right one with a part cut, doubled, replaced or put elsewhere. */
const nearly = fc
  .record({
    text: fc.constantFrom(OURS.note, policyText, proofText, GO.vkey, GO.line, 'tile/15/x123/x456/789.p/41'),
    from: fc.nat(600),
    length: fc.nat(60),
    to: fc.nat(600),
    instead: fc.oneof(fc.constantFrom('', '\n', '\n\n', '\r\n', ' ', '+', '— ', '=', '\u0000', '\ud800'), fc.string()),
  })
  .map(({ text, from, length, to, instead }) => {
    const rest = `${text.slice(0, from)}${instead}${text.slice(from + length)}`;
    return `${rest.slice(0, to)}${text.slice(from, from + length)}${rest.slice(to)}`;
  });

describe('whatever the text, there is an answer', () => {
  test.each(readers)('%s', (_name, reads) => {
    const anything = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), nearly, nearly);
    fc.assert(
      fc.property(anything, (text) => void reads(text)),
      { numRuns: 500 },
    );
  });

  test('what is read is what would be written: no two texts say the same', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        const note = parseNote(text);
        if (note.ok) {
          const lines = note.note.signatures.map(({ line }) => `${line}\n`).join('');
          expect(`${note.note.text}\n${lines}`).toBe(text);
        }
        const vkey = parseVkey(text, sha256);
        if (vkey.ok) expect(vkey.vkey.text).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  test('long and repeated input is answered in proportion', () => {
    for (const [, reads] of readers) {
      for (const part of ['\n', 'a', ' ', 'A=', '— a AAAAAAAA\n', 'x000/', 'group g all a\n', '\n\n']) {
        void reads(part.repeat(100_000));
        void reads(part.repeat(Math.floor(60_000 / part.length)));
      }
    }
  });
});
