import { toBase64url } from '../base64url.ts';
import { readDecimal } from '../bytes.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { clearOf, type ExportedEntry } from './entries.ts';
import type { Subject } from './subject.ts';

/** What an entry tells of a log that was closed: its last cosigned checkpoint, and how many places the next one kept. */
export type Told = {
  /** The place of the entry. */
  at: bigint;
  closed: string;
  size: bigint;
  root: string;
  seen: bigint;
  origin: string;
  kept: bigint;
  /** As it was written: a later program may know more reasons than this one. */
  reason: string;
};

/** Which kind of entry tells it, in each log. */
export const SUCCEEDED = { actes: 'journal.succeeded', acces: 'journal.succeeded-acces' } as const;
const KINDS: ReadonlySet<string> = new Set(Object.values(SUCCEEDED));

/** Why a log could not go on under its name, a closed list; and in French, after « est clos ». */
export const SUCCESSION_REASONS = ['tree-lost', 'key-lost', 'two-histories'] as const;
export type SuccessionReason = (typeof SUCCESSION_REASONS)[number];
export const SUCCESSION_WORDS: Readonly<Record<SuccessionReason, string>> = {
  'tree-lost': 'une partie de son arbre est perdue partout',
  'key-lost': 'la clé qui le signait est perdue',
  'two-histories': 'il a montré deux histoires',
};

/**
 * How the log of an earlier checkpoint became the one of this export, by entries of it, each of which its own check proves:
 * `first` tells that it was closed, `kept` is how many places are still those that it had. Undefined when no entry tells it.
 */
export function successionFrom(
  { entries }: Pick<Subject, 'entries'>,
  from: string,
  to: string,
): { first: Told; kept: bigint } | undefined {
  const tellers = entries.list
    .filter(({ facts }) => facts && KINDS.has(facts.type))
    .flatMap((entry) => told(entry) ?? []);
  const first = tellers.find(({ closed }) => closed === from);
  let [last, kept] = [first, first?.kept ?? 0n];
  for (let steps = 0; last && last.origin !== to && steps < tellers.length; steps += 1) {
    const { origin } = last;
    last = tellers.find(({ closed }) => closed === origin);
    if (last && last.kept < kept) ({ kept } = last);
  }
  return first && last?.origin === to ? { first, kept } : undefined;
}

function told(entry: ExportedEntry): Told | undefined {
  const { closed, origin, root, reason, ...numbers } = clearOf(entry);
  const [size, seen, kept] = [numbers.size, numbers.seen, numbers.kept].map((value) =>
    typeof value === 'number' ? readDecimal(String(value)) : undefined,
  );
  if (typeof closed !== 'string' || typeof origin !== 'string' || typeof root !== 'string') return undefined;
  if (size === undefined || seen === undefined || kept === undefined || typeof reason !== 'string') return undefined;
  return { at: entry.index, closed, origin, root, size, seen, kept, reason };
}

/** What an earlier checkpoint of the closed log says against the entry that tells where it ended; undefined when nothing does. */
export function faultOfEnd({ size, seen, root }: Told, old: Checkpoint): string | undefined {
  if (old.size === size && toBase64url(old.root) !== root) return 'l’entrée qui le dit clos lui donne une autre racine';
  if (old.size > seen && old.size > size)
    return `l’entrée qui le dit clos n’en connaît que ${seen > size ? seen : size} entrées, et il en avait signé ${old.size}`;
  return undefined;
}

/** What happened, said loudly: a closed log is never passed over in silence. */
export function successionInWords({ at, closed, size, origin, reason }: Told): string {
  const known = SUCCESSION_REASONS.find((one) => one === reason);
  const why = known ? SUCCESSION_WORDS[known] : 'pour une raison que ce programme ne connaît pas';
  return `JOURNAL CLOS ET CONTINUÉ. ${closed} a été clos à ${size} entrées (${why})\u00a0; l’entrée ${at} le dit, première sous le nom ${origin}.`;
}
