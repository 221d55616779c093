import type { Bracket, Entry, EntryState, LogName, Opened, ProofFault } from '#journal';
import type { Absence } from '../entry/absent.rules.ts';
import { isFalse } from '../entry/fault.rules.ts';

/** One entry about a mandate, as its own bytes tell it. */
export type LifeEntry = {
  id: string;
  log: LogName;
  state: EntryState;
  index: bigint | null;
  bracket: Bracket;
  recordedAt: Date;
  /** Null when the bytes are not those of an event that is known, or are those of another entry. */
  entry: Entry | null;
  /** What it committed to, checked against its digests, and that this auditor may see. */
  opened: Opened;
  /** What it may have committed to and nothing opens any more, by name, and why. */
  absent: ReadonlyMap<string, Absence>;
  /** Something kept beside it is not what it committed to: nothing of that is shown. */
  altered: boolean;
  /** What proves the entry does not hold. */
  fault: ProofFault | undefined;
  sentence: string;
};

/** Neither false nor put aside: what its bytes say is what was written. */
function isTrue({ fault, state }: LifeEntry): boolean {
  return !isFalse(fault) && state !== 'quarantined';
}

/** Those that nothing may be believed of: they are counted nowhere, and shown apart. */
export function falseOf(life: readonly LifeEntry[]): LifeEntry[] {
  return life.filter((one) => !isTrue(one));
}

/** The acts whose leaf names this mandate; the index may have brought others. */
export function actsOf(life: readonly LifeEntry[], alias: string): LifeEntry[] {
  return life.filter((one) => isTrue(one) && one.log === 'actes' && one.entry?.mandate?.alias === alias);
}

/** Who read the mandate. */
export function readsOf(life: readonly LifeEntry[], alias: string): LifeEntry[] {
  return life.filter((one) => isTrue(one) && one.log === 'acces' && one.entry?.mandate?.alias === alias);
}

/** Found under this mandate, and say that they belong to another one, or cannot be read: counted nowhere. */
export function straysOf(life: readonly LifeEntry[], alias: string): LifeEntry[] {
  return life.filter(
    (one) => isTrue(one) && (!one.entry || (one.entry.mandate !== undefined && one.entry.mandate.alias !== alias)),
  );
}

/** Found under this mandate by the index alone: they name none, such as a freeze of the data for a complaint. */
export function besideOf(life: readonly LifeEntry[]): LifeEntry[] {
  return life.filter((one) => isTrue(one) && one.entry && one.entry.mandate === undefined);
}

export type Counter = {
  /** The highest number: how many numbered acts there must be. */
  count: number;
  missing: readonly number[];
  doubled: readonly number[];
  /** The mandate's end was written: it has the last number. Until then, nothing in the numbers says that none follows. */
  closed: boolean;
  /** Acts numbered after the one that closes. */
  afterEnd: readonly number[];
  /** How many the database says it gave; differs when the last ones are gone. */
  announced: number;
  complete: boolean;
};

/** The numbers `mn` of the acts, from the leaves: they are 1..n, without order in the log. */
export function counterOf(acts: readonly LifeEntry[], announced: number): Counter {
  const numbers = acts.flatMap(({ entry }) => entry?.mandate?.mn ?? []).sort((one, other) => one - other);
  const given = new Set(numbers);
  const count = numbers.at(-1) ?? 0;
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter((mn) => !given.has(mn));
  const doubled = [...new Set(numbers.filter((mn, index) => numbers[index - 1] === mn))];
  const last = acts.find(({ entry }) => entry?.kind === 'mandate.ended')?.entry?.mandate?.mn;
  const afterEnd = last === undefined ? [] : numbers.filter((mn) => mn > last);
  const complete =
    count > 0 && missing.length + doubled.length + afterEnd.length === 0 && Math.max(announced, count) === count;
  return { count, missing, doubled, closed: last !== undefined, afterEnd, announced, complete };
}

/** « 14 actes, aucun ne manque », or what is wrong with the numbers. */
export function counterInWords({ count, missing, doubled, afterEnd, announced, complete }: Counter): string {
  const acts = `${count} acte${count > 1 ? 's' : ''}`;
  if (complete) return `${acts}, aucun ne manque`;
  const faults = [
    count === 0 && 'le journal n’a aucun acte de ce mandat',
    missing.length > 0 && `${missing.length > 1 ? 'manquent' : 'manque'} ${listed(missing)}`,
    doubled.length > 0 && `en double\u00a0: ${listed(doubled)}`,
    afterEnd.length > 0 && `après la fin\u00a0: ${listed(afterEnd)}`,
    announced > count && `la base en annonce ${announced}`,
  ].filter((fault) => fault !== false);
  return `${acts}\u00a0: ${faults.join('\u00a0; ')}`;
}

const listed = (numbers: readonly number[]) => numbers.map((mn) => `n°\u00a0${mn}`).join(', ');

/** One connection in the person's name, put together from its entries. */
export type Connection = {
  use: string;
  at: Date;
  theme: string | undefined;
  /** What the aidant declared; null when nothing tells it any more. */
  site: string | null;
  /** Why it is not known. */
  siteAbsence: Absence | undefined;
  aidantId: string | undefined;
  outcome: 'identity-given' | 'refused' | 'unfinished';
  /** The last entry of it: where to read more. */
  entryId: string;
  sentence: string;
};

/** Oldest first. A connection is known by its choice, its code, its token, the identity given or a refusal, in any order. */
export function connectionsOf(acts: readonly LifeEntry[]): Connection[] {
  const byUse = new Map<string, LifeEntry[]>();
  for (const act of acts) {
    const use = act.entry?.kind.startsWith('use.') ? act.entry.clear.use : undefined;
    if (typeof use === 'string') byUse.set(use, [...(byUse.get(use) ?? []), act]);
  }
  return [...byUse].flatMap(([use, steps]) => connectionOf(use, steps) ?? []).sort((one, other) => +one.at - +other.at);
}

const ENDINGS: Readonly<Record<string, Connection['outcome']>> = {
  'use.identity-given': 'identity-given',
  'use.refused': 'refused',
};

function connectionOf(use: string, steps: readonly LifeEntry[]): Connection | undefined {
  const ordered = steps.toSorted((one, other) => timeOf(one) - timeOf(other));
  const chosen = ordered.find(({ entry }) => entry?.kind === 'use.chosen') ?? ordered[0];
  const given = ordered.find(({ entry }) => entry?.kind === 'use.identity-given');
  const last = given ?? ordered.at(-1);
  if (!chosen?.entry || !last?.entry) return undefined;
  return {
    use,
    at: chosen.entry.writtenAt,
    theme: chosen.entry.theme,
    site: chosen.opened.site ?? null,
    siteAbsence: chosen.absent.get('site'),
    aidantId: chosen.entry.aidantId,
    outcome: ENDINGS[last.entry.kind] ?? 'unfinished',
    entryId: last.id,
    sentence: last.sentence,
  };
}

const timeOf = ({ entry, recordedAt }: LifeEntry) => (entry?.writtenAt ?? recordedAt).getTime();

/** Whatever was refused: an identification, the person's own no, a connection. */
export function refusalsOf(acts: readonly LifeEntry[]): LifeEntry[] {
  return acts.filter(({ entry }) => entry?.result === 'refused');
}

/** The newest act of a kind. */
export function lastOf(acts: readonly LifeEntry[], kind: string): LifeEntry | undefined {
  return acts
    .filter(({ entry }) => entry?.kind === kind)
    .toSorted((one, other) => timeOf(one) - timeOf(other))
    .at(-1);
}

export type EndTold = { endedAt: Date; knownAt: Date; sentence: string; aidantId: string | undefined; entryId: string };

/** How the mandate ended, as its last act says; undefined as long as none does. */
export function endOf(acts: readonly LifeEntry[]): EndTold | undefined {
  const ended = lastOf(acts, 'mandate.ended');
  const { endedAt, knownAt } = ended?.entry?.clear ?? {};
  if (!ended?.entry || typeof endedAt !== 'string' || typeof knownAt !== 'string') return undefined;
  const { sentence, id, entry } = ended;
  return { endedAt: new Date(endedAt), knownAt: new Date(knownAt), sentence, aidantId: entry.aidantId, entryId: id };
}

/** What the conclusion says in clear. */
export type ConclusionTold = {
  entryId: string;
  writtenAt: Date;
  startsAt: Date;
  endsAt: Date;
  duration: string;
  themes: readonly string[];
  consentLevel: string;
  textVersion: string;
  warnings: readonly string[];
  aidantId: string | undefined;
  organisationId: string | undefined;
  state: EntryState;
  bracket: Bracket;
  opened: Opened;
  absent: LifeEntry['absent'];
};

/** From the one leaf that concludes the mandate; undefined when there is none, or several. */
export function conclusionOf(acts: readonly LifeEntry[]): ConclusionTold | undefined {
  const [one, ...others] = acts.filter(({ entry }) => entry?.kind === 'mandate.concluded');
  if (!one?.entry || others.length > 0) return undefined;
  const { id, entry, state, bracket, opened, absent } = one;
  const clear = entry.clear as Record<'startsAt' | 'endsAt' | 'duration' | 'consentLevel' | 'textVersion', string> &
    Record<'themes' | 'warnings', string[]>;
  return {
    ...{ entryId: id, state, bracket, opened, absent, writtenAt: entry.writtenAt },
    ...{ startsAt: new Date(clear.startsAt), endsAt: new Date(clear.endsAt), duration: clear.duration },
    ...{ themes: clear.themes, consentLevel: clear.consentLevel, textVersion: clear.textVersion },
    ...{ warnings: clear.warnings, aidantId: entry.aidantId, organisationId: entry.organisationId },
  };
}
