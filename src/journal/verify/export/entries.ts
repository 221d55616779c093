import { readBundle } from '../bundle.ts';
import type { Leaf } from '../leaf.ts';
import { readLeaf } from '../leaf.ts';
import { type ByPlace, placeKey } from './by-place.ts';
import { bundlesOf, leafIndex, leafPath } from './layout.ts';
import type { Manifest } from './manifest.ts';
import type { Files } from './sums.ts';

/** One entry of an export and what the checks need of it; the leaf itself is read again when its content is asked for. */
export type ExportedEntry = {
  index: bigint;
  bytes: Uint8Array;
  /** Given beside what was asked: proven, but not part of it. */
  beside: boolean;
  /** Members of the leaf; undefined when it is not canonical or not of this log. */
  facts: Facts | undefined;
};

export type Facts = {
  id: string;
  type: string;
  /** Milliseconds since 1970: when the node says it wrote. */
  writtenAt: number;
  node: string;
  alias?: string;
  mn?: number;
  /** It has digests: of values, or decoys. */
  commits?: true;
};

/** `faults`: bundles and leaves that are missing or cannot be read, in French. `erased`: places without bytes. */
export type Entries = {
  list: ExportedEntry[];
  byIndex: ByPlace<ExportedEntry>;
  faults: string[];
  missing: bigint[];
};

/** Gathers the entries of an export, in the order of the log. */
export function readEntries(files: Files, manifest: Manifest | undefined): Entries {
  const list: ExportedEntry[] = [];
  const faults: string[] = [];
  const missing: bigint[] = [];
  if (manifest) {
    const beside = new Set(manifest.beside.map(placeKey));
    for (const [index, bytes] of apart(files))
      list.push(entryOf(index, bytes, beside.has(placeKey(index)), manifest.log));
    if (manifest.kind === 'range') readBundles(files, manifest, { list, faults, missing });
  }
  list.sort((one, other) => (one.index < other.index ? -1 : 1));
  return { list, byIndex: new Map(list.map((entry) => [placeKey(entry.index), entry])), faults, missing };
}

/** Entries that stand alone, in `leaves/`. */
function* apart(files: Files): Generator<[index: bigint, bytes: Uint8Array]> {
  for (const [path, bytes] of files) {
    const index = leafIndex(path);
    if (index !== undefined) yield [index, bytes];
  }
}

function readBundles(
  files: Files,
  { from, to, size, log }: Manifest,
  { list, faults, missing }: Omit<Entries, 'byIndex'>,
): void {
  for (const { first, width, path } of bundlesOf(from, to, size)) {
    const bytes = files.get(path);
    if (!bytes) {
      // a bundle of which entries were erased is not written: what is left of it stands alone
      for (let index = first; index < first + BigInt(width); index += 1n) {
        if (!files.has(leafPath(index))) missing.push(index);
      }
      continue;
    }
    const read = readBundle(bytes);
    if (!read.ok || read.leaves.length !== width) {
      faults.push(
        `${path}\u00a0: ${read.ok ? `${read.leaves.length} entrées au lieu de ${width}` : FAULTS[read.fault]}.`,
      );
    }
    if (read.ok)
      for (const [at, leaf] of read.leaves.entries()) list.push(entryOf(first + BigInt(at), leaf, false, log));
  }
}

const FAULTS = { empty: 'vide', truncated: 'coupé', 'too-many-entries': 'trop d’entrées' } as const;

/** What an entry at this place says. */
export function entryOf(index: bigint, bytes: Uint8Array, beside: boolean, log: string): ExportedEntry {
  const read = readLeaf(bytes);
  return { index, bytes, beside, facts: read.ok ? factsOf(read.leaf, log) : undefined };
}

const MEMBERS = new Set([
  'aid',
  'clear',
  'id',
  'log',
  'm',
  'mn',
  'n',
  'node',
  'org',
  'r',
  'sd',
  't',
  'theme',
  'type',
  'v',
]);
/** What a node is called: the id of its key. */
export const NODE_ID = /^[\x21-\x7e]{1,64}$/;
const TEXTS: readonly (readonly [name: string, form: RegExp])[] = [
  ['id', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
  ['t', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/],
  ['n', /^[\w-]{22}$/],
  ['node', NODE_ID],
  ['type', /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/],
  ['r', /^(ok|refused)$/],
];

/** The envelope of a leaf, version 1; undefined when it is not one of this log. */
function factsOf(leaf: Leaf, log: string): Facts | undefined {
  const { id, t, node, type, m, mn, sd, clear } = leaf;
  const known = Object.keys(leaf).every((name) => MEMBERS.has(name));
  const texts = TEXTS.every(([name, form]) => typeof leaf[name] === 'string' && form.test(leaf[name]));
  const writtenAt = Date.parse(String(t));
  if (!known || !texts || leaf.log !== log || Number.isNaN(writtenAt)) return undefined;
  if (typeof leaf.v !== 'number' || typeof clear !== 'object' || Array.isArray(clear)) return undefined;
  if ((m !== undefined && typeof m !== 'string') || (mn !== undefined && typeof mn !== 'number')) return undefined;
  if (sd !== undefined && !(Array.isArray(sd) && sd.every((digest) => typeof digest === 'string'))) return undefined;
  return {
    ...{ id: String(id), type: String(type), writtenAt, node: String(node) },
    ...(m === undefined ? {} : { alias: m }),
    ...(mn === undefined ? {} : { mn }),
    ...(sd === undefined ? {} : { commits: true as const }),
  };
}

/** What the leaf of an entry says in clear. */
export function clearOf({ bytes }: ExportedEntry): { readonly [name: string]: unknown } {
  const read = readLeaf(bytes);
  const clear = read.ok ? read.leaf.clear : undefined;
  return typeof clear === 'object' && !Array.isArray(clear) ? clear : {};
}

/** The digests that the leaf of an entry holds, decoys included. */
export function digestsOf({ bytes }: ExportedEntry): readonly string[] {
  const read = readLeaf(bytes);
  return read.ok && Array.isArray(read.leaf.sd) ? (read.leaf.sd as string[]) : [];
}
