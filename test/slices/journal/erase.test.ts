import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  eraseField,
  erasePeriod,
  erasePersonEntries,
  erasureOf,
  inErasure,
  journalKinds,
  journalReadiness,
  liftHold,
  openEntries,
  placeHold,
  record,
} from '#journal';
import { journalOf } from '#support/journal.ts';
import { proveNode } from '../../../src/journal/prove-node.ts';
import {
  type EraseFixture,
  eraseFixture,
  looked,
  membersOf,
  middleOf,
  newId,
  openedBy,
  proofsHold,
} from './erase-support.ts';

// Failure table of the journal, row 27: personal data goes, each erasure is told, every proof stays.

let fixture: EraseFixture;
beforeAll(async () => {
  fixture = await eraseFixture();
});
afterAll(() => fixture.close());

const write = (...events: Parameters<typeof record>[2][]) =>
  fixture.act((trx) => record(fixture, trx, ...events)) as Promise<string[]>;
const erasePerson = (usagerId: string) =>
  inErasure(fixture.ctx, (trx) => erasePersonEntries(fixture.ctx, trx, { usagerId, mandates: [], ground: 'request' }));
const openedIn = async (id: string) => (await openEntries(fixture, fixture.reader, [id])).get(id)?.opened;
const told = async (kind: string) => journalOf(fixture.reader, { kinds: [kind] });
const indexOf = async (id: string) => {
  const { rows } = await sql<{ usagerId: string | null; kind: string }>`
    select usager_id, kind from journal.entry_index where id = ${id}`.execute(fixture.reader);
  return rows[0];
};

describe('row 27: a field', () => {
  test('goes alone, is told without saying who, and the proofs still pass', async () => {
    const usagerId = newId();
    const [id = ''] = await write(openedBy('Zoé', usagerId));
    await fixture.seal();
    const before = await membersOf(fixture, id);
    expect(await openedIn(id)).toEqual({ name: 'Zoé' });

    const erased = await eraseField(fixture.ctx, { entryId: id, field: 'name', ground: 'unlawful' });
    expect(erased).toMatchObject({ ok: true });
    expect(await openedIn(id)).toBeUndefined();
    expect(await membersOf(fixture, id)).toEqual(before);
    expect(await indexOf(id)).toEqual({ usagerId, kind: 'door.opened' });
    const [entry] = (await told('erasure.field')).filter(({ clear }) => clear.entry === id);
    expect(entry).toMatchObject({ clear: { entry: id, field: 'name', ground: 'unlawful', openings: 1 } });
    expect(entry?.leaf.toString()).not.toContain(usagerId);
    expect(entry?.about.usagerId).toBeNull();
    await fixture.seal();
    expect((await proofsHold(fixture, 'actes')).proven).toBeGreaterThan(2);
  });

  test('that is not there is not erased, and nothing is written', async () => {
    const before = await fixture.count('journal.entry');
    const asked = { entryId: newId(), field: 'name', ground: 'unlawful' } as const;
    expect(await eraseField(fixture.ctx, asked)).toEqual({ ok: false, reason: 'nothing' });
    expect(await fixture.count('journal.entry')).toBe(before);
  });
});

describe('row 27: a person', () => {
  test('the key, the openings and the link to the person go; the evidence stays, under its alias', async () => {
    const [usagerId, neighbour] = [newId(), newId()];
    const ids = await write(openedBy('Zoé', usagerId), openedBy('Zoé', usagerId), openedBy('Ali', neighbour));
    await fixture.seal();
    expect(await erasePerson(usagerId)).toMatchObject({ ok: true, value: { openings: 2 } });
    expect(await fixture.count(`journal.subject_key where subject_id = '${usagerId}'`)).toBe(0);
    expect(await fixture.count(`journal.entry_index where usager_id = '${usagerId}'`)).toBe(0);
    for (const id of ids.slice(0, 2)) {
      expect(await openedIn(id)).toBeUndefined();
      expect(await indexOf(id)).toEqual({ usagerId: null, kind: 'door.opened' });
    }
    expect(await openedIn(ids[2] ?? '')).toEqual({ name: 'Ali' });
    expect(await indexOf(ids[2] ?? '')).toMatchObject({ usagerId: neighbour });
    const listed = await sql<{ line: string }>`
      select to_jsonb(e)::text as line from journal.erasure e where kind = 'person'`.execute(fixture.reader);
    expect(listed.rows.every(({ line }) => !line.includes(usagerId))).toBe(true);
    await fixture.seal();
    await proofsHold(fixture, 'actes');
  });

  test('whatever survives of a destroyed key is told apart: erased, not an error', async () => {
    const usagerId = newId();
    const [id = ''] = await write(openedBy('Zoé', usagerId));
    const kept = await sql<{ row: string }>`
      select to_jsonb(o)::text as row from journal.opening o where entry_id = ${id}`.execute(fixture.superuser);
    await erasePerson(usagerId);
    await sql`insert into journal.opening select * from jsonb_populate_record(null::journal.opening, ${kept.rows[0]?.row}::jsonb)`.execute(
      fixture.superuser,
    );
    expect((await openEntries(fixture, fixture.reader, [id])).get(id)).toMatchObject({ opened: {}, erased: ['name'] });
  });

  test('who comes back later has a new key, and nothing of before', async () => {
    const usagerId = newId();
    const [old = ''] = await write(openedBy('Zoé', usagerId));
    await erasePerson(usagerId);
    const [fresh = ''] = await write(openedBy('Zoé', usagerId));
    expect(await openedIn(old)).toBeUndefined();
    expect(await openedIn(fresh)).toEqual({ name: 'Zoé' });
  });
});

describe('row 27: a period', () => {
  const month = '2025-03';
  const partition = 'journal.entry_2025_03';
  const again = (log: 'actes' | 'acces' = 'acces') => erasePeriod(fixture.ctx, { log, month, ground: 'retention' });
  const rowsOf = async (where: string) =>
    (
      await sql<{
        row: string;
      }>`select to_jsonb(e)::text as row from journal.entry e where ${sql.raw(where)} order by id`.execute(
        fixture.superuser,
      )
    ).rows;

  test('is refused before it is over, and before a published checkpoint covers it', async () => {
    const now = new Date().toISOString().slice(0, 7);
    expect(await erasePeriod(fixture.ctx, { log: 'acces', month: now, ground: 'retention' })).toEqual({
      ok: false,
      reason: 'not-over',
    });
    await fixture.writeAt(middleOf(month), looked());
    expect(await again()).toEqual({ ok: false, reason: 'not-covered' });
  });

  test('one log goes, byte for byte the other stays, guarded as before; hashes and proofs stay', async () => {
    const acts = [];
    for (let n = 0; n < 3; n += 1) acts.push(await fixture.writeAt(middleOf(month), openedBy('Zoé', newId())));
    const [seen = ''] = [await fixture.writeAt(middleOf(month), looked())];
    await fixture.seal();
    const before = await rowsOf(`log_id = 1 and recorded_at < '2025-04-01'`);
    const sealedBefore = await fixture.count('journal.leaf where log_id = 2');

    expect(await again()).toMatchObject({ ok: true, value: { entries: 2, openings: 0 } });
    expect(await rowsOf(`log_id = 2 and recorded_at < '2025-04-01'`)).toEqual([]);
    expect(await rowsOf(`log_id = 1 and recorded_at < '2025-04-01'`)).toEqual(before);
    expect(await indexOf(seen)).toBeUndefined();
    expect(await openedIn(acts[0] ?? '')).toEqual({ name: 'Zoé' });
    expect(await fixture.count('journal.leaf where log_id = 2')).toBe(sealedBefore);
    expect(await erasureOf(fixture.reader, seen)).toMatchObject({ ground: 'retention' });
    expect(await erasureOf(fixture.reader, acts[0] ?? '')).toBeUndefined();
    expect(await journalReadiness(fixture.app, fixture.keys)).toEqual([]);
    for (const statement of [
      `delete from ${partition}`,
      `truncate ${partition}`,
      `update ${partition} set leaf = leaf`,
    ]) {
      await expect(sql.raw(statement).execute(fixture.superuser)).rejects.toThrow(/the journal is never changed/);
    }
    const [entry] = (await told('erasure.period')).filter(({ clear }) => clear.month === month);
    expect(entry?.clear).toEqual({
      log: 'acces',
      month,
      ground: 'retention',
      entries: 2,
      openings: 0,
      first: 0,
      last: 1,
    });
    await write(looked());
    await fixture.seal();
    expect(await proofsHold(fixture, 'acces')).toEqual({ leaves: sealedBefore + 1, proven: 1 });
    await proofsHold(fixture, 'actes');
  });

  test('when the other log goes too, so does the partition; a second time there is nothing', async () => {
    expect(await again('actes')).toMatchObject({ ok: true, value: { entries: 3, openings: 3 } });
    expect(await fixture.count(`pg_class where relname = 'entry_2025_03'`)).toBe(0);
    expect(await again('actes')).toEqual({ ok: false, reason: 'nothing' });
    await fixture.seal();
    await proofsHold(fixture, 'actes');
  });
});

describe('a legal hold refuses', () => {
  test('the person, every field of theirs, and lets go once lifted; told, never who', async () => {
    const usagerId = newId();
    const [id = ''] = await write(openedBy('Zoé', usagerId));
    const placed = await placeHold(fixture.ctx, { target: { usagerId }, ground: 'litigation' });
    expect(await placeHold(fixture.ctx, { target: { usagerId }, ground: 'audit' })).toEqual({
      ok: false,
      reason: 'already-held',
    });
    expect(await erasePerson(usagerId)).toEqual({ ok: false, reason: 'held' });
    expect(await eraseField(fixture.ctx, { entryId: id, field: 'name', ground: 'request' })).toEqual({
      ok: false,
      reason: 'held',
    });
    expect(await openedIn(id)).toEqual({ name: 'Zoé' });
    const holdId = placed.ok ? placed.holdId : '';
    const holds = await told('hold.placed');
    expect(holds.at(-1)).toMatchObject({
      clear: { hold: holdId, target: 'person', ground: 'litigation' },
      about: { usagerId },
    });
    expect(holds.every(({ leaf }) => !leaf.toString().includes(usagerId))).toBe(true);

    expect(await liftHold(fixture.ctx, holdId)).toBe(true);
    expect(await liftHold(fixture.ctx, holdId)).toBe(false);
    expect(await erasePerson(usagerId)).toMatchObject({ ok: true });
    expect(await fixture.count(`journal.hold where usager_id = '${usagerId}'`)).toBe(0);
  });

  test('a period: all of it when the months are held; around what a held person did when the person is', async () => {
    const month = '2025-05';
    const usagerId = newId();
    const held = await fixture.writeAt(middleOf(month), openedBy('Zoé', usagerId));
    const other = await fixture.writeAt(middleOf(month), openedBy('Ali', newId()));
    await fixture.seal();
    const months = await placeHold(fixture.ctx, { target: { first: '2025-04', last: '2025-06' }, ground: 'audit' });
    const erase = () => erasePeriod(fixture.ctx, { log: 'actes', month, ground: 'retention' });
    expect(await erase()).toEqual({ ok: false, reason: 'held' });
    expect(await erasePerson(usagerId)).toEqual({ ok: false, reason: 'held' });
    await liftHold(fixture.ctx, months.ok ? months.holdId : '');

    const person = await placeHold(fixture.ctx, { target: { usagerId }, ground: 'complaint' });
    expect(await erase()).toMatchObject({ ok: true, value: { entries: 1, openings: 1 } });
    expect(await openedIn(held)).toEqual({ name: 'Zoé' });
    expect(await openedIn(other)).toBeUndefined();
    expect(await erase()).toEqual({ ok: false, reason: 'nothing' });
    await liftHold(fixture.ctx, person.ok ? person.holdId : '');
    expect(await erase()).toMatchObject({ ok: true, value: { entries: 1, openings: 1 } });
    await fixture.seal();
    await proofsHold(fixture, 'actes');
  });
});

describe('at the same time', () => {
  test('two erasures of one person: one erases, the other finds nothing left; readers see it whole or erased', async () => {
    const usagerId = newId();
    const ids = await write(...Array.from({ length: 40 }, () => openedBy('Zoé', usagerId)));
    const before = (await told('erasure.person')).length;
    const reads = Array.from({ length: 30 }, async (_, n) => {
      const entries = await openEntries(fixture, n % 2 ? fixture.reader : fixture.app, ids);
      return ids.every((id) => (entries.get(id)?.opened.name ?? 'Zoé') === 'Zoé');
    });
    const [outcomes, seen] = await Promise.all([
      Promise.all([erasePerson(usagerId), erasePerson(usagerId), erasePerson(usagerId)]),
      Promise.all(reads),
    ]);
    expect(seen.every(Boolean)).toBe(true);
    expect(outcomes.map((one) => (one.ok ? one.value.openings : one.reason)).sort()).toEqual([
      40,
      'nothing',
      'nothing',
    ]);
    expect((await told('erasure.person')).length).toBe(before + 1);
    expect(await fixture.count(`journal.opening where entry_id = any('{${ids}}')`)).toBe(0);
  });

  test('a hold and an erasure: whichever comes first decides, and neither waits for ever', async () => {
    for (let round = 0; round < 5; round += 1) {
      const usagerId = newId();
      const [id = ''] = await write(openedBy('Zoé', usagerId));
      const [held, erased] = await Promise.all([
        placeHold(fixture.ctx, { target: { usagerId }, ground: 'audit' }),
        erasePerson(usagerId),
      ]);
      expect(held.ok).toBe(true);
      expect(await openedIn(id)).toEqual(erased.ok ? undefined : { name: 'Zoé' });
      if (!erased.ok) expect(erased.reason).toBe('held');
    }
  });

  test('a period goes while others write: each act is kept, nobody is refused', async () => {
    const month = '2025-07';
    for (let n = 0; n < 5; n += 1) await fixture.writeAt(middleOf(month), looked());
    await fixture.writeAt(middleOf(month), openedBy('Zoé', newId()));
    await fixture.seal();
    const before = await fixture.count('journal.entry where log_id = 1');
    const [erased, ...written] = await Promise.all([
      erasePeriod(fixture.ctx, { log: 'acces', month, ground: 'retention' }),
      ...Array.from({ length: 60 }, () => write(openedBy('Ali', newId()))),
    ]);
    expect(erased).toMatchObject({ ok: true, value: { entries: 5 } });
    expect(written.flat()).toHaveLength(60);
    expect(await fixture.count('journal.entry where log_id = 1')).toBe(before + 61);
  });
});

describe('the right to erase is narrow', () => {
  const call = `journal.erase(gen_random_uuid(), '{}', '{}', '{}', null)`;
  test('without the entry that tells it, nothing is erased, whoever calls', async () => {
    for (const db of [fixture.worker, fixture.owner, fixture.superuser]) {
      await expect(sql.raw(`select ${call}`).execute(db)).rejects.toThrow('nothing is done without the entry');
      await expect(
        sql.raw(`select journal.erase_period(gen_random_uuid(), 2::smallint, '2025-01-01')`).execute(db),
      ).rejects.toThrow('nothing is done without the entry');
    }
  });

  test('an entry of before, or of another kind, does not count; nor one that counts wrong', async () => {
    const [old = ''] = (await told('erasure.person')).map(({ id }) => id);
    await expect(
      sql`select journal.erase(${old}::uuid, '{}', '{}', '{}', null)`.execute(fixture.worker),
    ).rejects.toThrow(/nothing is done without/);
    const usagerId = newId();
    const [id = ''] = await write(openedBy('Zoé', usagerId));
    const field = journalKinds.find(({ kind }) => kind === 'erasure.field');
    const lie = fixture.worker.transaction().execute(async (trx) => {
      const clear = { entry: id, field: 'name', ground: 'request', openings: 3 } as never;
      const [erasure = ''] = field ? await record(fixture, trx, field.event({ actor: {}, result: 'ok', clear })) : [];
      await proveNode(fixture.keys, trx, erasure);
      await sql`select journal.erase(${erasure}::uuid, '{}', '{}', ${[id]}::uuid[], 'name')`.execute(trx);
    });
    await expect(lie).rejects.toThrow('the entry tells of 3 openings, 1 are erased');
    expect(await openedIn(id)).toEqual({ name: 'Zoé' });
  });

  test('the site may not call it, and no role may write the list', async () => {
    await expect(sql.raw(`select ${call}`).execute(fixture.app)).rejects.toThrow(/permission denied/);
    for (const db of [fixture.app, fixture.worker, fixture.reader]) {
      await expect(sql`delete from journal.erasure`.execute(db)).rejects.toThrow(/permission denied/);
      await expect(sql`insert into journal.erasure default values`.execute(db)).rejects.toThrow(/permission denied/);
    }
    await expect(sql`delete from journal.erasure`.execute(fixture.superuser)).rejects.toThrow(/never changed/);
  });
});
