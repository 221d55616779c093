import { utf8Text } from '../bytes.ts';
import { jsonObject } from './jws.ts';

/** One line of a `.jsonl` file: an object whose members are texts. */
export type Line = { readonly [name: string]: string };

/** Beyond, a file of short lines would fill the memory of whoever verifies. */
export const MOST_LINES = 1_500_000;

/** In characters. The longest of ours is an erasure of every second entry: 250 000 places, of twenty signs at most. */
const LONGEST_LINE = 8_000_000;

/**
 * The lines of a JSON Lines file whose objects have exactly these members, all texts, written as JSON.stringify writes them;
 * undefined when the file is not that. An absent file reads as undefined too.
 */
export function readLines(bytes: Uint8Array | undefined, names: readonly string[]): Line[] | undefined {
  const text = bytes && utf8Text(bytes);
  if (text === undefined) return undefined;
  const lines: Line[] = [];
  // one after the other: split at once, a long file of line feeds is more than an array holds, and ends the program
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    if (end < 0 || end - at > LONGEST_LINE || lines.length === MOST_LINES) return undefined;
    const read = readLine(text.slice(at, end), names);
    if (!read) return undefined;
    lines.push(read);
    at = end + 1;
  }
  return lines;
}

function readLine(line: string, names: readonly string[]): Line | undefined {
  const read = jsonObject(line);
  const members = names.map((name) => [name, read?.[name]]);
  if (members.some(([, value]) => typeof value !== 'string')) return undefined;
  return JSON.stringify(Object.fromEntries(members)) === line ? (read as Line) : undefined;
}

/** An instant as `toISOString` writes it. */
export const isInstant = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text));

/** Writes lines that `readLines` reads, members in the order of the names. */
export function formatLines(lines: Iterable<Line>, names: readonly string[]): string {
  let text = '';
  for (const line of lines) text += `${JSON.stringify(Object.fromEntries(names.map((name) => [name, line[name]])))}\n`;
  return text;
}

/**
 * Members of each `.jsonl` file, in the order in which they are written: only what a signature, a leaf or a token bears out. When
 * the database took an entry or a key is told by nothing else, and is not exported.
 */
export const LINES = {
  about: ['number', 'index', 'idpId', 'acr'],
  disclosures: ['index', 'disclosure'],
  erasures: ['entry', 'what', 'ground', 'at', 'indices'],
  nodeKeys: ['node', 'ed25519', 'revokedAt'],
  nodeSignatures: ['index', 'node', 'signature'],
} as const;
