import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { removeCluster } from '#app/demo/cluster.ts';
import { followLog, type Get, hashLeaf, verifyCheckpoint } from '#support/c2sp-client.ts';
import { query } from './cluster-tools.ts';
import { type Demo, type Demos, demos, pause } from './demo-process.ts';

// a first start, on a machine that may be busy
vi.setConfig({ testTimeout: 240_000 });

let all: Demos;
let data: string;
let demo: Demo;

beforeAll(async () => {
  all = await demos();
  data = await mkdtemp(join(tmpdir(), 'entremise-demo-'));
});
afterAll(async () => {
  await all?.close();
  await removeCluster(join(data, 'postgres'));
  await rm(data, { recursive: true, force: true });
});

const get: Get = async (url) => {
  const answer = await fetch(url);
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
};
const textOf = async (url: string) => (await get(url)).body.toString();

test('the acts of the seed are sealed, cosigned by two of two and published: a C2SP client follows them', async () => {
  demo = await all.start(data);
  const { world } = await demo.ready();
  const ready = performance.now();
  const { journal, databases } = world;
  const [counted] = await query<{ count: string }>(
    databases.owner,
    'select count(*) from journal.entry where log_id = 1',
  );
  const written = Number(counted?.count);
  expect(written).toBeGreaterThanOrEqual(100);
  const prefix = journal.checkpoints.actes.replace(/\/checkpoint$/, '');
  let size = 0;
  while (size < written) {
    const { status, body } = await get(journal.checkpoints.actes);
    if (status === 200) ({ size } = verifyCheckpoint(await textOf(journal.policy), body.toString()));
    await pause();
  }
  console.log(`the seed is published ${((performance.now() - ready) / 1000).toFixed(1)} s after ready (budget 15)`);
  const followed = await followLog(get, prefix, await textOf(journal.policy));
  expect(followed.origin).toBe(`${journal.origin}/actes`);
  expect(followed.cosigners.map(({ name }) => name).sort()).toEqual(
    journal.witnesses.map(({ vkey }) => vkey.split('+')[0]).sort(),
  );
  const leaves = await query<{ leaf: Buffer }>(
    databases.reader,
    'select e.leaf from journal.leaf l join journal.entry e on e.id = l.entry_id where l.log_id = 1 order by l.idx',
  );
  expect(followed.leafHashes).toEqual(leaves.slice(0, followed.size).map(({ leaf }) => hashLeaf(leaf)));
});

test('each witness shows monitors the checkpoint it cosigned; the signer shows nothing to strangers', async () => {
  const { world } = await demo.ready();
  const { journal } = world;
  for (const { url, vkey } of journal.witnesses) {
    const hash = createHash('sha256').update(`${journal.origin}/actes`).digest('hex');
    const { status, body } = await get(`${url}/${hash}/checkpoint`);
    expect(status).toBe(200);
    expect(body.toString()).toContain(`— ${vkey.split('+')[0]} `);
    expect((await get(`${journal.signer}/${hash}/checkpoint`)).status).toBe(401);
  }
});

test('killed and started again, it goes on from what was signed; its journal grows', async () => {
  const before = (await demo.ready()).world.journal;
  const old = await followLog(get, before.checkpoints.actes.replace(/\/checkpoint$/, ''), await textOf(before.policy));
  await demo.end('SIGKILL');
  demo = await all.start(data, { env: demo.ports });
  while (!demo.output().includes('Ctrl-C')) {
    if (demo.child.exitCode !== null) throw new Error(demo.output());
    await pause();
  }
  const { world } = await demo.ready();
  const { journal } = world;
  const now = await followLog(
    get,
    journal.checkpoints.actes.replace(/\/checkpoint$/, ''),
    await textOf(journal.policy),
  );
  expect(now.leafHashes.slice(0, old.size)).toEqual(old.leafHashes);
  const wrong = 'select part, problem from journal.sealing_state where problem is not null';
  while ((await query(world.databases.owner, wrong)).length > 0) await pause();
  expect(await demo.end('SIGINT')).toBe(0);
  expect(demo.output()).not.toMatch(/ {4}at /);
});
