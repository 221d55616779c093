import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { type GoneValue, goneValues, type MissingValues, type PutBackRange } from '../erase/gone-values.ts';
import type { LeafMembers } from '../leaf.ts';
import { reconciled } from '../seal/seal.events.ts';
import { readLeaf } from '../verify/index.ts';
import { nodeFault } from './check-entries.ts';
import { entriesOf, nodeKeysOf } from './entry.queries.ts';

/** Rows that somebody planted must not fill the memory; a few wait, as a rule. */
const MOST = 1_000;

/**
 * Leaves of `actes` of these kinds that wait for their place, and that sealing will take: each says its kind itself and a
 * registered node signed it. Whoever has a password, and no node's key, writes none.
 */
export async function waitingLeaves(db: Db, kinds: readonly string[]): Promise<LeafMembers[]> {
  const { rows } = await sql<{ id: string }>`
    select i.id from journal.entry_index i where i.log_id = 1 and i.kind = any(${[...kinds]}::text[])
      and not exists (select from journal.leaf l where l.entry_id = i.id)
      and not exists (select from journal.quarantine q where q.entry_id = i.id)
    order by i.id limit ${MOST}`.execute(db);
  const ids = rows.map(({ id }) => id);
  const entries = [...(await entriesOf(db, 'actes', ids)).values()].flat();
  const nodes = await nodeKeysOf(db); // after the entries: keys are only ever added
  const leaves: LeafMembers[] = [];
  for (const entry of entries) {
    if (await nodeFault('actes', entry, nodes)) continue;
    const read = readLeaf(entry.leaf);
    const leaf = read.ok ? (read.leaf as unknown as LeafMembers) : undefined;
    if (leaf && kinds.includes(leaf.type)) leaves.push(leaf);
  }
  return leaves;
}

/**
 * Why values are gone, as everybody is told, and also by what a reconciliation of this very restore tells: its entry waits until
 * a worker runs, and the journal is checked before as well.
 */
export async function goneOrPutBack(
  db: Db,
  missing: readonly MissingValues[],
): Promise<Map<string, Map<string, GoneValue>>> {
  if (missing.length === 0) return new Map();
  return goneValues(db, missing, await waitingRanges(db)); // those that wait first: one may be sealed meanwhile
}

/**
 * Whether entries were put back and no worker has run since: those that a node signed then wait, as the commands of a restore
 * ask. A program that should seal and does not is told by the header.
 */
export async function isBeingRestored(db: Db): Promise<boolean> {
  return (await waitingRanges(db)).length > 0;
}

async function waitingRanges(db: Db): Promise<PutBackRange[]> {
  return (await waitingLeaves(db, [reconciled.kind])).flatMap(({ clear }) => {
    const told = reconciled.clear.safeParse(clear);
    return told.success ? [told.data] : [];
  });
}
