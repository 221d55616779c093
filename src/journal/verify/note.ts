import { fromBase64, joined, toBase64, utf8Text } from './bytes.ts';

export type NoteFault =
  | 'note-too-long'
  | 'not-utf-8'
  | 'control-character'
  | 'no-signature'
  | 'bad-signature-line'
  | 'too-many-signatures'
  | 'duplicate-signature';

export type NoteSignature = {
  /** The key's name. */
  name: string;
  /** The key's id: the first four bytes of a hash, as a number from 0 to 2^32 − 1. */
  keyId: number;
  /** What follows the key id. Its form depends on the key's type. */
  signature: Uint8Array;
  /** The line as it stands, without its newline. */
  line: string;
};

/** `text` ends with a newline and is what was signed. */
export type Note = { text: string; signatures: NoteSignature[] };

/** The longest note, in characters, and the most signatures that are read (C2SP signed-note demands at least 16). */
export const LONGEST_NOTE = 100_000;
export const MOST_SIGNATURES = 16;

/** Whether a name can be a key's: not empty, no space of Unicode, no plus, no control character (C2SP signed-note, Format). */
export function isKeyName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return name.isWellFormed() && /^[^\p{White_Space}+\u0000-\u001f]+$/u.test(name);
}

/** A signature line without its newline: `— name base64(key id ‖ signature)`. */
export function signatureLine(name: string, keyId: number, signature: Uint8Array): string {
  const id = new Uint8Array(4);
  new DataView(id.buffer).setUint32(0, keyId);
  return `— ${name} ${toBase64(joined(id, signature))}`;
}

/** Reads one signature line, without its newline; undefined when it is not exactly what `signatureLine` writes. */
export function parseSignatureLine(line: string): NoteSignature | undefined {
  const [dash, name = '', base64 = '', ...more] = line.split(' ');
  if (dash !== '—' || more.length > 0 || !isKeyName(name)) return undefined;
  const bytes = fromBase64(base64);
  if (!bytes || bytes.length < 5) return undefined;
  const keyId = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  return { name, keyId, signature: bytes.subarray(4), line };
}

/** A signed note: the text, which ends with a newline, a blank line, and the signature lines (given without newline). */
export function formatNote(text: string, lines: readonly string[]): string {
  return `${text}\n${lines.map((line) => `${line}\n`).join('')}`;
}

/**
 * Reads a signed note (C2SP signed-note, Format), strictly: one reading or none. Says nothing of the signatures' truth.
 * The text ends at the last blank line; every line after it is a signature, the last newline included.
 */
export function parseNote(note: string | Uint8Array): { ok: true; note: Note } | { ok: false; fault: NoteFault } {
  if (note.length > LONGEST_NOTE) return { ok: false, fault: 'note-too-long' };
  const whole = typeof note === 'string' ? note : utf8Text(note);
  if (!whole?.isWellFormed()) return { ok: false, fault: 'not-utf-8' };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole)) return { ok: false, fault: 'control-character' };
  const blank = whole.lastIndexOf('\n\n');
  const lines = whole.slice(blank + 2).split('\n');
  if (blank < 0 || blank + 2 === whole.length) return { ok: false, fault: 'no-signature' };
  if (lines.pop() !== '') return { ok: false, fault: 'bad-signature-line' };
  if (lines.length > MOST_SIGNATURES) return { ok: false, fault: 'too-many-signatures' };
  if (new Set(lines).size < lines.length) return { ok: false, fault: 'duplicate-signature' };
  const signatures = lines.map(parseSignatureLine);
  if (!signatures.every((one) => one !== undefined)) return { ok: false, fault: 'bad-signature-line' };
  return { ok: true, note: { text: whole.slice(0, blank + 1), signatures } };
}
