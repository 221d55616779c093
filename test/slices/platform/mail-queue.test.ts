import { once } from 'node:events';
import { sql } from 'kysely';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startWorker } from '#app/start-worker.ts';
import type { AppContext } from '#platform/context.ts';
import { openDatabase } from '#platform/db/database.ts';
import { createMailer } from '#platform/mail/mailer.ts';
import { addPerson, type TestAidant } from '#support/people.ts';
import { createWorld, type World } from '#support/world.ts';
import { type Severable, severable } from './severed.ts';

let world: World;
let aidant: TestAidant;
let wire: Severable;
let ctx: AppContext;
let worker: { stop(): Promise<void> };

/** A relay of this machine: what it was given whole, and how it answers. */
const relay = {
  accepted: [] as string[],
  how: 'accept' as 'accept' | 'try-later' | 'reject' | 'hang-up' | 'wait',
  /** Ends the wait of those who were made to. */
  release: () => {},
};
const CODES = { 'try-later': 451, reject: 550, 'hang-up': 421 } as const;
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onRcptTo({ address }, _session, callback) {
    if (relay.how === 'accept') return callback();
    if (relay.how === 'wait') relay.release = () => callback();
    else callback(Object.assign(new Error(`no for ${address}`), { responseCode: CODES[relay.how] }));
  },
  onData(stream, _session, callback) {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('end', () => {
      relay.accepted.push(Buffer.concat(chunks).toString());
      callback();
    });
  },
});
const nobodyWaits = () => {};

beforeAll(async () => {
  world = await createWorld();
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as { port: number };
  wire = await severable(world.database.workerUrl);
  const db = openDatabase(wire.url, { max: 4, onError: () => undefined });
  const mailer = createMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from: 'ne-pas-repondre@entremise.example' });
  ctx = { ...world.workerCtx, db, mailer };
  worker = await startWorker(ctx, wire.url);
});
afterAll(async () => {
  await worker?.stop();
  ctx?.mailer.close();
  await ctx?.db.destroy();
  await wire?.close();
  server.close();
  await world?.close();
});
beforeEach(async () => {
  relay.how = 'accept';
  relay.release = nobodyWaits;
  relay.accepted.length = 0;
  world.logs.length = 0;
  aidant = await addPerson(world);
});

async function askForMail(): Promise<void> {
  const agent = world.visitor();
  await agent.get('/connexion');
  const answer = await agent.post('/connexion', { email: aidant.email, code: aidant.codeAt(world.clock.now()) });
  expect(answer.location).toBe('/connexion/attente');
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 20));
}

type JobRow = { attempts: number; maxAttempts: number; payload: unknown };
const waiting = async () => {
  const { rows } = await sql<JobRow>`
    select j.attempts, j.max_attempts, p.payload from graphile_worker.jobs j
    join graphile_worker._private_jobs p on p.id = j.id where j.task_identifier = 'send-login-mail'`.execute(
    world.workerCtx.db,
  );
  return rows;
};
/** As if the time before the next attempt had passed. */
const hurry = () =>
  sql`update graphile_worker._private_jobs set run_at = now() - interval '1 s'`.execute(world.workerCtx.db);

test('a mail leaves as soon as the act is kept, with its address and without a secret in the queue', async () => {
  await askForMail();
  await until(() => relay.accepted.length > 0);
  expect(relay.accepted[0]).toContain(`To: ${aidant.email}`);
  expect(relay.accepted[0]).toContain('Auto-Submitted: auto-generated');
  expect(relay.accepted[0]).toContain('From: ne-pas-repondre@entremise.example');
  await until(async () => (await waiting()).length === 0);
});

test.each(['try-later', 'reject', 'hang-up'] as const)(
  'a relay that answers « %s »: the job is tried again, and the mail leaves once',
  async (how) => {
    relay.how = how;
    await askForMail();
    await until(async () => ((await waiting())[0]?.attempts ?? 0) === 1);
    await hurry();
    await until(async () => ((await waiting())[0]?.attempts ?? 0) === 2);
    const [job] = await waiting();
    expect(job?.maxAttempts).toBe(25);
    expect(Object.keys(job?.payload as object)).toEqual(['loginId']);
    expect(relay.accepted).toEqual([]);
    relay.how = 'accept';
    await until(async () => {
      await hurry();
      return relay.accepted.length > 0;
    });
    await until(async () => (await waiting()).length === 0);
    expect(relay.accepted).toHaveLength(1);
    const failures = world.logs.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'queue');
    expect(failures.map(({ task }) => task)).toContain('send-login-mail');
    expect(world.logs.join('')).not.toContain(aidant.email);
  },
);

test('a worker whose database stops goes on when it is back', async () => {
  await wire.cut();
  await askForMail();
  await wire.mend();
  await until(() => relay.accepted.length > 0);
  await until(async () => (await waiting()).length === 0);
  expect(relay.accepted).toHaveLength(1);
});

test('nor does it end when the database stops in the middle of a job', async () => {
  relay.how = 'wait';
  await askForMail();
  await until(() => relay.release !== nobodyWaits);
  await wire.cut();
  relay.release();
  await until(() => relay.accepted.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await wire.mend();
  relay.how = 'accept';
  aidant = await addPerson(world);
  await askForMail();
  await until(() => relay.accepted.length === 2);
});
