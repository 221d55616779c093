import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { LogName } from '../event.ts';
import type { LeafMembers } from '../leaf.ts';
import { LOG_IDS } from '../record.ts';
import { keptSince, type Succession, successionsOf } from '../successions.ts';
import { checkpointOf, leafHash, readLeaf, sameBytes } from '../verify/index.ts';
import { nodeFault } from './check-entries.ts';
import { entriesOf, nodeKeysOf } from './entry.queries.ts';
import type { Findings } from './problems.ts';
import { erasedRanges } from './tree.queries.ts';

/**
 * Every succession of a log is told by a sealed entry that a registered node signed and that says the same; its checkpoint is of
 * the closed log, and the places of the closed tree that were kept are those of the tree of now. `whole`: looks at them all.
 */
export async function checkSuccessions(
  { db }: Pick<AppContext, 'db'>,
  { log, whole }: { log: LogName; whole: boolean },
  found: Findings,
): Promise<void> {
  const all = await successionsOf(db, log);
  for (const one of all) {
    if (!(await isTold(db, one))) found.aside('succession-differs', `${one.closed}, entrée ${one.entryId}`);
    const moved = whole ? await movedPlace(db, one, all) : null;
    if (moved !== null) found.at('closed-tree-differs', moved, one.closed);
  }
}

async function isTold(db: AppContext['db'], one: Succession): Promise<boolean> {
  const { log, closed, origin, size, kept, note, reason, entryId } = one;
  const [rows, nodes] = await Promise.all([entriesOf(db, log, [entryId]), nodeKeysOf(db)]);
  const sealed = await placeOf(db, log, entryId);
  const entry = rows.get(entryId)?.find(({ leaf }) => sealed && sameBytes(leafHash(sha256, leaf), sealed.leafHash));
  if (!entry) return sealed !== undefined && (await isErased(db, log, BigInt(sealed.idx)));
  const fault = await nodeFault(log, entry, nodes);
  const read = readLeaf(entry.leaf);
  const signed = checkpointOf(note);
  if (fault || !read.ok || !signed) return false;
  const { clear } = read.leaf as unknown as LeafMembers;
  const root = Buffer.from(signed.root).toString('base64url');
  const said = { closed, origin, reason, size: Number(size), kept: Number(kept), root };
  return (
    signed.origin === closed &&
    signed.size === size &&
    Object.entries(said).every(([name, value]) => clear[name] === value)
  );
}

async function placeOf(
  db: AppContext['db'],
  log: LogName,
  id: string,
): Promise<{ idx: string; leafHash: Buffer } | undefined> {
  const { rows } = await sql<{ idx: string; leafHash: Buffer }>`
    select idx::text as idx, leaf_hash from journal.leaf where entry_id = ${id}::uuid and log_id = ${LOG_IDS[log]}`.execute(
    db,
  );
  return rows[0];
}

/** `acces` is erased in its time, and the entry that tells a succession with it: an erasure then has its place. */
async function isErased(db: AppContext['db'], log: LogName, place: bigint): Promise<boolean> {
  const erased = await erasedRanges(db, log);
  return log === 'acces' && erased.some(({ begin, end }) => place >= begin && place < end);
}

/** The first place that is not the same any more in the tables that were set aside. */
async function movedPlace(db: AppContext['db'], one: Succession, all: readonly Succession[]): Promise<bigint | null> {
  const end = String(keptSince(all, one));
  const { rows } = await sql<{ idx: string | null }>`
    select min(coalesce(l.idx, c.idx))::text as idx
    from (select idx, leaf_hash from journal.leaf where log_id = ${LOG_IDS[one.log]} and idx < ${end}::bigint) l
    full join (select idx, leaf_hash from ${sql.table(`journal.closed_${one.n}_leaf`)}
      where log_id = ${LOG_IDS[one.log]} and idx < ${end}::bigint) c on c.idx = l.idx
    where c.leaf_hash is distinct from l.leaf_hash`.execute(db);
  const idx = rows[0]?.idx;
  return idx ? BigInt(idx) : null;
}
