import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPopulation } from '#journal';
import { inWords, parisDay } from '#platform/time/paris.ts';
import { auditorAgent } from '#support/auditor.ts';
import { addStructure } from '#support/people.ts';
import { sealWorld, sequenceWorld } from '#support/seal.ts';
import { drawnPositions, drawPositions, seedOf } from '../../../src/audit/samples/draw.rules.ts';
import { periodBounds, periodInWords } from '../../../src/audit/samples/period.rules.ts';
import { wordsOf } from '../mandate/follow-support.ts';
import { type FilesWorld, filesWorld, type Mandate } from './files-support.ts';

let world: FilesWorld;
let mandates: Mandate[];
/** The month in which the leaves are written: they are dated by the system's clock, the rest by the world's. */
const period = parisDay(new Date()).slice(0, 7);
const nextMonth = new Date(periodBounds(period).end.getTime() + 3_600_000);

beforeAll(async () => {
  world = await filesWorld();
  mandates = [await world.concluded('josette'), await world.concluded('marcel'), await world.concluded('mohamed')];
  for (const mandate of mandates) for (let index = 0; index < 9; index += 1) await world.connected(mandate);
  await world.connected(mandates[0] as Mandate, { refused: true });
});
afterAll(() => world?.close());

const structure = () => `structure:${world.structure.id}`;
const ask = (fields = {}, agent = world.mine.agent) =>
  agent.post('/auditeur/tirages', { period, scope: structure(), population: 'mandats', ...fields });
const tryAt = (fields = {}) =>
  `/auditeur/tirages/essai?${new URLSearchParams({ scope: structure(), population: 'mandats', ...fields })}`;
const kept = () => world.ctx.db.selectFrom('auditSample').selectAll().orderBy('id').execute();
const drawn = () => world.told({ kinds: ['sample.drawn'] });

describe('before the month is over and published', () => {
  test('nothing is drawn, and the reason is said', async () => {
    const early = await ask();
    expect(early.status).toBe(422);
    expect(wordsOf(early.text)).toContain('Ce mois n’est pas fini');
    const page = await world.mine.agent.get('/auditeur/tirages');
    const words = wordsOf(page.text);
    expect(words, 'from when').toContain(
      wordsOf(
        `Le premier tirage, celui de ${periodInWords(period)}, sera possible à partir du ${inWords(periodBounds(period).end)}`,
      ),
    );
    expect(page.text).not.toContain('name="period"');
    const nothing = await world.mine.agent.get(tryAt());
    expect([nothing.status, nothing.location]).toEqual([303, '/auditeur/tirages?essai=rien']);
    expect(wordsOf((await world.mine.agent.get(nothing.location ?? '')).text)).toContain(
      'Rien de tel n’est encore publié',
    );
    await comeNextMonth();
    expect((await world.mine.agent.get('/auditeur/tirages')).text).toContain('name="period"');
    expect((await world.mine.agent.get(tryAt())).location, 'a sample can be drawn').toBe('/auditeur/tirages');
    const unsealed = await ask();
    expect(wordsOf(unsealed.text)).toContain('pas encore cosigné par les témoins');
    await sequenceWorld(world);
    expect(wordsOf((await ask()).text)).toContain('pas encore cosigné par les témoins');
    expect(await kept()).toEqual([]);
    expect(await drawn()).toEqual([]);
  });
});

/** Sessions of half an hour ago are asleep: auditors come back with new ones. */
async function comeNextMonth(): Promise<void> {
  world.clock.set(nextMonth);
  for (const at of [world.mine, world.colleague, world.elsewhere]) at.agent = await auditorAgent(world, at.auditor);
}

describe('once it is', () => {
  beforeAll(async () => {
    await sealWorld(world);
  });

  test('the sample is what the published root gives, kept and journaled before it is shown', async () => {
    const answer = await ask({ population: 'connexions' });
    expect(answer.status).toBe(303);
    const [sample] = await kept();
    expect(answer.location).toBe(`/auditeur/tirages/${sample?.id}`);
    const { rows } = await publication();
    expect(sample?.checkpointSize).toBe(Number(rows[0]?.size));
    const root = Buffer.from(rows[0]?.note.split('\n')[2] ?? '', 'base64');
    expect(sample?.root.equals(root)).toBe(true);
    const cosignatures = (rows[0]?.note ?? '')
      .split('\n')
      .filter((line) => line.startsWith('— temoin-'))
      .map((line) => Buffer.from(line.split(' ')[2] ?? '', 'base64').subarray(4));
    expect(cosignatures.map(({ length }) => length)).toEqual([72, 72]);
    expect(sample?.cosignatures.toSorted(Buffer.compare)).toEqual(cosignatures.toSorted(Buffer.compare));
    const seed = seedOf({ root, cosignatures, period, scope: structure(), population: 'connexions' });
    const positions = drawnPositions(drawPositions(seed, 27));
    expect(sample).toMatchObject({ populationSize: 27, positions, structures: [world.structure.id] });
    const leaves = (await world.told({ kinds: ['use.identity-given'] })).map(({ id }) => id);
    expect(sample?.entryIds).toEqual(positions.map((position) => leaves[position]));
    expect(await drawn()).toMatchObject([
      {
        log: 'actes',
        clear: {
          auditor: world.mine.auditor.auditorId,
          sample: sample?.id,
          ...{ period, scope: structure(), population: 'connexions', count: 27, positions },
          root: root.toString('base64url'),
          seed: seed.toString('base64url'),
          size: sample?.checkpointSize,
        },
      },
    ]);
  });

  test('asked again, by another, later, it is the same one', async () => {
    const [first] = await kept();
    await world.connected(mandates[0] as Mandate);
    await sealWorld(world);
    const again = await ask({ population: 'connexions' }, world.colleague.agent);
    expect(again.location).toBe(`/auditeur/tirages/${first?.id}`);
    expect(await kept()).toHaveLength(1);
    expect(await drawn()).toHaveLength(1);
  });

  test('asked by several at the same moment, it is drawn once', async () => {
    const answers = await Promise.all(
      [world.mine, world.colleague, world.mine, world.colleague].map(({ agent }) => ask({}, agent)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
    expect(new Set(answers.map(({ location }) => location)).size).toBe(1);
    expect((await kept()).filter(({ population }) => population === 'mandats')).toHaveLength(1);
    expect(await drawn()).toHaveLength(2);
  });

  test('the page shows what was drawn, masked, and how to draw it again; reading it is in the log acces', async () => {
    const sample = (await kept()).find(({ population }) => population === 'connexions');
    const { status, text } = await world.mine.agent.get(`/auditeur/tirages/${sample?.id}`);
    const words = wordsOf(text);
    expect(status).toBe(200);
    expect(words).toContain('20 sur 27, tirés au hasard');
    expect(words).toContain('il donne les mêmes rangs');
    expect(words).toContain(sample?.root.toString('hex'));
    expect(words).toContain(`entremise sample v2 ${period} ${structure()} connexions`);
    expect(text.match(/\/auditeur\/entrees\//g)).toHaveLength(20);
    expect(words).toMatch(/Personne [0-9A-Z]{4}-[0-9A-Z]{4}/);
    expect(words).not.toMatch(/LEFÈVRE/);
    const reads = await world.told({ kinds: ['sample.read'] });
    expect(reads).toMatchObject([{ log: 'acces', clear: { sample: sample?.id } }]);
  });

  test('a département is drawn over all its structures, for those who have it', async () => {
    const scope = 'departement:62';
    await addStructure(world, { name: 'Mairie de Lens', city: 'Lens' });
    await sealWorld(world);
    expect((await ask({ scope }, world.elsewhere.agent)).status).toBe(422);
    expect((await ask({ scope })).status).toBe(303);
    const sample = (await kept()).find((one) => one.scope === scope);
    expect(sample?.structures).toHaveLength(2);
    expect(sample?.populationSize).toBe(3);
    expect((await world.elsewhere.agent.get(`/auditeur/tirages/${sample?.id}`)).status).toBe(404);
    expect(wordsOf((await world.elsewhere.agent.get('/auditeur/tirages')).text)).toContain('Aucun tirage');
  });

  test('a structure of another département cannot be drawn for', async () => {
    const listed = async () => (await world.told({ kinds: ['sample.listed'] })).length;
    const before = await listed();
    const foreign = await ask({ period }, world.elsewhere.agent);
    expect(await listed()).toBe(before + 1); // refused, the page lists what was drawn all the same
    expect(foreign.status).toBe(422);
    expect(wordsOf(foreign.text)).toContain('de votre périmètre');
  });

  test.each([
    { period: '2026-13' },
    { period: '1970-01' },
    { period: "2026-01'; drop table audit_sample; --" },
    { scope: 'structure:x' },
    { scope: 'departement:00000' },
    { scope: 'structure:00000000-0000-0000-0000-000000000000' },
    { scope: '' },
    { population: 'personnes' },
    { population: '' },
    { period: '\u0000', scope: '\u202e', population: '🙂'.repeat(300) },
  ])('forged: %o', async (fields) => {
    const before = await kept();
    expect((await ask(fields)).status).toBe(422);
    expect(await kept()).toEqual(before);
  });

  test('a month without anything has nothing to draw', async () => {
    const answer = await ask({ period: '2025-01' });
    expect(wordsOf(answer.text)).toContain('il n’y a rien à tirer');
  });

  test.each(['x', '00000000-0000-0000-0000-000000000000', '%00', 'a'.repeat(3000)])('nobody drew %s', async (id) => {
    expect((await world.mine.agent.get(`/auditeur/tirages/${id}`)).status).toBe(404);
  });
});

async function publication() {
  return sql<{ size: number; note: string }>`
    select size, note from journal.publication where log_id = 1 order by size`.execute(world.ctx.readerDb);
}

test('while no month is over a draw can be tried: shown, journaled, kept nowhere, and never the sample', async () => {
  world.clock.set(new Date());
  for (const at of [world.mine, world.elsewhere]) at.agent = await auditorAgent(world, at.auditor);
  const before = await kept();
  const page = await world.mine.agent.get(tryAt({ population: 'connexions' }));
  expect(page.status).toBe(200);
  const words = wordsOf(page.text);
  expect(words).toContain('Ceci est un essai : il ne compte pas et n’est pas gardé.');
  expect(words).toMatch(/20 sur 2\d, tirés au hasard\./);
  expect(words).toContain('il donne les mêmes rangs');
  expect(words).toContain(`entremise sample trial ${period} ${structure()} connexions`);
  expect(page.text).not.toContain('/auditeur/dossiers/ajouter');
  expect(await kept(), 'nothing is kept').toEqual(before);
  const [tried] = (await world.told({ kinds: ['sample.tried'] })).slice(-1);
  expect(tried).toMatchObject({
    log: 'acces',
    clear: { auditor: world.mine.auditor.auditorId, scope: structure(), population: 'connexions', shown: 20 },
  });
  const real = before.find(({ population, scope }) => population === 'connexions' && scope === structure());
  const seed = /[0-9a-f]{64}/g;
  const seeds = page.text.match(seed) ?? [];
  if (!real) throw new Error('nothing was drawn');
  expect(seeds).not.toContain(
    seedOf({ ...real, population: 'connexions', cosignatures: real.cosignatures }).toString('hex'),
  );
  expect((await world.elsewhere.agent.get(tryAt())).status).toBe(404);
  for (const wrong of [{ scope: 'x' }, { population: 'x' }])
    expect((await world.mine.agent.get(tryAt(wrong))).location).toBe('/auditeur/tirages');
});

// the last one: what else reads this world would stumble over the rows that it leaves
test('rows of a stranger under the ids of sealed entries are nobody’s to draw, and stop no draw', async () => {
  const population = () =>
    findPopulation(world.ctx, {
      ...{ log: 'actes', kind: 'use.identity-given', organisationIds: [world.structure.id], size: 1_000_000n },
      interval: periodBounds(period),
    });
  const before = await population();
  const ids = before.map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(26);
  const { rows } = await sql<{ id: string; leaf: Buffer; signature: Buffer }>`
    select id, leaf, node_sig as signature from journal.entry where id = any(${ids}::uuid[])`.execute(
    world.ctx.readerDb,
  );
  for (const { id, leaf, signature } of rows)
    for (const bytes of [leaf, Buffer.from('fffe', 'hex')])
      await sql`insert into journal.entry (id, log_id, node, leaf, node_sig)
        values (${id}::uuid, 1, 'x', ${bytes}, ${signature})`.execute(world.ctx.db);
  expect(await population()).toEqual(before);
});
