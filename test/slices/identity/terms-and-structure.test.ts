import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { changeAidant, TERMS_VERSION } from '#identity';
import { changeOrganisation } from '#organisation';
import { MINUTE } from '#platform/time/clock.ts';
import { journalOf } from '#support/journal.ts';
import { addPerson, addStructure, loggedInAs, type TestAidant } from '#support/people.ts';
import { createWorld, type World } from '#support/world.ts';
import { probeWiring } from './probes.tsx';

let world: World;

beforeAll(async () => {
  world = await createWorld({ wiring: probeWiring });
});
afterAll(() => world.close());
beforeEach(() => world.clock.advance(20 * MINUTE));

const entriesOf = async ({ aidantId }: TestAidant, kind: string) =>
  (await journalOf(world.database.readerUrl, { kinds: [kind] })).filter((entry) => entry.aidantId === aidantId);
const aidantRow = ({ aidantId }: TestAidant) =>
  world.ctx.db.selectFrom('aidant').selectAll().where('id', '=', aidantId).executeTakeFirstOrThrow();
const sessionRow = ({ aidantId }: TestAidant) =>
  world.ctx.db.selectFrom('session').selectAll().where('actorId', '=', aidantId).executeTakeFirstOrThrow();

describe('terms of use', () => {
  test('stand before any action; what was asked for, and what was typed, come back after', async () => {
    const aidant = await addPerson(world, { termsAccepted: false });
    const agent = await loggedInAs(world, aidant);
    expect((await agent.get('/essai?page=2')).location).toBe(
      `/conditions?suite=${encodeURIComponent('/essai?page=2')}`,
    );
    expect((await agent.get('/essai/conclure')).location).toMatch(/^\/conditions/);
    const held = await agent.post('/essai', { note: 'déjà tapé' });
    expect(held.location).toBe('/conditions?suite=%2Fessai');
    const page = await agent.get(held.location ?? '');
    expect(page.text).toContain('J’ai lu ces conditions');
    const answer = await agent.post('/conditions', { suite: '/essai', version: TERMS_VERSION, accepter: 'oui' });
    expect(answer.location).toBe('/essai?repris=1');
    expect((await agent.get(answer.location ?? '')).text).toContain('déjà tapé');
    expect(await aidantRow(aidant)).toMatchObject({ termsVersion: TERMS_VERSION, termsAcceptedAt: world.clock.now() });
    const entries = await entriesOf(aidant, 'aidant.terms-accepted');
    expect(entries).toEqual([expect.objectContaining({ log: 'actes', clear: { version: TERMS_VERSION } })]);
  });

  test('an older version accepted is not enough', async () => {
    const aidant = await addPerson(world);
    await world.ctx.db
      .updateTable('aidant')
      .set({ termsVersion: '2020-01' })
      .where('id', '=', aidant.aidantId)
      .execute();
    const agent = await loggedInAs(world, aidant);
    expect((await agent.get('/mandats')).location).toMatch(/^\/conditions/);
  });

  test('the box must be ticked, for the version that was shown', async () => {
    const aidant = await addPerson(world, { termsAccepted: false });
    const agent = await loggedInAs(world, aidant);
    const unticked = await agent.post('/conditions', { suite: '/essai', version: TERMS_VERSION });
    expect([unticked.status, unticked.text.includes('Cochez la case')]).toEqual([422, true]);
    const old = await agent.post('/conditions', { suite: '/essai', version: '2020-01', accepter: 'oui' });
    expect([old.status, old.text.includes('vient de changer')]).toEqual([422, true]);
    expect((await agent.post('/conditions', { suite: '//evil.example', accepter: 'oui' })).status).toBe(404);
    expect((await aidantRow(aidant)).termsVersion).toBeNull();
  });

  test('accepted twenty times at once: one entry', async () => {
    const aidant = await addPerson(world, { termsAccepted: false });
    const agent = await loggedInAs(world, aidant);
    const form = { suite: '/essai', version: TERMS_VERSION, accepter: 'oui' };
    await Promise.all(Array.from({ length: 20 }, () => agent.post('/conditions', form)));
    expect(await entriesOf(aidant, 'aidant.terms-accepted')).toHaveLength(1);
  });

  test('anyone may read them', async () => {
    const page = await world.visitor().get('/conditions');
    expect(page.status).toBe(200);
    expect(page.text).toContain('mot de passe d’un usager');
    expect(page.text).not.toContain('name="accepter"');
  });
});

describe('current structure', () => {
  async function inTwo() {
    const lens = await addStructure(world, { name: 'France services Lens' });
    const arras = await addStructure(world, { name: 'CCAS d’Arras' });
    const aidant = await addPerson(world, { organisationIds: [arras.id, lens.id] });
    return { aidant, arras, lens, agent: await loggedInAs(world, aidant) };
  }

  test('is named on every page, and switched by a form; old and new are journaled', async () => {
    const { aidant, arras, lens, agent } = await inTwo();
    expect((await agent.get('/mandats')).text).toContain('CCAS d’Arras');
    const page = await agent.get('/structure?suite=%2Fessai');
    expect(page.text).toContain('France services Lens');
    expect(page.text).toContain('Changer de structure');
    const answer = await agent.post('/structure', { organisation: lens.id, suite: '/essai' });
    expect([answer.status, answer.location]).toEqual([303, '/essai']);
    expect((await agent.get('/essai')).text).toContain('structure-changee');
    expect((await agent.get('/mandats')).text).toContain('France services Lens');
    const entries = await entriesOf(aidant, 'organisation.switched');
    expect(entries).toEqual([expect.objectContaining({ log: 'actes', clear: { from: arras.id, to: lens.id } })]);
    expect((await aidantRow(aidant)).currentOrganisationId).toBe(lens.id);
  });

  test('another session of the same aidant keeps its own', async () => {
    const { aidant, lens, agent } = await inTwo();
    const other = await loggedInAs(world, aidant);
    await agent.post('/structure', { organisation: lens.id, suite: '' });
    expect((await other.get('/mandats')).text).toContain('CCAS d’Arras');
  });

  test('choosing the one they are in changes and journals nothing', async () => {
    const { aidant, arras, agent } = await inTwo();
    expect((await agent.post('/structure', { organisation: arras.id, suite: '' })).location).toBe('/mandats');
    expect(await entriesOf(aidant, 'organisation.switched')).toEqual([]);
  });

  test.each(['not theirs', 'unknown', 'closed', 'not an id', 'left meanwhile'])(
    'a structure that is %s: one neutral error, nothing changes',
    async (what) => {
      const { aidant, arras, lens, agent } = await inTwo();
      if (what === 'closed') await changeOrganisation(world.ctx, lens.id, { active: false });
      if (what === 'left meanwhile') {
        await changeAidant(world.ctx, aidant.aidantId, { change: 'left', organisationId: lens.id });
      }
      const theirs = {
        'not theirs': (await addStructure(world)).id,
        unknown: crypto.randomUUID(),
        'not an id': "x'--",
      };
      const answer = await agent.post('/structure', { organisation: theirs[what as 'unknown'] ?? lens.id, suite: '' });
      expect([answer.status, answer.text.includes('Vous ne pouvez pas agir pour cette structure')]).toEqual([
        422,
        true,
      ]);
      expect((await sessionRow(aidant)).organisationId).toBe(arras.id);
      expect(await entriesOf(aidant, 'organisation.switched')).toEqual([]);
    },
  );

  test('with one structure only, the header offers no other', async () => {
    const agent = await loggedInAs(world, await addPerson(world));
    expect((await agent.get('/structure')).text).not.toContain('Changer de structure</a>');
  });

  test('a switch and a departure at once never leave a session in a structure that was left', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { aidant, lens, agent } = await inTwo();
      await Promise.all([
        agent.post('/structure', { organisation: lens.id, suite: '' }),
        changeAidant(world.ctx, aidant.aidantId, { change: 'left', organisationId: lens.id }),
      ]);
      const rows = await world.ctx.db
        .selectFrom('session')
        .selectAll()
        .where('actorId', '=', aidant.aidantId)
        .execute();
      expect(rows.every(({ organisationId }) => organisationId !== lens.id)).toBe(true);
    }
  });
});
