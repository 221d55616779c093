import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { WorldDescription } from '#app/demo/description.ts';
import { type FollowedLog, followLog, type Get, hashLeaf, verifyCheckpoint } from '#support/c2sp-client.ts';
import { query } from './cluster-tools.ts';
import { pause } from './demo-process.ts';

const get: Get = async (url) => {
  const answer = await fetch(url);
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
};
const textOf = async (url: string) => (await get(url)).body.toString();

/** The log of the acts as a C2SP client follows it, from the addresses of demo.json. */
export async function followActs({ journal }: WorldDescription): Promise<FollowedLog> {
  return followLog(get, journal.checkpoints.actes.replace(/\/checkpoint$/, ''), await textOf(journal.policy));
}

/** Waits until every act that is written now is published, then follows the log: cosigned by all, made of these leaves. */
export async function expectActsPublished(world: WorldDescription): Promise<FollowedLog> {
  const { journal, databases } = world;
  const [counted] = await query<{ count: string }>(
    databases.owner,
    'select count(*) from journal.entry where log_id = 1',
  );
  const written = Number(counted?.count);
  expect(written).toBeGreaterThanOrEqual(100);
  const policy = await textOf(journal.policy);
  for (let size = 0; size < written; await pause()) {
    const { status, body } = await get(journal.checkpoints.actes);
    if (status === 200) ({ size } = verifyCheckpoint(policy, body.toString()));
  }
  const followed = await followActs(world);
  expect(followed.origin).toBe(`${journal.origin}/actes`);
  expect(followed.cosigners.map(({ name }) => name).sort()).toEqual(
    journal.witnesses.map(({ vkey }) => vkey.split('+')[0]).sort(),
  );
  const leaves = await query<{ leaf: Buffer }>(
    databases.reader,
    'select e.leaf from journal.leaf l join journal.entry e on e.id = l.entry_id where l.log_id = 1 order by l.idx',
  );
  expect(followed.leafHashes).toEqual(leaves.slice(0, followed.size).map(({ leaf }) => hashLeaf(leaf)));
  return followed;
}

/** Each witness shows monitors the checkpoint that it cosigned; the signer shows nothing to strangers. */
export async function expectMonitors({ journal }: WorldDescription): Promise<void> {
  const hash = createHash('sha256').update(`${journal.origin}/actes`).digest('hex');
  for (const { url, vkey } of journal.witnesses) {
    const { status, body } = await get(`${url}/${hash}/checkpoint`);
    expect(status).toBe(200);
    expect(body.toString()).toContain(`— ${vkey.split('+')[0]} `);
  }
  expect((await get(`${journal.signer}/${hash}/checkpoint`)).status).toBe(401);
}

/** Waits until nothing that seals or publishes has a problem left. */
export async function sealingIsWell({ databases }: WorldDescription): Promise<void> {
  const wrong = 'select part, problem from journal.sealing_state where problem is not null';
  while ((await query(databases.owner, wrong)).length > 0) await pause();
}
