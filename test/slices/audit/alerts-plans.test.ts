import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { after, DAY, MINUTE } from '#platform/time/clock.ts';
import { tamper } from '#support/database.ts';
import { RULES } from '../../../src/audit/alerts/rules.ts';
import { startOfDay } from '../../../src/audit/search/period.rules.ts';
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
}, 120_000);
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
