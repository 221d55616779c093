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
 * Proves that this transaction is that of a program with the current node key: what the entry `telling` tells may then be
 * done, by the function that does it, and nothing else. Names are those of PostgreSQL's own schema from here to the end of the
 * transaction: whoever has a role's password may have put functions of theirs where the session looks first.
 */
export async function proveNode(
  { journalNode: [node] }: Pick<Keyring, 'journalNode'>,
  trx: Trx,
  telling: string,
): Promise<void> {
  await sql`set local search_path = pg_catalog, public`.execute(trx);
  const { rows } = await sql<{ number: string; cluster: string }>`
    select pg_catalog.pg_current_xact_id()::text as number, system_identifier::text as cluster
    from pg_catalog.pg_control_system()`.execute(trx);
  const [at] = rows;
  const proof = createHmac('sha256', proofKey(node))
    .update(`transaction ${at?.number} of ${at?.cluster}, entry ${telling}`)
    .digest('hex');
  await sql`select pg_catalog.set_config('journal.node_proof', ${proof}, true)`.execute(trx);
}

/**
 * Makes the one call that erases, lifts a hold or switches a rule of alerts, as the entry `telling` of this transaction tells: the
 * proof stands while it runs, and no longer. The call names its function whole, with its schema.
 */
export async function asNode<Value>(
  keys: Pick<Keyring, 'journalNode'>,
  trx: Trx,
  telling: string,
  call: () => Promise<Value>,
): Promise<Value> {
  await proveNode(keys, trx, telling);
  const value = await call();
  await sql`select pg_catalog.set_config('journal.node_proof', '', true)`.execute(trx);
  return value;
}
