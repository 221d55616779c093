import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkJournal, ensurePartitions, record } from '#journal';
import { type EraseFixture, eraseFixture, looked, newId, openedBy } from './erase-support.ts';

// Failure table of the journal, row 17: the month changes, a partition is missing.

let fixture: EraseFixture;
beforeAll(async () => {
  fixture = await eraseFixture();
});
afterAll(() => fixture.close());

const nameOf = (ahead: number) => {
  const now = new Date();
  const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead)).toISOString().slice(0, 7);
  return `entry_${month.replace('-', '_')}`;
};
const firstOf = (ahead: number) => `${nameOf(ahead).slice(6).replace('_', '-')}-01T00:00:00Z`;
const partitions = async () => {
  const { rows } = await sql<{
    name: string;
  }>`select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'journal.entry'::regclass order by 1`.execute(fixture.reader);
  return rows.map(({ name }) => name);
};

test('row 17: partitions are made three months ahead, once, by whoever comes, while others write', async () => {
  const wanted = [0, 1, 2, 3].map(nameOf);
  await sql.raw(`drop table journal.${nameOf(3)}, journal.${nameOf(2)}`).execute(fixture.owner);
  const write = () => fixture.act((trx) => record(fixture, trx, looked()));
  const acts = Array.from({ length: 40 }, write);
  await Promise.all([
    ...acts,
    ...Array.from({ length: 6 }, (_, n) => ensurePartitions(n % 2 ? fixture.app : fixture.worker)),
  ]);
  expect(await partitions()).toEqual(wanted.sort());
  expect(await fixture.count('journal.entry where log_id = 2')).toBe(40);
  const { inWords } = await checkJournal(fixture.ctx, { log: 'acces', closing: [] });
  expect(inWords.filter((line) => !line.includes('attend'))).toEqual([]);
});

test('row 17: at the change of month each entry goes to the partition of its own, to the microsecond', async () => {
  const rowAt = (at: string) => sql<{ name: string }>`
    insert into journal.entry (id, recorded_at, log_id, node, leaf, node_sig)
    values (gen_random_uuid(), ${at}, 2, 'node-test', '{}', decode(repeat('00', 64), 'hex'))
    returning tableoid::regclass::text as name`;
  const trx = fixture.superuser.transaction().execute(async (inside) => {
    const names: (string | undefined)[] = [];
    for (const shift of ['-1 microsecond', '0', '1 microsecond']) {
      const { rows } = await sql<{
        at: string;
      }>`select (${firstOf(1)}::timestamptz + ${shift}::interval)::text as at`.execute(inside);
      names.push((await rowAt(rows[0]?.at ?? '').execute(inside)).rows[0]?.name);
    }
    expect(names).toEqual([`journal.${nameOf(0)}`, `journal.${nameOf(1)}`, `journal.${nameOf(1)}`]);
    throw new Error('given up');
  });
  await expect(trx).rejects.toThrow('given up');
});

test('row 17: without a partition for today the act is refused whole, and goes through once there is one', async () => {
  const today = nameOf(0);
  await fixture.superuser.transaction().execute(async (trx) => {
    await sql.raw(`alter table journal.entry detach partition journal.${today}`).execute(trx);
  });
  const usagerId = newId();
  const act = () =>
    fixture.act(async (trx) => {
      await sql`insert into rate_limit values (decode('00', 'hex'), 1, now())`.execute(trx);
      await record(fixture, trx, openedBy('Zoé', usagerId));
    });
  await expect(act()).rejects.toThrow(/no partition of relation "entry"/);
  expect(await fixture.count('rate_limit')).toBe(0);
  expect(await fixture.count(`journal.entry_index where usager_id = '${usagerId}'`)).toBe(0);
  expect(await fixture.count('journal.opening')).toBe(0);
  const { inWords } = await checkJournal(fixture.ctx, { log: 'acces', closing: [] });
  expect(inWords).toContainEqual(expect.stringContaining(`journal.${today} est détachée`));

  await sql
    .raw(
      `alter table journal.entry attach partition journal.${today} for values from ('${firstOf(0)}') to ('${firstOf(1)}')`,
    )
    .execute(fixture.superuser);
  await act();
  expect(await fixture.count(`journal.entry_index where usager_id = '${usagerId}'`)).toBe(1);
});
