import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  checkJournal,
  eraseField,
  erasePeriod,
  exportErasures,
  liftHold,
  placeHold,
  record,
  registerNode,
  sequence,
} from '#journal';
import { type Db, openDatabase, type Trx } from '#platform/db/database.ts';
import { systemClock } from '#platform/time/clock.ts';
import { readableLogger } from '#support/context-parts.ts';
import { proveNode } from '../../../src/journal/prove-node.ts';
import { mirrorErasures } from '../../../src/journal/seal/index.ts';
import { type EraseFixture, eraseFixture, looked, middleOf, newId, openedBy } from './erase-support.ts';
import { newKeys } from './fixture.ts';

// What each role of the database could destroy with the functions that erase, without the programs: nothing without the key of a
// node; with it, nothing that is held, or not sealed, or somebody else's; and what nobody signed, `journal check` names.

let fixture: EraseFixture;
let folder: string;
beforeAll(async () => {
  fixture = await eraseFixture();
  folder = await mkdtemp(join(tmpdir(), 'entremise-rights-'));
});
afterAll(async () => {
  await fixture.close();
  await rm(folder, { recursive: true });
});

const write = (...events: Parameters<typeof record>[2][]) =>
  fixture.act((trx) => record(fixture, trx, ...events)) as Promise<string[]>;
const codes = async (log: 'actes' | 'acces' = 'actes', mirror?: string) =>
  (await checkJournal(fixture.ctx, { log, closing: [], ...(mirror && { mirror }) })).problems.map(
    ({ code, detail }) => `${code} ${detail ?? ''}`,
  );
const keyOf = async (subject: string) => {
  const { rows } = await sql<{ id: string }>`
    select id from journal.subject_key where subject_id = ${subject}`.execute(fixture.superuser);
  return rows[0]?.id ?? '';
};
const thisMonth = () => new Date().toISOString().slice(0, 7);

type Forged = {
  type?: string;
  clear?: unknown;
  node?: string;
  log?: number;
  signature?: Buffer;
  members?: object;
  /** Whether the transaction proves that it has the key of a node. */
  isProven?: boolean;
};

/** An entry as whoever has the role's password can write one: nobody signed it. */
async function forge(trx: Trx, forged: Forged) {
  const { type = 'erasure.person', clear = {}, node, log = 1, signature, members, isProven = true } = forged;
  const id = newId();
  const name = node ?? fixture.keys.journalNode[0].kid;
  const leaf = Buffer.from(
    JSON.stringify(members ?? { clear, id, log: log === 1 ? 'actes' : 'acces', node: name, r: 'ok', type, v: 1 }),
  );
  await sql`insert into journal.entry (id, log_id, node, leaf, node_sig)
    values (${id}, ${log}, ${name}, ${leaf}, ${signature ?? randomBytes(64)})`.execute(trx);
  await sql`insert into journal.entry_index (id, log_id, kind, result) values (${id}, ${log}, ${type}, 'ok')`.execute(
    trx,
  );
  if (isProven) await proveNode(fixture.keys, trx, id);
  return id;
}

async function forgedErase(db: Db, forged: Forged, keys: readonly string[], entries: readonly string[] = []) {
  return db.transaction().execute(async (trx) => {
    const id = await forge(trx, forged);
    await sql`select journal.erase(${id}::uuid, ${keys}::uuid[], '{}', ${entries}::uuid[], null)`.execute(trx);
    return id;
  });
}

const line = (month: string, more: object = {}) =>
  JSON.stringify({
    ...{ id: newId(), kind: 'period', ground: 'retention', keys: [], mandates: [], entries: [], field: null },
    ...{ log_id: 1, month: `${month}-01`, kept: [], indices: '{}', openings: 0, erased_at: '2020-01-01T00:00:00Z' },
    ...more,
  });

const replayed = (db: Db, list: string) =>
  db.transaction().execute(async (trx) => {
    const id = await forge(trx, { type: 'erasure.replayed' });
    const { rows } = await sql`select * from journal.erase_again(${id}::uuid, ${list}::jsonb)`.execute(trx);
    return rows[0];
  });

describe('a list of erasures is applied again', () => {
  test('by the owner of the tables alone: neither the worker nor the site', async () => {
    for (const db of [fixture.worker, fixture.app, fixture.reader]) {
      for (const call of [
        `journal.erase_again(gen_random_uuid(), '{}')`,
        `public.erase_mandate_files_again(gen_random_uuid(), gen_random_uuid(), '{}')`,
        `public.remove_mandate_files('{}', '{}')`,
        `journal.drop_entries(1::smallint, '2025-01-01', '{}')`,
        `journal.erase_rows('{}', '{}', '{}', null)`,
      ])
        await expect(sql.raw(`select ${call}`).execute(db), call).rejects.toThrow(/permission denied/);
    }
  });

  test('never to a month that is not over, not covered, or held', async () => {
    const month = '2025-01';
    await write(openedBy('Zoé', newId()));
    const old = await fixture.writeAt(middleOf(month), openedBy('Ali', newId()));
    const before = await fixture.count('journal.entry where log_id = 1');
    await expect(replayed(fixture.owner, line(thisMonth()))).rejects.toThrow('is not over');
    expect(await replayed(fixture.owner, line(month))).toMatchObject({ entries: 0 });
    await expect
      .poll(async () => {
        await sequence(fixture.ctx, 'actes');
        return fixture.count(`journal.leaf where entry_id = '${old}'`);
      })
      .toBe(1);
    await expect(replayed(fixture.owner, line(month))).rejects.toThrow('neither in the list nor covered');
    await fixture.seal();
    const hold = await placeHold(fixture.ctx, { target: { first: month, last: month }, ground: 'audit' });
    await expect(replayed(fixture.owner, line(month))).rejects.toThrow('a legal hold forbids it');
    expect(await fixture.count(`journal.entry where id = '${old}'`)).toBe(1);
    await liftHold(fixture.ctx, hold.ok ? hold.holdId : '');
    expect(await replayed(fixture.owner, line(month))).toMatchObject({ entries: 1, openings: 1 });
    expect(await fixture.count('journal.entry where log_id = 1')).toBeGreaterThanOrEqual(before);
  });

  test('not to a person under a hold', async () => {
    const usagerId = newId();
    await write(openedBy('Zoé', usagerId));
    const keys = [await keyOf(usagerId)];
    const hold = await placeHold(fixture.ctx, { target: { usagerId }, ground: 'audit' });
    const person = { kind: 'person', keys, log_id: null, month: null, indices: null };
    await expect(replayed(fixture.owner, line('2025-01', person))).rejects.toThrow('a legal hold forbids it');
    await liftHold(fixture.ctx, hold.ok ? hold.holdId : '');
    expect(await replayed(fixture.owner, line('2025-01', person))).toMatchObject({ openings: 1 });
  });
});

describe('the entry that tells an erasure', () => {
  test('is of `actes`, whole, and under the name of a registered node', async () => {
    const usagerId = newId();
    await write(openedBy('Zoé', usagerId));
    const keys = [await keyOf(usagerId)];
    const clear = { ground: 'request', openings: 1 };
    const bad: Forged[] = [
      { clear, node: 'x' },
      { clear, signature: Buffer.alloc(64) },
      { clear, log: 2 },
      { members: { type: 'erasure.person', clear } },
      {
        members: {
          type: 'erasure.person',
          clear,
          id: newId(),
          log: 'actes',
          node: fixture.keys.journalNode[0].kid,
          r: 'ok',
        },
      },
      { type: 'door.opened', clear },
      { clear: 'x' },
    ];
    for (const one of bad)
      await expect(forgedErase(fixture.worker, one, keys)).rejects.toThrow('nothing is done without the entry');
    expect(await keyOf(usagerId)).toBe(keys[0]);
  });

  test('gives its numbers: one that is absent is no number', async () => {
    const usagerId = newId();
    const [id = ''] = await write(openedBy('Zoé', usagerId));
    const keys = [await keyOf(usagerId)];
    for (const clear of [{ ground: 'request' }, {}, { ground: 'request', openings: null }])
      await expect(forgedErase(fixture.worker, { clear }, keys)).rejects.toThrow('the entry tells of no openings');
    const retention = {
      rule: 'federation-traces',
      before: '2020-01-01T00:00:00.000Z',
      rows: 1,
      persons: 0,
      openings: 1,
    };
    for (const wrong of [
      { before: '2999-01-01T00:00:00.000Z' },
      { before: undefined },
      { rule: 'x' },
      { rule: undefined },
    ])
      await expect(
        forgedErase(fixture.worker, { type: 'retention.applied', clear: { ...retention, ...wrong } }, [], [id]),
      ).rejects.toThrow('a date to come');
    await expect(
      forgedErase(
        fixture.worker,
        { type: 'erasure.field', clear: { field: 'name', ground: 'request', openings: 1 } },
        [],
        [id],
      ),
    ).rejects.toThrow('the entry tells another erasure');
    await fixture.writeAt(middleOf('2025-02'), looked());
    await fixture.seal();
    const untold = fixture.worker.transaction().execute(async (trx) => {
      const telling = await forge(trx, {
        type: 'erasure.period',
        clear: { log: 'acces', month: '2025-02', ground: 'court' },
      });
      await sql`select journal.erase_period(${telling}::uuid, 2::smallint, '2025-02-01')`.execute(trx);
    });
    await expect(untold).rejects.toThrow('the entry tells of acces 2025-02 ?');
    expect(await keyOf(usagerId)).toBe(keys[0]);
  });

  test('is told by whoever has the key of a node: a password of the database is not enough', async () => {
    const usagerId = newId();
    const [id = ''] = await write(openedBy('Zoé', usagerId));
    const keys = [await keyOf(usagerId)];
    const clear = { ground: 'request', openings: 1 };
    const without = 'nothing is done without the key of the node';
    await expect(forgedErase(fixture.worker, { clear, isProven: false }, keys)).rejects.toThrow(without);
    const field = { type: 'erasure.field', clear: { entry: id, field: 'name', ground: 'request', openings: 1 } };
    await expect(forgedErase(fixture.worker, { ...field, isProven: false }, [], [id])).rejects.toThrow(without);
    const period = fixture.worker.transaction().execute(async (trx) => {
      const month = { log: 'acces', month: '2025-02', ground: 'court', entries: 1, openings: 0, first: 0, last: 0 };
      const telling = await forge(trx, { type: 'erasure.period', clear: month, isProven: false });
      await sql`select journal.erase_period(${telling}::uuid, 2::smallint, '2025-02-01')`.execute(trx);
    });
    await expect(period).rejects.toThrow(without);
    const rule = { rule: 'federation-traces', before: '2020-01-01T00:00:00.000Z', rows: 1, persons: 0, openings: 0 };
    for (const call of ['erase_uses($1, $2)', 'erase_tokens($1, $2, array[$3])']) {
      const retained = fixture.worker.transaction().execute(async (trx) => {
        const telling = await forge(trx, { type: 'retention.applied', clear: rule, isProven: false });
        const filled = call.replace('$1', `'${telling}'`).replace('$2', `array['${newId()}'::uuid]`);
        await sql.raw(`select public.${filled.replace('$3', `'\\x00'::bytea`)}`).execute(trx);
      });
      await expect(retained, call).rejects.toThrow(without);
    }
    expect([await keyOf(usagerId), await fixture.count(`journal.opening where entry_id = '${id}'`)]).toEqual([
      keys[0],
      1,
    ]);
  });

  test('nor is a proof seen in another transaction, nor one under the key of another node', async () => {
    const usagerId = newId();
    await write(openedBy('Zoé', usagerId));
    const keys = [await keyOf(usagerId)];
    const clear = { ground: 'request', openings: 1 };
    const proofOf = async (ring: EraseFixture['keys'], trx: Trx, telling: string) => {
      await proveNode(ring, trx, telling);
      const { rows } = await sql<{ proof: string }>`select current_setting('journal.node_proof') as proof`.execute(trx);
      return rows[0]?.proof ?? '';
    };
    const seen = await fixture.worker.transaction().execute((trx) => proofOf(fixture.keys, trx, newId()));
    const stranger = await newKeys('stranger');
    const [other] = stranger.journalNode;
    const [own] = fixture.keys.journalNode;
    const renamed = { ...stranger, journalNode: [{ ...other, kid: own.kid }] } as EraseFixture['keys'];
    const proofs: ((trx: Trx, telling: string) => Promise<string> | string)[] = [
      () => seen,
      (trx, telling) => proofOf(renamed, trx, telling),
      // of this very transaction, for another entry of it
      async (trx) => proofOf(fixture.keys, trx, await forge(trx, { clear, isProven: false })),
      () => '',
      () => '00'.repeat(32),
    ];
    for (const proof of proofs) {
      const erased = fixture.worker.transaction().execute(async (trx) => {
        const telling = await forge(trx, { clear, isProven: false });
        await sql`select set_config('journal.node_proof', ${await proof(trx, telling)}, true)`.execute(trx);
        await sql`select journal.erase(${telling}::uuid, ${keys}::uuid[], '{}', '{}', null)`.execute(trx);
      });
      await expect(erased).rejects.toThrow('nothing is done without the key of the node');
    }
    for (const db of [fixture.worker, fixture.app, fixture.reader])
      for (const attempt of ['select * from journal.node_pad', `update journal.node_pad set inner_pad = '\\x00'`])
        await expect(sql.raw(attempt).execute(db)).rejects.toThrow(/permission denied/);
    expect(await keyOf(usagerId)).toBe(keys[0]);
  });

  test('a node that was registered before that proof existed is registered again, and erases', async () => {
    const usagerId = newId();
    const [entryId = ''] = await write(openedBy('Zoé', usagerId));
    const [node] = fixture.keys.journalNode;
    await sql`delete from journal.node_pad where key_id = ${node.kid}`.execute(fixture.superuser);
    const erase = () => eraseField(fixture.ctx, { entryId, field: 'name', ground: 'unlawful' });
    await expect(erase()).rejects.toThrow('register it again');
    const told = await fixture.count(`journal.entry_index where kind = 'node.registered'`);
    expect(await registerNode(fixture, fixture.owner)).toBe(false);
    expect(await erase()).toMatchObject({ ok: true });
    expect(await fixture.count(`journal.entry_index where kind = 'node.registered'`)).toBe(told);
  });

  test('is signed: SQL cannot tell, sealing puts it aside, and the check says who did not write it', async () => {
    const usagerId = newId();
    await write(openedBy('Zoé', usagerId));
    const told = await forgedErase(fixture.worker, { clear: { ground: 'request', openings: 1 } }, [
      await keyOf(usagerId),
    ]);
    const { logger, lines } = readableLogger('error');
    const alarms = async () => {
      await sequence({ ...fixture.ctx, logger }, 'actes');
      return lines.filter((one) => one.includes('ALARM') && one.includes(told)).length;
    };
    await expect.poll(alarms).toBe(1);
    await fixture.seal();
    expect(await codes()).toContain(`erasure-rogue effacement, ${told}`);
  });
});

describe('what the worker’s password puts where an honest session looks', () => {
  /** One person's entry, and whether all of it is there. */
  async function entryOf(name: string) {
    const usagerId = newId();
    const [entryId = ''] = await write(openedBy(name, usagerId));
    const key = await keyOf(usagerId);
    const isThere = async () =>
      (await keyOf(usagerId)) === key && (await fixture.count(`journal.opening where entry_id = '${entryId}'`)) === 1;
    return { entryId, key, isThere };
  }
  const honest = () => openDatabase(fixture.database.workerUrl, { max: 1, onError: () => undefined });
  const erase = (db: Db, entryId: string) =>
    eraseField({ ...fixture.ctx, db }, { entryId, field: 'name', ground: 'unlawful' });
  const LEAF = `convert_to(json_build_object('clear', json_build_object('ground', 'request', 'openings', 1), 'id', e, 'log', 'actes',
    'node', (select key_id from journal.node_key limit 1), 'r', 'ok', 'type', 'erasure.person', 'v', 1)::text, 'UTF8')`;

  test('a function of the same name as PostgreSQL’s, first in the path that a role has set for itself', async () => {
    const [victim, other] = [await entryOf('Ali'), await entryOf('Zoé')];
    const settings = async () => (await codes()).filter((one) => one.includes('réglage'));
    expect(await settings()).toEqual([]);
    const path = 'search_path = graphile_worker, pg_catalog, public';
    await sql
      .raw(`alter role entremise_worker in database ${fixture.database.name} set ${path}`)
      .execute(fixture.worker);
    await sql
      .raw(`
      create function graphile_worker.set_config(name text, value text, is_local boolean) returns text language plpgsql as $$
      declare
        e uuid := gen_random_uuid();
      begin
        perform pg_catalog.set_config(name, value, is_local);
        insert into journal.entry (id, log_id, node, leaf, node_sig)
          values (e, 1, (select key_id from journal.node_key limit 1), ${LEAF}, decode(repeat('ab', 64), 'hex'));
        perform journal.erase(e, array['${victim.key}'::uuid], '{}', '{}', null);
        return value;
      end $$`)
      .execute(fixture.worker);
    for (const worker of [honest(), honest()]) {
      const before = await sql<{ path: string }>`select current_setting('search_path') as path`.execute(worker);
      expect(before.rows).toEqual([{ path: 'public' }]);
      await worker.destroy();
    }
    const worker = honest();
    // and in a session that began so, or was told so by what it ran
    await sql.raw(`set ${path}`).execute(worker);
    expect(await erase(worker, other.entryId)).toMatchObject({ ok: true });
    await worker.destroy();
    expect([await victim.isThere(), await other.isThere()]).toEqual([true, false]);
    expect(await settings()).toEqual([expect.stringContaining('le rôle entremise_worker a un réglage inconnu')]);
    await sql.raw(`alter role entremise_worker in database ${fixture.database.name} reset all`).execute(fixture.worker);
    await sql`drop function graphile_worker.set_config`.execute(fixture.worker);
    expect(await settings()).toEqual([]);
  });

  test('a statement under the name of one that the session had prepared', async () => {
    const [victim, first, second] = [await entryOf('Ali'), await entryOf('Zoé'), await entryOf('Eva')];
    const worker = honest();
    expect(await erase(worker, first.entryId)).toMatchObject({ ok: true });
    await sql`create function graphile_worker.other(told uuid) returns void language sql
      as 'select journal.erase(told, ''{}'', ''{}'', array[''${sql.raw(victim.entryId)}''::uuid], ''name'')'`.execute(
      worker,
    );
    const { rows } = await sql<{ name: string }>`
      select name from pg_prepared_statements where statement like '%journal.erase(%' and statement not like '%pg_prepared%'`.execute(
      worker,
    );
    expect(rows).toHaveLength(1);
    for (const { name } of rows) {
      await sql.raw(`deallocate ${name}`).execute(worker);
      await sql
        .raw(`prepare ${name} (uuid, uuid[], uuid[], uuid[], text) as select graphile_worker.other($1)`)
        .execute(worker);
    }
    expect(await erase(worker, second.entryId)).toMatchObject({ ok: true });
    expect([await victim.isThere(), await second.isThere()]).toEqual([true, false]);
    expect(await fixture.count(`journal.opening where entry_id = '${second.entryId}'`)).toBe(0);
    await sql`drop function graphile_worker.other`.execute(worker);
    await worker.destroy();
  });
});

test('a stranger’s row under the id of an act takes nothing of the act along when its month goes', async () => {
  const month = '2025-06';
  const act = await fixture.writeAt(middleOf(month), openedBy('Zoé', newId()));
  await fixture.writeAt(middleOf(month), looked());
  await sql`insert into journal.entry (id, recorded_at, log_id, node, leaf, node_sig)
    values (${act}, '2025-06-16T00:00:00Z', 2, 'x', '\\x7b7d', ${Buffer.alloc(64)})`.execute(fixture.superuser);
  // what the site can write by itself is dated by the database: this one is as it will be in a year
  await fixture.seal();
  await sql`insert into journal.quarantine (entry_id, recorded_at, log_id, reason, found_at)
    values (${act}, '2025-06-16T00:00:00Z', 2, 'unknown-node', now()) on conflict do nothing`.execute(fixture.worker);
  const erased = await erasePeriod(fixture.ctx, { log: 'acces', month, ground: 'retention' });
  expect(erased).toMatchObject({ ok: true, value: { entries: 1, openings: 0 } });
  expect(await fixture.count(`journal.opening where entry_id = '${act}'`)).toBe(1);
  expect(await fixture.count(`journal.entry_index where id = '${act}'`)).toBe(1);
  expect(await fixture.count(`journal.entry where id = '${act}'`)).toBe(2);
  expect(await erasePeriod(fixture.ctx, { log: 'acces', month, ground: 'retention' })).toEqual({
    ok: false,
    reason: 'nothing',
  });
});

test('a key is destroyed with the entries sealed with it in view: held months hold, and an auditor’s key is nobody’s to destroy', async () => {
  const hold = await placeHold(fixture.ctx, { target: { first: thisMonth(), last: thisMonth() }, ground: 'audit' });
  for (const [kind, message] of [
    ['auditor', 'only the keys of persons'],
    ['organisation', 'only the keys of persons'],
    ['aidant', 'a legal hold forbids it'],
  ] as const) {
    const [key, entry] = [newId(), newId()];
    await sql`insert into journal.subject_key values (${key}, ${kind}, ${newId()}, '\\x00')`.execute(fixture.superuser);
    await sql`insert into journal.entry_index (id, log_id, kind, result) values (${entry}, 1, 'door.opened', 'ok')`.execute(
      fixture.superuser,
    );
    await sql`insert into journal.opening values (${entry}, 'name', ${key}, '\\x00')`.execute(fixture.superuser);
    const asked = forgedErase(fixture.worker, { clear: { ground: 'request', openings: 1 } }, [key]);
    await expect(asked, kind).rejects.toThrow(message);
    const none = forgedErase(fixture.worker, { clear: { ground: 'request', openings: 0 } }, [key]);
    await expect(none, kind).rejects.toThrow(message);
    expect(await fixture.count(`journal.opening where subject_key_id = '${key}'`)).toBe(1);
    await sql`delete from journal.opening where subject_key_id = ${key}`.execute(fixture.superuser);
    await sql`delete from journal.entry_index where id = ${entry}`.execute(fixture.superuser);
  }
  await liftHold(fixture.ctx, hold.ok ? hold.holdId : '');
});

describe('a hold', () => {
  test('is not lifted by hand, nor without the entry that names it; the site lifts those of complaints', async () => {
    const place = (ground: 'litigation' | 'complaint') =>
      placeHold(fixture.ctx, { target: { usagerId: newId() }, ground });
    const [trial, complaint] = [await place('litigation'), await place('complaint')];
    if (!trial.ok || !complaint.ok) throw new Error('not held');
    for (const db of [fixture.app, fixture.worker]) {
      await expect(sql`update journal.hold set lifted_at = now()`.execute(db)).rejects.toThrow(/permission denied/);
      await expect(sql`select journal.lift_hold(${trial.holdId}, ${newId()})`.execute(db)).rejects.toThrow(
        'nothing is done without the entry',
      );
      const other = db.transaction().execute(async (trx) => {
        const telling = await forge(trx, { type: 'hold.lifted', clear: { hold: newId(), target: 'person' } });
        await sql`select journal.lift_hold(${trial.holdId}, ${telling}::uuid)`.execute(trx);
      });
      await expect(other).rejects.toThrow('the entry tells of');
    }
    const asSite = { ...fixture.ctx, db: fixture.app };
    await expect(liftHold(asSite, trial.holdId)).rejects.toThrow('the site lifts no hold');
    expect(await liftHold(asSite, complaint.holdId)).toBe(true);
    expect(await fixture.count(`journal.hold where id = '${trial.holdId}' and lifted_at is null`)).toBe(1);
    const forged = await place('complaint');
    const hold = forged.ok ? forged.holdId : '';
    const lifted = (isProven: boolean) =>
      fixture.app.transaction().execute(async (trx) => {
        const clear = { hold, target: 'person' };
        const telling = await forge(trx, { type: 'hold.lifted', clear, isProven });
        await sql`select journal.lift_hold(${hold}, ${telling}::uuid)`.execute(trx);
      });
    await expect(lifted(false)).rejects.toThrow('nothing is done without the key of the node');
    await lifted(true);
    await fixture.seal();
    expect((await codes()).filter((one) => one.startsWith('erasure-rogue gel levé'))).toHaveLength(1);
  });
});

test('an entry put aside by hand, though well signed, is found by the check', async () => {
  const [hidden = ''] = await write(openedBy('Zoé', newId()));
  await sql`insert into journal.quarantine (entry_id, recorded_at, log_id, reason, found_at)
    select id, recorded_at, log_id, 'bad-signature', '2020-01-01' from journal.entry where id = ${hidden}`.execute(
    fixture.worker,
  );
  await fixture.seal();
  expect(await codes()).toEqual(expect.arrayContaining([`quarantine-good ${hidden}`, `quarantine-untold ${hidden}`]));
  const [sealed = ''] = await write(openedBy('Zoé', newId()));
  await fixture.seal();
  expect((await codes()).some((one) => one.includes(sealed))).toBe(false);
  await sql`insert into journal.quarantine (entry_id, recorded_at, log_id, reason, found_at)
    select id, recorded_at, log_id, 'twice', now() from journal.entry where id = ${sealed}`.execute(fixture.worker);
  expect(await codes()).toContain(`quarantine-good ${sealed}`);
});

test('rows of a stranger under the ids of entries that tell what was put aside stop no check', async () => {
  const told = async () => (await codes()).filter((one) => one.startsWith('quarantine-untold'));
  const before = await told();
  const { numAffectedRows } = await sql`insert into journal.entry (id, log_id, node, leaf, node_sig)
    select id, 1, 'x', ${Buffer.from('fffe', 'hex')}, ${Buffer.alloc(64, 1)} from journal.entry_index
    where kind = 'journal.rogue-entry'`.execute(fixture.app);
  expect(numAffectedRows).toBeGreaterThan(0n);
  expect(await told()).toEqual(before);
});

test('the check compares the list of erasures with the mirror’s', async () => {
  const differs = async () => (await codes('actes', folder)).filter((one) => one.startsWith('erasure-list-differs'));
  // the list that was applied again says of old what it erased: it came from somewhere
  expect(await differs()).toEqual(['erasure-list-differs le miroir n’a pas de liste lisible']);
  await mirrorErasures(fixture.ctx, folder);
  expect(await differs()).toEqual([]);
  const file = join(folder, 'erasures.jsonl');
  const list = await readFile(file, 'utf8');
  expect(list).toBe(await exportErasures(fixture.reader));
  const [first = ''] = list.split('\n').slice(1);
  const { id } = JSON.parse(first) as { id: string };
  await writeFile(file, list.replace(first, first.replace(/"openings": ?\d+/, '"openings": 77')));
  expect(await differs()).toEqual([`erasure-list-differs la base dit autre chose de ${id}`]);
});

test('no role of the service makes large objects', async () => {
  for (const db of [fixture.app, fixture.worker, fixture.reader])
    for (const call of [`lo_create(0)`, `lo_creat(-1)`, `lo_from_bytea(0, '\\x00')`])
      await expect(sql.raw(`select ${call}`).execute(db), call).rejects.toThrow(/permission denied/);
});

test('whoever keeps the lock of the sealing is named after a minute, when entries wait', async () => {
  await fixture.seal();
  const clock = { at: systemClock.now(), now: () => clock.at };
  const problem = async () => {
    await sequence({ ...fixture.ctx, clock }, 'actes');
    const { rows } = await sql<{ problem: string | null }>`
      select problem from journal.sealing_state where log_id = 1 and part = 'horizon'`.execute(fixture.superuser);
    return rows[0]?.problem ?? null;
  };
  await write(openedBy('Zoé', newId()));
  await fixture.reader.connection().execute(async (one) => {
    const { rows } = await sql<{ pid: number }>`
      select pg_advisory_lock(${0x6a6f75}::int, 1), pg_backend_pid() as pid`.execute(one);
    expect(await problem()).toBeNull();
    clock.at = new Date(clock.at.getTime() + 61_000);
    expect(await problem()).toContain(`session ${rows[0]?.pid} of entremise_reader keeps the lock`);
    await sql`select pg_advisory_unlock(${0x6a6f75}::int, 1)`.execute(one);
  });
  clock.at = new Date(clock.at.getTime() + 61_000);
  await expect.poll(problem).toBeNull();
});
