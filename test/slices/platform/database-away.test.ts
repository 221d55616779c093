import { once } from 'node:events';
import type { Server } from 'node:http';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { siteServer } from '#app/start-server.ts';
import type { AppContext } from '#platform/context.ts';
import { openDatabase } from '#platform/db/database.ts';
import { type Agent, newAgent } from '#support/agent.ts';
import { loggedInAs } from '#support/people.ts';
import { testPort } from '#support/ports.ts';
import { type FollowWorld, followWorld } from '../mandate/follow-support.ts';
import { type Severable, severable } from './severed.ts';

let world: FollowWorld;
let wire: Severable;
/** The same site, whose database is behind the wire. */
let ctx: AppContext;
let server: Server;
let url: string;

beforeAll(async () => {
  world = await followWorld();
  wire = await severable(world.database.appUrl);
  const lost = (error: Error) => world.ctx.logger.warn({ err: error }, 'a database connection was lost');
  const db = openDatabase(wire.url, { max: 6, onError: lost });
  const port = await testPort();
  url = `http://127.0.0.1:${port}`;
  ctx = { ...world.ctx, db, config: { ...world.ctx.config, publicUrl: url } };
  server = siteServer(ctx).listen(port, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await ctx?.db.destroy();
  await wire?.close();
  await world?.close();
});
beforeEach(async () => {
  await wire.mend();
  world.logs.length = 0;
});

async function browser(): Promise<Agent> {
  const agent = newAgent({ url, keys: ctx.keys });
  const { cookies } = await loggedInAs(world, world.aidant);
  for (const [name, value] of cookies) agent.cookies.set(name, value);
  return agent;
}

function expectCalm({ status, text, headers }: Awaited<ReturnType<Agent['get']>>): void {
  expect(status).toBe(503);
  expect(headers.get('retry-after')).toBe('10');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(text).toContain('Le service redémarre');
  expect(text).toContain('base-indisponible');
  expect(text).toContain(ctx.config.operator.phone);
  expect(text).not.toMatch(/ {4}at |ECONN|postgres/);
}

const rows = async () => ({
  mandates: await world.ctx.db.selectFrom('mandate').select(['id', 'endedAt', 'entryCount']).orderBy('id').execute(),
  authorisations: await world.ctx.db.selectFrom('authorisation').select(['id', 'endedAt']).orderBy('id').execute(),
  journal: (await world.journal()).length,
});
const ending = { cause: 'revoked-by-usager', known: 'now' };

describe('the database stops', () => {
  test('every page says so with 503, what needs no database goes on, and all comes back with it', async () => {
    const agent = await browser();
    expect((await agent.get('/mandats')).status).toBe(200);
    await wire.cut();
    for (const path of [
      '/mandats',
      '/',
      '/connexion',
      '/mandats/nouveau',
      '/verifier/7KQ2X9MB04ZTRC8H',
      '/authorize?client_id=inconnu',
    ]) {
      const answer = await agent.get(path);
      if (path === '/connexion' && answer.status === 200) continue;
      expectCalm(answer);
    }
    expectCalm(await agent.post('/mandats/nouveau'));
    expect(await (await fetch(`${url}/healthz`)).text()).toBe('alive\n');
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([503, 'the database does not answer\n']);
    expect((await fetch(`${url}/verifier`)).status).toBe(200);
    await wire.mend();
    expect((await agent.get('/mandats')).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  test('idle connections that are lost end nothing: the next request opens others', async () => {
    const agent = await browser();
    await Promise.all(Array.from({ length: 6 }, () => agent.get('/mandats')));
    await asSuperuser((client) =>
      client.query(
        // each of them is gone before anything else is asked
        'select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
        [world.database.name],
      ),
    );
    const answers = await Promise.all(Array.from({ length: 10 }, () => agent.get('/mandats')));
    expect(answers.every(({ status }) => status === 200 || status === 503)).toBe(true);
    expect((await agent.get('/mandats')).status).toBe(200);
  });

  test('a connection that hangs is given up, and the page says so', async () => {
    const agent = await browser();
    wire.silence();
    expectCalm(await agent.get('/mandats'));
    await wire.mend();
    expect((await agent.get('/mandats')).status).toBe(200);
  });
});

describe('in the middle of an act', () => {
  // the act waits for a lock that the test holds, its connection in use, when the connection is lost
  async function interrupted(how: () => Promise<unknown>) {
    const mandate = await world.conclude();
    const agent = await browser();
    const before = await rows();
    const holder = new pg.Client({ connectionString: world.database.superuserUrl });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select 1 from mandate where id = $1 for update', [mandate.id]);
    const answer = agent.post(`/mandats/${mandate.id}/fin`, ending);
    await untilSomebodyWaits();
    await how();
    await holder.query('rollback');
    await holder.end();
    expectCalm(await answer);
    await wire.mend();
    expect(await rows()).toEqual(before);
    const again = await agent.post(`/mandats/${mandate.id}/fin`, ending);
    expect([again.status, again.location]).toEqual([303, `/mandats/${mandate.id}/revocation`]);
    const { endedAt } = await world.mandate(mandate.id);
    expect(endedAt).toEqual(world.clock.now());
    expect(await world.journal({ mandateAlias: mandate.journalAlias, kinds: ['mandate.ended'] })).toHaveLength(1);
  }

  test('its connection is ended by the server: 503, nothing half-written, done once when asked again', async () => {
    await interrupted(() =>
      asSuperuser((client) =>
        client.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'",
          [world.database.name],
        ),
      ),
    );
  });

  test('its connection is cut: the same', async () => {
    await interrupted(() => wire.cut());
  });
});

async function untilSomebodyWaits(): Promise<void> {
  await asSuperuser(async (client) => {
    for (;;) {
      const { rowCount } = await client.query(
        "select 1 from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'",
        [world.database.name],
      );
      if (rowCount) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
}

async function asSuperuser<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: world.database.superuserUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
