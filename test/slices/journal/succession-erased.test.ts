import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkJournal, eraseField, erasePeriod, exportErasures, succeed } from '#journal';
import { openDatabase } from '#platform/db/database.ts';
import { ignoreClosing } from '#support/context-parts.ts';
import { sealWorld, sequenceWorld } from '#support/seal.ts';
import { type EraseFixture, eraseFixture, looked, middleOf, newId, openedBy } from './erase-support.ts';
import { sealedOf, tamper } from './seal-bed.ts';

// Erasures name places of the tree: when the log that goes on does not keep these places, they are those of the closed one.

let fixture: EraseFixture;
beforeAll(async () => {
  fixture = await eraseFixture();
});
afterAll(() => fixture?.close());

const problemsOf = async (log: 'actes' | 'acces') =>
  (await checkJournal(fixture.ctx, { log, closing: [] })).problems.filter(({ code }) => code !== 'clock');

test('row 20: what was erased stays erased, and its places are those of the closed tree', async () => {
  const { ctx, superuser, database } = fixture;
  const old: string[] = [];
  for (let count = 0; count < 3; count += 1) old.push(await fixture.writeAt(middleOf('2025-10'), looked()));
  const open = await fixture.writeAt(new Date(), openedBy('Zoé', newId()));
  for (let count = 0; count < 3; count += 1) await fixture.writeAt(new Date(), looked());
  await fixture.seal();
  expect(await erasePeriod(ctx, { log: 'acces', month: '2025-10', ground: 'court' })).toMatchObject({ ok: true });
  expect(await eraseField(ctx, { entryId: open, field: 'name', ground: 'request' })).toMatchObject({ ok: true });
  await fixture.seal();
  expect([await problemsOf('actes'), await problemsOf('acces')]).toEqual([[], []]);

  const { sealing } = await sealWorld({ ctx, workerCtx: ctx, database });
  await tamper(superuser, 'journal.leaf', 'delete from journal.leaf where log_id = 2');
  const owner = openDatabase(database.ownerUrl, { max: 2, onError: ignoreClosing });
  const { origin } = ctx.config.journal;
  const done = await succeed({ ...ctx, db: owner, readerDb: owner }, 'acces', sealing, {
    ...{ reason: 'tree-lost', confirmed: `${origin}/acces` },
  });
  expect(done).toMatchObject({ done: { kept: 0n, origin: `${origin}/acces/2` } });
  ctx.config.journal.shards = { acces: 2 };
  const again = await sealedOf(superuser, 'acces');
  expect(again.filter(({ id }) => old.includes(id))).toEqual([]);
  expect(JSON.parse(again[0]?.leaf.toString() ?? '{}')).toMatchObject({ type: 'journal.succeeded-acces' });
  expect([await problemsOf('actes'), await problemsOf('acces')]).toEqual([[], []]);
  const { rows } = await sql<{ was: string; now: string }>`
    select c.indices::text as was, e.indices::text as now
    from journal.closed_1_erasure c join journal.erasure e on e.id = c.id where c.month is not null`.execute(superuser);
  expect(rows).toEqual([{ was: expect.stringMatching(/^\{\[/), now: '{}' }]);
  expect((await exportErasures(owner)).trimEnd().split('\n')).toHaveLength(3);
  await owner.destroy();

  // what is erased from then on names places of the tree that goes on, and they are compared as before
  const db = openDatabase(database.workerUrl, { max: 4, onError: ignoreClosing }); // as a worker that starts after it
  const next = { ctx, workerCtx: { ...ctx, db }, database };
  for (let count = 0; count < 2; count += 1) await fixture.writeAt(middleOf('2025-09'), looked());
  await sequenceWorld(next);
  // erasing asks for a publication that covers it, and nothing more: no signer has the new key here
  const size = (await sealedOf(superuser, 'acces')).length;
  for (const [table, at] of Object.entries({ checkpoint: 'signed_at', publication: 'published_at' }))
    await sql
      .raw(`insert into journal.${table} (log_id, size, note, ${at}) values (2, ${size}, '', clock_timestamp())`)
      .execute(superuser);
  const later = await erasePeriod(ctx, { log: 'acces', month: '2025-09', ground: 'court' });
  expect(later).toMatchObject({ ok: true });
  await sequenceWorld(next);
  expect(await problemsOf('actes')).toEqual([]);
  const moved = (by: number) =>
    tamper(
      superuser,
      'journal.erasure',
      `update journal.erasure set indices = int8multirange(int8range(lower(indices), upper(indices) + ${by})) where month = '2025-09-01'`,
    );
  await moved(1);
  expect((await problemsOf('actes')).map(({ code }) => code)).toContain('erasure-differs');
  await moved(-1);
  expect(await problemsOf('actes')).toEqual([]);
  await db.destroy();

  // no erasure has the place of the entry that tells it: it was not erased, it was taken away
  const { rows: places } = await sql<{ partition: string }>`
    select tableoid::regclass::text as partition from journal.entry where id = ${again[0]?.id ?? ''}::uuid`.execute(
    superuser,
  );
  for (const { partition } of places)
    await tamper(superuser, partition, `delete from ${partition} where id = '${again[0]?.id}'`);
  expect((await problemsOf('acces')).map(({ code }) => code)).toContain('succession-differs');
});
