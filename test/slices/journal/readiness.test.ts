import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ensurePartitions, journalReadiness, record } from '#journal';
import { openDatabase } from '#platform/db/database.ts';
import { createFixture, type Fixture, looked, newId, openedBy } from './fixture.ts';

// What the guard-rails of the journal do not stop, because a superuser or the owner can do it, is at least shown.

let fixture: Fixture;
let partition: string;
beforeAll(async () => {
  fixture = await createFixture();
  partition = `journal.entry_${month(0)}`;
});
afterAll(() => fixture.close());

const problems = () => journalReadiness(fixture.app, fixture.keys);
const asSuperuser = (statement: string) => sql.raw(statement).execute(fixture.superuser);
const asOwner = (statement: string) => sql.raw(statement).execute(fixture.owner);

beforeEach(async () => {
  expect(await problems()).toEqual([]);
});

test('an event trigger that is off, not ALWAYS, or gone', async () => {
  const guard = 'event trigger journal_is_never_rewritten';
  for (const state of ['disable', 'enable', 'enable replica']) {
    await asSuperuser(`alter ${guard} ${state}`);
    expect(await problems()).toEqual([
      expect.stringContaining('journal_is_never_rewritten is missing or not ENABLE ALWAYS'),
    ]);
  }
  await asSuperuser(`alter ${guard} rename to other`);
  expect(await problems()).toEqual([expect.stringContaining('journal_is_never_rewritten')]);
  await asSuperuser('alter event trigger other rename to journal_is_never_rewritten');
  await asSuperuser(`alter ${guard} enable always`);
});

test('event triggers switched off altogether', async () => {
  await asSuperuser(`alter database ${fixture.database.name} set event_triggers = off`);
  const app = openDatabase(fixture.database.appUrl, { max: 1, onError: () => undefined });
  expect(await journalReadiness(app, fixture.keys)).toEqual(['event triggers are switched off (event_triggers = off)']);
  await app.destroy();
  await asSuperuser(`alter database ${fixture.database.name} reset event_triggers`);
});

test('a trigger disabled, downgraded or dropped, on the table or on one partition', async () => {
  for (const state of ['disable', 'enable', 'enable replica']) {
    await asOwner(`alter table journal.entry ${state} trigger entry_is_never_emptied`);
    expect(await problems()).toEqual(['journal.entry has no trigger, ENABLE ALWAYS, that refuses TRUNCATE']);
  }
  await asOwner('alter table journal.entry enable always trigger entry_is_never_emptied');

  await asOwner(`alter table ${partition} disable trigger all`);
  expect((await problems()).sort()).toEqual([
    `${partition} has no trigger, ENABLE ALWAYS, that refuses TRUNCATE`,
    `${partition} has no trigger, ENABLE ALWAYS, that refuses UPDATE and DELETE`,
  ]);
  for (const trigger of [
    'entry_partition_is_never_changed',
    'entry_partition_is_never_emptied',
    'entry_is_never_changed',
  ]) {
    await asOwner(`alter table ${partition} enable always trigger ${trigger}`);
  }

  const next = `journal.entry_${month(1)}`;
  await asOwner(`drop trigger entry_partition_is_never_emptied on ${next}`);
  expect(await problems()).toEqual([`${next} has no trigger, ENABLE ALWAYS, that refuses TRUNCATE`]);
  await asOwner(`create trigger entry_partition_is_never_emptied before truncate on ${next}
    for each statement execute function journal.refuse_change()`);
  await asOwner(`alter table ${next} enable always trigger entry_partition_is_never_emptied`);
});

test('a trigger that only looks like the right one', async () => {
  const next = `journal.entry_${month(1)}`;
  const pose = (trigger: string) =>
    asOwner(`drop trigger entry_partition_is_never_changed on ${next};
    alter table ${next} disable trigger entry_is_never_changed; ${trigger};
    alter table ${next} enable always trigger entry_partition_is_never_changed`);
  const create = 'create trigger entry_partition_is_never_changed before update';
  await asOwner(`create function journal.let_pass() returns trigger language plpgsql as 'begin return new; end'`);
  for (const trigger of [
    `${create} or delete on ${next} for each row execute function journal.let_pass()`,
    `${create} on ${next} for each row execute function journal.refuse_change()`,
    `${create} of node or delete on ${next} for each row execute function journal.refuse_change()`,
    `${create} or delete on ${next} for each row when (old.log_id = 1) execute function journal.refuse_change()`,
  ]) {
    await pose(trigger);
    expect(await problems()).toEqual([`${next} has no trigger, ENABLE ALWAYS, that refuses UPDATE and DELETE`]);
  }
  await pose(`${create} or delete on ${next} for each row execute function journal.refuse_change()`);
  await asOwner(`alter table ${next} enable always trigger entry_is_never_changed; drop function journal.let_pass()`);
});

test('a partition detached', async () => {
  await asOwner(`alter table journal.entry detach partition ${partition}`);
  expect(await problems()).toEqual([
    `the journal has no partition ${partition.replace('journal.', '')}: run journal.ensure_partitions()`,
    `${partition} is not a partition any more: it was detached`,
  ]);
  await asOwner(`alter table journal.entry attach partition ${partition}
    for values from ('${month(0).replace('_', '-')}-01T00:00:00Z') to ('${month(1).replace('_', '-')}-01T00:00:00Z')`);
});

test('no partition for next month, which is then made with its triggers', async () => {
  const next = `entry_${month(1)}`;
  await asOwner(`drop table journal.${next}`);
  expect(await problems()).toEqual([`the journal has no partition ${next}: run journal.ensure_partitions()`]);
  await Promise.all([fixture.app, fixture.worker, fixture.app, fixture.owner].map(ensurePartitions));
});

test('partitions are made while others write: nobody waits for anybody', async () => {
  const next = `journal.entry_${month(2)}`;
  await asOwner(`drop table ${next}`);
  await fixture.act(async (trx) => {
    await record(fixture, trx, looked());
    await fixture.owner.transaction().execute(async (making) => {
      await sql`set local lock_timeout = '2s'`.execute(making);
      await sql`select journal.ensure_partitions()`.execute(making);
      await record(fixture, trx, looked());
      await fixture.act((other) => record(fixture, other, looked()));
    });
  });
  const { rows } = await sql`select to_regclass(${next})::text as made`.execute(fixture.app);
  expect(rows).toEqual([{ made: next }]);
});

test('no partition for today: the act is refused, and nothing of it stays', async () => {
  const spare = await createFixture();
  try {
    await sql.raw(`alter table journal.entry detach partition ${partition}`).execute(spare.owner);
    const subject = newId();
    await expect(spare.act((trx) => record(spare, trx, openedBy('Zoé', subject)))).rejects.toMatchObject({
      code: '23514',
    });
    const left = await sql`select 1 from journal.entry_index union all select 1 from journal.subject_key`.execute(
      spare.app,
    );
    expect(left.rows).toHaveLength(1); // the registration of the node
  } finally {
    await spare.close();
  }
});

test('a DEFAULT partition', async () => {
  await asOwner('create table journal.anything partition of journal.entry default');
  expect(await problems()).toEqual([
    'the journal has a DEFAULT partition',
    expect.stringContaining('journal.anything'),
  ]);
  await asOwner('drop table journal.anything');
});

test('a program that runs with the rights of the owner', async () => {
  expect(await journalReadiness(fixture.owner, fixture.keys)).toEqual([
    expect.stringContaining('the role entremise_owner may change'),
  ]);
  expect(await journalReadiness(fixture.worker, fixture.keys)).toEqual([]);
});

test('a program whose own node is revoked', async () => {
  await asSuperuser(`update journal.node_key set revoked_at = clock_timestamp()`);
  expect(await problems()).toEqual([expect.stringContaining('is revoked')]);
  await asSuperuser(`update journal.node_key set revoked_at = null`);
});

function month(ahead: number): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead))
    .toISOString()
    .slice(0, 7)
    .replace('-', '_');
}
