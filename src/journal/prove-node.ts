import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import type { Keyring, PrivateJwk } from '#platform/crypto/keys.ts';
import type { Db, Trx } from '#platform/db/database.ts';

const BLOCK = 64;

/** The key of the HMAC by which a node proves to the database that it is there: nothing leads from it to the node's own. */
function proofKey({ d }: PrivateJwk): Buffer {
  return createHmac('sha256', Buffer.from(d, 'base64url')).update('entremise journal, transactions').digest();
}

/** Keeps what verifies that HMAC: its key padded to a block, in the two forms of RFC 2104 §2. Needs the owner's rights. */
export async function keepPads(ownerDb: Db | Trx, node: PrivateJwk): Promise<void> {
  const key = Buffer.concat([proofKey(node)], BLOCK);
  const [inner, outer] = [0x36, 0x5c].map((pad) => Buffer.from(key.map((byte) => byte ^ pad)));
  await sql`
    insert into journal.node_pad (key_id, inner_pad, outer_pad) values (${node.kid}, ${inner}, ${outer})
    on conflict do nothing`.execute(ownerDb);
}

/**
 * Proves that this transaction is that of a program with the current node key: it may then erase, lift holds and switch the
 * rules of alerts, each with the entry that tells it.
 */
export async function proveNode({ journalNode: [node] }: Pick<Keyring, 'journalNode'>, trx: Trx): Promise<void> {
  const { rows } = await sql<{ message: string }>`select 'transaction ' || pg_current_xact_id() as message`.execute(
    trx,
  );
  const proof = createHmac('sha256', proofKey(node))
    .update(rows[0]?.message ?? '')
    .digest('hex');
  await sql`select set_config('journal.node_proof', ${proof}, true)`.execute(trx);
}
