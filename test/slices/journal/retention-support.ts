import { sql } from 'kysely';
import { openDatabase, type Trx } from '#platform/db/database.ts';
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
    const id = uuidv7(at);
    const { leaf } = makeLeaf(usagerRead.event({ actor: {}, result: 'ok', clear: {} }), {
      id,
      now: at,
      node: node.kid,
    });
    await db.transaction().execute(async (trx) => {
      await ensureMonth(trx, at);
      await sql`insert into journal.entry (id, recorded_at, log_id, node, leaf, node_sig)
        values (${id}, ${at}, 2, ${node.kid}, ${leaf}, ${await signLeaf(node, leaf)})`.execute(trx);
      await sql`insert into journal.entry_index (id, recorded_at, log_id, kind, result)
        values (${id}, ${at}, 2, 'usager.read', 'ok')`.execute(trx);
    });
  }
  await db.destroy();
}

async function ensureMonth(trx: Trx, at: Date): Promise<void> {
  const month = at.toISOString().slice(0, 7);
  const partition = `entry_${month.replace('-', '_')}`;
  await sql`set local role entremise_owner`.execute(trx);
  await sql`
    select journal.attach_partition(made.name, made.month) from (
      select ${partition}::text as name, ${`${month}-01`}::date as month,
        journal.make_partition(${partition}::text, ${`${month}-01`}::date)
    ) as made where to_regclass('journal.' || ${partition}::text) is null`.execute(trx);
}

/** Makes an entry as if the database had recorded it at a past instant: its row and its line of the index move there. */
export async function recordedAt(world: FollowWorld, entryId: string, at: Date): Promise<void> {
  const db = openDatabase(world.database.superuserUrl, { max: 1, onError: () => undefined });
  await db.transaction().execute(async (trx) => {
    await ensureMonth(trx, at);
    await sql`reset role`.execute(trx);
    const { rows } = await sql<{ partition: string }>`
      select tableoid::regclass::text as partition from journal.entry where id = ${entryId}`.execute(trx);
    const partition = sql.raw(rows[0]?.partition ?? '');
    await sql`insert into journal.entry (id, recorded_at, xid, log_id, node, leaf, node_sig)
      select id, ${at}, xid, log_id, node, leaf, node_sig from journal.entry where id = ${entryId}`.execute(trx);
    await sql`alter table ${partition} disable trigger user`.execute(trx);
    await sql`delete from ${partition} where id = ${entryId}`.execute(trx);
    for (const name of ['changed', 'emptied'])
      await sql`alter table ${partition} enable always trigger ${sql.raw(`entry_partition_is_never_${name}`)}`.execute(
        trx,
      );
    await sql`update journal.entry_index set recorded_at = ${at} where id = ${entryId}`.execute(trx);
  });
  await db.destroy();
}
