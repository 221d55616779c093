import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { changeAidant } from '#identity';
import { changeOrganisation } from '#organisation';
import { MINUTE, SECOND } from '#platform/time/clock.ts';
import { journalOf } from '#support/journal.ts';
import { addPerson, addStructure, loggedInAs, type TestAidant } from '#support/people.ts';
import { createWorld, type World } from '#support/world.ts';
import { probeWiring } from './probes.tsx';

let world: World;
let aidant: TestAidant;

beforeAll(async () => {
  world = await createWorld({ wiring: probeWiring });
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.advance(20 * MINUTE);
  aidant = await addPerson(world);
});

const session = () =>
  world.ctx.db.selectFrom('session').selectAll().where('actorId', '=', aidant.aidantId).executeTakeFirst();
const toLogin = (path: string) => `/connexion?suite=${encodeURIComponent(path)}`;

describe('who comes in', () => {
  test('nobody without a session: the address asked for is kept, query included', async () => {
    const answer = await world.visitor().get('/essai?page=2&q=a%20b');
    expect([answer.status, answer.location]).toEqual([303, toLogin('/essai?page=2&q=a%20b')]);
    expect((await world.visitor().get('/essai/retour?state=x')).location).toBe(toLogin('/essai/retour?state=x'));
  });

  test('a cookie nobody was given opens nothing', async () => {
    const agent = world.visitor();
    agent.cookies.set('entremise-aidant', 'A'.repeat(43));
    expect((await agent.get('/mandats')).location).toBe(toLogin('/mandats'));
  });

  test('a deactivated aidant is out at the next request, on every page, and so are their pending mails', async () => {
    const agent = await loggedInAs(world, aidant);
    expect((await agent.get('/mandats')).status).toBe(200);
    await changeAidant(world.ctx, aidant.aidantId, { change: 'deactivated' });
    for (const path of ['/mandats', '/essai', '/essai/retour', '/structure']) {
      expect((await agent.get(path)).location).toBe(toLogin(path));
    }
    expect(await session()).toBeUndefined();
  });

  test('the row alone is enough: a deactivation written by hand is obeyed too', async () => {
    const agent = await loggedInAs(world, aidant);
    await world.ctx.db.updateTable('aidant').set({ active: false }).where('id', '=', aidant.aidantId).execute();
    expect((await agent.get('/essai/retour')).location).toBe(toLogin('/essai/retour'));
    expect((await agent.post('/essai', { note: 'x' })).location).toBe(toLogin('/essai'));
  });

  test('an aidant who left the structure is out; their session in another structure is not', async () => {
    const other = await addStructure(world, { name: 'France services Lens' });
    await changeAidant(world.ctx, aidant.aidantId, { change: 'joined', organisationId: other.id });
    const here = await loggedInAs(world, aidant);
    const there = await loggedInAs(world, { ...aidant, organisationId: other.id });
    await changeAidant(world.ctx, aidant.aidantId, { change: 'left', organisationId: aidant.organisationId });
    expect((await here.get('/mandats')).location).toBe(toLogin('/mandats'));
    expect((await there.get('/mandats')).text).toContain('France services Lens');
  });

  test('a session ends after twelve hours, even when it is used all day', async () => {
    const agent = await loggedInAs(world, aidant);
    for (let minutes = 0; minutes < 12 * 60 - 10; minutes += 10) {
      world.clock.advance(10 * MINUTE);
      await agent.get('/mandats');
    }
    expect((await agent.get('/mandats')).status).toBe(200);
    world.clock.advance(10 * MINUTE);
    expect((await agent.get('/mandats')).location).toBe(toLogin('/mandats'));
    await world.ctx.db.selectFrom('session').selectAll().execute();
  });

  test('nobody acts for a closed structure: the page of structures says so', async () => {
    const agent = await loggedInAs(world, aidant);
    await changeOrganisation(world.ctx, aidant.organisationId, { active: false });
    expect((await agent.get('/mandats')).location).toBe('/structure');
    expect((await agent.post('/essai', { note: 'x' })).location).toBe('/structure');
    const page = await agent.get('/structure');
    expect(page.text).toContain('est fermée');
    expect(page.text).toContain('Vous n’avez pas d’autre structure');
  });

  test('who may not conclude mandates gets a page that says so, 403, and still uses them', async () => {
    const other = await addPerson(world, { mayConclude: false });
    const agent = await loggedInAs(world, other);
    expect((await agent.get('/mandats')).status).toBe(200);
    const page = await agent.get('/essai/conclure');
    expect([page.status, page.text.includes('Vous ne pouvez pas conclure de mandat')]).toEqual([403, true]);
    expect((await agent.post('/essai/conclure')).status).toBe(403);
    await changeAidant(world.ctx, other.aidantId, { change: 'may-conclude' });
    expect((await agent.get('/essai/conclure')).status).toBe(200);
  });
});

describe('activity', () => {
  test('is written by the aidant’s own requests, at most every 30 seconds', async () => {
    const agent = await loggedInAs(world, aidant);
    const start = world.clock.now();
    world.clock.advance(29 * SECOND);
    await agent.get('/mandats');
    expect((await session())?.lastActivityAt).toEqual(start);
    world.clock.advance(1 * SECOND);
    await agent.get('/mandats');
    expect((await session())?.lastActivityAt).toEqual(world.clock.now());
  });

  test('is not written by what others send the browser to', async () => {
    const agent = await loggedInAs(world, aidant);
    const start = world.clock.now();
    world.clock.advance(14 * MINUTE);
    expect((await agent.get('/essai/retour')).text).toContain('endormi=false');
    world.clock.advance(1 * MINUTE);
    expect((await agent.get('/essai/retour')).text).toContain('endormi=true');
    expect((await session())?.lastActivityAt).toEqual(start);
  });

  test('« Continuer » extends the session; too late, it asks for the code', async () => {
    const agent = await loggedInAs(world, aidant);
    world.clock.advance(14 * MINUTE);
    const answer = await agent.post('/session/prolonger');
    expect([answer.status, answer.text]).toEqual([204, '']);
    world.clock.advance(14 * MINUTE);
    expect((await agent.get('/mandats')).status).toBe(200);
    world.clock.advance(15 * MINUTE);
    expect((await agent.post('/session/prolonger')).location).toBe('/reprise?suite=%2Fsession%2Fprolonger');
    expect((await agent.post('/session/prolonger', {}, { origin: 'https://evil.example' })).status).toBe(303);
  });
});

describe('logging out', () => {
  test('ends the session, changes the cookie, and is journaled once', async () => {
    const agent = await loggedInAs(world, aidant);
    const stolen = agent.cookies.get('entremise-aidant') ?? '';
    expect((await agent.post('/deconnexion')).location).toBe('/deconnexion');
    expect((await agent.get('/deconnexion')).text).toContain('Vous êtes déconnecté');
    expect(await session()).toBeUndefined();
    expect(agent.cookies.get('entremise-aidant')).not.toBe(stolen);
    expect((await agent.post('/deconnexion')).status).toBe(303);
    const entries = await journalOf(world.database.readerUrl, { kinds: ['aidant.logged-out'] });
    expect(entries.filter(({ aidantId }) => aidantId === aidant.aidantId)).toHaveLength(1);
  });

  test('is done by a form only, from our own pages', async () => {
    const agent = await loggedInAs(world, aidant);
    expect((await agent.get('/deconnexion')).text).toContain('Fermer ma session');
    const forged = await agent.post('/deconnexion', {}, { origin: 'https://evil.example' });
    expect(forged.status).toBe(403);
    expect((await agent.get('/mandats')).status).toBe(200);
  });

  test('works when the session is asleep', async () => {
    const agent = await loggedInAs(world, aidant);
    world.clock.advance(16 * MINUTE);
    await agent.post('/deconnexion');
    expect(await session()).toBeUndefined();
  });
});

test('what is past its end is removed', async () => {
  await loggedInAs(world, aidant);
  world.clock.advance(13 * 60 * MINUTE);
  const { identityJobs } = await import('#identity');
  await identityJobs.find(({ task }) => task === 'remove-expired-sessions')?.run(world.workerCtx, {});
  expect(await session()).toBeUndefined();
  for (const table of ['keptForm', 'login', 'rateLimit'] as const) {
    expect(await world.ctx.db.selectFrom(table).selectAll().execute()).toEqual([]);
  }
});
