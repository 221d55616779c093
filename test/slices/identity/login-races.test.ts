import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { changeAidant } from '#identity';
import { MINUTE } from '#platform/time/clock.ts';
import type { Agent } from '#support/agent.ts';
import { journalOf } from '#support/journal.ts';
import { addPerson, type TestAidant } from '#support/people.ts';
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
  world.mailbox.mails.length = 0;
  aidant = await addPerson(world);
});

/** The same browser, in another tab or another process: the same cookie, requests of its own. */
function twin(agent: Agent): Agent {
  const other = world.visitor();
  for (const [name, value] of agent.cookies) other.cookies.set(name, value);
  return other;
}

async function begun(): Promise<{ agent: Agent; link: string; shortCode: string }> {
  const agent = world.visitor();
  await agent.get('/connexion');
  const code = aidant.codeAt(world.clock.now());
  expect((await agent.post('/connexion', { email: aidant.email, code, suite: '' })).status).toBe(303);
  await world.runJobs();
  const text = world.mailbox.mails.at(-1)?.text ?? '';
  const link = /\/connexion\/lien\/[\w-]{64}/.exec(text)?.[0] ?? '';
  return { agent, link, shortCode: /^\d{4}\s\d{4}$/m.exec(text)?.[0] ?? '' };
}

const times = (count: number, act: (index: number) => Promise<{ status: number }>) =>
  Promise.all(Array.from({ length: count }, (_, index) => act(index).then(({ status }) => status)));
const sessions = () => world.ctx.db.selectFrom('session').selectAll().where('actorId', '=', aidant.aidantId).execute();
const loginsInJournal = async () =>
  (await journalOf(world.database.readerUrl, { kinds: ['aidant.logged-in'] })).filter(
    ({ aidantId }) => aidantId === aidant.aidantId,
  );

test('one link used twenty times at once opens one session and writes one entry', async () => {
  const { agent, link } = await begun();
  const statuses = await times(20, () => twin(agent).post(link));
  expect(statuses.filter((status) => status === 303)).toHaveLength(1);
  expect(statuses.filter((status) => status === 410)).toHaveLength(19);
  expect(await sessions()).toHaveLength(1);
  expect(await loginsInJournal()).toHaveLength(1);
});

test('one short code typed twenty times at once opens one session', async () => {
  const { agent, shortCode } = await begun();
  const statuses = await times(20, () => twin(agent).post('/connexion/attente', { code: shortCode }));
  expect(statuses.filter((status) => status === 303)).toHaveLength(1);
  expect(await sessions()).toHaveLength(1);
  expect(await loginsInJournal()).toHaveLength(1);
});

test('twenty wrong short codes at once are five tries', async () => {
  const { agent, shortCode } = await begun();
  const wrong = shortCode.replace(/\s/, '') === '00000000' ? '00000001' : '00000000';
  await times(20, () => twin(agent).post('/connexion/attente', { code: wrong }));
  const [login] = await world.ctx.db.selectFrom('login').selectAll().where('actorId', '=', aidant.aidantId).execute();
  expect(login?.shortCodeTries).toBe(5);
  expect((await agent.post('/connexion/attente', { code: shortCode })).status).toBe(410);
  expect(await sessions()).toEqual([]);
});

test('a link and the short code of the same mail at once: one session', async () => {
  const { agent, link, shortCode } = await begun();
  const statuses = await times(10, (index) =>
    index % 2 ? twin(agent).post(link) : twin(agent).post('/connexion/attente', { code: shortCode }),
  );
  expect(statuses.filter((status) => status === 303)).toHaveLength(1);
  expect(await sessions()).toHaveLength(1);
});

test('two mails used at once, each from its browser: one session, no deadlock', async () => {
  const first = await begun();
  world.clock.advance(30_000);
  const second = await begun();
  const statuses = await times(12, (index) => {
    const { agent, link } = index % 2 ? first : second;
    return twin(agent).post(link);
  });
  expect(statuses.every((status) => status === 303 || status === 410)).toBe(true);
  expect(statuses.filter((status) => status === 303)).toHaveLength(1);
  expect(await sessions()).toHaveLength(1);
});

test('the same code of the phone posted ten times at once is accepted once', async () => {
  const agents = Array.from({ length: 10 }, () => world.visitor());
  await Promise.all(agents.map((agent) => agent.get('/connexion')));
  const code = aidant.codeAt(world.clock.now());
  const statuses = await times(10, async (index) =>
    (agents[index] as Agent).post('/connexion', { email: aidant.email, code, suite: '' }),
  );
  expect(statuses.filter((status) => status === 303)).toHaveLength(1);
  await world.runJobs();
  expect(world.mailbox.mails).toHaveLength(1);
});

test('a deactivation during a login leaves no session, whichever comes first', async () => {
  for (let round = 0; round < 5; round += 1) {
    aidant = await addPerson(world);
    const { agent, link } = await begun();
    await Promise.all([agent.post(link), changeAidant(world.ctx, aidant.aidantId, { change: 'deactivated' })]);
    expect(await sessions()).toEqual([]);
    expect((await agent.get('/mandats')).location).toMatch(/^\/connexion/);
  }
});
