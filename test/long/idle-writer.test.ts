import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOGS, startSealing, treeStatus } from '#journal';
import { inTransaction } from '#platform/context.ts';
import { openDatabase } from '#platform/db/database.ts';
import { writeLeaves } from '../../src/journal/record.ts';
import {
  type Bed,
  eventOf,
  expectMirrored,
  expectOneRootPerSize,
  expectSound,
  makeBed,
  openTransaction,
  sealedOf,
  sealingOf,
  sizeOf,
  until,
  writeInto,
} from '../slices/journal/seal-bed.ts';

// The long form of row 8: somebody keeps a transaction open for ten minutes while acts go on. IDLE_SECONDS makes it shorter
// (beyond 75, for the sweeper to have its turn). How long things take is told, never asserted.

const IDLE = Number(process.env.IDLE_SECONDS ?? 600);
const RATE = Number(process.env.ACTS_PER_SECOND ?? 5);

/** How long entries waited for their place, in seconds: those written since an instant. */
async function delays(bed: Bed, since: Date) {
  const { rows } = await sql<{ entries: number; median: number; p99: number; longest: number }>`
    select count(*)::int as entries, percentile_cont(0.5) within group (order by waited) as median,
      percentile_cont(0.99) within group (order by waited) as p99, max(waited) as longest
    from (select extract(epoch from (select h.created_at from journal.tree_head h
        where h.log_id = l.log_id and h.size > l.idx order by h.size limit 1) - e.recorded_at)::float8 as waited
      from journal.leaf l join journal.entry e on e.id = l.entry_id where e.recorded_at >= ${since}) as waits`.execute(
    bed.superuser,
  );
  const { entries = 0, median = 0, p99 = 0, longest = 0 } = rows[0] ?? {};
  return `${entries} entries, sealed after ${median.toFixed(1)} s (median), ${p99.toFixed(1)} s (p99), ${longest.toFixed(1)} s (longest)`;
}

/** Acts at a steady rate, one in three of them in the log of accesses; fails when one is refused. */
function steadyActs(bed: Bed) {
  let isOver = false;
  let acts = 0;
  const going = (async () => {
    for (; !isOver; acts += 1) {
      await bed.write(1, acts % 3 === 0 ? 'acces' : 'actes');
      await sleep(1000 / RATE);
    }
  })();
  going.catch(() => undefined);
  return {
    async stop() {
      isOver = true;
      await going;
      return acts;
    },
  };
}

let beds: [Bed, Bed];
const folders: string[] = [];
beforeAll(async () => {
  beds = await Promise.all([makeBed(), makeBed()]);
});
afterAll(async () => {
  await Promise.all((beds ?? []).map((bed) => bed.close()));
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

const statusesOf = (bed: Bed) =>
  Promise.all(LOGS.map((log) => treeStatus({ ...bed.ctx, readerDb: bed.superuser }, log)));
const problemsOf = async (bed: Bed) => (await statusesOf(bed)).map(({ sealingProblem }) => sealingProblem ?? '');

/** The test, for a writer of ours or (`database`) one in another database of the cluster. Gives what was measured. */
async function stayIdle(bed: Bed, database?: string): Promise<string> {
  const sealing = await sealingOf(bed);
  folders.push(dirname(sealing.mirror));
  const sealer = startSealing({ ...bed.another(), config: bed.ctx.config }, sealing);
  const load = steadyActs(bed);
  await until(async () => (await sizeOf(bed.superuser, 'actes', 'publication')) > 10n);
  const since = new Date();
  const url = database ? await bed.cluster.otherDatabase(database) : undefined;
  let own: string | undefined;
  const idle = await openTransaction(
    bed,
    async (client) => {
      if (database) await client.query('select pg_current_xact_id()');
      else own = await writeInto(bed, client);
    },
    url,
  );
  await until(async () => (await problemsOf(bed))[0]?.includes('horizon: ') === true);
  const told = (Date.now() - since.getTime()) / 1000;
  const before = await sizeOf(bed.superuser, 'actes', 'tree_head');
  await until(async () => (await problemsOf(bed))[0]?.includes('sealed by the sweeper') === true);
  await until(() => Date.now() >= since.getTime() + IDLE * 1000);
  expect(await sizeOf(bed.superuser, 'actes', 'tree_head')).toBeGreaterThan(before);
  expect((await sealedOf(bed.superuser, 'actes')).some(({ id }) => id === own)).toBe(false);
  await idle.end('commit');
  const ended = Date.now();
  const late = await statusesOf(bed);
  const sizes = late.map(({ size, unsealed }) => size + BigInt(unsealed.count));
  await until(async () => (await statusesOf(bed)).every(({ size }, at) => size >= (sizes[at] ?? 0n)));
  const drained = (Date.now() - ended) / 1000;
  const acts = await load.stop();
  await until(async () => (await statusesOf(bed)).every(({ size, published }) => published?.size === size));
  await until(async () => (await problemsOf(bed)).every((problem) => !problem)); // the sweeper's, until its next turn
  await sealer.stop();
  const sizesNow = await Promise.all(LOGS.map((log) => expectSound(bed.superuser, log)));
  // the node's registration and the announcements of two keys
  expect(sizesNow.reduce((sum, size) => sum + size, 0)).toBe(acts + 3 + (own ? 1 : 0));
  if (own) expect((await sealedOf(bed.superuser, 'actes')).filter(({ id }) => id === own)).toHaveLength(1);
  for (const log of LOGS) {
    await expectOneRootPerSize(bed.superuser, log);
    await expectMirrored(bed.superuser, log, sealing.mirror);
  }
  return (
    `writer in ${database ?? 'our database'} idle for ${IDLE} s: told after ${told} s; ${await delays(bed, since)}; ` +
    `${late.map(({ unsealed }) => unsealed.count).join(' + ')} waited at its end, sealed ${drained} s later`
  );
}

test(`row 8: idle for ${IDLE} s in a transaction while acts go on: told, nothing skipped, nothing out of place`, async () => {
  const [own, other] = beds;
  for (const line of await Promise.all([stayIdle(own), stayIdle(other, 'neighbour')])) console.log(line);
});

test('row 8: a session of our pools that stays idle is ended by its timeout, and what it wrote is nowhere', async () => {
  const pool = openDatabase(beds[0].cluster.appUrl, { max: 1, onError: () => undefined });
  const [entry] = await writeLeaves(beds[0], [eventOf('actes')]);
  const act = inTransaction({ db: pool }, async (trx) => {
    await sql`insert into journal.entry (id, log_id, node, leaf, node_sig)
      values (${entry?.id}, 1, ${entry?.node}, ${entry?.leaf}, ${entry?.signature})`.execute(trx);
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
    await until(async () => {
      const alive = await sql`select from pg_stat_activity where pid = ${rows[0]?.pid}`.execute(beds[0].superuser);
      return alive.rows.length === 0;
    });
    await sql`select 1`.execute(trx);
  });
  await expect(act).rejects.toThrow(/idle-in-transaction|terminated|not queryable/);
  const left = await sql`select from journal.entry where id = ${entry?.id}`.execute(beds[0].superuser);
  expect(left.rows).toEqual([]);
  await pool.destroy();
});

test('row 8: two-phase commit is off: a transaction cannot outlive its session', async () => {
  const act = await openTransaction(beds[0], (client) => writeInto(beds[0], client));
  await expect(act.client.query(`prepare transaction 'two'`)).rejects.toMatchObject({ code: '55000' });
  await act.client.end();
  const { rows } = await sql<{ most: string; prepared: number }>`
    select current_setting('max_prepared_transactions') as most,
      (select count(*)::int from pg_prepared_xacts) as prepared`.execute(beds[0].superuser);
  expect(rows).toEqual([{ most: '0', prepared: 0 }]);
});
