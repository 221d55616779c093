import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { erasePeriod } from '#journal';
import { openDatabase } from '#platform/db/database.ts';
import { monthsBefore } from '#platform/time/months.ts';
import { addTestAuditor, auditorAgent } from '#support/auditor.ts';
import { sealWorld } from '#support/seal.ts';
import { type FollowWorld, followWorld } from '../mandate/follow-support.ts';
import { writeOld } from './retention-support.ts';

// An auditor is told apart what was erased, when and why, from what somebody took away.

let world: FollowWorld;
beforeAll(async () => {
  world = await followWorld();
});
afterAll(() => world.close());

const entryOf = async (kind: string) => {
  const { rows } = await sql<{ id: string }>`
    select l.entry_id as id from journal.leaf l join journal.entry e on e.id = l.entry_id
    where convert_from(e.leaf, 'UTF8')::jsonb ->> 'type' = ${kind} order by l.idx limit 1`.execute(world.ctx.readerDb);
  return rows[0]?.id ?? '';
};

test('« effacée le …, motif » for an erasure; « retirée » for an entry that is gone without one', async () => {
  const old = monthsBefore(new Date(), 14);
  await writeOld(world, [old]);
  await world.conclude();
  await sealWorld(world);
  const [erased, taken] = [await entryOf('usager.read'), await entryOf('mandate.concluded')];
  const month = old.toISOString().slice(0, 7);
  expect(await erasePeriod(world.workerCtx, { log: 'acces', month, ground: 'retention' })).toMatchObject({ ok: true });

  const superuser = openDatabase(world.database.superuserUrl, { max: 1, onError: () => undefined });
  const { rows } = await sql<{
    name: string;
  }>`select tableoid::regclass::text as name from journal.entry where id = ${taken}`.execute(superuser);
  const table = rows[0]?.name ?? '';
  await sql.raw(`alter table ${table} disable trigger all`).execute(superuser);
  await sql.raw(`delete from ${table} where id = '${taken}'`).execute(superuser);
  await superuser.destroy();

  const auditor = await auditorAgent(world, await addTestAuditor(world));
  const gone = await auditor.get(`/auditeur/entrees/${erased}`);
  expect(gone.status).toBe(200);
  expect(gone.text).toMatch(/effacée le .*la durée de conservation est écoulée/);
  expect(gone.text).toContain('Effacé');
  const missing = await auditor.get(`/auditeur/entrees/${taken}`);
  expect(missing.status).toBe(200);
  expect(missing.text).toContain('aucun effacement ne le dit');
  expect(missing.text).toContain('Disparu');
  expect(missing.text).not.toMatch(/été effacée/);
});
