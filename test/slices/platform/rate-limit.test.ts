import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE } from '#platform/time/clock.ts';
import { createWorld, type World } from '#support/world.ts';
import { type ProbeSite, probeSite } from './probe-site.tsx';

let world: World;
/** Two nodes on one database. */
let site: ProbeSite;
let otherNode: ProbeSite;

beforeAll(async () => {
  world = await createWorld();
  site = await probeSite(world, { config: { trustProxy: 1 } });
  otherNode = await probeSite(world, { config: { trustProxy: 1 } });
});
afterAll(async () => {
  await Promise.all([site?.close(), otherNode?.close()]);
  await world?.close();
});
beforeEach(async () => {
  site.posted.length = 0;
  await world.ctx.db.deleteFrom('rateLimit').execute();
});

const from = (address: string, node = site) => fetch(`${node.url}/limite`, { headers: { 'x-forwarded-for': address } });
const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).sort();

describe('by address', () => {
  test('exactly the limit under twenty requests at once, on two nodes; one more is refused with the 429 page', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => from('203.0.113.9', index % 2 ? site : otherNode)),
    );
    expect(statuses(answers)).toEqual([...Array(7).fill(200), ...Array(13).fill(429)]);
    const refused = await from('203.0.113.9');
    const text = await refused.text();
    expect(text).toContain('Trop d’essais');
    expect(text).toContain('limite-essai-adresse');
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(refused.headers.get('ratelimit')).toMatch(/^"essai-adresse"; r=0; t=\d+$/);
  });

  test('another address is not concerned; one network of IPv6 is one address', async () => {
    for (let index = 0; index < 7; index += 1) await from('203.0.113.9');
    expect((await from('203.0.113.10')).status).toBe(200);
    const network = await Promise.all(Array.from({ length: 9 }, (_, index) => from(`2001:db8:1:2::${index + 1}`)));
    expect(statuses(network)).toEqual([...Array(7).fill(200), 429, 429]);
    expect((await from('2001:db8:2::1')).status).toBe(200);
  });

  test('starts over when its time has passed, to the millisecond', async () => {
    for (let index = 0; index < 8; index += 1) await from('203.0.113.9');
    world.clock.advance(10 * MINUTE - 1);
    expect((await from('203.0.113.9')).status).toBe(429);
    world.clock.advance(1);
    const answers = await Promise.all(Array.from({ length: 20 }, () => from('203.0.113.9')));
    expect(statuses(answers)).toEqual([...Array(7).fill(200), ...Array(13).fill(429)]);
  });
});

describe('by account', () => {
  const post = async (email: string) => {
    const agent = site.visitor();
    await agent.get('/formulaire');
    return agent.post('/compte', { email });
  };

  test('exactly the limit under twenty requests at once from twenty browsers; nothing beyond it is obeyed', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('claire@ccas.example')));
    expect(statuses(answers)).toEqual([...Array(4).fill(303), ...Array(16).fill(429)]);
    expect(site.posted).toHaveLength(4);
  });

  test('however the address is typed; another account is not concerned', async () => {
    for (const email of ['claire@ccas.example', 'CLAIRE@ccas.example', '  claire@ccas.example ', 'Claire@CCAS.example'])
      await post(email);
    expect((await post('claire@ccas.example')).status).toBe(429);
    expect((await post('amina@ccas.example')).status).toBe(303);
  });

  test('a form of another site does not use up anybody’s tries', async () => {
    const agent = site.visitor();
    await agent.get('/formulaire');
    for (let index = 0; index < 6; index += 1) {
      expect((await agent.post('/compte', { email: 'claire@ccas.example' }, { origin: 'null' })).status).toBe(403);
    }
    expect((await post('claire@ccas.example')).status).toBe(303);
  });
});

test('neither addresses nor accounts are kept: keyed hashes, another one for each limit', async () => {
  await from('203.0.113.9');
  const agent = site.visitor();
  await agent.get('/formulaire');
  await agent.post('/compte', { email: '203.0.113.9' });
  const rows = await world.ctx.db.selectFrom('rateLimit').selectAll().execute();
  expect(rows).toHaveLength(2);
  expect(rows.map(({ keyHash }) => keyHash.length)).toEqual([32, 32]);
  expect(rows[0]?.keyHash.equals(rows[1]?.keyHash ?? Buffer.alloc(0))).toBe(false);
  expect(JSON.stringify(rows.map(({ keyHash }) => keyHash.toString('latin1')))).not.toContain('203.0.113.9');
});
