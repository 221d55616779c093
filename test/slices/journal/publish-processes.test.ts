import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from '#app/demo/ports.ts';
import { announceKeys, policyText, treeStatus } from '#journal';
import { inTransaction } from '#platform/context.ts';
import { keyringSchema } from '#platform/crypto/keys.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { openDatabase } from '#platform/db/database.ts';
import { followLog, type Get, treeHash, verifyCheckpoint } from '#support/c2sp-client.ts';
import { registerTestNode } from '#support/context-parts.ts';
import { secretOf } from '#support/secret-of.ts';
import { createWorld, type World } from '#support/world.ts';
import { bundleRead, logKeyAnnounced } from '../../../src/journal/publish/publish.events.ts';
import { record } from '../../../src/journal/record.ts';
import { originHash } from '../../../src/journal/witness/head-store.ts';
import { newLogKey, newWitnessKey, type Program, type Programs, programs, serviceEnvironment } from './programs.ts';

// many processes, on a machine that may be busy
vi.setConfig({ testTimeout: 240_000 });

const ORIGIN = 'journal.entremise.test';
const LOGS = ['actes', 'acces'] as const;
const NAMES = ['signer', 'un', 'deux', 'worker'] as const;
type Name = (typeof NAMES)[number];

let world: World;
let all: Programs;
let folder: string;
let policy: string;
const kinds = {} as Record<Name, { program: 'signer' | 'witness' | 'worker'; env: Record<string, string> }>;
const running = {} as Record<Name, Program>;
const vkey = newLogKey(`${ORIGIN}/actes`).key.vkey.text;

const start = (name: Name) => {
  running[name] = all.start(kinds[name].program, kinds[name].env);
};

beforeAll(async () => {
  world = await createWorld();
  all = await programs();
  folder = await mkdtemp(join(tmpdir(), 'entremise-programs-'));
  const keys = LOGS.map((log) => newLogKey(`${ORIGIN}/${log}`));
  const witnesses = { un: newWitnessKey('temoin-un.test'), deux: newWitnessKey('temoin-deux.test') };
  const [signer, un, deux] = await Promise.all([freePort(), freePort(), freePort()]);
  const files = { logs: join(folder, 'logs.txt'), policy: join(folder, 'witnesses.txt') };
  await writeFile(files.logs, keys.map(({ key }) => `log ${key.vkey.text}\n`).join(''));
  const lines = Object.entries({ un, deux }).map(
    ([name, port]) => `witness ${name} ${witnesses[name as 'un'].key.vkey.text} http://127.0.0.1:${port}\n`,
  );
  await writeFile(files.policy, `${lines.join('')}group tous all un deux\nquorum tous\n`);
  world.ctx.config.journal = { origin: ORIGIN, witnesses: `${lines.join('')}group tous all un deux\nquorum tous\n` };
  const token = 'x'.repeat(40);
  kinds.signer = {
    program: 'signer',
    env: {
      SIGNER_KEYS: keys.map(({ text }) => text).join(),
      SIGNER_TOKEN: token,
      SIGNER_STATE: join(folder, 'signer'),
      PORT: String(signer),
    },
  };
  for (const [name, port] of [
    ['un', un],
    ['deux', deux],
  ] as const) {
    const env = {
      WITNESS_KEY: witnesses[name].text,
      WITNESS_STATE: join(folder, name),
      WITNESS_LOGS: files.logs,
      PORT: String(port),
    };
    kinds[name] = { program: 'witness', env };
  }
  const ring = await makeKeys('worker');
  await registerTestNode(keyringSchema.parse(ring), world.database);
  const service = serviceEnvironment(world.database, { keys: JSON.stringify(ring), publicUrl: world.url });
  kinds.worker = {
    program: 'worker',
    env: {
      ...service,
      JOURNAL_ORIGIN: ORIGIN,
      JOURNAL_WITNESSES: files.policy,
      JOURNAL_SIGNER_URL: `http://127.0.0.1:${signer}`,
      JOURNAL_SIGNER_TOKEN: token,
      JOURNAL_MIRROR: join(folder, 'mirror'),
    },
  };
  const owner = openDatabase(world.database.ownerUrl, { max: 1, onError: () => undefined });
  expect(
    await announceKeys(
      world.ctx,
      owner,
      keys.map(({ key }) => key.vkey.text),
    ),
  ).toMatchObject({ ok: true });
  await owner.destroy();
  policy = await policyText(world.ctx);
  for (const name of ['signer', 'un', 'deux'] as const)
    expect((await all.run(kinds[name].program as 'signer', kinds[name].env, ['--init'])).status).toBe(0);
  for (const name of NAMES) start(name);
});
afterAll(async () => {
  await all?.close();
  await rm(folder, { recursive: true, force: true });
  await world?.close();
});

/** A few lines in each log, as acts and readings would. */
async function write(count: number): Promise<void> {
  const read = { auditor: '01a201d2-aae1-7000-afa4-9ba63ed68d95', of: 'acces' as const, first: 0, count: 1 };
  const events = Array.from({ length: count }, () => [
    bundleRead.event({ actor: {}, result: 'ok', clear: read }),
    logKeyAnnounced.event({ actor: {}, result: 'ok', clear: { log: 'actes', vkey } }),
  ]);
  await inTransaction(world.ctx, async (trx) => {
    await record(world.ctx, trx, ...events.flat());
  });
}

const entries = async (logId: number) => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from journal.entry where log_id = ${logId}`.execute(world.workerCtx.db);
  return rows[0]?.count ?? 0;
};

const get: Get = async (path) => {
  const answer = await fetch(`${world.url}${path}`);
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
};

const publishedSize = async (log: string) => {
  const { status, body } = await get(`/journal/${log}/checkpoint`);
  return status === 200 ? verifyCheckpoint(policy, body.toString()).size : 0;
};

/** Waits until all that was written is published; fails when a program ended by itself. */
async function allPublished(): Promise<void> {
  for (const [index, log] of LOGS.entries()) {
    while ((await publishedSize(log)) < (await entries(index + 1))) {
      for (const name of NAMES)
        if (running[name].child.exitCode !== null) throw new Error(`${name}: ${running[name].output()}`);
      await sleep(50);
    }
  }
}

/** Every checkpoint that was ever signed is of the one tree whose leaves are there now. */
async function oneHistory(): Promise<void> {
  for (const [index, log] of LOGS.entries()) {
    const followed = await followLog(get, `/journal/${log}`, policy);
    expect(followed.size).toBe(await entries(index + 1));
    const { rows } = await sql<{ size: number; note: string }>`
      select size, note from journal.checkpoint where log_id = ${index + 1} order by size`.execute(world.workerCtx.db);
    expect(rows.length).toBeGreaterThan(0);
    const alone = policy.replace(/quorum .*/, 'quorum none');
    for (const { size, note } of rows) {
      const checked = verifyCheckpoint(alone, note);
      expect(checked.root).toEqual(treeHash(followed.leafHashes.slice(0, size)));
    }
    for (const name of ['un', 'deux'] as const) {
      const seen = await fetch(`http://127.0.0.1:${kinds[name].env.PORT}/${originHash(`${ORIGIN}/${log}`)}/checkpoint`);
      const checked = verifyCheckpoint(alone, await seen.text());
      expect(checked.root).toEqual(treeHash(followed.leafHashes.slice(0, checked.size)));
    }
  }
}

test('rows 5, 20 and 22: worker, signer and witnesses are killed while acts go on: one history, all of it published', async () => {
  let isOver = false;
  const writing = (async () => {
    while (!isOver) {
      await write(3);
      await sleep(25);
    }
  })();
  const victims: Name[] = ['worker', 'signer', 'un', 'worker', 'deux', 'signer', 'worker', 'un'];
  for (const [round, name] of victims.entries()) {
    await running[name].end('SIGKILL');
    await sleep(60 * (round % 4));
    start(name);
    await sleep(500 + 130 * (round % 3));
  }
  isOver = true;
  await writing;
  await allPublished();
  await oneHistory();
});

test('row 20: the signer loses its memory: it refuses to start, acts go on and wait; taken up from a checkpoint, all is published', async () => {
  await running.signer.end('SIGKILL');
  await rm(kinds.signer.env.SIGNER_STATE ?? '', { recursive: true });
  expect(await all.run('signer', kinds.signer.env, [])).toMatchObject({
    status: 1,
    output: expect.stringContaining('--recover-from'),
  });
  await write(5);
  let status = await treeStatus(world.ctx, 'actes');
  while (!status.sealingProblem?.includes('signer: unreachable') || status.unsealed.count > 0) {
    await sleep(50);
    status = await treeStatus(world.ctx, 'actes');
  }
  expect(status.published?.size).toBeLessThan(status.size);
  const policyFile = join(folder, 'policy.txt');
  await writeFile(policyFile, policy);
  for (const log of LOGS) {
    const note = join(folder, `checkpoint-${log}`);
    await writeFile(note, (await get(`/journal/${log}/checkpoint`)).body);
    const args = ['--recover-from', note, '--policy', policyFile];
    expect(await all.run('signer', kinds.signer.env, args)).toMatchObject({ status: 0 });
  }
  start('signer');
  await allPublished();
  await oneHistory();
});

test('row 22: a witness loses its memory: the others wait for it, and it goes on from what was published', async () => {
  await running.deux.end('SIGKILL');
  await rm(kinds.deux.env.WITNESS_STATE ?? '', { recursive: true });
  await write(2);
  let status = await treeStatus(world.ctx, 'acces');
  while (!status.witnesses.some(({ problem }) => problem?.startsWith('unreachable'))) {
    await sleep(50);
    status = await treeStatus(world.ctx, 'acces');
  }
  for (const log of LOGS) {
    const args = ['--recover-from', join(folder, `checkpoint-${log}`), '--policy', join(folder, 'policy.txt')];
    await writeFile(args[1] ?? '', (await get(`/journal/${log}/checkpoint`)).body);
    expect(await all.run('witness', kinds.deux.env, args)).toMatchObject({ status: 0 });
  }
  start('deux');
  await allPublished();
  await oneHistory();
});

test('no program wrote a secret', () => {
  const secrets = [
    kinds.signer.env.SIGNER_TOKEN ?? '',
    ...(kinds.signer.env.SIGNER_KEYS ?? '').split(',').map(secretOf),
    ...(['un', 'deux'] as const).map((name) => secretOf(kinds[name].env.WITNESS_KEY ?? '')),
  ];
  expect(secrets.every((secret) => secret.length >= 32)).toBe(true);
  for (const name of NAMES) for (const secret of secrets) expect(running[name].output()).not.toContain(secret);
});
