import { sql } from 'kysely';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Keyring } from '#platform/crypto/keys.ts';
import type { Db, Trx } from '#platform/db/database.ts';
import { systemClock } from '#platform/time/clock.ts';
import { nodeRegistered } from './node.events.ts';
import { keepPads } from './prove-node.ts';
import { record } from './record.ts';
import { nodePublicKey } from './sign-leaf.ts';

/**
 * Lets the current node key of the ring write in the journal, and writes that in it. Needs the owner's rights.
 * Returns false when it was registered already; throws when its id or its key belongs to another, or was revoked.
 */
export async function registerNode(ctx: Pick<AppContext, 'keys'>, ownerDb: Db): Promise<boolean> {
  const [node] = ctx.keys.journalNode;
  const publicKey = nodePublicKey(node);
  return inTransaction({ db: ownerDb }, async (trx) => {
    const { numAffectedRows } = await sql`
      insert into journal.node_key (key_id, public_key, registered_at)
      values (${node.kid}, ${publicKey}, ${systemClock.now()}) on conflict do nothing`.execute(trx);
    if (numAffectedRows !== 1n) {
      const problem = await nodeProblem(trx, ctx.keys);
      if (problem) throw new Error(problem);
      await keepPads(trx, node);
      return false;
    }
    await keepPads(trx, node);
    const clear = { key: node.kid, ed25519: publicKey.toString('base64url') };
    await record(ctx, trx, nodeRegistered.event({ actor: {}, result: 'ok', clear }));
    return true;
  });
}

/** Throws, saying what to do, unless the current node key of the ring is registered: such a program does not start. */
export async function assertNodeRegistered(db: Db, keys: Keyring): Promise<void> {
  const problem = await nodeProblem(db, keys);
  if (problem) throw new Error(problem);
}

/** Why the current node key may not write, in English; undefined when it may. */
export async function nodeProblem(db: Db | Trx, keys: Pick<Keyring, 'journalNode'>): Promise<string | undefined> {
  const [node] = keys.journalNode;
  const { rows } = await sql<{ keyId: string; publicKey: Buffer; revokedAt: Date | null }>`
    select key_id, public_key, revoked_at from journal.node_key
    where key_id = ${node.kid} or public_key = ${nodePublicKey(node)}`.execute(db);
  const [row] = rows;
  if (!row)
    return `the journal does not know node key « ${node.kid} »: register it (npm run cli -- journal register-node)`;
  if (rows.length > 1 || row.keyId !== node.kid || !row.publicKey.equals(nodePublicKey(node))) {
    return `node key « ${node.kid} » is not the one registered under that id: make a new node key, with a new id`;
  }
  return row.revokedAt ? `node key « ${node.kid} » is revoked: make a new node key and register it` : undefined;
}
