import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { record } from '#journal';
import { createFixture, type Fixture, looked, newId, openedBy } from './fixture.ts';

// The traps of the journal's design, each on a real PostgreSQL: what the guard-rails stop, and what they only show.

let fixture: Fixture;
let partition: string;
beforeAll(async () => {
  fixture = await createFixture();
  await fixture.act((trx) => record(fixture, trx, openedBy('Zoé', newId()), looked()));
  const { rows } = await sql<{ name: string }>`
    select tableoid::regclass::text as name from journal.entry limit 1`.execute(fixture.reader);
  partition = rows[0]?.name ?? '';
});
afterAll(() => fixture.close());

const DENIED = { code: '42501' };
const CHANGED = { code: '42501', message: expect.stringContaining('the journal is never changed') };
const REWRITTEN = { code: '42501', message: expect.stringContaining('the journal is never rewritten') };

type Role = 'app' | 'worker' | 'reader' | 'owner' | 'superuser';
type Outcome = { code: string; message: string } | 'done';

/** What PostgreSQL answers to these statements, in one transaction that is given up afterwards. */
async function attempt(role: Role, ...statements: string[]): Promise<Outcome> {
  const client = new pg.Client({ connectionString: fixture.database[`${role}Url`] });
  await client.connect();
  try {
    await client.query('begin');
    for (const statement of statements) await client.query(statement);
    return 'done';
  } catch (error) {
    return error as { code: string; message: string };
  } finally {
    await client.query('rollback');
    await client.end();
  }
}

const REPLICA = `set session_replication_role = replica`;
const UPDATES = [
  `update journal.entry set leaf = leaf`,
  `delete from journal.entry`,
  `insert into journal.entry (id, log_id, node, leaf, node_sig, recorded_at)
   select id, log_id, node, leaf, node_sig, recorded_at from journal.entry
   on conflict (id, recorded_at) do update set node = excluded.node`,
  `merge into journal.entry e using journal.entry s on s.id = e.id when matched then delete`,
];

describe('privileges', () => {
  test.each(['app', 'worker', 'reader'] as const)('%s cannot change, remove or empty an entry', async (role) => {
    for (const table of ['journal.entry', partition]) {
      for (const statement of UPDATES) {
        expect(await attempt(role, statement.replaceAll('journal.entry', table))).toMatchObject(DENIED);
      }
      expect(await attempt(role, `truncate ${table}`)).toMatchObject(DENIED);
      expect(await attempt(role, `drop table ${table}`)).toMatchObject(DENIED);
      expect(await attempt(role, `alter table ${table} disable trigger all`)).toMatchObject(DENIED);
    }
  });

  test('app cannot read a leaf, nor anything else of an entry', async () => {
    for (const what of ['leaf', 'id', 'count(*)', '1']) {
      expect(await attempt('app', `select ${what} from journal.entry`)).toMatchObject(DENIED);
    }
    expect(await attempt('app', `copy journal.entry to stdout`)).toMatchObject(DENIED);
  });

  test('the reader reads all of it and writes nothing', async () => {
    for (const table of ['entry', 'opening', 'subject_key', 'entry_index', 'node_key']) {
      expect(await attempt('reader', `select * from journal.${table}`)).toBe('done');
      expect(await attempt('reader', `insert into journal.${table} default values`)).toMatchObject(DENIED);
    }
    for (const called of ['append', 'ensure_partitions']) {
      const { rows } = await sql<{ may: boolean }>`
        select bool_or(has_function_privilege('entremise_reader', oid, 'execute')) as may
        from pg_proc where proname = ${called} and pronamespace = 'journal'::regnamespace`.execute(fixture.superuser);
      expect(rows).toEqual([{ may: false }]);
    }
  });

  const values = `gen_random_uuid(), 1, 'node-test', '{}', decode(repeat('00', 64), 'hex')`;

  test.each(['app', 'worker'] as const)(
    '%s writes the listed columns of an entry, and chooses neither date nor order',
    async (role) => {
      const into = (columns: string) => `insert into journal.entry (id, log_id, node, leaf, node_sig${columns})`;
      expect(await attempt(role, `${into('')} values (${values})`)).toBe('done');
      expect(await attempt(role, `${into(', recorded_at')} values (${values}, '2020-01-01')`)).toMatchObject(DENIED);
      expect(await attempt(role, `${into(', recorded_at')} values (${values}, default)`)).toMatchObject(DENIED);
      expect(await attempt(role, `${into(', xid')} values (${values}, '1')`)).toMatchObject(DENIED);
      expect(
        await attempt(role, `insert into journal.entry values (gen_random_uuid(), now(), '1', 1, 'n', '{}', '')`),
      ).toMatchObject(DENIED);
      expect(await attempt(role, `insert into ${partition} (id) values (gen_random_uuid())`)).toMatchObject(DENIED);
    },
  );

  test('a leaf too long, a signature too short, a log that does not exist are refused', async () => {
    const insert = (log: number, leafSize: number, signatureSize: number) => `insert into journal.entry
      (id, log_id, node, leaf, node_sig) values (gen_random_uuid(), ${log}, 'node-test',
      decode(repeat('20', ${leafSize}), 'hex'), decode(repeat('00', ${signatureSize}), 'hex'))`;
    const refused = { code: '23514', constraint: 'entry_is_well_formed' };
    expect(await attempt('app', insert(2, 16_384, 64))).toBe('done');
    expect(await attempt('app', insert(2, 16_385, 64))).toMatchObject(refused);
    expect(await attempt('app', insert(2, 1, 64))).toMatchObject(refused);
    expect(await attempt('app', insert(2, 16_384, 63))).toMatchObject(refused);
    expect(await attempt('app', insert(3, 16_384, 64))).toMatchObject(refused);
  });

  test('INSERT … RETURNING is refused: it would read', async () => {
    const insert = `insert into journal.entry (id, log_id, node, leaf, node_sig) values (${values})`;
    expect(await attempt('app', `${insert} returning recorded_at`)).toMatchObject(DENIED);
    expect(await attempt('app', `${insert} returning id`)).toMatchObject(DENIED);
  });

  test.each(['app', 'worker'] as const)('%s adds to the other tables and changes none', async (role) => {
    for (const table of ['opening', 'subject_key', 'entry_index', 'node_key']) {
      expect(await attempt(role, `select * from journal.${table}`)).toBe('done');
      expect(await attempt(role, `delete from journal.${table}`)).toMatchObject(DENIED);
      expect(await attempt(role, `truncate journal.${table}`)).toMatchObject(DENIED);
    }
    expect(await attempt(role, `update journal.opening set sealed = ''`)).toMatchObject(DENIED);
    expect(await attempt(role, `update journal.subject_key set wrapped = ''`)).toMatchObject(DENIED);
    expect(await attempt(role, `update journal.entry_index set usager_id = null`)).toMatchObject(DENIED);
    const index = `insert into journal.entry_index (id, log_id, kind, result, recorded_at)`;
    expect(await attempt(role, `${index} values (gen_random_uuid(), 1, 'a.b', 'ok', '2020-01-01')`)).toMatchObject(
      DENIED,
    );
    const node = `insert into journal.node_key (key_id, public_key, registered_at)`;
    expect(await attempt(role, `${node} values ('n', decode(repeat('00', 32), 'hex'), now())`)).toMatchObject(DENIED);
  });

  test('a back-dated clock in the session changes nothing to the date of an entry', async () => {
    const db = fixture.app;
    const { rows } = await db.transaction().execute(async (trx) => {
      await sql`set local timezone = 'Pacific/Kiritimati'`.execute(trx);
      await sql`select pg_sleep(0.05)`.execute(trx);
      await record(fixture, trx, looked());
      return sql<{ began: Date }>`select now() as began`.execute(trx);
    });
    const { rows: last } = await sql<{ at: Date }>`select max(recorded_at) as at from journal.entry`.execute(
      fixture.reader,
    );
    expect(last[0]?.at.getTime()).toBeGreaterThan(rows[0]?.began.getTime() ?? Number.POSITIVE_INFINITY);
  });
});

describe('triggers', () => {
  test.each(['owner', 'superuser'] as const)('stop the %s, in a partition too', async (role) => {
    for (const table of ['journal.entry', partition]) {
      expect(await attempt(role, `update ${table} set leaf = '{}'`)).toMatchObject(CHANGED);
      expect(await attempt(role, `delete from ${table}`)).toMatchObject(CHANGED);
      expect(await attempt(role, `truncate ${table}`)).toMatchObject(CHANGED);
    }
    expect(await attempt(role, UPDATES[2] ?? '')).toMatchObject(CHANGED);
    expect(await attempt(role, UPDATES[3] ?? '')).toMatchObject(CHANGED);
  });

  test('stop a superuser in replica mode, where ordinary triggers sleep', async () => {
    for (const table of ['journal.entry', partition]) {
      expect(await attempt('superuser', REPLICA, `update ${table} set leaf = '{}'`)).toMatchObject(CHANGED);
      expect(await attempt('superuser', REPLICA, `delete from ${table}`)).toMatchObject(CHANGED);
      expect(await attempt('superuser', REPLICA, `truncate ${table}`)).toMatchObject(CHANGED);
    }
  });

  test('stand on every partition, those of the months to come included', async () => {
    const { rows } = await sql<{ name: string }>`
      select inhrelid::regclass::text as name from pg_inherits where inhparent = 'journal.entry'::regclass`.execute(
      fixture.app,
    );
    expect(rows).toHaveLength(4);
    for (const { name } of rows) {
      expect(await attempt('superuser', REPLICA, `truncate ${name}`)).toMatchObject(CHANGED);
      const insert = `insert into journal.entry (id, recorded_at, log_id, node, leaf, node_sig)
        select gen_random_uuid(), to_date(right('${name}', 7), 'YYYY_MM') + 1, 1, 'n', '{}', decode(repeat('00', 64), 'hex')`;
      expect(await attempt('superuser', insert, REPLICA, `delete from ${name}`)).toMatchObject(CHANGED);
    }
  });

  test('stay on a partition that is detached: those it was given, not only those it inherited', async () => {
    const detach = `alter table journal.entry detach partition ${partition}`;
    for (const change of [`update ${partition} set leaf = '{}'`, `delete from ${partition}`, `truncate ${partition}`]) {
      expect(await attempt('superuser', detach, REPLICA, change)).toMatchObject(CHANGED);
    }
  });
});

describe('rewriting', () => {
  const rewrite = (table: string) =>
    `alter table ${table} alter column leaf type bytea using '{"rewritten":true}'::bytea`;

  test.each(['owner', 'superuser'] as const)('ALTER TABLE … TYPE … USING by the %s is refused', async (role) => {
    expect(await attempt(role, rewrite('journal.entry'))).toMatchObject(REWRITTEN);
    expect(
      await attempt(role, `alter table journal.entry detach partition ${partition}`, rewrite(partition)),
    ).toMatchObject(REWRITTEN);
  });

  test('in replica mode too', async () => {
    expect(await attempt('superuser', REPLICA, rewrite('journal.entry'))).toMatchObject(REWRITTEN);
  });

  test('row triggers alone would not see it: the event trigger is what stops it', async () => {
    const disable = `alter event trigger journal_is_never_rewritten disable`;
    expect(await attempt('superuser', disable, rewrite('journal.entry'))).toBe('done');
    expect(await attempt('owner', disable)).toMatchObject(DENIED);
    expect(await attempt('owner', `drop event trigger journal_is_never_rewritten`)).toMatchObject(DENIED);
    expect(
      await attempt(
        'owner',
        `create or replace function guard.refuse_journal_rewrite() returns event_trigger
      language plpgsql as 'begin end'`,
      ),
    ).toMatchObject(DENIED);
  });
});

describe('roles', () => {
  test('the programs are neither superusers nor makers of roles, nor members of the owner', async () => {
    const { rows } = await sql`
      select rolname, rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication as strong,
        pg_has_role(oid, 'entremise_owner', 'MEMBER') as owner
      from pg_roles where rolname in ('entremise_app', 'entremise_worker', 'entremise_reader') order by rolname`.execute(
      fixture.superuser,
    );
    expect(rows).toEqual(
      ['entremise_app', 'entremise_reader', 'entremise_worker'].map((rolname) => ({
        rolname,
        strong: false,
        owner: false,
      })),
    );
  });

  test('a role that may make roles cannot give itself the owner’s rights', async () => {
    const maker = `maker_${newId().slice(-12)}`;
    const become = [`create role ${maker} createrole`, `set local role ${maker}`];
    expect(await attempt('superuser', ...become, `grant entremise_owner to ${maker}`)).toMatchObject(DENIED);
    expect(await attempt('superuser', ...become, `alter role entremise_owner password 'x'`)).toMatchObject(DENIED);
  });

  test('pg_write_all_data meets the triggers, and may not truncate', async () => {
    const writer = `writer_${newId().slice(-12)}`;
    const become = [`create role ${writer} in role pg_write_all_data, pg_read_all_data`, `set local role ${writer}`];
    expect(await attempt('superuser', ...become, `delete from journal.entry`)).toMatchObject(CHANGED);
    expect(await attempt('superuser', ...become, `truncate journal.entry`)).toMatchObject(DENIED);
  });

  test('functions that run as the owner have a pinned search_path, and nobody else may call them', async () => {
    const { rows } = await sql<{ proname: string; proconfig: string[]; public: boolean }>`
      select proname, proconfig, proacl::text ~ '(^|[{,])=' as public from pg_proc
      where pronamespace = 'journal'::regnamespace and prosecdef order by proname`.execute(fixture.app);
    const names = ['count_content', 'count_openings', 'ensure_partitions', 'erase', 'erase_period', 'kept_entries'];
    expect(rows).toEqual(
      [...names, 'lift_hold', 'period_problem'].map((proname) => {
        return { proname, proconfig: ['search_path=pg_catalog, pg_temp'], public: false };
      }),
    );
  });
});
