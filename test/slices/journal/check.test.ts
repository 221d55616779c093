import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  announceKeys,
  checkJournal,
  checkJournalJob,
  erasePeriod,
  erasePersonEntries,
  exportErasures,
  inErasure,
  type LogName,
  makeSigningKey,
  parseSigningKey,
  record,
  registerNode,
  replayErasures,
  retireKeys,
  revokeNode,
} from '#journal';
import { ED25519 } from '#journal/verify';
import type { Db, Trx } from '#platform/db/database.ts';
import { checkLogKeys } from '../../../src/journal/check/check-log-keys.ts';
import { catalogProblems, nextToCheck, type Problem } from '../../../src/journal/check/index.ts';
import { Findings } from '../../../src/journal/check/problems.ts';
import { reconciled } from '../../../src/journal/seal/seal.events.ts';
import { type EraseFixture, eraseFixture, looked, middleOf, newId, openedBy } from './erase-support.ts';
import { newKeys, opened } from './fixture.ts';

// Failure table of the journal, rows 11 to 13, 15 and 16: what guard-rails let through, `journal check` names.

let fixture: EraseFixture;
const persons = Array.from({ length: 3 }, newId);
beforeAll(async () => {
  fixture = await eraseFixture();
  await fixture.act((trx) =>
    record(
      fixture,
      trx,
      ...Array.from({ length: 600 }, (_, n) => openedBy('Zoé', persons[n % 3] ?? '')),
      looked(),
      looked(),
    ),
  );
  await fixture.seal();
});
afterAll(() => fixture.close());

const check = (log: LogName = 'actes', since = 0n) =>
  checkJournal(fixture.ctx, { log, since, closing: ['door.closed'] });
const problems = async (log?: LogName, since?: bigint) => (await check(log, since)).problems;
const brief = (found: readonly Problem[]) =>
  found.map(({ code, first, last }) => `${code} ${first ?? '-'}..${last ?? '-'}`);
const asSuperuser = (statement: string) => sql.raw(statement).execute(fixture.superuser);

/** Changes what triggers keep from change, as whoever has all the rights can: switches them off, and on again. */
async function behindTriggers(table: string, statement: string): Promise<void> {
  await fixture.superuser.transaction().execute(async (trx) => {
    await sql.raw(`alter table ${table} disable trigger all`).execute(trx);
    await sql.raw(statement).execute(trx);
    const { rows } = await sql<{ name: string }>`select tgname as name from pg_trigger
      where tgrelid = ${table}::regclass and not tgisinternal`.execute(trx);
    for (const { name } of rows) await sql.raw(`alter table ${table} enable always trigger ${name}`).execute(trx);
  });
}
const partition = async () => {
  const { rows } = await sql<{ name: string }>`
    select tableoid::regclass::text as name from journal.entry where log_id = 1 order by recorded_at desc limit 1`.execute(
    fixture.reader,
  );
  return rows[0]?.name ?? '';
};
const idAt = async (idx: number, log = 1) => {
  const { rows } = await sql<{
    id: string;
  }>`select entry_id as id from journal.leaf where log_id = ${log} and idx = ${idx}`.execute(fixture.reader);
  return rows[0]?.id ?? '';
};

describe('a journal that is whole', () => {
  test('has no problem; the result is kept for whoever looks after it', async () => {
    const checked = await check();
    expect(checked.inWords).toEqual([]);
    expect(checked).toMatchObject({ log: 'actes', first: 0n, end: checked.size, problems: [] });
    expect(checked.size).toBeGreaterThan(600n);
    expect(await problems('acces')).toEqual([]);
    const { rows } =
      await sql`select log_id, size, problems, first_idx, end_idx from journal.full_check order by ended_at desc limit 1`.execute(
        fixture.reader,
      );
    expect(rows).toEqual([{ logId: 2, size: 2, problems: [], firstIdx: 0, endIdx: 2 }]);
  });

  test('can be checked from any place on, whose tiles then stand for what is before', async () => {
    const { first, end, size, inWords } = await check('actes', 300n);
    expect({ first, end, inWords }).toEqual({ first: 256n, end: size, inWords: [] });
    expect(await problems('actes', 100_000n)).toEqual([]);
  });

  test('can be gone through a part each night: each goes on where the last one stopped, then it starts over', async () => {
    const { size } = await check();
    const parts: string[] = [];
    for (let night = 0; night < 4; night += 1) {
      const since = await nextToCheck(fixture.ctx, 'actes');
      const { first, end } = await checkJournal(fixture.ctx, { log: 'actes', since, most: 256n, closing: [] });
      parts.push(`${first}..${end}`);
    }
    expect(parts).toEqual(['0..256', '256..512', `512..${size}`, '0..256']);
    await checkJournalJob({ closing: ['door.closed'] }).run(fixture.ctx, {});
    const { rows } = await sql`
      select log_id, first_idx, end_idx, problems from journal.full_check order by ended_at desc, id desc limit 2`.execute(
      fixture.reader,
    );
    expect(rows).toEqual([
      { logId: 2, firstIdx: 0, endIdx: 2, problems: [] },
      { logId: 1, firstIdx: 256, endIdx: Number(size), problems: [] },
    ]);
  });

  test('stays whole after erasures: what is gone is told by them', async () => {
    const old = await fixture.writeAt(middleOf('2025-02'), looked());
    await fixture.writeAt(middleOf('2025-02'), openedBy('Ali', newId()));
    const erased = newId();
    await fixture.act((trx) => record(fixture, trx, openedBy('Ali', erased)));
    await fixture.seal();
    const kept = await sql<{
      row: string;
    }>`select to_jsonb(e)::text as row from journal.entry e where id = ${old}`.execute(fixture.superuser);
    expect(await erasePeriod(fixture.ctx, { log: 'acces', month: '2025-02', ground: 'retention' })).toMatchObject({
      ok: true,
    });
    await inErasure(fixture.ctx, (trx) =>
      erasePersonEntries(fixture.ctx, trx, { usagerId: erased, mandates: [], ground: 'request' }),
    );
    await fixture.seal();
    expect(await problems('acces')).toEqual([]);
    expect(await problems('actes')).toEqual([]);

    await sql`insert into journal.entry select * from jsonb_populate_record(null::journal.entry, ${kept.rows[0]?.row}::jsonb)`.execute(
      fixture.superuser,
    );
    expect(brief(await problems('acces'))).toEqual(['entry-is-back 2..2', 'projection-missing 2..2']);
    await replayErasures(
      { ...fixture.ctx, db: fixture.owner },
      await exportErasures(fixture.worker),
      async () => undefined,
    );
    await fixture.seal();
    expect(await fixture.count(`journal.entry where id = '${old}'`)).toBe(0);
    expect(await problems('acces')).toEqual([]);
  });
});

describe('row 11: one byte of a leaf', () => {
  test('a superuser in replica mode meets the trigger', async () => {
    const attempt = fixture.superuser.transaction().execute(async (trx) => {
      await sql`set local session_replication_role = replica`.execute(trx);
      await sql`update journal.entry set leaf = set_byte(leaf, 20, 33)`.execute(trx);
    });
    await expect(attempt).rejects.toThrow('the journal is never changed');
  });

  test('with the triggers switched off it is changed, and named by its place', async () => {
    const [table, id] = [await partition(), await idAt(300)];
    const { rows } = await sql<{
      leaf: string;
    }>`select encode(leaf, 'hex') as leaf from journal.entry where id = ${id}`.execute(fixture.reader);
    const at = `id = '${id}'`;
    await behindTriggers(
      table,
      `update ${table} set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '"count":1', '"count":2'), 'UTF8') where ${at}`,
    );
    expect(brief(await problems())).toEqual(['leaf-differs 300..300', 'rogue-entry 300..300']);
    await behindTriggers(table, `update ${table} set leaf = decode('${rows[0]?.leaf}', 'hex') where ${at}`);
    expect(await problems()).toEqual([]);
  });
});

describe('row 12: hashes, tiles, roots', () => {
  const restored = async (table: string, where: string, change: string, expected: string[]) => {
    const { rows } = await sql<{
      row: string;
    }>`select to_jsonb(t)::text as row from ${sql.raw(table)} t where ${sql.raw(where)}`.execute(fixture.superuser);
    await behindTriggers(table, `update ${table} set ${change} where ${where}`);
    expect(brief(await problems())).toEqual(expected);
    await behindTriggers(table, `delete from ${table} where ${where}`);
    await behindTriggers(
      table,
      `insert into ${table} select * from jsonb_populate_record(null::${table}, '${rows[0]?.row.replaceAll("'", "''")}'::jsonb)`,
    );
    expect(await problems()).toEqual([]);
  };

  test('a leaf hash: the leaf, its tile, and every root from there on', async () => {
    const found = await (async () => {
      const where = 'log_id = 1 and idx = 520';
      const { rows } = await sql<{
        hash: string;
      }>`select encode(leaf_hash, 'hex') as hash from journal.leaf where ${sql.raw(where)}`.execute(fixture.superuser);
      await behindTriggers(
        'journal.leaf',
        `update journal.leaf set leaf_hash = set_byte(leaf_hash, 0, get_byte(leaf_hash, 0) # 1) where ${where}`,
      );
      const seen = brief(await problems());
      await behindTriggers(
        'journal.leaf',
        `update journal.leaf set leaf_hash = decode('${rows[0]?.hash}', 'hex') where ${where}`,
      );
      return seen;
    })();
    expect(found[0]).toBe('leaf-differs 520..520');
    expect(found.filter((one) => one.startsWith('root-differs')).length).toBeGreaterThan(0);
    expect(found.filter((one) => one.startsWith('checkpoint-differs')).length).toBeGreaterThan(0);
    expect(found.every((one) => Number(one.split(' ')[1]?.split('..')[0]) >= 520)).toBe(true);
    expect(await problems()).toEqual([]);
  });

  test('a leaf that is gone, or an entry that is', async () => {
    const id = await idAt(40);
    const row = (
      await sql<{ row: string }>`select to_jsonb(l)::text as row from journal.leaf l where entry_id = ${id}`.execute(
        fixture.superuser,
      )
    ).rows[0]?.row;
    await behindTriggers('journal.leaf', `delete from journal.leaf where entry_id = '${id}'`);
    const found = brief(await problems());
    expect(found).toEqual(expect.arrayContaining(['leaf-missing 40..40', 'tile-differs 0..255']));
    await behindTriggers(
      'journal.leaf',
      `insert into journal.leaf select * from jsonb_populate_record(null::journal.leaf, '${row}'::jsonb)`,
    );
    const [table, entry] = [
      await partition(),
      (
        await sql<{ row: string }>`select to_jsonb(e)::text as row from journal.entry e where id = ${id}`.execute(
          fixture.superuser,
        )
      ).rows[0]?.row,
    ];
    await behindTriggers(table, `delete from ${table} where id = '${id}'`);
    expect(brief(await problems())).toEqual(['entry-missing 40..40', 'projection-stray -..-']);
    await behindTriggers(
      table,
      `insert into ${table} select * from jsonb_populate_record(null::${table}, '${entry}'::jsonb)`,
    );
    expect(await problems()).toEqual([]);
  });

  test('a tile: its range', async () => {
    await restored(
      'journal.tile',
      'log_id = 1 and level = 0 and n = 1',
      'hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1)',
      ['tile-differs 256..511'],
    );
    await restored(
      'journal.tile',
      'log_id = 1 and level = 0 and n = 0',
      'root = set_byte(root, 5, get_byte(root, 5) # 1)',
      ['tile-differs 0..255'],
    );
  });

  test('the root of a tree head; a tree shorter than what was signed', async () => {
    const { rows } = await sql<{
      size: string;
    }>`select max(h.size)::text as size from journal.tree_head h where log_id = 1`.execute(fixture.reader);
    const last = Number(rows[0]?.size) - 1;
    await restored(
      'journal.tree_head',
      `log_id = 1 and size = ${last + 1}`,
      'root = set_byte(root, 0, get_byte(root, 0) # 1)',
      [`root-differs ${last}..${last}`],
    );
    const head = await sql<{
      row: string;
    }>`select to_jsonb(h)::text as row from journal.tree_head h where log_id = 1 and size = ${last + 1}`.execute(
      fixture.superuser,
    );
    await behindTriggers('journal.tree_head', `delete from journal.tree_head where log_id = 1 and size = ${last + 1}`);
    expect(brief(await problems())).toContainEqual(
      expect.stringMatching(new RegExp(`^tail-missing \\d+\\.\\.${last}$`)),
    );
    await behindTriggers(
      'journal.tree_head',
      `insert into journal.tree_head select * from jsonb_populate_record(null::journal.tree_head, '${head.rows[0]?.row}'::jsonb)`,
    );
    expect(await problems()).toEqual([]);
  });

  test('the row of a cosignature that a published checkpoint bears', async () => {
    const of = 'log_id = 1 and size = (select max(size) from journal.publication where log_id = 1)';
    const { rows } = await sql<{ row: string; size: number; witness: string }>`
      select to_jsonb(c)::text as row, c.size, c.witness from journal.cosignature c where ${sql.raw(of)} limit 1`.execute(
      fixture.superuser,
    );
    const [{ row = '', size = 0, witness = '' } = {}] = rows;
    await behindTriggers(
      'journal.cosignature',
      `delete from journal.cosignature where ${of} and witness = '${witness}'`,
    );
    const at = BigInt(size) - 1n;
    expect(await problems()).toEqual([
      { code: 'cosignature-missing', log: 'actes', first: at, last: at, detail: `taille ${size}, ${witness}` },
    ]);
    await behindTriggers(
      'journal.cosignature',
      `insert into journal.cosignature select * from jsonb_populate_record(null::journal.cosignature, '${row}'::jsonb)`,
    );
    expect(await problems()).toEqual([]);
  });

  test('a checkpoint that says another root, or that no announced key signed', async () => {
    const where = 'log_id = 1 and size = (select max(size) from journal.publication where log_id = 1)';
    const { rows } = await sql<{
      note: string;
      size: string;
    }>`select note, size::text from journal.publication where ${sql.raw(where)}`.execute(fixture.superuser);
    const [{ note = '', size = '0' } = {}] = rows;
    const place = Number(size) - 1;
    const other = note.replace(/\n[A-Za-z0-9+/]{43}=\n/, `\n${Buffer.alloc(32, 1).toString('base64')}\n`);
    for (const [text, code] of [
      [other, 'checkpoint-differs'],
      [note.replace(/^— journal.*\n/gm, ''), 'checkpoint-unsigned'],
    ] as const) {
      await behindTriggers(
        'journal.publication',
        `update journal.publication set note = '${text}' where log_id = 1 and size = ${size}`,
      );
      expect(brief(await problems())).toEqual([`${code} ${place}..${place}`]);
    }
    await behindTriggers(
      'journal.publication',
      `update journal.publication set note = '${note}' where log_id = 1 and size = ${size}`,
    );
    expect(await problems()).toEqual([]);
  });
});

describe('row 13: the index alone', () => {
  test('proofs still pass, and the check says which column of which entry', async () => {
    const id = await idAt(77);
    const changes = [
      [`kind = 'door.closed'`, 'kind'],
      [`result = 'refused'`, 'result'],
      [`theme = 'argent'`, 'theme'],
      [`themes = '{argent}'`, 'themes'],
      [`aidant_id = gen_random_uuid()`, 'aidant'],
      [`mandate_alias = 'x'`, 'alias'],
      [`recorded_at = recorded_at - interval '1 day'`, 'recorded'],
    ] as const;
    const row = (
      await sql<{ row: string }>`select to_jsonb(i)::text as row from journal.entry_index i where id = ${id}`.execute(
        fixture.superuser,
      )
    ).rows[0]?.row;
    for (const [change, column] of changes) {
      await asSuperuser(`update journal.entry_index set ${change} where id = '${id}'`);
      expect(await problems()).toEqual([
        { code: 'projection-differs', log: 'actes', first: 77n, last: 77n, detail: column },
      ]);
      await asSuperuser(`delete from journal.entry_index where id = '${id}'`);
      expect(brief(await problems())).toEqual(['projection-missing 77..77', 'opening-closed -..-']);
      await asSuperuser(
        `insert into journal.entry_index select * from jsonb_populate_record(null::journal.entry_index, '${row}'::jsonb)`,
      );
    }
    await asSuperuser(
      `insert into journal.entry_index (id, log_id, kind, result) values (gen_random_uuid(), 1, 'door.opened', 'ok')`,
    );
    expect(brief(await problems())).toEqual(['projection-stray -..-']);
    await asSuperuser(
      `delete from journal.entry_index i where not exists (select from journal.entry e where e.id = i.id)`,
    );
  });

  test('a structure, where the leaf names one: where it names none, the index may say whose mandate it is', async () => {
    const acted = opened.event({ actor: { organisationId: newId() }, result: 'ok', clear: { count: 1 } });
    const [id = ''] = await fixture.act((trx) => record(fixture, trx, acted));
    await fixture.seal();
    const { rows } = await sql<{ idx: number }>`select idx from journal.leaf where entry_id = ${id}`.execute(
      fixture.reader,
    );
    const place = `${rows[0]?.idx}..${rows[0]?.idx}`;
    const put = (value: string) =>
      asSuperuser(`update journal.entry_index set organisation_id = ${value} where id = '${id}'`);
    for (const value of ['gen_random_uuid()', 'null']) {
      await put(value);
      expect(brief(await problems())).toEqual([`projection-differs ${place}`]);
    }
    await put(`'${acted.input.actor.organisationId}'`);
    expect(await problems()).toEqual([]);
  });

  test('the numbers of a mandate: a hole, a closing that is not last', async () => {
    const [one, two, three] = [await idAt(80), await idAt(81), await idAt(82)];
    const mandate = newId();
    const number = (id: string, mn: number | null, kind = 'door.opened') =>
      asSuperuser(
        `update journal.entry_index set mandate_id = ${mn ? `'${mandate}'` : 'null'}, mn = ${mn}, kind = '${kind}' where id = '${id}'`,
      );
    await number(one, 1);
    await number(two, 3);
    expect(brief(await problems())).toContain('counter 80..81');
    await number(three, 2, 'door.closed');
    expect(brief(await problems())).toContain('closing-not-last 80..82');
    await Promise.all([number(one, null), number(two, null), number(three, null)]);
    expect(await problems()).toEqual([]);
  });
});

describe('row 15: an entry that no node wrote', () => {
  test('is named, sealed or not; waiting for more than a minute is too', async () => {
    const id = newId();
    await asSuperuser(`insert into journal.entry (id, recorded_at, log_id, node, leaf, node_sig)
      values ('${id}', now() - interval '2 minutes', 1, 'nobody', '{}', decode(repeat('00', 64), 'hex'))`);
    expect(await problems()).toEqual([{ code: 'rogue-entry', log: 'actes', detail: `${id}, non scellée` }]);
    const late = await fixture.writeAt(new Date(Date.now() - 120_000), openedBy('Zoé', newId()));
    expect(brief(await problems())).toEqual(['rogue-entry -..-', 'unsealed -..-']);
    await fixture.seal();
    expect(await problems()).toEqual([]);
    const { rows } = await sql`select entry_id from journal.quarantine`.execute(fixture.reader);
    expect(rows).toEqual([{ entryId: id }]);
    const { aside } = await check();
    expect(aside).toMatchObject({ count: 1, first: [{ id, reason: 'unknown-node' }] });
    expect((await check('acces')).aside).toEqual({ count: 0, first: [] });
    expect(late).not.toBe(id);
  });

  test('a clock that went back by more than two seconds (I1)', async () => {
    const event = openedBy('Zoé', newId());
    const id = await fixture.writeAt(new Date(Date.now() - 30_000), event);
    const table = await partition();
    await behindTriggers(
      table,
      `update ${table} set recorded_at = recorded_at - interval '3 seconds' where id = '${id}'`,
    );
    await asSuperuser(
      `update journal.entry_index set recorded_at = recorded_at - interval '3 seconds' where id = '${id}'`,
    );
    await fixture.seal();
    const found = await problems();
    expect(found).toMatchObject([{ code: 'clock' }]);
    await behindTriggers(
      table,
      `update ${table} set recorded_at = recorded_at + interval '3 seconds' where id = '${id}'`,
    );
    await asSuperuser(
      `update journal.entry_index set recorded_at = recorded_at + interval '3 seconds' where id = '${id}'`,
    );
  });
});

describe('a restore, before a worker runs', () => {
  /** Another signature under the newest entry of a kind; the same again puts its own back. */
  const turnSignature = async (kind: string) => {
    const table = await partition();
    await behindTriggers(
      table,
      `update ${table} set node_sig = set_byte(node_sig, 9, get_byte(node_sig, 9) # 1) where id =
        (select id from journal.entry_index where kind = '${kind}' order by id desc limit 1)`,
    );
  };
  const putBack = reconciled.event({
    ...{ actor: {}, result: 'ok', clear: { log: 'actes', from: 0, to: 1, cosigned: 1 } },
  });

  test('what a node signed may wait, once an entry that it signed tells that others were put back', async () => {
    await fixture.writeAt(new Date(Date.now() - 120_000), openedBy('Zoé', newId()));
    const erased = newId();
    await fixture.act((trx) => record(fixture, trx, openedBy('Ali', erased)));
    await inErasure(fixture.ctx, (trx) =>
      erasePersonEntries(fixture.ctx, trx, { usagerId: erased, mandates: [], ground: 'request' }),
    );
    await behindTriggers(
      'journal.erasure',
      `update journal.erasure set erased_at = erased_at - interval '2 minutes' where id = (select id from journal.erasure order by id desc limit 1)`,
    );
    const late = ['unsealed -..-', 'erasure-untold -..-'];
    expect(brief(await problems())).toEqual(late);
    await fixture.act((trx) => record(fixture, trx, putBack));
    expect(await problems()).toEqual([]);
    expect(await problems('acces')).toEqual([]);
    await turnSignature('journal.reconciled');
    expect(brief(await problems())).toEqual(late);
    await turnSignature('journal.reconciled');
    await turnSignature('erasure.person');
    expect(brief(await problems())).toEqual(['erasure-untold -..-']);
    await turnSignature('erasure.person');
    await fixture.seal();
    expect(await problems()).toEqual([]);
  });
});

describe('openings', () => {
  test('one that is changed, one moved from another entry, a key gone without an erasure', async () => {
    const [one, other] = [await idAt(90), await idAt(93)];
    const rows = (
      await sql<{
        row: string;
      }>`select to_jsonb(o)::text as row from journal.opening o where entry_id in (${one}, ${other})`.execute(
        fixture.superuser,
      )
    ).rows;
    const put = async () => {
      await asSuperuser(`delete from journal.opening where entry_id in ('${one}', '${other}')`);
      for (const { row } of rows)
        await asSuperuser(
          `insert into journal.opening select * from jsonb_populate_record(null::journal.opening, '${row}'::jsonb)`,
        );
    };
    await asSuperuser(
      `update journal.opening set sealed = set_byte(sealed, 30, get_byte(sealed, 30) # 1) where entry_id = '${one}'`,
    );
    expect(brief(await problems())).toEqual(['opening-closed 90..90']);
    await put();
    await asSuperuser(
      `update journal.opening o set sealed = m.sealed from journal.opening m where o.entry_id = '${one}' and m.entry_id = '${other}'`,
    );
    expect(brief(await problems())).toEqual(['opening-closed 90..90']);
    await put();
    const key = (
      await sql<{
        row: string;
      }>`select to_jsonb(k)::text as row from journal.subject_key k where subject_id = ${persons[0]}`.execute(
        fixture.superuser,
      )
    ).rows[0]?.row;
    await asSuperuser(`delete from journal.subject_key where subject_id = '${persons[0]}'`);
    const found = await problems();
    expect(new Set(found.map(({ code }) => code))).toEqual(new Set(['key-missing']));
    expect(found.length).toBe(200);
    await asSuperuser(
      `insert into journal.subject_key select * from jsonb_populate_record(null::journal.subject_key, '${key}'::jsonb)`,
    );
    expect(await problems()).toEqual([]);
  });
});

describe('row 16: the guard-rails, one by one', () => {
  let trx: Trx;
  let giveUp: () => void;
  let ended: Promise<unknown>;
  beforeEach(async () => {
    await new Promise<void>((ready) => {
      ended = fixture.superuser
        .transaction()
        .execute(async (opened) => {
          trx = opened;
          const over = new Promise<void>((resolve) => {
            giveUp = resolve;
          });
          ready();
          await over;
          throw new Error('given up');
        })
        .catch(() => undefined);
    });
  });
  afterEach(async () => {
    giveUp();
    await ended;
  });

  const following = async (...statements: string[]) => {
    for (const statement of statements) await sql.raw(statement).execute(trx);
    return catalogProblems(trx as unknown as Db);
  };

  test('nothing to say of what migrations and bootstrap make', async () => {
    expect(await following()).toEqual([]);
  });

  test('DISABLE TRIGGER, on a partition, on a guarded table, downgraded or dropped', async () => {
    const table = await partition();
    expect(await following(`alter table ${table} disable trigger all`)).toEqual([
      `${table} n’a pas de déclencheur ALWAYS qui refuse TRUNCATE`,
      `${table} n’a pas de déclencheur ALWAYS qui refuse UPDATE et DELETE`,
    ]);
    expect(await following(`alter table journal.leaf enable trigger leaf_is_never_changed`)).toContain(
      'journal.leaf n’a pas de déclencheur ALWAYS qui refuse UPDATE et DELETE',
    );
    expect(await following(`drop trigger erasure_is_never_emptied on journal.erasure`)).toContain(
      'journal.erasure n’a pas de déclencheur ALWAYS qui refuse TRUNCATE',
    );
    expect(await following(`drop trigger entry_partition_is_never_changed on ${table}`)).toContain(
      `${table} n’a pas de déclencheur ALWAYS qui refuse UPDATE et DELETE`,
    );
    expect(
      await following(
        `create function journal.nothing() returns trigger language plpgsql as 'begin return null; end'`,
        `create trigger aa before insert on journal.entry for each row execute function journal.nothing()`,
      ),
    ).toContain('journal.entry a un déclencheur inconnu\u00a0: aa');
    expect(
      await following(
        `create trigger bb before insert on journal.hold for each row execute function journal.nothing()`,
      ),
    ).toContain('journal.hold a un déclencheur inconnu\u00a0: bb');
  });

  test('TRUNCATE and the rewriting of a column are refused outright; the functions that refuse are looked at too', async () => {
    const table = await partition();
    for (const statement of [`truncate ${table}`, `truncate journal.leaf`]) {
      await expect(asSuperuser(statement)).rejects.toThrow('the journal is never changed');
    }
    await expect(asSuperuser(`alter table journal.entry alter column node type text using 'x'`)).rejects.toThrow(
      'never rewritten',
    );
    expect(
      await following(
        `create or replace function journal.refuse_change() returns trigger language plpgsql as 'begin return null; end'`,
      ),
    ).toContain('la fonction journal.refuse_change ne refuse plus rien');
    expect(
      await following(
        `create or replace function guard.refuse_journal_rewrite() returns event_trigger language plpgsql as 'begin end'`,
      ),
    ).toContain('la fonction guard.refuse_journal_rewrite ne refuse plus rien');
    expect(await following(`alter event trigger journal_is_never_rewritten enable`)).toContain(
      'le déclencheur d’événement journal_is_never_rewritten manque ou n’est pas ALWAYS',
    );
  });

  test('DETACH, a DEFAULT partition, a partition elsewhere', async () => {
    const table = await partition();
    expect(await following(`alter table journal.entry detach partition ${table}`)).toContain(
      `${table} est détachée\u00a0: elle n’est plus une partie du journal`,
    );
    expect(await following(`create table journal.entry_rest partition of journal.entry default`)).toEqual(
      expect.arrayContaining(['journal.entry a une partition DEFAULT']),
    );
  });

  test('rights given to a role, to all, on a table or a column, through a function, by a change of owner', async () => {
    const table = await partition();
    expect(await following(`grant delete on journal.opening to entremise_worker`)).toContain(
      'entremise_worker a le droit DELETE sur journal.opening',
    );
    expect(await following(`grant update (leaf) on ${table} to entremise_app`)).toContain(
      `entremise_app a le droit UPDATE sur ${table}`,
    );
    expect(await following(`grant insert (recorded_at) on journal.entry to entremise_app`)).toContain(
      'entremise_app peut dater les entrées du journal',
    );
    expect(await following(`grant insert on journal.leaf to entremise_app`)).toContain(
      'entremise_app a le droit INSERT sur journal.leaf',
    );
    expect(await following(`grant select on journal.entry to public`)).toContain(
      'PUBLIC a le droit SELECT sur journal.entry',
    );
    expect(await following(`grant select (inner_pad) on journal.node_pad to entremise_worker`)).toContain(
      'entremise_worker a le droit SELECT sur journal.node_pad',
    );
    expect(await following(`grant execute on function journal.erase to entremise_app`)).toContain(
      'entremise_app peut appeler journal.erase',
    );
    expect(
      await following(`create function journal.oops() returns void language sql security definer as 'select'`),
    ).toEqual(
      expect.arrayContaining([
        'la fonction journal.oops s’exécute avec les droits du propriétaire et n’est pas connue',
        'la fonction journal.oops n’a pas de chemin de recherche fixé',
        'PUBLIC peut appeler journal.oops',
      ]),
    );
    expect(await following(`alter table journal.entry_index owner to entremise_worker`)).toContain(
      'journal.entry_index appartient à entremise_worker',
    );
    for (const name of ['entry', 'hold']) {
      expect(await following(`alter table journal.${name} enable row level security`)).toContain(
        `journal.${name} a une sécurité par ligne`,
      );
      expect(await following(`create rule lost as on insert to journal.${name} do instead nothing`)).toContain(
        `journal.${name} a une règle\u00a0: lost`,
      );
    }
  });

  test('GRANT of the owner, CREATEROLE, a role that writes everywhere, an attribute too many', async () => {
    const role = `maker_${newId().slice(-12)}`;
    expect(await following(`create role ${role} createrole`)).toEqual([
      `le rôle ${role} peut créer des rôles (CREATEROLE)`,
    ]);
    expect(await following(`grant entremise_owner to ${role}`, `grant pg_write_all_data to ${role}`)).toEqual(
      expect.arrayContaining([
        `${role} est membre de entremise_owner`,
        `${role} est membre de pg_write_all_data`,
        `le rôle ${role} peut créer des rôles (CREATEROLE)`,
      ]),
    );
    expect(await following(`alter role entremise_reader bypassrls`)).toContain(
      'le rôle entremise_reader a un attribut de trop',
    );
  });
});

test('the revocation of a node key, taken away or moved in the table: named; revoked again, it is since the same hour', async () => {
  const keys = await newKeys('leaked');
  await registerNode({ keys }, fixture.owner);
  const row = (value: string) =>
    asSuperuser(`update journal.node_key set revoked_at = ${value} where key_id = 'node-leaked'`);
  await row(`clock_timestamp() - interval '11 minutes'`);
  expect((await check()).inWords).toEqual([expect.stringContaining('node-leaked, révoquée sans entrée scellée')]);
  await row('null');
  const first = await revokeNode(fixture, fixture.owner, 'node-leaked');
  await fixture.seal();
  expect(await problems()).toEqual([]);
  for (const value of ['null', `clock_timestamp()`]) {
    await row(value);
    expect(brief(await problems())).toEqual(['node-key-differs -..-']);
  }
  await row('null'); // as a restored backup has it
  const again = await revokeNode(fixture, fixture.owner, 'node-leaked');
  expect([again.ok && again.isNew, again.ok && again.revokedAt]).toEqual([true, first.ok && first.revokedAt]);
  await fixture.seal();
  expect(await problems()).toEqual([]);
});

describe('the keys of the logs', () => {
  const words = async () => (await check()).inWords;
  const makeVkey = () =>
    parseSigningKey(makeSigningKey(`${fixture.ctx.config.journal.origin}/actes`, ED25519)).vkey.text;
  const named = (vkey: string, fault: string) => [expect.stringContaining(`(${vkey}, ${fault}`)];

  test('one that no entry announces: named, whatever hour it bears; one that was announced waits for nothing', async () => {
    const planted = makeVkey();
    for (const at of ['now()', `now() + interval '1 year'`, `'2020-01-01'`]) {
      await asSuperuser(
        `insert into journal.log_key (vkey, log_id, announced_at, retired_at) values ('${planted}', 1, ${at}, null)`,
      );
      expect(await words()).toEqual(named(planted, 'qu’aucune entrée n’annonce pour actes'));
      await asSuperuser(`delete from journal.log_key where vkey = '${planted}'`);
    }
    const vkey = makeVkey();
    expect(await announceKeys(fixture.ctx, fixture.owner, [vkey])).toMatchObject({ ok: true });
    expect(await words()).toEqual([]);
    const signature = (by: number) =>
      partition().then((table) =>
        behindTriggers(
          table,
          `update ${table} set node_sig = set_byte(node_sig, 9, get_byte(node_sig, 9) # ${by}) where id =
            (select id from journal.entry_index where kind = 'log-key.announced' order by id desc limit 1)`,
        ),
      );
    await signature(1);
    expect(await words()).toEqual(named(vkey, 'qu’aucune entrée n’annonce'));
    await signature(1);
    await fixture.seal();
    expect(await words()).toEqual([]);
    await asSuperuser(`update journal.log_key set log_id = 2 where vkey = '${vkey}'`);
    expect((await words()).join()).toContain('qu’aucune entrée n’annonce pour acces');
    await asSuperuser(`update journal.log_key set log_id = 1 where vkey = '${vkey}'`);
  });

  test('one that is retired and is not, or is not and is, or is gone: named', async () => {
    const vkey = makeVkey();
    await announceKeys(fixture.ctx, fixture.owner, [vkey]);
    const retired = (at: string) => asSuperuser(`update journal.log_key set retired_at = ${at} where vkey = '${vkey}'`);
    await retired('now()');
    expect(await words()).toEqual(named(vkey, 'retirée sans entrée qui le dise'));
    await retired('null');
    expect(await retireKeys(fixture.ctx, fixture.owner, [vkey])).toMatchObject({ ok: true, changed: [vkey] });
    expect(await words()).toEqual([]);
    await fixture.seal();
    expect(await words()).toEqual([]);
    await retired('null');
    expect(await words()).toEqual(named(vkey, 'retirée d’après le journal'));
    await retired('now()');
    const { rows } = await sql<{ row: string }>`
      select to_jsonb(k)::text as row from journal.log_key k where vkey = ${vkey}`.execute(fixture.superuser);
    await asSuperuser(`delete from journal.log_key where vkey = '${vkey}'`);
    expect(await words()).toEqual(named(vkey, 'annoncée d’après le journal, n’est plus dans la base'));
    await asSuperuser(
      `insert into journal.log_key select * from jsonb_populate_record(null::journal.log_key, '${rows[0]?.row}'::jsonb)`,
    );
    expect(await words()).toEqual([]);
  });

  test('what was told by entries of a month that was erased, nothing tells any more', async () => {
    const trx = await fixture.superuser.startTransaction().execute();
    const found = new Findings('actes');
    await sql`insert into journal.log_key (vkey, log_id, announced_at, retired_at)
      values (${makeVkey()}, 1, '2021-04-02', '2021-04-03'), (${makeVkey()}, 1, '2021-05-02', null)`.execute(trx);
    await sql`insert into journal.erasure (id, kind, ground, log_id, month, indices, openings, erased_at)
      values (${newId()}, 'period', 'retention', 1, '2021-04-01', '{}', 0, now())`.execute(trx);
    await checkLogKeys(trx, found);
    await trx.rollback().execute();
    expect(brief(found.problems)).toEqual(['log-key-differs -..-']);
  });
});

test('the origin of a log, changed in its table: named', async () => {
  const { origin } = fixture.ctx.config.journal;
  const put = (name: string) =>
    behindTriggers('journal.log', `update journal.log set origin = '${name}' where log_id = 1`);
  await put(`${origin}/others`);
  expect(await problems()).toEqual([
    { code: 'origin-differs', log: 'actes', detail: `${origin}/others, au lieu de ${origin}/actes` },
  ]);
  expect(await problems('acces')).toEqual([]);
  await put(`${origin}/actes`);
  expect(await problems()).toEqual([]);
});
