import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkJournal } from '#journal';
import { uuidv7 } from '#platform/ids/ids.ts';
import { tamper } from '#support/database.ts';
import { sequenceWorld } from '#support/seal.ts';
import { writtenAt } from '../../../src/audit/alerts/reading.ts';
import { type FollowWorld, followWorld, type MandateRow } from '../mandate/follow-support.ts';
import { alertsIn, entriesOf, turn, withOneClock } from './alerts-support.ts';

let world: FollowWorld;
let mandate: MandateRow;

beforeEach(async () => {
  world = await followWorld();
  mandate = await world.conclude();
  await withOneClock(world);
});
afterEach(() => world.close());

const run = () => turn(world, ['I1']);
const ids = async (kind: string) =>
  (
    await sql<{ id: string }>`select id from journal.entry_index where kind = ${kind} order by id`.execute(world.ctx.db)
  ).rows.map(({ id }) => id);
const oneAlert = async () => {
  const [alert, ...others] = await alertsIn(world, 'I1');
  expect(others).toEqual([]);
  expect(alert).toMatchObject({ urgent: true, rule: 'I1' });
  return alert;
};

test('a journal that is as it must be raises nothing, sealed or not', async () => {
  expect(await run()).toBe(0);
  await sequenceWorld(world);
  await world.conclude();
  await withOneClock(world);
  expect(await run()).toBe(0);
  expect(await alertsIn(world)).toEqual([]);
});

test('a number that is missing among the acts of a mandate, told once', async () => {
  await tamper(world, (db) =>
    sql`update journal.entry_index set mn = 6 where mandate_id = ${mandate.id} and mn is not null`.execute(db),
  );
  expect(await run()).toBe(3); // the index does not say what the leaf says either, nor how the mandate began
  const gap = (await alertsIn(world, 'I1')).find(({ explanation }) => explanation.includes('Il manque'));
  expect(gap?.organisationId).toBe(mandate.organisationId);
  expect(gap?.explanation).toContain('le dernier acte porte le numéro 6, mais l’index n’a que 1\u00a0acte');
  expect(await entriesOf(world, gap?.id)).toEqual(await ids('mandate.concluded'));
  expect(await run()).toBe(0);
});

test('an index that says something else than the entry, or speaks of one that does not exist', async () => {
  await tamper(world, (db) =>
    sql`update journal.entry_index set theme = 'justice' where mandate_id = ${mandate.id} and kind = 'mandate.concluded'`.execute(
      db,
    ),
  );
  expect(await run()).toBe(1);
  const alert = await oneAlert();
  expect(alert?.explanation).toContain('l’index de recherche ne dit pas ce que dit l’entrée');
  expect(alert).toMatchObject({ entries: 1, organisationId: null });
  await sql`insert into journal.entry_index (id, log_id, kind, result) values (${uuidv7(new Date())}, 2, 'aidant.resumed', 'ok')`.execute(
    world.ctx.db,
  );
  expect(await run()).toBe(1);
  expect(await run()).toBe(0);
});

test('two clocks that differ by more than two seconds; less is nothing', async () => {
  const shift = (seconds: number) =>
    tamper(world, (db) =>
      sql`update journal.entry_index i set recorded_at = ${writtenAt()} + make_interval(secs => ${seconds})
        where kind = 'mandate.concluded'`.execute(db),
    );
  await shift(1.5);
  expect(await run()).toBe(0);
  await shift(2.5);
  expect(await run()).toBe(1);
  expect((await oneAlert())?.explanation).toContain(
    'l’instant donné par le serveur et celui de la base diffèrent de plus de 2',
  );
});

test('an entry that no registered node wrote', async () => {
  await sequenceWorld(world);
  await sql`insert into journal.entry (id, log_id, node, leaf, node_sig) values
    (${uuidv7(new Date())}, 1, 'stranger', ${Buffer.from('{}')}, ${randomBytes(64)})`.execute(world.ctx.db);
  expect(await run()).toBe(0);
  await sequenceWorld(world);
  expect(await run()).toBe(1);
  const alert = await oneAlert();
  expect(alert?.explanation).toContain('une entrée que n’a écrite aucun serveur inscrit');
  expect(await entriesOf(world, alert?.id)).toEqual(await ids('journal.rogue-entry'));
  expect(await run()).toBe(0);
});

test('bytes that are no leaf do not stop the rules', async () => {
  const id = uuidv7(new Date());
  await sql`insert into journal.entry (id, log_id, node, leaf, node_sig)
    values (${id}, 1, 'stranger', ${randomBytes(40)}, ${randomBytes(64)})`.execute(world.ctx.db);
  await sql`insert into journal.entry_index (id, log_id, kind, result) values (${id}, 1, 'use.refused', 'refused')`.execute(
    world.ctx.db,
  );
  expect(await turn(world, ['I1', 'E1', 'E3', 'P1', 'H2'])).toBe(1); // the mandate has no real evidence
  const states = await world.ctx.db.selectFrom('alertRule').select('lookedUntil').where('active', '=', true).execute();
  expect(states.every(({ lookedUntil }) => lookedUntil !== null)).toBe(true);
});

test('an entry that waited more than a minute for its place, once the log is sealed', async () => {
  const age = (seconds: number) =>
    tamper(world, (db) =>
      sql`update journal.entry_index set recorded_at = clock_timestamp() - make_interval(secs => ${seconds})
        where kind = 'mandate.concluded'`.execute(db),
    );
  await age(90);
  expect((await alertsIn(world)).length).toBe(0);
  await world.conclude();
  await sequenceWorld(world);
  await tamper(world, async (db) => {
    await sql`alter table journal.tree_head disable trigger all`.execute(db);
    await sql`update journal.tree_head set created_at = created_at - interval '1 hour' where log_id = 1`.execute(db);
  });
  await world.conclude();
  await age(20);
  await run();
  expect(
    (await alertsIn(world, 'I1')).filter(({ explanation }) => explanation.includes('leur place dans l’arbre')),
  ).toEqual([]);
  await age(90);
  await run();
  const late = (await alertsIn(world, 'I1')).filter(({ explanation }) =>
    explanation.includes('leur place dans l’arbre'),
  );
  expect(late).toHaveLength(1);
  expect(late[0]).toMatchObject({ urgent: true, entries: 1, organisationId: null });
  expect(late[0]?.explanation).toContain('1 attendait encore quand la règle est passée');
});

test('a full check that found something, told once; again once it was mended and is back', async () => {
  await sequenceWorld(world);
  const put = (result: string) =>
    tamper(world, (db) =>
      sql`update journal.entry_index set result = ${result} where kind = 'mandate.concluded'`.execute(db),
    );
  const check = () => checkJournal(world.workerCtx, { log: 'actes', closing: ['mandate.ended'] });
  await put('refused');
  const checked = await check();
  expect(checked.problems.length).toBeGreaterThan(0);
  await run();
  const told = (await alertsIn(world, 'I1')).filter(({ explanation }) => explanation.includes('contrôle du journal'));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ entries: 0, organisationId: null, urgent: true });
  expect(told[0]?.explanation).toMatch(/problèmes?\. entrée/); // the log is named once
  expect(await run()).toBe(0);
  const again = async () => {
    await check();
    await run();
    const all = await alertsIn(world, 'I1');
    return all.filter(({ explanation }) => explanation.includes('contrôle du journal')).length;
  };
  expect(await again()).toBe(1);
  await put('ok');
  expect(await again()).toBe(1);
  await put('refused');
  expect(await again()).toBe(2);
});
