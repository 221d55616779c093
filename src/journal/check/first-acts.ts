import { sql } from 'kysely';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Db } from '#platform/db/database.ts';
import type { JournalLeaf } from '../leaf.ts';
import { LOG_IDS } from '../record.ts';
import { leafHash, readLeaf, sameBytes } from '../verify/index.ts';
import { nodeFault } from './check-entries.ts';
import { type EntryRow, entriesOf, nodeKeysOf } from './entry.queries.ts';

/** A mandate as the index may name it: by its id, and by its alias alone once its acts were put back after a restore. */
export type NamedMandate = { mandateId: string; alias: string };

/** Rows planted under an alias must not slow the others down. */
const MOST_PUT_BACK = 100;

/**
 * The leaf of act number 1 of each of these mandates, by mandate id: an entry that was sealed with these very bytes, or that waits for
 * its place and bears the signature of a registered node. It names this mandate itself: the index, to which a password may add rows, is
 * believed of nothing. Absent: there is no such entry. Five queries at most; for a few thousand mandates.
 */
export async function firstActs(db: Db, mandates: readonly NamedMandate[]): Promise<ReadonlyMap<string, JournalLeaf>> {
  const aliases = new Map(mandates.map(({ mandateId, alias }) => [mandateId, alias]));
  const { rows } = await firstActsReading(mandates).execute(db);
  const ids = rows.map(({ id }) => id);
  const sealed = await sealedHashes(db, ids);
  const entries = await entriesOf(db, 'actes', ids);
  const nodes = await nodeKeysOf(db); // after the entries: keys are only ever added
  const found = new Map<string, JournalLeaf>();
  for (const { id, mandateId } of rows) {
    if (found.has(mandateId)) continue;
    const leaf = await provenLeaf(entries.get(id) ?? [], sealed.get(id), nodes);
    if (leaf?.id === id && leaf.m === aliases.get(mandateId) && leaf.mn === 1) found.set(mandateId, leaf);
  }
  return found;
}

/** Where the index has act number 1 of these mandates. */
export function firstActsReading(mandates: readonly NamedMandate[]) {
  return sql<{ mandateId: string; id: string }>`
    select told.id as mandate_id, act.id
    from unnest(${mandates.map(({ mandateId }) => mandateId)}::uuid[], ${mandates.map(({ alias }) => alias)}::text[]) as told (id, alias)
    cross join lateral (
      select i.id from journal.entry_index i where i.mandate_id = told.id and i.mn = 1
      union all
      (select i.id from journal.entry_index i where i.mandate_id is null and i.mandate_alias = told.alias and i.mn = 1 limit ${MOST_PUT_BACK})
    ) as act`;
}

async function sealedHashes(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const { rows } = await sql<{ entryId: string; leafHash: Buffer }>`
    select l.entry_id, l.leaf_hash from journal.leaf l
    where l.entry_id = any(${[...ids]}::uuid[]) and l.log_id = ${LOG_IDS.actes}`.execute(db);
  return new Map(rows.map((row) => [row.entryId, row.leafHash]));
}

/** Of the rows under one id: what was sealed was looked at then; what was not is looked at here. */
async function provenLeaf(
  rows: readonly EntryRow[],
  sealed: Buffer | undefined,
  nodes: Awaited<ReturnType<typeof nodeKeysOf>>,
): Promise<JournalLeaf | undefined> {
  for (const row of rows) {
    const proven = sealed
      ? sameBytes(leafHash(sha256, row.leaf), sealed)
      : (await nodeFault('actes', row, nodes)) === undefined;
    const read = proven ? readLeaf(row.leaf) : undefined;
    if (read?.ok) return read.leaf as unknown as JournalLeaf;
  }
  return undefined;
}
