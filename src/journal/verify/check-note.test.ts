import { describe, expect, test } from 'vitest';
import { crypto, noteSigner, sha256 } from '#support/note-signer.ts';
import {
  COSIGNATURE_V1,
  type Crypto,
  checkNote,
  checkpointText,
  ED25519,
  forkOf,
  formatNote,
  keyIdOf,
  type Policy,
  parsePolicy,
  signatureLine,
  type Vkey,
} from './index.ts';

const ACTES = 'journal.example.test/actes';
const log = noteSigner(ACTES, 1);
const nextLog = noteSigner(ACTES, 2);
const acces = noteSigner('journal.example.test/acces', 3);
const w1 = noteSigner('witness.example.test/w1', 4, COSIGNATURE_V1);
const w2 = noteSigner('witness.example.test/w2', 5, COSIGNATURE_V1);
const w3 = noteSigner('witness.example.test/w3', 6, COSIGNATURE_V1);
const root = (seed: string) => sha256(Buffer.from(seed));
const text = checkpointText({ origin: ACTES, size: 8n, root: root('a') });

function policyOf(lines: string): Policy {
  const parsed = parsePolicy(lines, sha256);
  return parsed.ok ? parsed.policy : expect.fail(`${parsed.fault} ${parsed.line}`);
}
const WITNESSES = `witness one ${w1.vkey.text}\nwitness two ${w2.vkey.text}\nwitness three ${w3.vkey.text}\n`;
const twoOfThree = policyOf(`log ${log.vkey.text}\n${WITNESSES}group g 2 one two three\nquorum g\n`);
const logsOnly = policyOf(`log ${log.vkey.text}\nlog ${acces.vkey.text}\nquorum none\n`);

/** The same line with one bit of its signature turned. */
function lie(line: string, at = -1): string {
  const [, name = '', base64 = ''] = line.split(' ');
  const bytes = Buffer.from(base64, 'base64');
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  return `— ${name} ${bytes.toString('base64')}`;
}

describe('a checkpoint under a policy of two witnesses of three', () => {
  const check = (...lines: string[]) => checkNote(crypto, twoOfThree, formatNote(text, lines));

  test('is valid with the log and two of them, in any order', () => {
    const lines = [log.sign(text), w1.cosign(text, 100n), w3.cosign(text, 200n)];
    const cosigners = [
      { name: 'witness.example.test/w1', witness: 'one', keyId: w1.vkey.keyId, time: 100n },
      { name: 'witness.example.test/w3', witness: 'three', keyId: w3.vkey.keyId, time: 200n },
    ];
    const found = { ok: true, checkpoint: { origin: ACTES, size: 8n }, noteText: text, log: log.vkey, cosigners };
    expect(check(...lines)).toMatchObject(found);
    expect(check(...lines.reverse())).toMatchObject(found);
    expect(checkNote(crypto, twoOfThree, Buffer.from(formatNote(text, lines)))).toMatchObject(found);
  });

  test('is not with fewer; one witness counts once, whatever it signs', () => {
    const fault = { ok: false, fault: 'quorum-not-met' };
    expect(check(log.sign(text))).toEqual(fault);
    expect(check(log.sign(text), w1.cosign(text, 100n))).toEqual(fault);
    expect(check(log.sign(text), w1.cosign(text, 100n), w1.cosign(text, 101n))).toEqual(fault);
  });

  test('of two times of one witness, the earlier is told', () => {
    const answer = check(log.sign(text), w1.cosign(text, 300n), w1.cosign(text, 100n), w2.cosign(text, 200n));
    expect(answer).toMatchObject({ ok: true, cosigners: [{ time: 100n }, { time: 200n }] });
  });

  test('is not without the log', () => {
    const cosigned = [w1.cosign(text, 1n), w2.cosign(text, 1n)];
    expect(check(...cosigned)).toEqual({ ok: false, fault: 'no-log-signature' });
    expect(check(nextLog.sign(text), ...cosigned)).toEqual({ ok: false, fault: 'no-log-signature' });
  });

  test('signatures of unknown keys are passed over, those that share a name or an id as well', () => {
    const sameName = noteSigner(ACTES, 77);
    const sameId = signatureLine('someone.example', log.vkey.keyId, new Uint8Array(64));
    const grease = signatureLine('grease.example', 7, new Uint8Array(3));
    const strangers = [
      sameName.sign(text),
      sameId,
      grease,
      noteSigner('w9.example', 9, COSIGNATURE_V1).cosign(text, 1n),
    ];
    const lines = [log.sign(text), w1.cosign(text, 1n), w2.cosign(text, 1n)];
    expect(check(...strangers, ...lines)).toMatchObject({ ok: true, log: log.vkey });
    expect(check(...strangers.map((line) => lie(line)), ...lines)).toMatchObject({ ok: true });
  });

  test('one false signature of a known key rejects the note, even when enough are true', () => {
    const lines = [log.sign(text), w1.cosign(text, 1n), w2.cosign(text, 1n), w3.cosign(text, 1n)];
    const names = [ACTES, 'witness.example.test/w1', 'witness.example.test/w2', 'witness.example.test/w3'];
    expect(check(...lines)).toMatchObject({ ok: true });
    for (const [at, key] of names.entries()) {
      const fault = { ok: false, fault: 'bad-signature', key };
      for (const byte of [4, 11, 12, -1]) {
        expect(check(...lines.map((line, index) => (index === at ? lie(line, byte) : line)))).toEqual(fault);
      }
      expect(check(...lines, lie(lines[at] ?? ''))).toEqual(fault);
      const { keyId } = [log, w1, w2, w3][at]?.vkey ?? expect.fail();
      const short = signatureLine(key, keyId, new Uint8Array(9));
      expect(check(...lines.map((line, index) => (index === at ? short : line)))).toEqual(fault);
    }
  });

  test('a witness must sign what a witness signs, at the time it says; a log what a log signs', () => {
    const plain = (one: typeof w1) => one.sign(text);
    expect(check(log.sign(text), plain(w1), w2.cosign(text, 1n))).toMatchObject({ fault: 'bad-signature' });
    expect(check(log.cosign(text, 1n), w1.cosign(text, 1n), w2.cosign(text, 1n))).toMatchObject({
      fault: 'bad-signature',
    });
    const other = checkpointText({ origin: ACTES, size: 9n, root: root('a') });
    expect(check(log.sign(text), w1.cosign(other, 1n), w2.cosign(text, 1n))).toMatchObject({ fault: 'bad-signature' });
    expect(check(log.sign(other), w1.cosign(text, 1n), w2.cosign(text, 1n))).toMatchObject({ fault: 'bad-signature' });
  });

  test('a cosignature covers the extension lines', () => {
    const extended = `${text}extension\n`;
    const lines = [log.sign(extended), w1.cosign(extended, 1n), w2.cosign(extended, 1n)];
    expect(checkNote(crypto, twoOfThree, formatNote(extended, lines))).toMatchObject({
      ok: true,
      checkpoint: { extensions: ['extension'] },
    });
    const without = formatNote(extended, [log.sign(extended), w1.cosign(text, 1n), w2.cosign(extended, 1n)]);
    expect(checkNote(crypto, twoOfThree, without)).toMatchObject({ fault: 'bad-signature' });
  });

  test('a note or a checkpoint that is none has its own fault', () => {
    expect(checkNote(crypto, twoOfThree, text)).toEqual({ ok: false, fault: 'no-signature' });
    expect(checkNote(crypto, twoOfThree, formatNote('hello\n', [log.sign('hello\n')]))).toEqual({
      ok: false,
      fault: 'bad-size',
    });
  });

  test('cryptography that throws is a signature that is false', () => {
    const failing: Crypto = {
      sha256,
      ed25519Verify: () => {
        throw new Error('no such curve');
      },
    };
    const note = formatNote(text, [log.sign(text)]);
    expect(checkNote(failing, logsOnly, note)).toEqual({ ok: false, fault: 'bad-signature', key: ACTES });
  });
});

describe('which log', () => {
  test('the key must bear the name of the origin', () => {
    expect(checkNote(crypto, logsOnly, formatNote(text, [acces.sign(text)]))).toEqual({
      ok: false,
      fault: 'no-log-signature',
    });
    const ofAcces = checkpointText({ origin: acces.vkey.name, size: 8n, root: root('a') });
    expect(checkNote(crypto, logsOnly, formatNote(ofAcces, [acces.sign(ofAcces)]))).toMatchObject({
      ok: true,
      checkpoint: { origin: acces.vkey.name },
      log: acces.vkey,
    });
  });

  test('during a rotation both keys are known: either is enough, and a stale policy knows only the old one', () => {
    const rotating = policyOf(`log ${log.vkey.text}\nlog ${nextLog.vkey.text}\nquorum none\n`);
    const [before, during, after] = [[log], [log, nextLog], [nextLog]].map((keys) =>
      formatNote(
        text,
        keys.map((key) => key.sign(text)),
      ),
    ) as [string, string, string];
    expect(checkNote(crypto, rotating, before)).toMatchObject({ ok: true, log: log.vkey });
    expect(checkNote(crypto, rotating, during)).toMatchObject({ ok: true, log: log.vkey });
    expect(checkNote(crypto, rotating, after)).toMatchObject({ ok: true, log: nextLog.vkey });
    expect(checkNote(crypto, logsOnly, during)).toMatchObject({ ok: true, log: log.vkey });
    expect(checkNote(crypto, logsOnly, after)).toEqual({ ok: false, fault: 'no-log-signature' });
  });

  test('a policy that knows no log believes none', () => {
    const nobody = policyOf('quorum none\n');
    expect(checkNote(crypto, nobody, formatNote(text, [log.sign(text)]))).toEqual({
      ok: false,
      fault: 'no-log-signature',
    });
  });

  test('two keys with one name and one id reject each other', () => {
    const twin: Vkey = { ...nextLog.vkey, keyId: keyIdOf(ACTES, ED25519, log.vkey.publicKey, sha256) };
    const policy: Policy = { ...logsOnly, logs: [log.vkey, twin] };
    expect(checkNote(crypto, policy, formatNote(text, [log.sign(text)]))).toMatchObject({ fault: 'bad-signature' });
  });
});

describe('two histories', () => {
  const rooted = (seed: string, size = 8n, origin = ACTES) => checkpointText({ origin, size, root: root(seed) });
  const note = (body: string, ...by: (typeof log)[]) =>
    formatNote(
      body,
      by.map((one) => one.sign(body)),
    );
  const fork = (one: string, other: string) => forkOf(crypto, twoOfThree, one, other);

  test('are proven by two signed roots of one size, without a witness', () => {
    expect(fork(note(rooted('a'), log), note(rooted('b'), log))).toEqual({
      ok: true,
      fork: { origin: ACTES, size: 8n, roots: [root('a'), root('b')], cosignedBoth: [] },
    });
  });

  test('by whichever of its keys the log signed', () => {
    const rotating = policyOf(`log ${log.vkey.text}\nlog ${nextLog.vkey.text}\nquorum none\n`);
    const answer = forkOf(crypto, rotating, note(rooted('a'), log), note(rooted('b'), nextLog));
    expect(answer).toMatchObject({ ok: true, fork: { size: 8n } });
  });

  test('name the witnesses that cosigned both', () => {
    const cosigned = (body: string, ...by: (typeof w1)[]) =>
      formatNote(body, [log.sign(body), ...by.map((witness) => witness.cosign(body, 1n))]);
    const answer = fork(cosigned(rooted('a'), w1, w2), cosigned(rooted('b'), w2, w3));
    expect(answer).toMatchObject({ ok: true, fork: { cosignedBoth: ['witness.example.test/w2'] } });
  });

  test('are not proven by the same root, another size or another log', () => {
    const none = { ok: true, fork: undefined };
    expect(fork(note(rooted('a'), log), note(rooted('a'), log))).toEqual(none);
    expect(fork(note(rooted('a'), log), note(rooted('b', 9n), log))).toEqual(none);
    const other = note(rooted('b', 8n, acces.vkey.name), acces);
    expect(forkOf(crypto, logsOnly, note(rooted('a'), log), other)).toEqual(none);
  });

  test('nor by a note that the log did not sign, or with a false signature', () => {
    const good = note(rooted('a'), log);
    const foreign = note(rooted('b'), nextLog);
    expect(fork(good, foreign)).toEqual({ ok: false, fault: 'no-log-signature', note: 'other' });
    expect(fork(foreign, good)).toEqual({ ok: false, fault: 'no-log-signature', note: 'one' });
    const forged = formatNote(rooted('b'), [lie(log.sign(rooted('b')))]);
    expect(fork(good, forged)).toEqual({ ok: false, fault: 'bad-signature', note: 'other' });
    expect(fork(good, 'hello')).toEqual({ ok: false, fault: 'no-signature', note: 'other' });
  });
});
