import { sql } from 'kysely';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Db, Trx } from '#platform/db/database.ts';
import { nodeRevoked } from './node.events.ts';
import { record } from './record.ts';
import { nodeProblem } from './register-node.ts';
import { revocationsTold } from './revocations.ts';

/** `current`: the key that signs this very entry; another one is registered and put in front of the ring first. */
export type NodeRevoked = { ok: true; revokedAt: Date; isNew: boolean } | { ok: false; reason: 'unknown' | 'current' };

/**
 * Ends the right of a node key to write in the journal, and writes that in it: what it signs from then on is put aside. For
 * ever. Where a restored database forgot a revocation that the journal tells, the key is revoked from that hour again. Needs
 * the owner's rights; throws when the current key of the ring may not write itself.
 */
export async function revokeNode(ctx: Pick<AppContext, 'keys'>, ownerDb: Db, keyId: string): Promise<NodeRevoked> {
  if (ctx.keys.journalNode[0].kid === keyId) return { ok: false, reason: 'current' };
  return inTransaction({ db: ownerDb }, async (trx) => {
    const problem = await nodeProblem(trx, ctx.keys);
    if (problem) throw new Error(problem);
    const { rows } = await sql<{ revokedAt: Date | null }>`
      select revoked_at from journal.node_key where key_id = ${keyId} for update`.execute(trx);
    const [row] = rows;
    if (!row) return { ok: false, reason: 'unknown' };
    if (row.revokedAt) return { ok: true, revokedAt: row.revokedAt, isNew: false };
    const revokedAt = await revoke(trx, keyId);
    const clear = { key: keyId, at: revokedAt.toISOString() };
    await record(ctx, trx, nodeRevoked.event({ actor: {}, result: 'ok', clear }));
    return { ok: true, revokedAt, isNew: true };
  });
}

/** By the clock of the database, as entries are recorded; or since when a sealed entry says so. */
async function revoke(trx: Trx, keyId: string): Promise<Date> {
  const since = (await revocationsTold(trx)).get(keyId) ?? null;
  const { rows } = await sql<{ revokedAt: Date }>`
    update journal.node_key set revoked_at = coalesce(${since}::timestamptz, clock_timestamp())
    where key_id = ${keyId} returning revoked_at`.execute(trx);
  const [row] = rows;
  if (!row) throw new Error(`node key « ${keyId} » is gone`);
  return row.revokedAt;
}

/** The names of the node keys that may write, the newest first. */
export async function nodeKeysInForce(db: Db): Promise<string[]> {
  const { rows } = await sql<{ keyId: string }>`
    select key_id from journal.node_key where revoked_at is null order by registered_at desc, key_id`.execute(db);
  return rows.map(({ keyId }) => keyId);
}
