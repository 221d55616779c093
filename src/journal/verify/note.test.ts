import { describe, expect, test } from 'vitest';
import {
  checkpointText,
  formatNote,
  isKeyName,
  LONGEST_NOTE,
  type NoteFault,
  parseCheckpoint,
  parseCosignature,
  parseNote,
  parseSignatureLine,
  signatureLine,
  toBase64,
  writeCosignature,
} from './index.ts';
import { C2SP_EXAMPLE, GO, OURS } from './note.vectors.ts';

const SPACES = ['\u0085', '\u00a0', '\u1680', '\u2000', '\u2009', '\u2028', '\u2029', '\u202f', '\u205f', '\u3000'];

describe('a signed note', () => {
  test('is its text and its signatures', () => {
    const parsed = parseNote(formatNote(GO.text, [GO.line, GO.otherLine]));
    if (!parsed.ok) return expect.fail(parsed.fault);
    expect(parsed.note.text).toBe(GO.text);
    expect(parsed.note.signatures).toMatchObject([
      { name: 'PeterNeumann', keyId: 0xc74f20a3, line: GO.line },
      { name: 'EnochRoot', keyId: 0xaf0cfe78, line: GO.otherLine },
    ]);
    expect(parsed.note.signatures.map(({ signature }) => signature.length)).toEqual([64, 64]);
    expect(
      formatNote(
        GO.text,
        parsed.note.signatures.map(({ line }) => line),
      ),
    ).toBe(`${GO.text}\n${GO.line}\n${GO.otherLine}\n`);
  });

  test('reads the same from bytes', () => {
    expect(parseNote(Buffer.from(OURS.note))).toEqual(parseNote(OURS.note));
  });

  test('may have blank lines in its text: the last one ends it', () => {
    const text = 'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n';
    const parsed = parseNote(formatNote(text, [C2SP_EXAMPLE.line]));
    expect(parsed).toMatchObject({ ok: true, note: { text } });
  });

  test('may have signatures nobody knows, of any length from one byte on', () => {
    const grease = [
      signatureLine('grease.example/x', 0, Uint8Array.of(1)),
      signatureLine('ğ', 1, new Uint8Array(2420)),
    ];
    expect(parseNote(formatNote(GO.text, [...grease, GO.line]))).toMatchObject({
      ok: true,
      note: {
        signatures: [{ keyId: 0, signature: Uint8Array.of(1) }, { name: 'ğ', keyId: 1 }, { name: 'PeterNeumann' }],
      },
    });
  });

  test('may have sixteen signatures, not seventeen', () => {
    const lines = Array.from({ length: 17 }, (_, index) => signatureLine(`key-${index}`, index, new Uint8Array(64)));
    expect(parseNote(formatNote(GO.text, lines.slice(1)))).toMatchObject({ ok: true });
    expect(parseNote(formatNote(GO.text, lines))).toEqual({ ok: false, fault: 'too-many-signatures' });
  });

  const good = `${GO.text}\n${GO.line}\n`;
  const [, base64 = ''] = /PeterNeumann (.*)$/.exec(GO.line) ?? [];
  const withLine = (line: string) => `${GO.text}\n${line}\n`;
  const malformed: [what: string, note: string, fault: NoteFault][] = [
    ['nothing', '', 'no-signature'],
    ['no blank line', `${GO.text}${GO.line}\n`, 'no-signature'],
    ['no signature', GO.text, 'no-signature'],
    ['no signature after the blank line', `${GO.text}\n`, 'no-signature'],
    ['two blank lines at the end', `${GO.text}\n\n`, 'no-signature'],
    ['a blank line after the signatures', `${good}\n`, 'no-signature'],
    ['no last newline', good.slice(0, -1), 'bad-signature-line'],
    ['a line after the signatures', `${good}Unexpected line.\n`, 'bad-signature-line'],
    ['bytes after the signatures', `${good}x`, 'bad-signature-line'],
    ['a paragraph after the signatures', `${good}\nmore\n`, 'bad-signature-line'],
    ['CRLF', good.replaceAll('\n', '\r\n'), 'control-character'],
    ['CRLF in the signatures only', `${GO.text}\n${GO.line}\r\n`, 'control-character'],
    ['a zero', `\u0000${good}`, 'control-character'],
    ['a control character', `\u0001${good}`, 'control-character'],
    ['a tab in the text', `a\tb\n${good}`, 'control-character'],
    ['a tab for a space', withLine(GO.line.replace(' Peter', '\tPeter')), 'control-character'],
    ['a lone surrogate', `\ud800${good}`, 'not-utf-8'],
    ['the same signature twice', `${good}${GO.line}\n`, 'duplicate-signature'],
    ['a hyphen for the dash', withLine(GO.line.replace('—', '-')), 'bad-signature-line'],
    ['an en dash', withLine(GO.line.replace('—', '–')), 'bad-signature-line'],
    ['no space after the dash', withLine(GO.line.replace('— ', '—')), 'bad-signature-line'],
    ['two spaces', withLine(GO.line.replace('— ', '—  ')), 'bad-signature-line'],
    ['a space at the end', withLine(`${GO.line} `), 'bad-signature-line'],
    ['a space before', withLine(` ${GO.line}`), 'bad-signature-line'],
    ['a space in the name', withLine(`— Peter Neumann ${base64}`), 'bad-signature-line'],
    ['no name', withLine(`—  ${base64}`), 'bad-signature-line'],
    ['a plus in the name', withLine(`— Peter+Neumann ${base64}`), 'bad-signature-line'],
    ['no base64', withLine('— PeterNeumann '), 'bad-signature-line'],
    ['no signature bytes after the id', withLine('— PeterNeumann x08gow=='), 'bad-signature-line'],
    ['base64 of three bytes', withLine('— PeterNeumann x08g'), 'bad-signature-line'],
    ['base64 without padding', withLine(GO.line.slice(0, -1)), 'bad-signature-line'],
    ['base64 with too much padding', withLine(`${GO.line}=`), 'bad-signature-line'],
    ['base64 with bits after the end', withLine(GO.line.replace(/M=$/, 'N=')), 'bad-signature-line'],
    ['base64url', withLine(GO.line.replaceAll('/', '_')), 'bad-signature-line'],
    ['base64 with a space', withLine(`${GO.line.slice(0, 60)} ${GO.line.slice(60)}`), 'bad-signature-line'],
    ['too long', `${'x'.repeat(LONGEST_NOTE)}\n${good}`, 'note-too-long'],
    ...SPACES.map((space): [string, string, NoteFault] => [
      `U+${space.charCodeAt(0).toString(16).padStart(4, '0')} in the name`,
      withLine(`— Peter${space}Neumann ${base64}`),
      'bad-signature-line',
    ]),
  ];
  test.each(malformed)('is none with %s', (_what, note, fault) => {
    expect(parseNote(note)).toEqual({ ok: false, fault });
  });

  test('is none when its bytes are not UTF-8, or begin with a mark that is not in what was signed', () => {
    const bytes = Buffer.from(good);
    expect(parseNote(Buffer.concat([Uint8Array.of(0xff), bytes]))).toEqual({ ok: false, fault: 'not-utf-8' });
    expect(parseNote(Buffer.concat([Uint8Array.of(0xc0, 0x80), bytes]))).toEqual({ ok: false, fault: 'not-utf-8' });
    const marked = parseNote(Buffer.concat([Uint8Array.of(0xef, 0xbb, 0xbf), bytes]));
    expect(marked).toMatchObject({ ok: true, note: { text: `\ufeff${GO.text}` } });
  });

  test('key names', () => {
    for (const name of ['example.com/foo', 'journal.example.test/2026', 'ğ', 'a=b', '—'])
      expect(isKeyName(name)).toBe(true);
    for (const name of ['', 'a b', 'a+b', 'a\nb', 'a\u0000b', '\ud800', ...SPACES]) expect(isKeyName(name)).toBe(false);
  });

  test('a signature line stands for itself', () => {
    expect(parseSignatureLine(GO.line)).toMatchObject({ name: 'PeterNeumann', keyId: 0xc74f20a3 });
    expect(parseSignatureLine(`${GO.line}\n`)).toBeUndefined();
    const line = signatureLine('a', 0xffffffff, Uint8Array.of(7));
    expect(line).toBe(`— a ${toBase64(Uint8Array.of(255, 255, 255, 255, 7))}`);
    expect(parseSignatureLine(line)).toEqual({ name: 'a', keyId: 0xffffffff, signature: Uint8Array.of(7), line });
  });
});

describe('the text of a checkpoint', () => {
  const root = new Uint8Array(32).fill(7);
  const text = checkpointText({ origin: OURS.origin, size: 8n, root });
  const [, , rootLine = ''] = text.split('\n');

  test('is origin, size and root', () => {
    const checkpoint = { origin: OURS.origin, size: 8n, root, extensions: [] };
    expect(parseCheckpoint(text)).toEqual({ ok: true, checkpoint });
    expect(parseCheckpoint(`${text}one\ntwo\n`)).toMatchObject({
      ok: true,
      checkpoint: { extensions: ['one', 'two'] },
    });
    expect(parseCheckpoint(text.replace('8', '0'))).toMatchObject({ ok: true, checkpoint: { size: 0n } });
    const largest = text.replace('\n8\n', '\n9223372036854775807\n');
    expect(parseCheckpoint(largest)).toMatchObject({ ok: true, checkpoint: { size: 2n ** 63n - 1n } });
  });

  const bad = { origin: 'bad-origin', size: 'bad-size', root: 'bad-root', extension: 'bad-extension' } as const;
  test.each([
    ['', bad.origin],
    ['\n8\n', bad.origin],
    ...['', '08', '-1', '+8', '8.0', '1e3', '0x8', ' 8', '8 ', '٨', '9223372036854775808', '9'.repeat(400)].map(
      (size) => [`o\n${size}\n${rootLine}\n`, bad.size] as const,
    ),
    ['o\n8\n', bad.root],
    ['o\n8\nAAAA\n', bad.root],
    [`o\n8\n${rootLine.slice(0, -1)}\n`, bad.root],
    [`o\n8\n${toBase64(new Uint8Array(33))}\n`, bad.root],
    [`o\n8\n${rootLine}`, bad.extension],
    [`o\n8\n${rootLine}\n\n`, bad.extension],
    [`o\n8\n${rootLine}\n\nextension\n`, bad.extension],
    [`o\n8\n${rootLine}\nextension`, bad.extension],
  ] as const)('%j is a fault: %s', (noteText, fault) => {
    expect(parseCheckpoint(noteText)).toEqual({ ok: false, fault });
  });
});

describe('the bytes of a cosignature', () => {
  test('are a time and a signature', () => {
    const signature = new Uint8Array(64).fill(3);
    const bytes = writeCosignature(OURS.time, signature);
    expect([...bytes.subarray(0, 8)]).toEqual([0, 0, 0, 0, 0x69, 0x55, 0xb9, 0]);
    expect(parseCosignature(bytes)).toEqual({ time: OURS.time, signature });
    expect(parseCosignature(writeCosignature(2n ** 63n - 1n, signature))?.time).toBe(2n ** 63n - 1n);
    expect(parseCosignature(writeCosignature(2n ** 63n, signature))).toBeUndefined();
    for (const length of [0, 8, 64, 71]) expect(parseCosignature(bytes.subarray(0, length))).toBeUndefined();
    expect(parseCosignature(new Uint8Array(73))).toBeUndefined();
  });
});
