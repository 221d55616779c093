import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { after, MINUTE, systemClock } from '#platform/time/clock.ts';
import type { LeafMembers } from '../leaf.ts';
import { readLeaf } from '../verify/index.ts';
import { nodeKeysOf } from './entry.queries.ts';
import type { Findings } from './problems.ts';

/** An entry is sealed in seconds. */
const SEALED_IN = 10 * MINUTE;

/** A node key is revoked since the hour that the first sealed entry about it tells, and none is that no entry tells. */
export async function checkNodeKeys(db: Db, found: Findings): Promise<void> {
  const [keys, told] = await Promise.all([nodeKeysOf(db), revocationsTold(db)]);
  const recently = after(systemClock.now(), -SEALED_IN);
  for (const [id, { revokedAt }] of keys) {
    const at = told.get(id);
    if (at === undefined && revokedAt && revokedAt < recently)
      found.aside('node-key-differs', `${id}, révoquée sans entrée scellée qui le dise`);
    if (at !== undefined && at !== revokedAt?.toISOString())
      found.aside('node-key-differs', `${id}, révoquée à ${at} d’après le journal`);
  }
}

/** By the id of the key: since when. */
async function revocationsTold(db: Db): Promise<Map<string, string>> {
  const { rows } = await sql<{ leaf: Buffer }>`
    select e.leaf from journal.entry_index i
    join journal.leaf l on l.entry_id = i.id and l.log_id = 1
    join journal.entry e on e.id = i.id and l.leaf_hash = sha256('\\x00'::bytea || e.leaf)
    where i.kind = 'node.revoked' order by l.idx desc`.execute(db);
  return new Map(
    rows.flatMap(({ leaf }) => {
      const read = readLeaf(leaf);
      const { key, at } = (read.ok ? (read.leaf as unknown as LeafMembers).clear : {}) as { key?: string; at?: string };
      return key !== undefined && at !== undefined ? [[key, at] as const] : [];
    }),
  );
}
