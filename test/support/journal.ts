import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect } from 'vitest';
import { type JournalRegistry, openEntries, parseEntry } from '#journal';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Keyring } from '#platform/crypto/keys.ts';
import { type Db, openDatabase } from '#platform/db/database.ts';
import type { LeafMembers } from '../../src/journal/leaf.ts';
import { checkDisclosure, readLeaf } from '../../src/journal/verify/index.ts';

/** One entry as a test wants to see it: members of the leaf, what its openings say, what the index says of it. */
export type JournalledEntry = {
  id: string;
  log: 'actes' | 'acces';
  kind: string;
  version: number;
  writtenAt: Date;
  recordedAt: Date;
  node: string;
  mandateAlias?: string;
  mn?: number;
  organisationId?: string;
  aidantId?: string;
  theme?: string;
  result: 'ok' | 'refused';
  clear: Record<string, unknown>;
  /** Checked against the digests of the leaf; empty without `keys`, and for what has been erased. */
  opened: Record<string, string>;
  /** From the index only: the leaf never says it. */
  about: { usagerId: string | null; mandateId: string | null; authorisationId: string | null };
  digests: string[];
  leaf: Buffer;
  signature: Buffer;
  /** Present when a `registry` was given: the leaf then also passed `parseEntry`. */
  sentence?: string;
};

export type JournalFilter = {
  log?: 'actes' | 'acces';
  mandateAlias?: string;
  kinds?: readonly string[];
  /** The ring that opens what entries commit to. */
  keys?: Keyring;
  registry?: JournalRegistry;
};

type Row = {
  id: string;
  leaf: Buffer;
  nodeSig: Buffer;
  recordedAt: Date;
  usagerId: string | null;
  mandateId: string | null;
  authorisationId: string | null;
};
/**
 * Every entry, in the order in which sealing will take them: by transaction, then as written. `from` is a database opened
 * as reader, owner or superuser (the app cannot read leaves), or its address. Fails on a leaf that is not canonical.
 */
export async function journalOf(from: Db | string, filter: JournalFilter = {}): Promise<JournalledEntry[]> {
  if (typeof from !== 'string') return entriesIn(from, filter);
  const db = openDatabase(from, { max: 1, onError: () => undefined });
  try {
    return await entriesIn(db, filter);
  } finally {
    await db.destroy();
  }
}

async function entriesIn(
  db: Db,
  { log, mandateAlias, kinds, keys, registry }: JournalFilter,
): Promise<JournalledEntry[]> {
  const { rows } = await sql<Row>`
    select e.id, e.leaf, e.node_sig, e.recorded_at, i.usager_id, i.mandate_id, i.authorisation_id
    from journal.entry e left join journal.entry_index i on i.id = e.id order by e.xid, e.id`.execute(db);
  const ids = rows.map(({ id }) => id);
  const openings = keys ? await openEntries({ keys }, db, ids) : new Map();
  return rows
    .map((row) => entryOf(row, openings.get(row.id)?.disclosures ?? [], registry))
    .filter((entry) => !log || entry.log === log)
    .filter((entry) => !mandateAlias || entry.mandateAlias === mandateAlias)
    .filter((entry) => !kinds || kinds.includes(entry.kind));
}

function entryOf(row: Row, disclosures: string[], registry?: JournalRegistry): JournalledEntry {
  const read = readLeaf(row.leaf);
  if (!read.ok) throw new Error(`entry ${row.id}: the leaf is ${read.fault}`);
  const { id, log, type, v, t, node, m, mn, org, aid, theme, r, clear, sd } = read.leaf as unknown as LeafMembers;
  const opened = openedOf(row.id, sd ?? [], disclosures);
  return {
    ...{ id, log, kind: type, version: v, node, result: r, clear, opened, digests: sd ?? [] },
    ...(m && { mandateAlias: m }),
    ...(mn && { mn }),
    ...(org && { organisationId: org }),
    ...(aid && { aidantId: aid }),
    ...(theme && { theme }),
    writtenAt: new Date(t),
    recordedAt: row.recordedAt,
    about: { usagerId: row.usagerId, mandateId: row.mandateId, authorisationId: row.authorisationId },
    leaf: row.leaf,
    signature: row.nodeSig,
    ...(registry && { sentence: parseEntry(row.leaf, registry).sentence(opened) }),
  };
}

function openedOf(id: string, digests: readonly string[], disclosures: readonly string[]): Record<string, string> {
  const pairs = disclosures.map((disclosure) => {
    const checked = checkDisclosure(sha256, digests, disclosure);
    if (!checked.ok) throw new Error(`entry ${id}: an opening is ${checked.fault}`);
    return [checked.name, checked.value];
  });
  return Object.fromEntries(pairs);
}

/** Ids and hashes: so many letters of them are not met by chance. */
const RANDOM = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=")[\w-]{43}(?=")/g;
const LONG = 8;

const simplified = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/**
 * Fails when a leaf says one of these secrets (ids of usagers, names, addresses, tokens, codes): as it is, without
 * accents or capitals, encoded (base64, base64url, hexadecimal, percent) or hashed without a salt.
 */
export function expectNoPersonalData(leaf: Buffer, secrets: readonly string[]): void {
  const text = leaf.toString();
  // A short name may stand by chance among the random letters of a digest: these are looked through for what is encoded.
  const { sd: _digests, n: _nonce, ...rest } = JSON.parse(text) as Record<string, unknown>;
  const whole = JSON.stringify(rest);
  const words = whole.replaceAll(RANDOM, '');
  for (const secret of secrets.filter((candidate) => candidate.length > 0)) {
    const said = secret.length < LONG ? words : whole;
    const bytes = Buffer.from(secret);
    const hashed = sha256(secret);
    const exact = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
    const encoded = [bytes, hashed].flatMap((data) => [
      data.toString('base64').replaceAll('=', ''),
      data.toString('base64url'),
      data.toString('hex'),
    ]);
    for (const form of exact) expect(said, `the leaf says « ${secret} »`).not.toContain(form);
    for (const form of encoded)
      expect(form.length < LONG ? words : text, `the leaf says « ${secret} »`).not.toContain(form);
    if (simplified(secret)) expect(simplified(said), `the leaf says « ${secret} »`).not.toContain(simplified(secret));
  }
}

/** A stored entry: `<kind>.v<version>.json`. It is never edited: what was written once must parse for ever. */
export type JournalSample = {
  leaf: string;
  opened: Record<string, string>;
  clear: Record<string, unknown>;
  sentence: string;
};

/** Reads the stored samples of a folder. */
export function journalSamples(folder: string): { file: string; sample: JournalSample }[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => ({ file, sample: JSON.parse(readFileSync(join(folder, file), 'utf8')) }));
}

/** Fails unless a stored sample still parses to what it said, in its sentence too. */
export function expectSampleToParse(sample: JournalSample, registry: JournalRegistry): void {
  const entry = parseEntry(Buffer.from(sample.leaf), registry);
  expect(entry.clear).toEqual(sample.clear);
  expect(entry.sentence(sample.opened)).toBe(sample.sentence);
}
