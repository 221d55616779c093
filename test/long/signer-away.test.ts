import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { LOGS, proveEntry, type TreeStatus, treeStatus } from '#journal';
import { addTestAuditor, auditorAgent, type TestAuditor } from '#support/auditor.ts';
import { entriesOf, type RunningService, startService } from '../slices/journal/running-service.ts';

// The long form of row 20: the signer away for an hour while acts go on. SIGNER_AWAY_SECONDS and ACTS_PER_SECOND make it
// shorter or harder. How long things take is told, never asserted.

const AWAY = Number(process.env.SIGNER_AWAY_SECONDS ?? 3600);
const RATE = Number(process.env.ACTS_PER_SECOND ?? 20);
/** How often what people are shown is looked at while the signer is away. */
const LOOKS = 12;

let service: RunningService;
let auditor: TestAuditor;
beforeAll(async () => {
  service = await startService();
  auditor = await addTestAuditor(service.world);
});
afterAll(() => service?.close());

let load: ReturnType<typeof steadyActs> | undefined;
let held: Server | undefined;
afterEach(async () => {
  await load?.stop();
  held?.close();
});

/** The signer dies; nobody else on this machine may take its port meanwhile. Gives what brings it back. */
async function signerGone(): Promise<() => Promise<void>> {
  await service.running.signer.end('SIGKILL');
  const inItsPlace = createServer((socket) => socket.destroy());
  held = inItsPlace;
  await new Promise<void>((resolve) => inItsPlace.listen(Number(service.kinds.signer.env.PORT), '127.0.0.1', resolve));
  return async () => {
    await new Promise((resolve) => inItsPlace.close(resolve));
    service.start('signer');
    await service.running.signer.url();
  };
}

const seconds = (since: number) => ((Date.now() - since) / 1000).toFixed(1);
const statuses = () => Promise.all(LOGS.map((log) => treeStatus(service.world.ctx, log)));

/** Acts at a steady rate, each an entry in both logs; what is refused is kept, to be shown by the test. */
function steadyActs() {
  let isOver = false;
  let acts = 0;
  let slowest = 0;
  const refused: unknown[] = [];
  const began = Date.now();
  const going = (async () => {
    while (!isOver) {
      const at = Date.now();
      await service.write(1).then(
        () => {
          acts += 1;
        },
        (error: unknown) => refused.push(error),
      );
      slowest = Math.max(slowest, Date.now() - at);
      await sleep(Math.max(0, began + ((acts + refused.length) * 1000) / RATE - Date.now()));
    }
  })();
  return {
    refused,
    async stop() {
      isOver = true;
      await going;
      return { acts, slowest };
    },
  };
}

/** The header of an auditor's page, in the words that they read. */
async function shownToAuditors(): Promise<string> {
  service.world.clock.set(new Date());
  const agent = await auditorAgent(service.world, auditor);
  const { status, text } = await agent.get('/auditeur/recherche');
  expect(status).toBe(200);
  return text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
}

/** The newest entry of the acts, whatever became of it. */
async function newestEntry(): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select id from journal.entry where log_id = 1 order by xid desc, id desc limit 1`.execute(
    service.world.ctx.readerDb,
  );
  return rows[0]?.id ?? '';
}

/** How many entries of each log an act of the load can have left. */
const actsWritten = () =>
  Promise.all(
    LOGS.map(async (log) => {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from journal.entry where log_id = ${LOGS.indexOf(log) + 1}
          and convert_from(leaf, 'UTF8') ~ '"type":"(journal.bundle-read|log-key.announced)"'`.execute(
        service.world.ctx.readerDb,
      );
      return rows[0]?.count ?? -1;
    }),
  );

/** What stays as it was published last, and the rest that waits for the signer. */
function expectPending(now: readonly TreeStatus[], before: readonly TreeStatus[]): void {
  for (const [at, status] of now.entries()) {
    expect(status.sealingProblem).toContain('signer: unreachable');
    expect(status.published?.size).toBe(before[at]?.published?.size);
    expect(status.size).toBeGreaterThanOrEqual(before[at]?.size ?? 0n);
    expect(status.quarantined).toBe(0);
  }
}

test(`row 20: the signer is away for ${AWAY} s, ${RATE} acts/s go on: all of it is shown as pending, then published`, async () => {
  const first = await actsWritten();
  load = steadyActs();
  while ((await statuses()).some(({ published }) => (published?.size ?? 0n) < 20n)) await sleep(100);
  const comeBack = await signerGone();
  const away = Date.now();
  while ((await statuses()).some(({ sealingProblem }) => !sealingProblem?.includes('signer: unreachable')))
    await sleep(100);
  const before = await statuses();
  const told = seconds(away);
  for (let look = 1; look <= LOOKS; look += 1) {
    await sleep(Math.max(0, away + (look * AWAY * 1000) / LOOKS - Date.now()));
    expectPending(await statuses(), before);
    expect(load.refused).toEqual([]);
    expect(await proveEntry(service.world.ctx, await newestEntry())).toBeUndefined();
  }
  const page = await shownToAuditors();
  // one outage, one alarm: it says that nothing is published
  expect(page).toContain(
    'Les deux journaux : le programme qui signe ne répond pas. Les entrées sont scellées, mais rien n’est signé',
  );
  expect(page).not.toMatch(/rien n’est publié depuis/);
  if (AWAY > 90) expect(page).toMatch(/Dernier point de contrôle il y a \d+ minutes/);
  const late = await statuses();
  for (const [at, { size }] of late.entries()) expect(size).toBeGreaterThan(before[at]?.size ?? 0n);
  const last = await newestEntry();
  await comeBack();
  const back = Date.now();
  const sizes = late.map(({ size }) => size);
  while ((await statuses()).some(({ published }, at) => (published?.size ?? 0n) < (sizes[at] ?? 0n))) await sleep(100);
  const drained = seconds(back);
  while (!(await proveEntry(service.world.ctx, last))) await sleep(100);
  const { acts, slowest } = await load.stop();
  expect(load.refused).toEqual([]);
  await service.allPublished();
  await service.oneHistory();
  expect((await statuses()).map(({ sealingProblem }) => sealingProblem)).toEqual([null, null]);
  expect((await actsWritten()).map((count, at) => count - (first[at] ?? 0))).toEqual([acts, acts]);
  const counts = await Promise.all([1, 2].map((logId) => entriesOf(service, logId)));
  console.log(
    `signer away for ${seconds(away)} s: ${acts} acts (slowest ${slowest} ms), ${counts.join(' + ')} entries; told after ` +
      `${told} s; ${late.map(({ size, published }) => size - (published?.size ?? 0n)).join(' + ')} sealed and unsigned when ` +
      `it came back; published ${drained} s later`,
  );
});

test('row 20: the worker starts again while the signer is away: acts wait for their place, are counted, and all is published', async () => {
  const away = Math.ceil(AWAY / 60);
  const comeBack = await signerGone();
  await service.running.worker.end('SIGKILL');
  service.start('worker');
  const before = await statuses();
  load = steadyActs();
  while ((await statuses()).some(({ sealingProblem }) => !sealingProblem?.includes('the signer does not answer')))
    await sleep(100);
  await sleep(away * 1000);
  const { acts } = await load.stop();
  expect(load.refused).toEqual([]);
  const late = await statuses();
  expect(late.map(({ size }) => size)).toEqual(before.map(({ size }) => size));
  for (const [at, { unsealed }] of late.entries())
    expect(unsealed.count).toBe(Math.min(1000, acts + Number(before[at]?.unsealed.count)));
  expect(await shownToAuditors()).toMatch(/entrées en attente/);
  await comeBack();
  const back = Date.now();
  await service.allPublished();
  console.log(`worker started again while the signer is away: ${acts} acts waited; published ${seconds(back)} s later`);
  await service.oneHistory();
});
