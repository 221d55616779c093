import { fromBase64, readDecimal, utf8Text } from '../bytes.ts';

/** `range`: every entry of [from, to), complete by construction. `selection`: chosen entries, authentic but not complete. */
export type ExportKind = 'range' | 'selection';

export type Mandate = { number: string; alias: string };

/** What an export says of itself. Nothing in it is believed without a check. */
export type Manifest = {
  kind: ExportKind;
  /** The same, in words, for whoever opens the file. */
  notice: string;
  log: 'actes' | 'acces';
  origin: string;
  /** The one cosigned tree that everything here is proven against. */
  size: bigint;
  root: Uint8Array;
  /** What the export holds: whole bundles around what was asked for. Of a selection: 0 and 0. */
  from: bigint;
  to: bigint;
  asked: { from: bigint; to: bigint };
  /** How many entries have their bytes here, those beside apart. */
  entries: number;
  /** Chosen, but not here: not published at that size, or erased. */
  leftOut: number;
  /** Mandates of which every entry published at that size is here. */
  mandates: readonly Mandate[];
  /** Places of entries given beside what was asked: they register nodes that signed here, or tell of erasures. */
  beside: readonly bigint[];
  disclosures: number;
  erasures: number;
  /** Numbers of the mandates whose evidence of consent travels here. */
  evidence: readonly string[];
  /** Of these, the mandates whose tokens of FranceConnect had reached their term: their evidence travels without them. */
  gone: readonly string[];
  /** Size of the earlier tree whose signed note is `checkpoint.old`. */
  previous?: bigint;
};

/** How many entries an export holds at most: beyond, it is asked for in several parts. */
export const MOST_ENTRIES = 500_000n;

export const FORMAT = 'entremise-journal-export';
const VERSION = 1;

type Json = { [name: string]: unknown };

/** Writes a manifest: JSON for people and programs, always the same for the same manifest. */
export function formatManifest(manifest: Manifest): string {
  const { kind, notice, log, origin, entries, mandates, disclosures, erasures, evidence, gone } = manifest;
  const written = {
    format: FORMAT,
    version: VERSION,
    ...{ kind, notice, log, origin, size: String(manifest.size), root: base64(manifest.root) },
    ...{ from: String(manifest.from), to: String(manifest.to) },
    asked: { from: String(manifest.asked.from), to: String(manifest.asked.to) },
    ...{ entries, leftOut: manifest.leftOut, mandates: mandates.map(({ number, alias }) => ({ number, alias })) },
    beside: manifest.beside.map(String),
    ...{ disclosures, erasures, evidence, gone },
    ...(manifest.previous === undefined ? {} : { previous: String(manifest.previous) }),
  };
  return `${JSON.stringify(written, null, 2)}\n`;
}

/**
 * Reads a manifest. Only what `formatManifest` writes, to the byte, is one: a number written otherwise, a member more or a
 * space is a fault, so that two programs never read two things in it.
 */
export function parseManifest(bytes: Uint8Array): Manifest | undefined {
  const text = bytes.length <= LONGEST_MANIFEST ? utf8Text(bytes) : undefined;
  if (text === undefined) return undefined;
  try {
    const manifest = manifestOf(JSON.parse(text) as Json);
    return manifest && formatManifest(manifest) === text ? manifest : undefined;
  } catch {
    return undefined;
  }
}

const LONGEST_MANIFEST = 4_000_000;

function manifestOf(read: Json): Manifest | undefined {
  const asked = (read.asked ?? {}) as Json;
  const numbers = [read.size, read.from, read.to, asked.from, asked.to].map(decimal);
  const [size, from, to, askedFrom, askedTo] = numbers;
  const root = typeof read.root === 'string' ? fromBase64(read.root) : undefined;
  const beside = list(read.beside).map(decimal);
  const known = (read.kind === 'range' || read.kind === 'selection') && (read.log === 'actes' || read.log === 'acces');
  if (!known || size === undefined || from === undefined || to === undefined) return undefined;
  if (askedFrom === undefined || askedTo === undefined || root?.length !== 32) return undefined;
  if (from > to || to > size || to - from > MOST_ENTRIES || beside.includes(undefined)) return undefined;
  const counts = [read.entries, read.disclosures, read.erasures, read.leftOut].map(count);
  const previous = read.previous === undefined ? undefined : decimal(read.previous);
  return {
    ...{ kind: read.kind as ExportKind, log: read.log as Manifest['log'] },
    ...{ notice: text(read.notice), origin: text(read.origin), size, root, from, to },
    asked: { from: askedFrom, to: askedTo },
    ...{ entries: counts[0] ?? NONE, leftOut: counts[3] ?? NONE },
    mandates: list(read.mandates).map((one) => ({
      number: token((one as Json).number),
      alias: token((one as Json).alias),
    })),
    beside: beside as bigint[],
    ...{ disclosures: counts[1] ?? NONE, erasures: counts[2] ?? NONE },
    evidence: list(read.evidence).map(token),
    gone: list(read.gone).map(token),
    ...(previous === undefined ? {} : { previous }),
  };
}

// what these give for another type is not what was written: the comparison with the text refuses it
const decimal = (value: unknown) => (typeof value === 'string' ? readDecimal(value) : undefined);
const count = (value: unknown) => (Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined);
/** Is written `null`, which no manifest has. */
const NONE = Number.NaN;
const text = (value: unknown) => (typeof value === 'string' ? value : '');
/** Numbers and aliases are told in sentences: they are one word, or the manifest is none. */
const token = (value: unknown) => (/^[\w-]{1,64}$/.test(text(value)) ? text(value) : '');
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
