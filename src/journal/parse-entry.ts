import type { EventKind, LogName, Opened, Result } from './event.ts';
import { leafSchema } from './leaf.ts';
import { readLeaf } from './verify/index.ts';

/** Every kind of event that was ever defined, all versions, by `kind@version`; gathered by the program and handed in. */
export type JournalRegistry = ReadonlyMap<string, EventKind>;

/** An entry read back from the bytes of its leaf. */
export type Entry = {
  id: string;
  log: LogName;
  kind: string;
  version: number;
  writtenAt: Date;
  node: string;
  mandate?: { alias: string; mn?: number };
  organisationId?: string;
  aidantId?: string;
  theme?: string;
  result: Result;
  clear: Record<string, unknown>;
  /** The digests of what the leaf commits to, decoys included. */
  digests: readonly string[];
  /** The entry in French, with what could be opened of it. */
  sentence(opened: Opened): string;
};

/** Gathers the kinds of all domains. Throws when one is defined twice in the same version. */
export function journalRegistry(kinds: readonly EventKind[]): JournalRegistry {
  const registry = new Map<string, EventKind>();
  for (const kind of kinds) {
    const name = nameOf(kind.kind, kind.version);
    if (registry.has(name)) throw new Error(`${name} is defined twice`);
    registry.set(name, kind);
  }
  return registry;
}

/** Reads a leaf. Throws when its bytes are not canonical, its kind is unknown, or a member does not fit its schema. */
export function parseEntry(leaf: Uint8Array, registry: JournalRegistry): Entry {
  const read = readLeaf(leaf);
  if (!read.ok) throw new Error(`the leaf is ${read.fault}`);
  const { id, log, type, v, t, node, m, mn, org, aid, theme, r, sd, ...rest } = leafSchema.parse(read.leaf);
  const kind = registry.get(nameOf(type, v));
  if (!kind) throw new Error(`${nameOf(type, v)} is not a kind of the journal`);
  if (kind.log !== log) throw new Error(`${nameOf(type, v)} does not belong in the log ${log}`);
  const clear = kind.clear.parse(rest.clear);
  const writtenAt = new Date(t);
  return {
    ...{ id, log, kind: type, version: v, writtenAt, node, result: r, clear, digests: sd ?? [] },
    ...(m && { mandate: { alias: m, ...(mn && { mn }) } }),
    ...(org && { organisationId: org }),
    ...(aid && { aidantId: aid }),
    ...(theme && { theme }),
    sentence: (opened) => kind.sentence(clear, opened, theme ? { theme } : {}),
  };
}

function nameOf(kind: string, version: number): string {
  return `${kind}@${version}`;
}
