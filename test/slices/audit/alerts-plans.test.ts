import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { after, DAY, MINUTE } from '#platform/time/clock.ts';
import { tamper } from '#support/database.ts';
import { RULES } from '../../../src/audit/alerts/rules.ts';
import { startOfDay } from '../../../src/audit/search/period.rules.ts';
import { newId } from '../journal/fixture.ts';
import { type FollowWorld, followWorld } from '../mandate/follow-support.ts';

const ENTRIES = 100_000;
const END = new Date('2026-06-30T10:00:00.000Z');

let world: FollowWorld;

/** A year of a journal, half of it readings. What the index says of it is made up; how it is read is not. */
beforeAll(async () => {
  world = await followWorld();
  const mandate = await world.conclude();
  await tamper(world, async (db) => {
    await sql`insert into journal.entry_index (id, recorded_at, log_id, kind, result, theme, aidant_id, organisation_id, usager_id)
      select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7000' || 'a' || lpad(to_hex(n), 15, '0'))::uuid, at,
        1 + n % 2, (array['use.chosen', 'use.identity-given', 'mandate.concluded', 'use.refused', 'aidant.logged-in',
          'usager.read', 'usager.read', 'mandate.read', 'usager.read', 'aidant.resumed'])[1 + n % 10],
        case n % 10 when 3 then 'refused' else 'ok' end, case when n % 10 < 4 then 'famille' end,
        ${world.aidant.aidantId}::uuid, ${world.structure.id}::uuid,
        case when n % 1000 = 0 then ${mandate.usagerId}::uuid else gen_random_uuid() end
      from generate_series(1, ${ENTRIES}::integer) n
        cross join lateral (select ${END}::timestamptz - make_interval(secs => (${ENTRIES}::integer - n) * 315) as at) placed
      order by n`.execute(db);
    await sql`analyze`.execute(db);
  });
});
afterAll(() => world?.close());

type Plan = {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
};

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

async function planOf(statement: RawBuilder<unknown>): Promise<Plan[]> {
  const { rows } = await sql<{
    'QUERY PLAN': { Plan: Plan }[];
  }>`explain (analyze, timing off, format json) ${statement}`.execute(world.workerCtx.db.withoutPlugins());
  const [plan] = rows[0]?.['QUERY PLAN'] ?? [];
  if (!plan) throw new Error('no plan');
  return nodesOf(plan.Plan);
}

/** Rows that a plan takes out of a table, whether it keeps them or not. */
const readFrom = (plan: Plan[], table: string) =>
  plan
    .filter((node) => node['Relation Name'] === table)
    .reduce((sum, node) => {
      const loops = node['Actual Loops'] ?? 1;
      return sum + ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * loops;
    }, 0);

const windowOf = (pace: 'run' | 'day') =>
  pace === 'run'
    ? { from: after(END, -10 * MINUTE), to: after(END, MINUTE) }
    : { from: startOfDay('2026-06-29') ?? END, to: startOfDay('2026-06-30') ?? END };

test.each(RULES.map((rule) => [rule.code, rule] as const))(
  '%s reads the index along its window, never the whole of it',
  async (_code, { readings, pace }) => {
    for (const reading of readings(windowOf(pace))) {
      const plan = await planOf(reading);
      const whole = plan.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] === 'entry_index');
      expect(whole).toEqual([]);
      // a day of entries and the weeks that it is compared with; for the others, minutes and what is around them
      expect(readFrom(plan, 'entry_index')).toBeLessThan(pace === 'day' ? 12_000 : 1_500);
    }
  },
);

test('the days of the statements are those of the journal', () => {
  expect(windowOf('day').to.getTime() - windowOf('day').from.getTime()).toBe(DAY);
});

test('the end of what was decided is found by its transaction, however long the journal is; the index is not asked', async () => {
  const [told, auditor] = [newId(), newId()];
  const leaf = Buffer.from(`{"clear":{"alert":"${told}"},"type":"alert.decided"}`);
  await tamper(world, async (db) => {
    await sql`insert into journal.entry (id, xid, log_id, node, leaf, node_sig)
      select gen_random_uuid(), (1000000 + n)::text::xid8, 1, 'x', ${leaf}, ${Buffer.alloc(64)}
      from generate_series(1, 30000) n`.execute(db);
    await sql`insert into auditor (id, email, first_name, last_name, totp_secret, created_at)
      values (${auditor}, 'a@audit.example', 'A', 'B', '', now())`.execute(db);
    await db.transaction().execute(async (trx) => {
      await sql`insert into alert (id, rule, facts, urgent, explanation, entries, raised_at, decision, decision_sealed, decided_by, decided_at)
        select case n when 1 then ${told}::uuid else gen_random_uuid() end, 'E1', sha256(n::text::bytea), false, '', 0, '2020-01-01', 'normal',
          '\\x00', ${auditor}, '2020-01-02' from generate_series(1, 50) n`.execute(trx);
      const id = newId();
      await sql`insert into journal.entry (id, log_id, node, leaf, node_sig)
        values (${id}, 1, 'x', ${leaf}, ${Buffer.alloc(64)})`.execute(trx);
      await sql`insert into journal.leaf (log_id, idx, entry_id, leaf_hash)
        values (1, 999999, ${id}, sha256('\\x00'::bytea || ${leaf}))`.execute(trx);
    });
    await sql`analyze`.execute(db);
    const read = await db.transaction().execute(async (trx) => {
      const { rows: due } = await sql<{ id: string }>`
        select id from audit_at_term('audit-alerts', now() + interval '1 day') as due (id)`.execute(trx);
      expect(due).toEqual([{ id: told }]);
      const { rows } = await sql<{ name: string; scanned: number; fetched: number }>`
        select case relname when 'entry_index' then relname else 'entry' end as name, sum(seq_tup_read)::int as scanned, sum(idx_tup_fetch)::int as fetched
        from pg_stat_xact_user_tables where schemaname = 'journal' and relname ~ '^entry_' group by 1 order by 1`.execute(
        trx,
      );
      return rows;
    });
    expect(read).toEqual([
      { name: 'entry', scanned: 0, fetched: expect.any(Number) },
      { name: 'entry_index', scanned: 0, fetched: 0 },
    ]);
    // one entry for each of them, and the first row of the one that is told
    expect(read[0]?.fetched).toBeLessThan(100);
  });
});
