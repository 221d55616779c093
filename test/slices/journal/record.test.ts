import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { journalKinds, journalRegistry, openEntries, prepareRecord, record } from '#journal';
import { verifyNodeSignature } from '#journal/verify';
import type { DB } from '#platform/db/database.ts';
import { journalOf } from '#support/journal.ts';
import { crypto } from '#support/note-signer.ts';
import { createFixture, type Fixture, looked, newId, opened, openedBy, seen } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await createFixture();
});
afterAll(() => fixture.close());

/** The entries of this file's kinds, apart from the registration of the node. */
const entries = () => journalOf(fixture.reader, { keys: fixture.keys, kinds: [opened.kind, seen.kind] });
const since = async (count: number) => (await entries()).slice(count);
const count = async () => (await entries()).length;

async function isSigned({
  node,
  leaf,
  signature,
}: {
  node: string;
  leaf: Buffer;
  signature: Buffer;
}): Promise<boolean> {
  const { rows } = await sql<{ publicKey: Buffer }>`
    select public_key from journal.node_key where key_id = ${node}`.execute(fixture.app);
  return verifyNodeSignature(crypto, rows[0]?.publicKey ?? Buffer.alloc(32), leaf, signature);
}

describe('an entry and its act are one', () => {
  test('an event is written as a leaf, its openings and its index row', async () => {
    const before = await count();
    const [usagerId, mandateId, authorisationId, aidantId, organisationId] = [
      newId(),
      newId(),
      newId(),
      newId(),
      newId(),
    ];
    const alias = newId();
    const event = opened.event({
      actor: { aidantId, organisationId },
      about: { usagerId, mandateId, authorisationId },
      mandate: { alias, mn: 1 },
      theme: 'famille',
      result: 'refused',
      clear: { count: 3 },
      committed: { name: 'Zoé Ñandú', motive: 'Porte\nfermée' },
      subject: { kind: 'usager', id: usagerId },
    });
    await fixture.act((trx) => record(fixture, trx, event));

    const written = await since(before);
    expect(written).toHaveLength(1);
    expect(written[0]).toMatchObject({
      log: 'actes',
      kind: 'door.opened',
      version: 1,
      node: 'node-test',
      mandateAlias: alias,
      mn: 1,
      organisationId,
      aidantId,
      theme: 'famille',
      result: 'refused',
      clear: { count: 3 },
      opened: { name: 'Zoé Ñandú', motive: 'Porte\nfermée' },
      about: { usagerId, mandateId, authorisationId },
    });
    const index = await sql`select * from journal.entry_index where mandate_alias = ${alias}`.execute(fixture.app);
    expect(index.rows).toEqual([
      {
        ...{ id: written[0]?.id, logId: 1, kind: 'door.opened', result: 'refused', theme: 'famille' },
        ...{ aidantId, organisationId, usagerId, mandateId, authorisationId, mandateAlias: alias, mn: 1, themes: null },
        recordedAt: expect.any(Date),
      },
    ]);
  });

  test('it is dated by the system, whatever clock the act follows, to the microsecond in the leaf', async () => {
    const [before, start] = [await count(), Date.now()];
    await fixture.act((trx) => record({ ...fixture, clock: { now: () => new Date(0) } } as Fixture, trx, looked()));
    const [entry] = await since(before);
    expect(entry?.writtenAt.getTime()).toBeGreaterThanOrEqual(start);
    expect(entry?.recordedAt.getTime()).toBeGreaterThanOrEqual(start);
    expect(entry?.leaf.toString()).toMatch(/"t":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"/);
  });

  test('the node signs the leaf, and nothing but the leaf', async () => {
    await fixture.act((trx) => record(fixture, trx, looked()));
    const entry = (await entries()).at(-1);
    if (!entry) throw new Error('no entry');
    expect(entry.signature).toHaveLength(64);
    expect(await isSigned(entry)).toBe(true);
    expect(await isSigned({ ...entry, leaf: Buffer.from(entry.leaf.toString().replace('ok', 'ko')) })).toBe(false);
  });

  test('acts written at the same time share signatures, each entry with the proof of its own; one that fails harms none', async () => {
    const before = await count();
    const act = (fails: boolean) =>
      fixture.act(async (trx) => {
        await record(fixture, trx, looked(), looked());
        if (fails) throw new Error('the act failed');
      });
    const acts = await Promise.allSettled(Array.from({ length: 12 }, (_, turn) => act(turn % 4 === 0)));
    expect(acts.filter(({ status }) => status === 'rejected')).toHaveLength(3);
    const written = await since(before);
    expect(written).toHaveLength(18);
    for (const entry of written) expect(await isSigned(entry)).toBe(true);
    const ed25519 = new Set(written.map(({ signature }) => signature.subarray(0, 64).toString('hex')));
    expect(ed25519.size).toBeLessThan(written.length);
    const [one, other] = written.filter(({ signature }) => signature.length > 64);
    if (!one || !other) throw new Error('no leaves were signed together');
    expect(await isSigned({ ...one, signature: other.signature })).toBe(false);
  });

  test('an act that is rolled back leaves no entry, no opening, no index row, no key', async () => {
    const [before, subject] = [await count(), newId()];
    const failing = fixture.act(async (trx) => {
      await record(fixture, trx, openedBy('Zoé', subject));
      throw new Error('the act failed');
    });
    await expect(failing).rejects.toThrow('the act failed');
    expect(await count()).toBe(before);
    const left = await sql`
      select id from journal.entry_index where usager_id = ${subject}
      union all select id from journal.subject_key where subject_id = ${subject}`.execute(fixture.app);
    expect(left.rows).toEqual([]);
    const orphans = await sql`select 1 from journal.opening o where not exists
      (select from journal.entry e where e.id = o.entry_id)`.execute(fixture.superuser);
    expect(orphans.rows).toEqual([]);
  });

  test('events of one act keep their order, within a call and between calls', async () => {
    const before = await count();
    await fixture.act(async (trx) => {
      await record(fixture, trx, ...[0, 1, 2, 3].map((n) => openedBy('Zoé', newId(), n)));
      for (const n of [4, 5, 6, 7, 8, 9]) await record(fixture, trx, openedBy('Zoé', newId(), n));
      await record(fixture, trx);
    });
    expect((await since(before)).map(({ clear }) => clear.count)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('the two logs are told apart', async () => {
    await fixture.act((trx) => record(fixture, trx, looked(), openedBy('Zoé', newId())));
    const [acces, actes] = [
      await journalOf(fixture.reader, { log: 'acces' }),
      await journalOf(fixture.reader, { log: 'actes' }),
    ];
    expect(new Set(acces.map(({ kind }) => kind))).toEqual(new Set(['door.seen']));
    expect(new Set(actes.map(({ kind }) => kind))).toEqual(new Set(['node.registered', 'door.opened']));
    const { rows } = await sql`select distinct log_id from journal.entry
      where position('door.seen' in convert_from(leaf, 'UTF8')) > 0`.execute(fixture.reader);
    expect(rows).toEqual([{ logId: 2 }]);
  });

  test('sixteen acts at once about one new person: sixteen entries, one key', async () => {
    const [before, subject] = [await count(), newId()];
    await Promise.all(
      Array.from({ length: 16 }, (_, n) =>
        fixture.act((trx) => record(fixture, trx, openedBy(`nom ${n}`, subject, n))),
      ),
    );
    const written = await since(before);
    expect(written).toHaveLength(16);
    expect(new Set(written.map(({ opened }) => opened.name)).size).toBe(16);
    expect(written.every(({ about }) => about.usagerId === subject)).toBe(true);
    const keys = await sql`select id from journal.subject_key where subject_id = ${subject}`.execute(fixture.app);
    expect(keys.rows).toHaveLength(1);
  });

  test('the worker writes as the app does', async () => {
    const before = await count();
    await fixture.worker.transaction().execute((trx) => record(fixture, trx, openedBy('Zoé', newId())));
    expect((await since(before)).map(({ opened }) => opened)).toEqual([{ name: 'Zoé' }]);
  });

  test('an act of one statement selects its entry: both are kept or neither is', async () => {
    const [before, subject] = [await count(), newId()];
    const acting = async (then: string) => {
      const recording = await prepareRecord(fixture, fixture.app, openedBy('Zoé', subject), looked());
      return sql`select ${recording}, ${sql.raw(then)}`.execute(fixture.app);
    };
    await acting('1');
    expect((await since(before)).map(({ kind, opened }) => [kind, opened])).toEqual([
      ['door.opened', { name: 'Zoé' }],
      ['door.seen', {}],
    ]);
    await expect(acting('1 / 0')).rejects.toThrow('division by zero');
    expect(await since(before)).toHaveLength(2);
  });

  test('more events than one statement takes are all written', async () => {
    const before = await count();
    await fixture.act((trx) => record(fixture, trx, ...Array.from({ length: 1700 }, looked)));
    expect(await since(before)).toHaveLength(1700);
  });

  test('an entry parses back and says its sentence, erased or not', async () => {
    const subject = newId();
    await fixture.act((trx) => record(fixture, trx, openedBy('Zoé', subject, 2)));
    const registry = journalRegistry([...journalKinds, opened, seen]);
    const sentence = async (keys?: Fixture['keys']) =>
      (await journalOf(fixture.database.readerUrl, { ...(keys && { keys }), registry })).at(-1)?.sentence;
    expect(await sentence(fixture.keys)).toBe('Zoé a ouvert 2 portes.');
    expect(await sentence()).toBe('(effacé) a ouvert 2 portes.');
    const unknown = journalOf(fixture.reader, { registry: journalRegistry([opened, seen]) });
    await expect(unknown).rejects.toThrow('node.registered@1 is not a kind');
  });
});

describe('what refuses the act', () => {
  test('a number that the mandate has given already', async () => {
    const [before, alias, mandateId] = [await count(), newId(), newId()];
    const numbered = seen.event({
      actor: {},
      about: { mandateId },
      mandate: { alias, mn: 7 },
      result: 'ok',
      clear: {},
    });
    await fixture.act((trx) => record(fixture, trx, numbered));
    await expect(fixture.act((trx) => record(fixture, trx, numbered))).rejects.toMatchObject({
      constraint: 'mandate_act_has_one_number',
    });
    const unnumbered = seen.event({
      actor: {},
      about: { mandateId },
      mandate: { alias },
      result: 'refused',
      clear: {},
    });
    await fixture.act((trx) => record(fixture, trx, unnumbered, unnumbered));
    expect(await since(before)).toHaveLength(3);
  });

  test('an event that says the id of a usager', async () => {
    const before = await count();
    const id = newId();
    const leaking = seen.event({ actor: { aidantId: id }, about: { usagerId: id }, result: 'ok', clear: {} });
    await expect(fixture.act((trx) => record(fixture, trx, leaking))).rejects.toThrow(/index/);
    expect(await count()).toBe(before);
  });
});

describe('what an act costs', () => {
  let log: string[] = [];
  let counted: Kysely<DB>;
  beforeAll(() => {
    counted = new Kysely<DB>({
      dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: fixture.database.appUrl, max: 1 }) }),
      plugins: [new CamelCasePlugin()],
      log: ({ query }) => {
        log.push(query.sql);
      },
    });
  });
  afterAll(() => counted.destroy());

  /** How many statements `record` sends, out of those of its transaction. */
  const roundTrips = async (...events: Parameters<typeof record>[2][]) => {
    await counted.transaction().execute(async (trx) => {
      log = [];
      await record(fixture, trx, ...events);
      log = [...log];
    });
    return log.filter((statement) => !/^(begin|commit)/.test(statement)).length;
  };

  test('one round trip without commitments, two with them, for any number of events', async () => {
    const [subject, other] = [newId(), newId()];
    await fixture.act((trx) => record(fixture, trx, openedBy('Zoé', subject), openedBy('Léa', other)));
    expect(await roundTrips(looked())).toBe(1);
    expect(await roundTrips(...Array.from({ length: 20 }, looked))).toBe(1);
    expect(await roundTrips(openedBy('Zoé', subject))).toBe(2);
    expect(await roundTrips(openedBy('Zoé', subject), looked(), openedBy('Léa', other), openedBy('Zoé', subject))).toBe(
      2,
    );
    expect(await roundTrips()).toBe(0);
  });

  test('a new subject costs two more, once', async () => {
    const subject = newId();
    expect(await roundTrips(openedBy('Zoé', subject))).toBe(4);
    expect(await roundTrips(openedBy('Zoé', subject))).toBe(2);
  });
});

describe('what is committed can be erased', () => {
  test('an opening tells its value to the holder of the keys, and is bound to its entry and name', async () => {
    const [subject, before] = [newId(), await count()];
    await fixture.act((trx) => record(fixture, trx, openedBy('Zoé', subject), openedBy('Léa', subject)));
    const [one, other] = (await since(before)).map(({ id }) => id);
    const found = await openEntries(fixture, fixture.app, [one ?? '', other ?? '', newId()]);
    expect([...found.values()].map(({ opened }) => opened)).toEqual([{ name: 'Zoé' }, { name: 'Léa' }]);
    const stored = await sql<{ sealed: Buffer }>`select sealed from journal.opening where entry_id = ${one}`.execute(
      fixture.app,
    );
    expect(stored.rows[0]?.sealed.includes('Zoé')).toBe(false);
    await sql`update journal.opening as o set sealed = m.sealed from journal.opening m
      where o.entry_id = ${one} and m.entry_id = ${other}`.execute(fixture.superuser);
    await expect(openEntries(fixture, fixture.app, [one ?? ''])).rejects.toThrow();
    await sql`delete from journal.opening where entry_id = ${one}`.execute(fixture.superuser);
  });

  test('short values are not told by the length of their openings', async () => {
    const [subject, before] = [newId(), await count()];
    await fixture.act((trx) => record(fixture, trx, openedBy('Zo', subject), openedBy('Zoé Ñandú', subject)));
    const ids = (await since(before)).map(({ id }) => id);
    const { rows } = await sql`select distinct octet_length(sealed) from journal.opening
      where entry_id = any(${ids}::uuid[])`.execute(fixture.app);
    expect(rows).toHaveLength(1);
  });

  test('once a subject key is destroyed its openings stay shut, and the digests of the leaf stay', async () => {
    const [subject, before] = [newId(), await count()];
    await fixture.act((trx) => record(fixture, trx, openedBy('Zoé', subject)));
    const [entry] = await since(before);
    await sql`delete from journal.subject_key where subject_id = ${subject}`.execute(fixture.owner);

    const [after] = await since(before);
    expect(after?.opened).toEqual({});
    expect(after?.leaf).toEqual(entry?.leaf);
    expect(after?.digests).toHaveLength(8);
    const found = await openEntries(fixture, fixture.app, [entry?.id ?? '']);
    expect(found.get(entry?.id ?? '')).toEqual({ opened: {}, disclosures: [], erased: ['name'] });

    await fixture.act((trx) => record(fixture, trx, openedBy('Zoé', subject)));
    expect((await since(before)).map(({ opened }) => opened)).toEqual([{}, { name: 'Zoé' }]);
  });
});
