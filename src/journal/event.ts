import type { z } from 'zod';
import { isUuid } from '#platform/ids/ids.ts';

/** `actes`: whatever creates, changes, ends, uses or refuses a right, and accounts. `acces`: who looked at what. */
export type LogName = 'actes' | 'acces';
export type Result = 'ok' | 'refused';
export type Subject = { kind: 'usager' | 'aidant' | 'organisation' | 'auditor'; id: string };

/** A zod schema that refuses unknown members: what a leaf says in clear is closed. */
export type ClosedSchema = z.ZodObject<z.core.$ZodLooseShape, z.core.$strict>;

/** What has been opened of an entry: a name is absent when nothing was committed under it, or when it has been erased. */
export type Opened<Names extends readonly string[] = readonly string[]> = { readonly [Name in Names[number]]?: string };

/** What an entry says beside its own content, for the sentence. */
export type EntryFacts = { theme?: string };

export type EventDefinition<Clear extends ClosedSchema, Names extends readonly string[]> = {
  /** `mandate.concluded`: domain, then what happened. */
  kind: string;
  log: LogName;
  /** Raised whenever the schema changes; the old definition stays in the registry so that old entries still parse. */
  version: number;
  clear: Clear;
  /** Names, contacts, free text, hashes of documents and tokens: salted digests in the leaf, openings apart. */
  committed: Names;
  /** Those of them that every entry of this kind has, and whose key seals them: one that is missing was erased, or taken away. */
  always?: { names: readonly string[]; of: Subject['kind'] };
  /** The entry as a French sentence. */
  sentence(clear: z.output<Clear>, opened: Opened<Names>, facts: EntryFacts): string;
};

type Maybe<Type> = { [Name in keyof Type]?: Type[Name] | undefined };

export type EventInput<Clear extends ClosedSchema, Names extends readonly string[]> = {
  /** Who acts; in clear in the leaf. Empty for the system and for the usager. */
  actor: Maybe<{ aidantId: string; organisationId: string }>;
  /**
   * Goes to the index only, which can be erased, never in the leaf. `organisationId`: whose mandate it is, when nobody of
   * that structure acts; those who audit it find the entry by it.
   */
  about?: Maybe<{ usagerId: string; mandateId: string; authorisationId: string; organisationId: string }> | undefined;
  /** The mandate's alias in the journal and the number of this act within it; for a draft, the draft's alias alone. */
  mandate?: { alias: string; mn?: number | undefined } | undefined;
  theme?: string | undefined;
  result: Result;
  clear: z.input<Clear>;
  committed?: Maybe<Record<Names[number], string>>;
  /** Whose key seals the openings: erasing that person erases them. Required as soon as something is committed. */
  subject?: Subject | undefined;
};

export type EventKind<
  Clear extends ClosedSchema = ClosedSchema,
  Names extends readonly string[] = readonly string[],
> = Readonly<EventDefinition<Clear, Names>> & {
  /** An event of this kind, to hand to `record`. Throws when it does not fit the definition. */
  event(input: EventInput<Clear, Names>): JournalEvent;
};

/** An event ready to be recorded; made by `EventKind.event` only. */
export type JournalEvent = {
  readonly kind: EventKind;
  readonly input: Omit<EventInput<ClosedSchema, readonly string[]>, 'clear' | 'committed'>;
  readonly clear: Record<string, unknown>;
  readonly committed: readonly (readonly [name: string, value: string])[];
};

const KIND = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/;
const COMMITTED_NAME = /^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/;

/** Declares a kind of entry. Throws when its kind, version, schema or committed names are not ones a leaf can carry. */
export function defineEvent<Clear extends ClosedSchema, const Names extends readonly string[]>(
  definition: EventDefinition<Clear, Names>,
): EventKind<Clear, Names> {
  const { kind, version, clear, committed, always } = definition;
  if (!KIND.test(kind)) throw new TypeError(`« ${kind} » is not a kind: domain.what-happened`);
  if (!Number.isSafeInteger(version) || version < 1) throw new TypeError(`${kind}: versions start at 1`);
  if (clear.def.catchall?._zod.def.type !== 'never') throw new TypeError(`${kind}: clear must be a z.strictObject`);
  if (new Set(committed).size !== committed.length || !committed.every((name) => COMMITTED_NAME.test(name))) {
    throw new TypeError(`${kind}: committed names are distinct words of ASCII letters, digits and dashes`);
  }
  if (!(always?.names ?? []).every((name) => committed.includes(name)))
    throw new TypeError(`${kind}: what is always committed is committed`);
  const defined: EventKind<Clear, Names> = { ...definition, event: (input) => eventOf(defined, input) };
  return defined;
}

function eventOf<Clear extends ClosedSchema, Names extends readonly string[]>(
  kind: EventKind<Clear, Names>,
  { clear, committed = {}, ...input }: EventInput<Clear, Names>,
): JournalEvent {
  const values = Object.entries<unknown>(committed).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  for (const [name, value] of values) {
    if (!kind.committed.includes(name)) throw new TypeError(`${kind.kind}: « ${name} » is not a committed name`);
    if (typeof value !== 'string' || !value.isWellFormed()) throw new TypeError(`${kind.kind}: ${name} is not a text`);
  }
  const missing = kind.always?.names.find((name) => committed[name as Names[number]] === undefined);
  if (missing) throw new TypeError(`${kind.kind}: ${missing} is always committed`);
  if (kind.always && input.subject?.kind !== kind.always.of)
    throw new TypeError(`${kind.kind}: the subject is of the kind ${kind.always.of}`);
  if (values.length > 0 && !input.subject)
    throw new TypeError(`${kind.kind}: a subject is needed to seal the openings`);
  if (input.subject && !isUuid(input.subject.id)) throw new TypeError(`${kind.kind}: the subject's id is not a UUID`);
  if (input.mandate?.mn !== undefined && !input.about?.mandateId) {
    throw new TypeError(`${kind.kind}: the number of an act goes with the mandate it is about`);
  }
  return { kind, input, clear: kind.clear.parse(clear), committed: values };
}

/** The themes that an entry names when it names several, in this order: the index has them too. Null when it names none. */
export function themesIn(clear: Readonly<Record<string, unknown>>): string[] | null {
  const { themes } = clear;
  return Array.isArray(themes) && themes.every((theme) => typeof theme === 'string') ? themes : null;
}
