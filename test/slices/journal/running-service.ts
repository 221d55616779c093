import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect } from 'vitest';
import { announceKeys, LOGS, policyText } from '#journal';
import { inTransaction } from '#platform/context.ts';
import { keyringSchema } from '#platform/crypto/keys.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { openDatabase } from '#platform/db/database.ts';
import { followLog, type Get, treeHash, verifyCheckpoint } from '#support/c2sp-client.ts';
import { registerTestNode } from '#support/context-parts.ts';
import { testPort } from '#support/ports.ts';
import { createWorld, type World } from '#support/world.ts';
import { bundleRead, logKeyAnnounced } from '../../../src/journal/publish/publish.events.ts';
import { record } from '../../../src/journal/record.ts';
import { originHash } from '../../../src/journal/witness/head-store.ts';
import { newLogKey, type Program, programs, serviceEnvironment, twoWitnesses } from './programs.ts';

export const ORIGIN = 'journal.entremise.test';
export const NAMES = ['signer', 'un', 'deux', 'worker'] as const;
export type Name = (typeof NAMES)[number];

type Kind = { program: 'signer' | 'witness' | 'worker'; env: Record<string, string> };

/** A site with the programs that seal and publish its journal, each a process of its own that can be killed. */
export type RunningService = {
  world: World;
  folder: string;
  /** Of /journal/policy.txt: both witnesses must cosign. */
  policy: string;
  kinds: Record<Name, Kind>;
  running: Record<Name, Program>;
  start(name: Name): void;
  /** Runs a program with these arguments until it ends by itself. */
  run(name: Exclude<Name, 'worker'>, args: string[]): Promise<{ status: number | null; output: string }>;
  get: Get;
  /** One act that leaves `count` entries in each log, as acts and readings would. */
  write(count: number): Promise<void>;
  /** Waits until all that was written is published; fails when a program ended by itself. */
  allPublished(): Promise<void>;
  /** Fails unless every checkpoint that was ever signed is of the one tree whose leaves are there now: every entry, once. */
  oneHistory(): Promise<void>;
  close(): Promise<void>;
};

/** Makes keys, announces them, and starts all four programs. */
export async function startService(): Promise<RunningService> {
  const world = await createWorld();
  const all = await programs();
  const folder = await mkdtemp(join(tmpdir(), 'entremise-programs-'));
  const { kinds, vkeys } = await prepare(world, folder);
  const owner = openDatabase(world.database.ownerUrl, { max: 1, onError: () => undefined });
  expect(await announceKeys(world.ctx, owner, vkeys)).toMatchObject({ ok: true });
  await owner.destroy();
  const policy = await policyText(world.ctx);
  const running = {} as Record<Name, Program>;
  const get: Get = async (path) => {
    const answer = await fetch(`${world.url}${path}`);
    return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
  };
  const service: RunningService = {
    ...{ world, folder, policy, kinds, running, get },
    start(name) {
      running[name] = all.start(kinds[name].program, kinds[name].env);
    },
    run: (name, args) => all.run(kinds[name].program as 'signer' | 'witness', kinds[name].env, args),
    write: (count) => write(world, count, vkeys[0] ?? ''),
    allPublished: () => allPublished(service),
    oneHistory: () => oneHistory(service),
    async close() {
      await all.close();
      await rm(folder, { recursive: true, force: true });
      await world.close();
    },
  };
  for (const name of ['signer', 'un', 'deux'] as const)
    expect((await service.run(name, ['--init'])).status, name).toBe(0);
  for (const name of NAMES) service.start(name);
  return service;
}

/** Keys, ports, files and environments of the four programs. */
async function prepare(world: World, folder: string): Promise<{ kinds: Record<Name, Kind>; vkeys: string[] }> {
  const keys = LOGS.map((log) => newLogKey(`${ORIGIN}/${log}`));
  const witnesses = await twoWitnesses(folder);
  const signer = await testPort();
  await writeFile(witnesses.logs, keys.map(({ key }) => `log ${key.vkey.text}\n`).join(''));
  world.ctx.config.journal = { origin: ORIGIN, witnesses: witnesses.policy };
  const token = 'x'.repeat(40);
  const ring = await makeKeys('worker');
  await registerTestNode(keyringSchema.parse(ring), world.database);
  const signing = {
    SIGNER_KEYS: keys.map(({ text }) => text).join(),
    SIGNER_TOKEN: token,
    SIGNER_STATE: join(folder, 'signer'),
    PORT: String(signer),
  };
  const sealing = {
    ...serviceEnvironment(world.database, { keys: JSON.stringify(ring), publicUrl: world.url }),
    JOURNAL_ORIGIN: ORIGIN,
    JOURNAL_WITNESSES: witnesses.file,
    JOURNAL_SIGNER_URL: `http://127.0.0.1:${signer}`,
    JOURNAL_SIGNER_TOKEN: token,
    JOURNAL_MIRROR: join(folder, 'mirror'),
  };
  return {
    kinds: {
      signer: { program: 'signer', env: signing },
      un: { program: 'witness', env: witnesses.environments.un },
      deux: { program: 'witness', env: witnesses.environments.deux },
      worker: { program: 'worker', env: sealing },
    },
    vkeys: keys.map(({ key }) => key.vkey.text),
  };
}

async function write(world: World, count: number, vkey: string): Promise<void> {
  const read = { auditor: '01a201d2-aae1-7000-afa4-9ba63ed68d95', of: 'acces' as const, first: 0, count: 1 };
  const events = Array.from({ length: count }, () => [
    bundleRead.event({ actor: {}, result: 'ok', clear: read }),
    logKeyAnnounced.event({ actor: {}, result: 'ok', clear: { log: 'actes', vkey } }),
  ]);
  await inTransaction(world.ctx, async (trx) => {
    await record(world.ctx, trx, ...events.flat());
  });
}

/** How many entries a log has, sealed or not. */
export async function entriesOf({ world }: RunningService, logId: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from journal.entry where log_id = ${logId}`.execute(world.workerCtx.db);
  return rows[0]?.count ?? 0;
}

async function publishedSize({ get, policy }: RunningService, log: string): Promise<number> {
  const { status, body } = await get(`/journal/${log}/checkpoint`);
  return status === 200 ? verifyCheckpoint(policy, body.toString()).size : 0;
}

async function allPublished(service: RunningService): Promise<void> {
  for (const [index, log] of LOGS.entries()) {
    while ((await publishedSize(service, log)) < (await entriesOf(service, index + 1))) {
      for (const [name, program] of Object.entries(service.running))
        if (program.child.exitCode !== null) throw new Error(`${name}: ${program.output()}`);
      await sleep(50);
    }
  }
}

async function oneHistory(service: RunningService): Promise<void> {
  const { world, kinds, policy, get } = service;
  const alone = policy.replace(/quorum .*/, 'quorum none');
  for (const [index, log] of LOGS.entries()) {
    const followed = await followLog(get, `/journal/${log}`, policy);
    expect(followed.size).toBe(await entriesOf(service, index + 1));
    const { rows } = await sql<{ size: number; note: string }>`
      select size, note from journal.checkpoint where log_id = ${index + 1} order by size`.execute(world.workerCtx.db);
    expect(rows.length).toBeGreaterThan(0);
    const seen = (['un', 'deux'] as const).map(async (name) => {
      const address = `http://127.0.0.1:${kinds[name].env.PORT}/${originHash(`${ORIGIN}/${log}`)}/checkpoint`;
      return (await fetch(address)).text();
    });
    for (const note of [...rows.map((row) => row.note), ...(await Promise.all(seen))]) {
      const { size, root } = verifyCheckpoint(alone, note);
      expect(root).toEqual(treeHash(followed.leafHashes.slice(0, size)));
    }
  }
}
