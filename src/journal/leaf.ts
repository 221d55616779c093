import { z } from 'zod';
import { type CanonicalValue, canonicalJson } from '#platform/crypto/canonical-json.ts';
import { freshBytes } from '#platform/crypto/fresh-bytes.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { commit, type Disclosure } from './disclosures.ts';
import type { JournalEvent } from './event.ts';
import { DEEPEST_LEAF, LONGEST_LEAF } from './verify/index.ts';

const uuid = z.string().refine(isUuid, 'not a UUID in lower case');

/**
 * Leaf v1. Members that do not apply are absent, never null. `v` is the version of the kind: `type` and `v` together name
 * one closed schema, this envelope included. Not here, ever: the usager's id (the index has it, and can be erased).
 */
export const leafSchema = z.strictObject({
  id: uuid,
  log: z.enum(['actes', 'acces']),
  type: z.string(),
  v: z.int().min(1),
  t: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/), // UTC, microseconds: when it was really written
  n: z.string().regex(/^[\w-]{22}$/), // 128 random bits: the hash of the leaf hides its content
  node: z.string().regex(/^[\x21-\x7e]{1,64}$/), // key id of the program that signed
  m: z
    .string()
    .regex(/^[\x21-\x7e]{1,64}$/)
    .optional(), // the mandate's (or draft's) alias
  mn: z.int().min(1).optional(), // the number of this act within its mandate
  org: uuid.optional(),
  aid: uuid.optional(),
  theme: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/)
    .optional(),
  r: z.enum(['ok', 'refused']),
  clear: z.record(z.string(), z.unknown()),
  sd: z
    .array(z.string().regex(/^[\w-]{43}$/))
    .min(1)
    .optional(), // sorted digests of disclosures, decoys included
});

export type LeafMembers = z.infer<typeof leafSchema>;
/** Read, not written. */
export type JournalLeaf = Readonly<LeafMembers>;

/**
 * Writes an event as the bytes that are hashed and signed, with the disclosures of what they commit to. Throws a TypeError
 * or a ZodError when the event has no canonical form, is too long (16 KiB), or would say an id that belongs to the index.
 */
export function makeLeaf(
  event: JournalEvent,
  { id, now, node }: { id: string; now: Date; node: string },
): { leaf: Buffer; disclosures: Disclosure[] } {
  const { kind, input } = event;
  const { actor, mandate, theme } = input;
  const { disclosures, digests } = commit(event.committed, kind.committed.length);
  const members = leafSchema.parse({
    id,
    log: kind.log,
    type: kind.kind,
    v: kind.version,
    t: now.toISOString().replace('Z', '000Z'),
    n: freshBytes(16).toString('base64url'),
    node,
    ...(mandate && { m: mandate.alias }),
    ...(mandate?.mn !== undefined && { mn: mandate.mn }),
    ...(actor.organisationId !== undefined && { org: actor.organisationId }),
    ...(actor.aidantId !== undefined && { aid: actor.aidantId }),
    ...(theme !== undefined && { theme }),
    r: input.result,
    clear: ready(event.clear, 1),
    ...(digests.length > 0 && { sd: digests }),
  });
  const text = canonicalJson(members as CanonicalValue);
  refuseIndexedIds(event, text);
  const leaf = Buffer.from(text);
  if (leaf.length > LONGEST_LEAF) throw new TypeError(`${kind.kind}: a leaf has ${LONGEST_LEAF} bytes at most`);
  return { leaf, disclosures };
}

/** What is said in clear, without absent members; refuses what `readLeaf` would, where canonical JSON alone is wider. */
function ready(value: unknown, depth: number): CanonicalValue {
  if (depth > DEEPEST_LEAF) throw new TypeError('a leaf is not that deep');
  if (typeof value === 'number' && value < 0) throw new TypeError(`a leaf has no negative number: ${value}`);
  if (Array.isArray(value)) return value.map((item) => ready(item, depth + 1));
  if (value === null || typeof value !== 'object' || value.constructor !== Object) return value as CanonicalValue;
  const present: Record<string, CanonicalValue> = {};
  for (const [name, item] of Object.entries(value)) if (item !== undefined) present[name] = ready(item, depth + 1);
  return present;
}

function refuseIndexedIds({ kind, input }: JournalEvent, leaf: string): void {
  const { organisationId: _ofALegalPerson, ...about } = input.about ?? {};
  const indexed = Object.values(about);
  if (input.subject?.kind === 'usager') indexed.push(input.subject.id);
  if (indexed.some((id) => id && leaf.includes(id)))
    throw new TypeError(`${kind.kind}: an id of the index is in the leaf`);
}
