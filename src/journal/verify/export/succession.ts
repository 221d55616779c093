import { toBase64url } from '../base64url.ts';
import { readDecimal } from '../bytes.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { parseOrigin } from '../origin.ts';
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
 * `first` tells that it was closed, `kept` is how many places are still those that it had. Undefined when no entry tells it, or
 * when one stands where no succession puts it.
 */
export function successionFrom(
  { entries }: Pick<Subject, 'entries'>,
  from: string,
  to: string,
): { first: Told; kept: bigint } | undefined {
  const tellers = new Map<string, Told>();
  for (const entry of entries.list) {
    const one = told(entry);
    if (one && !tellers.has(one.closed)) tellers.set(one.closed, one);
  }
  const chain: Told[] = [];
  for (let origin = from; origin !== to && chain.length <= tellers.size; ) {
    const next = tellers.get(origin);
    if (!next) return undefined;
    chain.push(next);
    ({ origin } = next);
  }
  const [first] = chain;
  if (!first || !chain.every((one, n) => isInPlace(one, chain.slice(n + 1)))) return undefined;
  let { kept } = first;
  for (const one of chain) if (one.kept < kept) ({ kept } = one);
  return { first, kept };
}

/** It is the first entry after the places that were kept; unless a later succession kept less: then it comes after that one's. */
function isInPlace({ at, kept }: Told, later: readonly Told[]): boolean {
  const before = later.filter((one) => one.kept <= kept);
  return before.length > 0 ? before.every((one) => at > one.kept) : at === kept;
}

function told(entry: ExportedEntry): Told | undefined {
  if (!Object.values<string | undefined>(SUCCEEDED).includes(entry.facts?.type)) return undefined;
  const { closed, origin, root, reason, ...numbers } = clearOf(entry);
  const [size, seen, kept] = [numbers.size, numbers.seen, numbers.kept].map((value) =>
    typeof value === 'number' ? readDecimal(String(value)) : undefined,
  );
  if (typeof closed !== 'string' || typeof origin !== 'string' || typeof root !== 'string') return undefined;
  if (size === undefined || seen === undefined || kept === undefined || typeof reason !== 'string') return undefined;
  if (!follows(closed, origin, entry.facts?.type)) return undefined;
  return { at: entry.index, closed, origin, root, size, seen, kept, reason };
}

/** Whether an entry of this kind may say so: the same service, the log that the kind is of, the next number. */
function follows(closed: string, origin: string, kind: string | undefined): boolean {
  const [from, to] = [parseOrigin(closed), parseOrigin(origin)];
  if (!from || !to || from.service !== to.service || from.log !== to.log) return false;
  return to.shard === from.shard + 1 && kind === SUCCEEDED[from.log];
}

/**
 * What an earlier checkpoint of the closed log says against the entry that tells where it ended; undefined when nothing does.
 * `isCosigned`: the policy believes that checkpoint, so that it was not the last one if it is larger than the one told.
 */
export function faultOfEnd({ size, seen, root }: Told, old: Checkpoint, isCosigned: boolean): string | undefined {
  if (old.size === size && toBase64url(old.root) !== root) return 'l’entrée qui le dit clos lui donne une autre racine';
  if (isCosigned && old.size > size)
    return `l’entrée qui le dit clos donne pour dernier point de contrôle cosigné celui de ${size} entrées, et les témoins ont cosigné celui de ${old.size}`;
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
