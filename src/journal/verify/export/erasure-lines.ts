import { readDecimal } from '../bytes.ts';
import { clearOf, type ExportedEntry } from './entries.ts';
import { type Intervals, MOST_INTERVALS, parseIntervals } from './intervals.ts';
import { isInstant, LINES, type Line, readLines } from './lines.ts';

/** What is erased, by the word of the file, and the kind of entry that tells it. */
const KINDS: Readonly<Record<string, { told: string; type: string }>> = {
  field: { told: 'une donnée', type: 'erasure.field' },
  person: { told: 'les données d’une personne', type: 'erasure.person' },
  period: { told: 'les entrées d’un mois', type: 'erasure.period' },
  retention: { told: 'des données arrivées à leur terme', type: 'retention.applied' },
};
/** Why, in the words of the auditors' pages. */
const GROUNDS: Readonly<Record<string, string>> = {
  retention: 'la durée de conservation est écoulée',
  request: 'la personne l’a demandé (RGPD, article 17)',
  unlawful: 'cette donnée n’aurait pas dû être écrite (RGPD, article 17)',
  court: 'une décision de justice l’ordonne',
  authority: 'l’autorité de contrôle l’ordonne',
};

/** Whether an entry is of a kind that tells an erasure. */
export const tellsErasure = ({ facts }: ExportedEntry): boolean =>
  Object.values(KINDS).some(({ type }) => type === facts?.type);

/** One line of erasures.jsonl whose form holds; nothing in it is believed yet. */
export type ErasureLine = {
  entry: string;
  what: string;
  ground: string;
  /** Milliseconds since 1970. */
  at: number;
  indices: string;
  /** Of entries whose bytes are gone: of a period; none otherwise. */
  gone: Intervals;
};

/** Undefined when the file is not one of such lines. A place is gone once: periods have no more intervals than an export has entries. */
export function readErasures(bytes: Uint8Array | undefined): ErasureLine[] | undefined {
  const lines = readLines(bytes, LINES.erasures);
  if (!lines) return undefined;
  const read: ErasureLine[] = [];
  let left = MOST_INTERVALS;
  for (const line of lines) {
    const erasure = erasureLine(line, left);
    if (!erasure) return undefined;
    left -= erasure.gone.length;
    read.push(erasure);
  }
  return read;
}

/** Undefined when a member is not one of what we write. */
function erasureLine({ entry = '', what = '', ground = '', at = '', indices = '' }: Line, most: number) {
  const places = parseIntervals(indices, what === 'period' ? most : MOST_INTERVALS);
  const known = Object.hasOwn(KINDS, what) && Object.hasOwn(GROUNDS, ground) && isInstant(at);
  if (!places || !known || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(entry)) return undefined;
  return { entry, what, ground, at: Date.parse(at), indices, gone: what === 'period' ? places : [] };
}

/** `persons`: the key of a person was destroyed, which touches entries that nothing names. */
export function erasureTold({ what, ground, at, indices }: ErasureLine, { persons }: { persons: boolean }): string {
  const places = `${/^[0-9]+$/.test(indices) ? 'entrée' : 'entrées'} ${indices.replaceAll(',', ', ')}`;
  const others = persons ? '\u00a0; peut-être d’autres d’ici, rien ne dit plus lesquelles' : '';
  const where = indices
    ? `, ${places}${others}`
    : '\u00a0; rien ne dit plus quelles entrées, peut-être aucune de celles-ci';
  const when = new Date(at).toISOString().slice(0, 19).replace('T', ' à ');
  return `Effacé le ${when} UTC\u00a0: ${KINDS[what]?.told}${where}. Motif\u00a0: ${GROUNDS[ground]}`;
}

/** What the entry that tells an erasure contradicts of its line, in French; undefined when it bears it out. */
export function contradiction({ what, ground, at }: ErasureLine, teller: ExportedEntry): string | undefined {
  if (teller.facts?.type !== KINDS[what]?.type) return 'l’entrée de ce nom ne dit rien de tel';
  if ((what === 'retention' ? 'retention' : clearOf(teller).ground) !== ground) return 'l’entrée dit un autre motif';
  if (at !== teller.facts?.writtenAt) return 'l’entrée est d’une autre heure';
  return undefined;
}

/** What the entry `erasure.period` tells. `entries`: how many; `first`, `last`: between which places, both included. */
export type Period = { log: string; entries: bigint; first: bigint; last: bigint };

/** Undefined when nothing that it erased had a place, or when it cannot be read. */
export function periodOf(teller: ExportedEntry): Period | undefined {
  const { log, entries, first, last } = clearOf(teller);
  const [count, begin, end] = [entries, first, last].map((value) =>
    typeof value === 'number' ? readDecimal(String(value)) : undefined,
  );
  if (typeof log !== 'string' || count === undefined || begin === undefined || end === undefined) return undefined;
  return { log, entries: count, first: begin, last: end };
}
