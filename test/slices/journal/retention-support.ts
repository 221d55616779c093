import { sql } from 'kysely';
import { openDatabase } from '#platform/db/database.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { loggedInAs } from '#support/people.ts';
import { makeLeaf } from '../../../src/journal/leaf.ts';
import { signLeaf } from '../../../src/journal/sign-leaf.ts';
import { usagerRead } from '../../../src/mandate/follow/follow.events.ts';
import type { FollowWorld } from '../mandate/follow-support.ts';

/** The pages of an aidant who logs in at the clock's hour. */
export function pagesOf(world: FollowWorld) {
  let browser = world.browser;
  return {
    async logIn() {
      browser = await loggedInAs(world, world.aidant);
    },
    page: (path: string) => browser.get(path),
  };
}

/** Entries of the log `acces` as they were written at past instants, each in the partition of its month. */
export async function writeOld(world: FollowWorld, instants: readonly Date[]): Promise<void> {
  const db = openDatabase(world.database.superuserUrl, { max: 1, onError: () => undefined });
  const [node] = world.ctx.keys.journalNode;
  for (const at of instants) {
    const month = at.toISOString().slice(0, 7);
    const id = uuidv7(at);
    const { leaf } = makeLeaf(usagerRead.event({ actor: {}, result: 'ok', clear: {} }), {
      id,
      now: at,
      node: node.kid,
    });
    await db.transaction().execute(async (trx) => {
      await sql`set local role entremise_owner`.execute(trx);
      await sql`select journal.make_partition(${`entry_${month.replace('-', '_')}`}, ${`${month}-01`}::date)`.execute(
        trx,
      );
      await sql`select journal.attach_partition(${`entry_${month.replace('-', '_')}`}, ${`${month}-01`}::date)`.execute(
        trx,
      );
      await sql`insert into journal.entry (id, recorded_at, log_id, node, leaf, node_sig)
        values (${id}, ${at}, 2, ${node.kid}, ${leaf}, ${await signLeaf(node, leaf)})`.execute(trx);
      await sql`insert into journal.entry_index (id, recorded_at, log_id, kind, result)
        values (${id}, ${at}, 2, 'usager.read', 'ok')`.execute(trx);
    });
  }
  await db.destroy();
}
