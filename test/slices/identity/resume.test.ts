import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE, SECOND } from '#platform/time/clock.ts';
import type { Agent } from '#support/agent.ts';
import { journalOf } from '#support/journal.ts';
import { addPerson, loggedInAs, type TestAidant } from '#support/people.ts';
import { createWorld, type World } from '#support/world.ts';
import { probeWiring } from './probes.tsx';
import { wrongCode } from './wrong-code.ts';

let world: World;
let aidant: TestAidant;
let agent: Agent;

beforeAll(async () => {
  world = await createWorld({ wiring: probeWiring });
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.advance(20 * MINUTE);
  aidant = await addPerson(world);
  agent = await loggedInAs(world, aidant);
});

const code = () => aidant.codeAt(world.clock.now());
const session = () =>
  world.ctx.db.selectFrom('session').selectAll().where('actorId', '=', aidant.aidantId).executeTakeFirstOrThrow();
const keptForms = () => world.ctx.db.selectFrom('keptForm').selectAll().execute();
const fallAsleep = () => world.clock.advance(15 * MINUTE);
const resumed = async () =>
  (await journalOf(world.database.readerUrl, { kinds: ['aidant.resumed'] })).filter(
    ({ aidantId }) => aidantId === aidant.aidantId,
  );

function twin(): Agent {
  const other = world.visitor();
  for (const [name, value] of agent.cookies) other.cookies.set(name, value);
  return other;
}

describe('after 15 minutes of silence', () => {
  test('a code is asked, then the same address comes back, query included', async () => {
    world.clock.advance(15 * MINUTE - SECOND);
    expect((await agent.get('/essai?page=2&q=a%20b')).status).toBe(200);
    world.clock.advance(15 * MINUTE);
    const answer = await agent.get('/essai?page=2&q=a%20b');
    expect(answer.location).toBe(`/reprise?suite=${encodeURIComponent('/essai?page=2&q=a%20b')}`);
    expect((await agent.get(answer.location ?? '')).text).toContain('Reprendre votre session');
    const before = agent.cookies.get('entremise-aidant') ?? '';
    const { idHash } = await session();
    const back = await agent.post('/reprise', { suite: '/essai?page=2&q=a%20b', code: code() });
    expect([back.status, back.location]).toEqual([303, '/essai?page=2&q=a%20b']);
    const page = await agent.get(back.location ?? '');
    expect(page.text).toContain('code-accepte');
    expect((await agent.get('/essai')).text).not.toContain('code-accepte');

    // a new cookie for the browser, the same session for everything bound to it
    expect(agent.cookies.get('entremise-aidant')).not.toBe(before);
    expect(await session()).toMatchObject({ idHash, factorAt: world.clock.now(), lastActivityAt: world.clock.now() });
    const thief = world.visitor();
    thief.cookies.set('entremise-aidant', before);
    expect((await thief.get('/essai')).location).toMatch(/^\/connexion/);
    expect(await resumed()).toHaveLength(1);
  });

  test('an address that leads to another site is reached by a page: a form may not redirect that far', async () => {
    fallAsleep();
    const answer = await agent.post('/reprise', { suite: '/essai/dehors', code: code() });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('content="0; url=/essai/dehors"');
    expect((await agent.get('/essai/dehors')).location).toBe('https://ailleurs.example/');
  });

  test('a wrong or used code wakes nothing', async () => {
    fallAsleep();
    const good = code();
    const wrong = await agent.post('/reprise', { suite: '/essai', code: wrongCode(aidant, world.clock.now()) });
    expect([wrong.status, wrong.text.includes('Ce code n’est pas valable')]).toEqual([422, true]);
    expect((await agent.get('/essai')).location).toMatch(/^\/reprise/);
    expect((await agent.post('/reprise', { suite: '/essai', code: good })).status).toBe(303);
    fallAsleep();
    expect((await agent.post('/reprise', { suite: '/essai', code: good })).status).toBe(422);
    expect(await resumed()).toHaveLength(1);
  });

  test.each(['https://evil.example/', '//evil.example', '/\\evil.example'])('nobody is sent to %s', async (suite) => {
    fallAsleep();
    expect((await agent.get(`/reprise?suite=${encodeURIComponent(suite)}`)).status).toBe(404);
    expect((await agent.post('/reprise', { suite, code: code() })).status).toBe(404);
    expect((await agent.get('/essai')).location).toMatch(/^\/reprise/);
  });

  test('someone else may close the session, or log in over it', async () => {
    fallAsleep();
    expect((await agent.get('/reprise')).text).toContain('Cette session est celle de Amina Berrada');
    expect((await agent.get('/connexion')).status).toBe(200);
    await agent.post('/deconnexion');
    expect((await agent.get('/essai')).location).toMatch(/^\/connexion/);
  });

  test('a session that is awake needs no code', async () => {
    expect((await agent.get('/reprise?suite=%2Fessai')).location).toBe('/essai');
    expect((await agent.post('/reprise', { suite: '/essai', code: '000000' })).location).toBe('/essai');
    expect(await resumed()).toEqual([]);
  });

  test('ten refused codes, then a 429 page, even for the right one; 15 minutes later it is accepted', async () => {
    fallAsleep();
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect((await agent.post('/reprise', { suite: '/essai', code: 'abcdef' })).status).toBe(422);
    }
    expect((await agent.post('/reprise', { suite: '/essai', code: code() })).status).toBe(429);
    world.clock.advance(15 * MINUTE);
    expect((await agent.post('/reprise', { suite: '/essai', code: code() })).status).toBe(303);
  });
});

describe('a form posted too late', () => {
  const typed = { note: 'trois enfants <à charge> 🙂', themes: ['social', 'logement'] };

  test('is kept, given back after the code, once; nothing was done with it meanwhile', async () => {
    fallAsleep();
    const answer = await agent.post('/essai?etape=2', typed);
    expect(answer.location).toBe(`/reprise?suite=${encodeURIComponent('/essai?etape=2')}`);
    expect((await agent.get(answer.location ?? '')).text).toContain('Ce que vous avez tapé est gardé');
    const [kept] = await keptForms();
    expect(kept?.sealed.includes('enfants')).toBe(false);
    const back = await agent.post('/reprise', { suite: '/essai?etape=2', code: code() });
    expect(back.location).toBe('/essai?etape=2&repris=1');
    const page = await agent.get(back.location ?? '');
    expect(page.text).toContain('trois enfants &lt;à charge&gt; 🙂');
    expect(page.text).toContain('social+logement');
    expect(page.text).toContain('formulaire-repris');
    expect(await keptForms()).toEqual([]);
    expect((await agent.get(back.location ?? '')).text).toContain('vide');
  });

  test('is kept without codes and tokens', async () => {
    fallAsleep();
    await agent.post('/essai', { ...typed, code: 'abcdef', stopCode: 'SECRET' });
    await agent.post('/reprise', { suite: '/essai', code: code() });
    expect((await agent.get('/essai?repris=1')).text).toContain('rempli:note,themes');
  });

  test('is gone after 30 minutes', async () => {
    fallAsleep();
    await agent.post('/essai', typed);
    world.clock.advance(30 * MINUTE);
    expect((await agent.post('/reprise', { suite: '/essai', code: code() })).location).toBe('/essai');
    expect((await agent.get('/essai?repris=1')).text).toContain('vide');
  });

  test('is given to its own page and its own session alone', async () => {
    fallAsleep();
    await agent.post('/essai', typed);
    const other = await loggedInAs(world, aidant);
    expect((await other.get('/essai?repris=1')).text).toContain('vide');
    await agent.post('/reprise', { suite: '/mandats', code: code() });
    expect((await agent.get('/mandats?repris=1')).text).not.toContain('enfants');
    expect((await agent.get('/essai?repris=1')).text).toContain('trois enfants');
  });

  test('is not kept when it was forged', async () => {
    fallAsleep();
    const answer = await agent.post('/essai', typed, { origin: 'https://evil.example' });
    expect(answer.location).toMatch(/^\/reprise/);
    expect(await keptForms()).toEqual([]);
    expect(await resumed()).toEqual([]);
  });

  test('with a valid code inside is obeyed at once: the code is the reprise, and is not asked again', async () => {
    fallAsleep();
    const before = agent.cookies.get('entremise-aidant');
    const answer = await agent.post('/essai', { ...typed, code: code() });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('code=accepted repris=true');
    expect(agent.cookies.get('entremise-aidant')).not.toBe(before);
    expect(await resumed()).toHaveLength(1);
    expect((await agent.get('/essai')).status).toBe(200);
  });

  test('with a wrong code inside is kept, and the page of the reprise says that the code was refused', async () => {
    fallAsleep();
    const answer = await agent.post('/essai', { ...typed, code: '12' });
    expect(answer.location).toBe('/reprise?suite=%2Fessai&code=refuse');
    expect((await agent.get(answer.location ?? '')).text).toContain('Ce code n’est pas valable');
    expect(await keptForms()).toHaveLength(1);
  });
});

describe('codes inside forms, when the session is awake', () => {
  test('are accepted once, and date the second factor', async () => {
    world.clock.advance(10 * MINUTE);
    await agent.get('/mandats');
    const typed = code();
    expect((await agent.post('/essai', { code: typed })).text).toContain('code=accepted repris=false');
    expect((await session()).factorAt).toEqual(world.clock.now());
    expect((await agent.post('/essai', { code: typed })).text).toContain('code=refused');
    fallAsleep();
    expect((await agent.post('/essai', { code: typed })).location).toMatch(/^\/reprise/);
  });

  test('posted ten times at once: one is accepted', async () => {
    const typed = code();
    const answers = await Promise.all(Array.from({ length: 10 }, () => twin().post('/essai', { code: typed })));
    expect(answers.filter(({ text }) => text.includes('code=accepted'))).toHaveLength(1);
  });

  test('ten refused ones end in a 429 page, and the count is kept though nothing else is written', async () => {
    for (let attempt = 0; attempt < 10; attempt += 1) await agent.post('/essai', { code: '1234' });
    expect((await agent.post('/essai', { code: code() })).status).toBe(429);
  });
});

test('one code that wakes two tabs at once: one reprise; the other tab goes on', async () => {
  fallAsleep();
  const typed = code();
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => twin().post('/reprise', { suite: '/essai', code: typed })),
  );
  expect(answers.filter(({ status }) => status === 303).length).toBeGreaterThanOrEqual(1);
  expect(answers.every(({ status }) => status < 500)).toBe(true);
  expect(await resumed()).toHaveLength(1);
});
