import { toBase64, utf8, utf8Text } from '../bytes.ts';
import type { Sha256 } from '../hashes.ts';
import { FILES } from './layout.ts';
import { type Check, fail, pass } from './report.ts';
import { MOST_FILES } from './zip-format.ts';

/** The files of an export by their paths. */
export type Files = ReadonlyMap<string, Uint8Array>;

const H1 = '# h1:';

/** Names in the order of their bytes: ASCII alone is used. */
export const byName = (one: string, other: string) => (one < other ? -1 : Number(one > other));

/**
 * The text of SHA256SUMS: a line per file that `sha256sum -c` reads, by name, then as a comment the summary that Go's
 * dirhash (Hash1) gives for these files: base64 of the SHA-256 of those lines.
 */
export function formatSums(sha256: Sha256, digests: ReadonlyMap<string, Uint8Array>): string {
  const names = [...digests.keys()].filter((name) => name !== FILES.sums).sort(byName);
  const lines = names.map((name) => `${toHex(digests.get(name) ?? new Uint8Array())}  ${name}\n`).join('');
  return `${lines}${H1}${toBase64(sha256(utf8(lines)))}\n`;
}

/** The summary `h1:…` that stands in a text of SHA256SUMS; undefined when there is none. */
export function h1Of(sums: string): string | undefined {
  return /\n# (h1:[A-Za-z0-9+/]{43}=)\n$/.exec(sums)?.[1];
}

/** In bytes: a hash and a path (120 signs at most) for each file, and the summary. */
const LONGEST_SUMS = (MOST_FILES + 1) * 192;

/** SHA256SUMS names each file, no other, and their hashes are these. */
export function checkSums(sha256: Sha256, files: Files): Check {
  const bytes = files.get(FILES.sums);
  const text = bytes && bytes.length <= LONGEST_SUMS ? utf8Text(bytes) : undefined;
  if (text === undefined) return fail('sums', 'SHA256SUMS manque ou ne se lit pas.');
  const digests = new Map([...files].map(([name, content]) => [name, sha256(content)]));
  if (formatSums(sha256, digests) === text) {
    return pass(
      'sums',
      `Les ${files.size - 1} fichiers ont l’empreinte que donne SHA256SUMS (${h1Of(text)}). Qui change l’export peut la refaire\u00a0: les autres` +
        ' contrôles n’y comptent pas.',
    );
  }
  const listed = new Map<string, string>();
  for (const [, hash = '', name = ''] of text.matchAll(/^([0-9a-f]{64}) {2}(.{1,120})$/gm)) listed.set(name, hash);
  const wrong = [...digests]
    .filter(([name]) => name !== FILES.sums)
    .flatMap(([name, hash]) => {
      if (!listed.has(name)) return [`${name}\u00a0: n’est pas dans la liste.`];
      return listed.get(name) === toHex(hash) ? [] : [`${name}\u00a0: autre empreinte.`];
    });
  const missing = [...listed.keys()].filter((name) => !files.has(name)).map((name) => `${name}\u00a0: manque.`);
  const details = [...wrong, ...missing];
  return fail(
    'sums',
    'Les fichiers ne sont pas ceux de SHA256SUMS.',
    details.length ? details : ['La liste elle-même.'],
  );
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
