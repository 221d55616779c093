import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '#platform/crypto/hashes.ts';
import { openDatabase } from '#platform/db/database.ts';
import { MINUTE } from '#platform/time/clock.ts';
import type { Agent } from '#support/agent.ts';
import { journalOf } from '#support/journal.ts';
import { addPerson, loggedInAs, type TestAidant } from '#support/people.ts';
import { createWorld, type World } from '#support/world.ts';
import { probeWiring } from './probes.tsx';

// The new id of a browser is written in a transaction, which PostgreSQL may undo: to untie a deadlock (it is then done
// again), or at the commit. The browser and the session must agree in the end, whichever it was.

let world: World;
let aidant: TestAidant;

beforeAll(async () => {
  world = await createWorld({ wiring: probeWiring });
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.advance(20 * MINUTE);
  world.mailbox.mails.length = 0;
  aidant = await addPerson(world);
});

const COOKIE = 'entremise-aidant';
const sessions = () => world.ctx.db.selectFrom('session').selectAll().where('actorId', '=', aidant.aidantId).execute();
const entries = async (kind: string) =>
  (await journalOf(world.database.readerUrl, { kinds: [kind] })).filter(({ aidantId }) => aidantId === aidant.aidantId);

async function asSuperuser(statements: string): Promise<void> {
  const db = openDatabase(world.database.superuserUrl, { max: 1, onError: () => undefined });
  await sql.raw(statements).execute(db);
  await db.destroy();
}

/** The next write of a session is undone with this error, once (a sequence counts: it is not undone). */
async function undoing(code: '40P01' | 'XX000', when: 'at once' | 'at the commit', act: () => Promise<void>) {
  const timing = when === 'at once' ? 'trigger undo_once after' : 'constraint trigger undo_once after';
  await asSuperuser(`
    create sequence undone;
    create function undo_once() returns trigger language plpgsql security definer as $$
      begin
        if nextval('public.undone') = 1 then raise exception 'undone once' using errcode = '${code}'; end if;
        return null;
      end $$;
    create ${timing} insert or update of cookie_hash on session
      ${when === 'at once' ? '' : 'deferrable initially deferred'} for each row execute function undo_once()`);
  try {
    await act();
  } finally {
    await asSuperuser('drop trigger undo_once on session; drop function undo_once; drop sequence undone');
  }
}

async function loginBegun(): Promise<{ agent: Agent; link: string }> {
  const agent = world.visitor();
  await agent.get('/connexion');
  await agent.post('/connexion', { email: aidant.email, code: aidant.codeAt(world.clock.now()), suite: '' });
  await world.runJobs();
  return { agent, link: /\/connexion\/lien\/[\w-]{64}/.exec(world.mailbox.mails.at(-1)?.text ?? '')?.[0] ?? '' };
}

async function expectToAgree(agent: Agent): Promise<void> {
  const found = await sessions();
  expect(found.map(({ cookieHash }) => cookieHash)).toEqual([sha256(agent.cookies.get(COOKIE) ?? '')]);
  expect((await agent.get('/mandats')).status).toBe(200);
}

describe('a login', () => {
  test('done again after a deadlock opens one session, that this browser has', async () => {
    const { agent, link } = await loginBegun();
    await undoing('40P01', 'at once', async () => {
      const answer = await agent.post(link);
      expect(answer.status).toBe(303);
      expect(answer.headers.getSetCookie()).toHaveLength(1);
    });
    await expectToAgree(agent);
    expect(await entries('aidant.logged-in')).toHaveLength(1);
  });

  test('undone at the commit gives no cookie: the same link then opens the session', async () => {
    const { agent, link } = await loginBegun();
    await undoing('XX000', 'at the commit', async () => {
      const answer = await agent.post(link);
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([500, []]);
    });
    expect([await sessions(), await entries('aidant.logged-in')]).toEqual([[], []]);
    expect((await agent.post(link)).status).toBe(303);
    await expectToAgree(agent);
  });
});

describe('a reprise', () => {
  const asleep = async () => {
    const agent = await loggedInAs(world, aidant);
    world.clock.advance(15 * MINUTE);
    return agent;
  };
  const resume = (agent: Agent) => agent.post('/reprise', { suite: '/essai', code: aidant.codeAt(world.clock.now()) });

  test('done again after a deadlock wakes the session, once', async () => {
    const agent = await asleep();
    await undoing('40P01', 'at once', async () => {
      const answer = await resume(agent);
      expect([answer.status, answer.headers.getSetCookie().length]).toEqual([303, 1]);
    });
    await expectToAgree(agent);
    expect(await entries('aidant.resumed')).toHaveLength(1);
  });

  test('undone at the commit leaves the browser with its session, asleep', async () => {
    const agent = await asleep();
    await undoing('XX000', 'at the commit', async () => {
      const answer = await resume(agent);
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([500, []]);
    });
    expect((await agent.get('/essai')).location).toMatch(/^\/reprise/);
    expect((await resume(agent)).status).toBe(303);
    await expectToAgree(agent);
  });
});
