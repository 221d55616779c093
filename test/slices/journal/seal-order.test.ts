import { sql } from 'kysely';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { record, registerNode, sequence, sweep } from '#journal';
import { inTransaction } from '#platform/context.ts';
import { keyringSchema } from '#platform/crypto/keys.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { bootstrap } from '#platform/db/bootstrap.ts';
import { openDatabase } from '#platform/db/database.ts';
import { catalogProblems } from '../../../src/journal/check/catalog.queries.ts';
import { writeLeaves } from '../../../src/journal/record.ts';
import { emptyFrontier } from '../../../src/journal/seal/frontier.ts';
import { BEGINNING, readHead } from '../../../src/journal/seal/head.queries.ts';
import { lookAtCandidates } from '../../../src/journal/seal/look-at-candidates.ts';
import { inSealing, takeLock } from '../../../src/journal/seal/open-tree.ts';
import { sealBatch } from '../../../src/journal/seal/seal-batch.ts';
import { entriesById, nextEntries } from '../../../src/journal/seal/unsealed.queries.ts';
import { signLeaf } from '../../../src/journal/sign-leaf.ts';
import {
  type Bed,
  eventOf,
  expectGapless,
  expectSound,
  insertEntry,
  makeBed,
  openTransaction,
  sealAll,
  sealedOf,
  stateOf,
  unsealedOf,
  writeInto,
} from './seal-bed.ts';

// Which entries get a place, in which order, whoever else writes or seals at the same time.

vi.setConfig({ testTimeout: 240_000 }); // processes and servers of their own, on a machine that may be busy

let bed: Bed;
beforeAll(async () => {
  bed = await makeBed();
});
afterAll(() => bed?.close());
afterEach(async () => {
  vi.useRealTimers();
  await sealAll(bed.ctx);
  await expectGapless(bed.superuser);
});

const newest = async (count: number) => (await sealedOf(bed.superuser, 'actes')).slice(-count).map(({ id }) => id);

const openAct = (work?: (client: pg.Client) => Promise<unknown>, url?: string) => openTransaction(bed, work, url);
const writeIn = (client: pg.Client) => writeInto(bed, client);

test('entries get indices without a gap, in batches; tiles fill up; the other log has a tree of its own', async () => {
  await bed.write(300);
  expect(await sequence(bed.ctx, 'actes')).toMatchObject({ size: 301n, added: 301, isMore: false });
  for (let act = 0; act < 8; act += 1) await bed.write(650);
  expect(await sequence(bed.ctx, 'actes')).toMatchObject({ size: 5301n, added: 5000, isMore: true });
  expect(await sealAll(bed.ctx)).toMatchObject({ size: 5501n });
  await bed.write(20, 'acces');
  expect(await sequence(bed.ctx, 'acces')).toMatchObject({ size: 20n, added: 20 });
  expect(await expectSound(bed.superuser, 'acces')).toBe(20);
  const { rows } = await sql<{ origin: string }>`select origin from journal.log order by log_id`.execute(bed.superuser);
  expect(rows.map(({ origin }) => origin)).toEqual(['journal.entremise.test/actes', 'journal.entremise.test/acces']);
});

test('the origin is made once: another one in the configuration is refused', async () => {
  const other = bed.another();
  other.config.journal = { ...other.config.journal, origin: 'journal.ailleurs.test' };
  await bed.write(1);
  const answer = await sequence(other, 'actes');
  expect(answer).toEqual({
    refused: expect.stringMatching(/entremise\.test\/actes.*for ever.*set JOURNAL_ORIGIN back/),
  });
  expect(await stateOf(bed.superuser, 'actes', 'sequencer')).toContain('set JOURNAL_ORIGIN back');
  await sealAll(bed.another());
  expect(await stateOf(bed.superuser, 'actes', 'sequencer')).toBeNull();
});

test('what is told is told again every half minute, all well or not, by the clock of the database', async () => {
  const age = async () => {
    const { rows } = await sql<{ age: number }>`
      select extract(epoch from clock_timestamp() - seen_at)::int as age from journal.sealing_state
      where log_id = 1 and part = 'sequencer'`.execute(bed.superuser);
    return rows[0]?.age ?? -1;
  };
  for (const ctx of [bed.another(), { ...bed.another(), clock: { now: () => new Date('2020-01-01') } }]) {
    await sequence(ctx, 'actes');
    await sql`update journal.sealing_state set seen_at = seen_at - interval '1 hour'`.execute(bed.superuser);
    await sequence(ctx, 'actes');
    expect(await age(), 'not five times a second').toBeGreaterThan(3000);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    await sequence(ctx, 'actes');
    vi.useRealTimers();
    expect(await age()).toBeLessThan(3000);
  }
});

describe('row 6: two sequencers', () => {
  test('row 6: the second adds nothing while the first has the lock, and nothing is left of the lock afterwards', async () => {
    await bed.write(3);
    const second = bed.another();
    await inSealing(bed.ctx, async (trx) => {
      expect(await takeLock(trx, 'actes')).toBe(true);
      expect(await sequence(second, 'actes')).toMatchObject({ added: 0, isMore: false });
      expect(await takeLock(trx, 'acces')).toBe(true);
    });
    const { rows } = await sql`select 1 from pg_locks where locktype = 'advisory'`.execute(bed.superuser);
    expect(rows).toEqual([]); // transaction mode of a pooler keeps nothing
    expect(await sequence(second, 'actes')).toMatchObject({ added: 3 });
  });

  test('row 6: three programs at once, under load, one tree', async () => {
    const programs = [bed.ctx, bed.another(), bed.another()];
    let isWriting = true;
    const writers = Promise.all(
      [1, 2, 3].map(async (size) => {
        for (let round = 0; round < 40; round += 1) await bed.write(size);
      }),
    ).finally(() => {
      isWriting = false;
    });
    const added = await Promise.all(
      programs.map(async (ctx) => {
        let sum = 0;
        while (isWriting) {
          const answer = await sequence(ctx, 'actes');
          if ('refused' in answer) throw new Error(answer.refused);
          sum += answer.added;
        }
        return sum;
      }),
    );
    await writers;
    const rest = await sequence(bed.ctx, 'actes');
    expect(added.reduce((sum, one) => sum + one, 'added' in rest ? rest.added : 0)).toBe(240);
  });

  test('row 6: a stale leader that believes in an older tree is stopped by the primary key, and leaves nothing', async () => {
    await bed.write(2);
    const before = await sealedOf(bed.superuser, 'actes');
    const { rows } = await sql<{ id: string }>`
      select id from journal.entry e where log_id = 1 and not exists (select from journal.leaf l where l.entry_id = e.id)
      order by xid, id`.execute(bed.superuser);
    const stale = inSealing(bed.ctx, async (trx) => {
      const entries = await entriesById(
        trx,
        1,
        rows.map(({ id }) => id),
      );
      const cursor = { xid: '3', id: '00000000-0000-0000-0000-000000000000' };
      return sealBatch(bed.ctx, trx, { log: 'actes', before: emptyFrontier, entries, cursor, cluster: 'x' });
    });
    await expect(stale).rejects.toMatchObject({ code: '23505', constraint: 'leaf_pkey' });
    expect(await sealedOf(bed.superuser, 'actes')).toEqual(before);
  });

  test('row 6: a database set to REPEATABLE READ does not make the second read an old head', async () => {
    await sql
      .raw(`alter database entremise set default_transaction_isolation = 'repeatable read'`)
      .execute(bed.superuser);
    const [one, other] = [bed.another(), bed.another()];
    for (let round = 0; round < 5; round += 1) {
      await bed.write(2);
      await Promise.all([sequence(one, 'actes'), sequence(other, 'actes')]);
    }
    await sql.raw('alter database entremise reset default_transaction_isolation').execute(bed.superuser);
    expect(await sealAll(one)).not.toHaveProperty('refused');
  });
});

describe('row 7: who commits late', () => {
  test('row 7: T1 writes, T2 writes and commits: T2 waits, then both come in the order of their transactions', async () => {
    let first = '';
    const late = await openAct(async (client) => {
      first = await writeIn(client);
    });
    let second = '';
    const early = await openAct(async (client) => {
      second = await writeIn(client);
    });
    await early.end('commit');
    expect(await sequence(bed.ctx, 'actes')).toMatchObject({ added: 0 });
    await late.end('commit');
    expect(await sequence(bed.ctx, 'actes')).toMatchObject({ added: 2 });
    expect(await newest(2)).toEqual([first, second]);
  });
});

describe('row 8: who holds back the horizon', () => {
  test('row 8: a writer that stays idle: shown after 5 s, ended by its timeout, nothing skipped', async () => {
    const idle = await openAct(writeIn);
    const gone = new Promise((resolve) => idle.client.once('end', resolve));
    const waiting = await insertEntry(bed.superuser, bed.keys, 'actes', { secondsAgo: 7 });
    expect(await sequence(bed.ctx, 'actes')).toMatchObject({ added: 0 });
    expect(await stateOf(bed.superuser, 'actes', 'horizon')).toMatch(
      /wait behind transaction \d+, which is still open/,
    );
    await idle.client.query(`set local idle_in_transaction_session_timeout = '100ms'`);
    await gone;
    await sealAll(bed.ctx);
    expect(await newest(1)).toEqual([waiting]);
    expect(await stateOf(bed.superuser, 'actes', 'horizon')).toBeNull();
  });

  test('row 8: the pools of our programs end such a session by themselves after 10 s', async () => {
    const { rows } = await sql<{ timeout: string }>`
      select current_setting('idle_in_transaction_session_timeout') as timeout`.execute(bed.app);
    expect(rows).toEqual([{ timeout: '10s' }]);
  });

  test('row 8: a writer in another database of the cluster holds it too; a reader does not; two-phase commit is off', async () => {
    const url = await bed.cluster.otherDatabase('neighbour');
    const elsewhere = await openAct((client) => client.query('select pg_current_xact_id()'), url);
    const reader = await openAct((client) => client.query('select 1 from journal.node_key'));
    await bed.write(1);
    expect(await sequence(bed.ctx, 'actes')).toMatchObject({ added: 0 });
    await expect(elsewhere.client.query(`prepare transaction 'two'`)).rejects.toMatchObject({ code: '55000' });
    await elsewhere.client.end();
    expect(await sequence(bed.ctx, 'actes')).toMatchObject({ added: 1 });
    await reader.end('rollback');
  });

  test('row 8: what has waited for a minute is sealed in spite of the horizon, once, and the alarm is raised', async () => {
    const idle = await openAct((client) => client.query('select pg_current_xact_id()'));
    const old = await insertEntry(bed.superuser, bed.keys, 'actes', { secondsAgo: 61 });
    await insertEntry(bed.superuser, bed.keys, 'actes', { secondsAgo: 30 });
    expect(await sequence(bed.ctx, 'actes')).toMatchObject({ added: 0 });
    expect(await sweep(bed.ctx, 'actes', { wide: false })).toBe(1);
    expect(await stateOf(bed.superuser, 'actes', 'sweeper')).toContain('1 entries had waited for more than a minute');
    expect(bed.logs.join('')).toContain('sealed by the sweeper');
    expect(await newest(1)).toEqual([old]);
    await idle.end('rollback');
    expect(await sequence(bed.ctx, 'actes')).toMatchObject({ added: 1 });
    expect(await sweep(bed.ctx, 'actes')).toBe(0);
    expect(await stateOf(bed.superuser, 'actes', 'sweeper')).toBeNull();
  });
});

test('row 9: savepoints and aborted transactions: no leaf for what was undone, one transaction for the rest', async () => {
  const kept: string[] = [];
  const act = await openAct(async (client) => {
    kept.push(await writeIn(client));
    await client.query('savepoint one');
    await writeIn(client);
    await client.query('rollback to savepoint one');
    await client.query('savepoint two');
    kept.push(await writeIn(client));
    await client.query('release savepoint two');
  });
  const aborted = await openAct(writeIn);
  await aborted.end('rollback');
  await act.end('commit');
  expect(await sequence(bed.ctx, 'actes')).toMatchObject({ added: 2 });
  expect(await newest(2)).toEqual(kept);
  const { rows } = await sql`select distinct xid from journal.entry where id = any(${kept}::uuid[])`.execute(
    bed.superuser,
  );
  expect(rows).toHaveLength(1);
});

test('row 10: clocks that jump, of the app by an hour, of the database back: the order is that of the transactions', async () => {
  const ids: string[] = [];
  const hour = 3_600_000;
  for (const shift of [hour, -hour, 0]) {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + shift });
    const act = await openAct(async (client) => {
      ids.push(await writeIn(client));
    });
    await act.end('commit');
    vi.useRealTimers();
  }
  for (const secondsAgo of [0, 45, 20]) ids.push(await insertEntry(bed.superuser, bed.keys, 'actes', { secondsAgo }));
  expect(await sequence(bed.ctx, 'actes')).toMatchObject({ added: 6 });
  expect(await newest(6)).toEqual(ids);
});

describe('row 15: rows that no node of ours wrote', () => {
  const quarantined = async () => {
    const { rows } = await sql<{ entryId: string; reason: string }>`
      select entry_id, reason from journal.quarantine order by found_at, entry_id`.execute(bed.superuser);
    return new Map(rows.map(({ entryId, reason }) => [entryId, reason]));
  };

  test('row 15: each kind of stranger is put aside and told in the journal, in the transaction that found it', async () => {
    const [other, twice] = await writeLeaves(bed, [eventOf('actes'), eventOf('actes')]);
    if (!other || !twice) throw new Error('nothing was written');
    const bad = Buffer.from(other.signature);
    bad.writeUInt8(bad.readUInt8(9) ^ 1, 9);
    const spaced = Buffer.from(twice.leaf.toString().replace('{', '{ '));
    const insert = (change: Parameters<typeof insertEntry>[3]) => insertEntry(bed.superuser, bed.keys, 'actes', change);
    const expected = new Map([
      [await insert({ node: 'node-nobody' }), 'unknown-node'],
      [await insert({ signature: bad }), 'bad-signature'],
      [await insert({ leaf: spaced, signature: await signLeaf(bed.keys.journalNode[0], spaced) }), 'not-canonical'],
      [await insertEntry(bed.superuser, bed.keys, 'acces', { logId: 1 }), 'other-log'],
      [await insert({ leaf: other.leaf, signature: other.signature }), 'other-entry'],
    ]);
    const good = await insert({});
    const answer = await sequence(bed.ctx, 'actes');
    expect(answer).toMatchObject({ added: 1 });
    const found = await quarantined();
    for (const [id, reason] of expected) expect(found.get(id)).toBe(reason);
    expect(found.has(good)).toBe(false);
    expect(await sequence(bed.ctx, 'actes')).toMatchObject({ added: 5 });
    const told = (await sealedOf(bed.superuser, 'actes')).slice(-5).map(({ leaf }) => JSON.parse(leaf.toString()));
    expect(told.map(({ type, clear }) => [type, clear.entry, clear.reason])).toEqual(
      [...expected].map(([id, reason]) => ['journal.rogue-entry', id, reason]),
    );
    expect(await sequence(bed.ctx, 'actes')).toMatchObject({ added: 0 });
  });

  test('row 15: a row written twice is sealed once; a stranger under the id of an entry does not put that entry aside', async () => {
    const [entry] = await writeLeaves(bed, [eventOf('actes')]);
    if (!entry) throw new Error('nothing was written');
    const { id, leaf, signature, node } = entry;
    await insertEntry(bed.superuser, bed.keys, 'actes', { id, node: 'node-nobody', secondsAgo: 1 });
    await insertEntry(bed.superuser, bed.keys, 'actes', { id, leaf, signature, node, secondsAgo: 3 });
    await insertEntry(bed.superuser, bed.keys, 'actes', { id, leaf, signature, node, secondsAgo: 2 });
    expect(await sequence(bed.ctx, 'actes')).toMatchObject({ added: 1 });
    expect((await newest(1))[0]).toBe(id);
    const { rows } = await sql<{ reason: string }>`
      select reason from journal.quarantine where entry_id = ${id} order by reason`.execute(bed.superuser);
    expect(rows.map(({ reason }) => reason)).toEqual(['twice', 'unknown-node']);
    await sealAll(bed.ctx);
    const later = { node: 'node-nobody', id };
    await insertEntry(bed.superuser, bed.keys, 'actes', later); // once it is sealed
    expect(await sequence(bed.ctx, 'actes')).toMatchObject({ added: 0, aside: 1 });
  });

  test('row 15: a row written twice with a thousand others between is sealed once, in one batch', async () => {
    await sealAll(bed.ctx);
    const [entry] = await writeLeaves(bed, [eventOf('actes')]);
    if (!entry) throw new Error('nothing was written');
    const { id, leaf, signature, node } = entry;
    await insertEntry(bed.superuser, bed.keys, 'actes', { id, leaf, signature, node, secondsAgo: 3 });
    await bed.write(600);
    await bed.write(600);
    await insertEntry(bed.superuser, bed.keys, 'actes', { id, leaf, signature, node, secondsAgo: 2 });
    expect(await sequence(bed.ctx, 'actes')).toMatchObject({ added: 1201, aside: 1 });
    expect((await newest(1201))[0]).toBe(id);
    expect((await quarantined()).get(id)).toBe('twice');
    await sealAll(bed.ctx);
  });

  test('row 15: a node that is registered while a batch is read: its acts are ours', async () => {
    await sealAll(bed.ctx);
    const keys = keyringSchema.parse(await makeKeys('newcomer'));
    const looked = await inSealing(bed.ctx, async (trx) => {
      const { head } = await readHead(trx, 1);
      const candidates = lookAtCandidates('actes');
      const owner = openDatabase(bed.cluster.ownerUrl, { max: 1, onError: () => undefined });
      await registerNode({ keys }, owner);
      await owner.destroy();
      await inTransaction({ db: bed.app }, (other) => record({ keys }, other, eventOf('actes')));
      for await (const { entries } of nextEntries(trx, 1, head?.cursor ?? BEGINNING)) candidates.add(entries);
      return candidates.all();
    });
    expect(looked).toMatchObject({ ours: [{ node: 'node-newcomer' }, { node: 'node-newcomer' }], rogues: [] });
    expect(await sequence(bed.ctx, 'actes')).toMatchObject({ added: 2, aside: 0 });
  });

  test('row 15: a key that was revoked before the entry was recorded', async () => {
    const keys = keyringSchema.parse(await makeKeys('stolen'));
    const owner = openDatabase(bed.cluster.ownerUrl, { max: 1, onError: () => undefined });
    await registerNode({ keys }, owner);
    await sql`update journal.node_key set revoked_at = clock_timestamp() - interval '10 s' where key_id = 'node-stolen'`.execute(
      owner,
    );
    await owner.destroy();
    await sequence(bed.ctx, 'actes');
    const before = await insertEntry(bed.superuser, keys, 'actes', { secondsAgo: 20 });
    const later = await insertEntry(bed.superuser, keys, 'actes');
    await sealAll(bed.ctx);
    const found = await quarantined();
    expect([found.get(before), found.get(later)]).toEqual([undefined, 'revoked-node']);
  });

  test('row 15: a worker whose own key is not registered puts nothing aside, rather than write what would be put aside', async () => {
    const stranger = { ...bed.another(), keys: keyringSchema.parse(await makeKeys('nobody')) };
    const id = await insertEntry(bed.superuser, bed.keys, 'actes', { node: 'node-nobody' });
    await expect(sequence(stranger, 'actes')).rejects.toThrow('does not know node key « node-nobody »');
    expect((await quarantined()).has(id)).toBe(false);
    expect(await unsealedOf(bed.superuser, 'actes')).toBe(1);
  });
});

test('the app cannot seal, and the worker cannot date a head or change what is sealed', async () => {
  await expect(
    inTransaction({ db: bed.app }, (trx) =>
      sql`insert into journal.leaf values (1, 0, gen_random_uuid(), '\\x')`.execute(trx),
    ),
  ).rejects.toMatchObject({ code: '42501' });
  const worker = bed.ctx.db;
  await expect(sql`update journal.leaf set idx = idx`.execute(worker)).rejects.toMatchObject({ code: '42501' });
  await expect(sql`delete from journal.tree_head`.execute(worker)).rejects.toMatchObject({ code: '42501' });
  await expect(
    sql`insert into journal.tree_head (log_id, size, root, last_xid, last_id, system_identifier, created_at)
      values (1, 1, sha256(''), '1', gen_random_uuid(), '', now())`.execute(worker),
  ).rejects.toMatchObject({ code: '42501' });
});

test('the whole tree, at the end of all this, is what the entries make it', async () => {
  expect(await expectSound(bed.superuser)).toBeGreaterThan(5700);
});

// here, for roles are of a whole cluster, and this one is of this file alone
test('what roles have set for themselves is named by the check, and bootstrap takes it away', async () => {
  const settings = async () => (await catalogProblems(bed.superuser)).filter((one) => one.includes('réglage'));
  expect(await settings()).toEqual([]);
  for (const where of ['', ' in database entremise'])
    await sql.raw(`alter role entremise_worker${where} set search_path = graphile_worker, public`).execute(bed.ctx.db);
  await sql`alter role entremise_app set timezone = 'Asia/Tokyo'`.execute(bed.app);
  expect(await settings()).toEqual([
    'le rôle entremise_app a un réglage inconnu\u00a0: TimeZone=Asia/Tokyo',
    ...Array(2).fill('le rôle entremise_worker a un réglage inconnu\u00a0: search_path=graphile_worker, public'),
  ]);
  await bootstrap({ superuserUrl: bed.cluster.superuserUrl, passwords: inject('testCluster').rolePasswords });
  expect(await settings()).toEqual([]);
  const { rows } = await sql<{ config: string[] }>`select setconfig as config from pg_db_role_setting`.execute(
    bed.superuser,
  );
  expect(rows).toEqual(Array(4).fill({ config: ['search_path=public'] }));
});
