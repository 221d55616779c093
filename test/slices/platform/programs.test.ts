import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { isBuiltin } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { projectRoot } from '#platform/root.ts';
import { type Agent, newAgent } from '#support/agent.ts';
import { loggedInAs } from '#support/people.ts';
import { type FollowWorld, followWorld, type MandateRow } from '../mandate/follow-support.ts';
import { type Program, type Programs, programsOf } from './program.ts';

let world: FollowWorld;
let programs: Programs;

beforeAll(async () => {
  world = await followWorld({ now: new Date() });
  programs = await programsOf(world);
});
afterAll(async () => {
  await programs?.close();
  await world?.close();
});

/** The browser of the aidant, at a server in a process of its own. */
async function browserAt(server: Program): Promise<Agent> {
  const agent = newAgent({ url: server.url, keys: world.ctx.keys });
  const { cookies } = await loggedInAs(world, world.aidant);
  for (const [name, value] of cookies) agent.cookies.set(name, value);
  return agent;
}

const logOf = (program: Program) =>
  program
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

/** Ends a mandate, which waits for a lock that this holds until `release`. */
async function endingThatWaits(agent: Agent, mandate: MandateRow) {
  const holder = new pg.Client({ connectionString: world.database.superuserUrl });
  await holder.connect();
  await holder.query('begin');
  await holder.query('select 1 from mandate where id = $1 for update', [mandate.id]);
  const form = { cause: 'revoked-by-usager', known: 'now' };
  const answer = agent.post(`/mandats/${mandate.id}/fin`, form, { origin: world.url });
  const waiting = "select pid from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'";
  while (!(await holder.query(waiting, [world.database.name])).rowCount) await pause();
  return {
    answer,
    holder,
    async release() {
      await holder.query('rollback');
      await holder.end();
    },
  };
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('the server', () => {
  test('serves, says that it is ready, and ends with status 0', async () => {
    const server = await programs.start('server');
    await programs.serving(server);
    const ready = await fetch(`${server.url}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([200, 'ready\n']);
    expect((await fetch(server.url)).status).toBe(200);
    expect(await server.stop()).toBe(0);
    await expect(fetch(server.url)).rejects.toThrow();
    expect(logOf(server).map(({ msg }) => msg)).toEqual(expect.arrayContaining(['listening', 'request']));
  });

  test('asked to stop, takes nobody else and finishes what it had begun', async () => {
    const server = await programs.start('server');
    await programs.serving(server);
    const agent = await browserAt(server);
    const mandate = await world.conclude();
    const ending = await endingThatWaits(agent, mandate);
    server.child.kill('SIGTERM');
    while (
      await fetch(`${server.url}/healthz`).then(
        () => true,
        () => false,
      )
    )
      await pause();
    expect(server.child.exitCode).toBeNull();
    await ending.release();
    const { status, location } = await ending.answer;
    expect([status, location]).toEqual([303, `/mandats/${mandate.id}/revocation`]);
    expect(await server.exit).toBe(0);
    expect((await world.mandate(mandate.id)).endCause).toBe('revoked-by-usager');
    expect(await world.journal({ mandateAlias: mandate.journalAlias, kinds: ['mandate.ended'] })).toHaveLength(1);
  });

  test('asked twice, ends at once; the act it was in the middle of is not done', async () => {
    const server = await programs.start('server');
    await programs.serving(server);
    const mandate = await world.conclude();
    const ending = await endingThatWaits(await browserAt(server), mandate);
    const lost = ending.answer.catch((error: Error) => error);
    server.child.kill('SIGTERM');
    while (
      await fetch(`${server.url}/healthz`).then(
        () => true,
        () => false,
      )
    )
      await pause();
    server.child.kill('SIGTERM');
    expect(await server.exit).toBe(1);
    expect(await lost).toBeInstanceOf(Error);
    await ending.release();
    expect((await world.mandate(mandate.id)).endedAt).toBeNull();
  });

  test('outlives the loss of every connection, in use or not', async () => {
    const server = await programs.start('server');
    await programs.serving(server);
    const agent = await browserAt(server);
    await Promise.all(Array.from({ length: 8 }, () => agent.get('/mandats')));
    const mandate = await world.conclude();
    const ending = await endingThatWaits(agent, mandate);
    await ending.holder.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = 'entremise_app' and pid <> pg_backend_pid()",
      [world.database.name],
    );
    expect((await ending.answer).status).toBe(503);
    await ending.release();
    while ((await agent.get('/mandats')).status !== 200) await pause();
    expect(server.child.exitCode).toBeNull();
    expect(await server.stop()).toBe(0);
    expect(logOf(server).map(({ msg }) => msg)).toContain('a database connection was lost');
  });
});

describe('a server that cannot start says why, without a stack, and ends with status 1', () => {
  async function refusal(env: NodeJS.ProcessEnv): Promise<string> {
    const server = await programs.start('server', { env });
    expect(await server.exit).toBe(1);
    expect(server.output()).not.toMatch(/\n {4}at |node:internal/);
    return server.output();
  }

  test('variables missing or weak: all of them, with their purpose, never their value', async () => {
    const said = await refusal({
      MAIL_FROM: undefined,
      PUBLIC_URL: 'http://secretissime.example',
      FRANCECONNECT_CLIENT_SECRET: 'trop-court',
    });
    expect(said).toMatch(/- MAIL_FROM: missing — the address mails come from/);
    expect(said).toMatch(/- PUBLIC_URL: https is required — /);
    expect(said).toMatch(/- FRANCECONNECT_CLIENT_SECRET: too weak: 32 characters at least — /);
    expect(said).not.toMatch(/secretissime|trop-court/);
  });

  test('a node that is not registered', async () => {
    const said = await refusal({ ENTREMISE_KEYS: JSON.stringify(await makeKeys('autre')) });
    expect(said).toMatch(/the journal does not know node key « node-autre »/);
    expect(said).toContain('journal register-node');
  });

  test('a database that does not answer, another password, no such database', async () => {
    const url = (change: (url: URL) => void) => {
      const changed = new URL(world.database.appUrl);
      change(changed);
      return changed.href;
    };
    const away = await refusal({ DATABASE_URL: url((one) => Object.assign(one, { port: '9' })) });
    expect(away).toContain('DATABASE_URL');
    const password = await refusal({ DATABASE_URL: url((one) => Object.assign(one, { password: 'secretissime' })) });
    expect(password).toContain('DATABASE_URL');
    expect(password).not.toContain('secretissime');
    const nowhere = await refusal({ DATABASE_URL: url((one) => Object.assign(one, { pathname: '/nulle_part' })) });
    expect(nowhere).toContain('DATABASE_URL');
  });

  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const said = await refusal({ PORT: String(port) });
    expect(said).toContain(`${port}`);
    expect(said).toContain('PORT');
    other.close();
  });
});

test.each(['server', 'worker', 'cli'])(
  'the built %s loads no package that a production install leaves out',
  async (name) => {
    const dependenciesOf = async (folder: string): Promise<object> =>
      JSON.parse(await readFile(join(projectRoot(), folder, 'package.json'), 'utf8')).dependencies;
    // the DSFR's components are inside the bundle, what they need is not
    const installed = {
      ...(await dependenciesOf('.')),
      ...(await dependenciesOf('node_modules/@codegouvfr/react-dsfr')),
    };
    const bundle = await readFile(join(programs.folder, `${name}.js`), 'utf8');
    const loaded = [...bundle.matchAll(/^(?:import|export) [^'"]*?(?:from )?"([^"./][^"]*)";$/gm)].map(
      ([, path = '']) => path,
    );
    const packages = new Set(
      loaded.map((path) =>
        path
          .split('/')
          .slice(0, path.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
    );
    expect(packages.size).toBeGreaterThan(8);
    expect([...packages].filter((one) => !isBuiltin(one) && !(one in installed))).toEqual([]);
  },
);

describe('the worker', () => {
  test('sends mails until it is asked to stop, with status 0', async () => {
    const worker = await programs.start('worker');
    const agent = world.visitor();
    await agent.get('/connexion');
    const code = world.aidant.codeAt(world.clock.now());
    expect((await agent.post('/connexion', { email: world.aidant.email, code })).location).toBe('/connexion/attente');
    // nobody listens at the relay of this world: the job is tried and fails
    while (!worker.output().includes('send-login-mail')) {
      expect(worker.child.exitCode, worker.output()).toBeNull();
      await pause();
    }
    expect(await worker.stop()).toBe(0);
    expect(worker.output()).not.toContain(world.aidant.email);
  });

  test('does not start without its database or a variable', async () => {
    const worker = await programs.start('worker', { env: { SMTP_URL: undefined } });
    expect(await worker.exit).toBe(1);
    expect(worker.output()).toContain('SMTP_URL: missing');
    const away = await programs.start('worker', {
      env: { WORKER_DATABASE_URL: 'postgres://a:secretissime@127.0.0.1:9/b' },
    });
    expect(await away.exit).toBe(1);
    expect(away.output()).toContain('WORKER_DATABASE_URL');
    expect(away.output()).not.toMatch(/secretissime|\n {4}at /);
  });
});

test('not ready says why: the guard of the journal switched off', async () => {
  const client = new pg.Client({ connectionString: world.database.superuserUrl });
  await client.connect();
  await client.query('alter event trigger journal_is_never_rewritten disable');
  const answer = await fetch(`${world.url}/readyz`);
  expect(answer.status).toBe(503);
  expect(await answer.text()).toMatch(/event trigger journal_is_never_rewritten/);
  await client.query('alter event trigger journal_is_never_rewritten enable always');
  await client.end();
  expect((await fetch(`${world.url}/readyz`)).status).toBe(200);
});
