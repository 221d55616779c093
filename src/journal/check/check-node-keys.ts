import type { Db } from '#platform/db/database.ts';
import { after, MINUTE, systemClock } from '#platform/time/clock.ts';
import { revocationsTold } from '../revocations.ts';
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
    if (at !== undefined && at.getTime() !== revokedAt?.getTime())
      found.aside('node-key-differs', `${id}, révoquée à ${at.toISOString()} d’après le journal`);
  }
}
