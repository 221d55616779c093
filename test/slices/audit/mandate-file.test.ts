import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { inGroups } from '#platform/ids/ids.ts';
import { expectNoPersonalData } from '#support/journal.ts';
import { sealWorld } from '#support/seal.ts';
import { wordsOf } from '../mandate/follow-support.ts';
import { type FilesWorld, filesWorld, type Mandate } from './files-support.ts';

let world: FilesWorld;
let mandate: Mandate;

beforeAll(async () => {
  world = await filesWorld();
  mandate = await world.concluded();
  await world.connected(mandate, { site: 'CAF du Pas-de-Calais' });
  await world.connected(mandate, { refused: true });
  await world.paper(mandate, { paper: 'none', reason: 'other', note: 'Madame Josette tremble trop' });
  await sealWorld(world);
});
afterAll(() => world?.close());

const path = (id = mandate.id) => `/auditeur/mandats/${id}`;
const fileOf = async (id?: string, agent = world.mine.agent) => {
  const answer = await agent.get(path(id));
  return { ...answer, words: wordsOf(answer.text) };
};
const reads = () => world.told({ kinds: ['audit.mandate-read'] });

describe('the file of a mandate', () => {
  test('says the essential, from the leaves, and never who the person is', async () => {
    const { status, text, words } = await fileOf();
    expect(status).toBe(200);
    expect(words).toContain('Toutes les vérifications tiennent');
    expect(words).toContain('6 actions, aucune manquante');
    expect(words).toMatch(/Personne [0-9A-Z]{4}-[0-9A-Z]{4}/);
    expect(words).toContain('par le compte « demo-idp »');
    expect(words).toContain('Sur l’appareil de l’aidant');
    expect(words).toContain('Claire Martin, pour CCAS d’Arras');
    expect(words).toContain('Site déclaré par l’aidant');
    expect(words).toContain('CAF du Pas-de-Calais');
    expect(words).toContain('Une connexion au nom de la personne a été refusée');
    expect(words).toContain('Aucune fin n’est écrite au journal');
    expect(words).toContain('Cosigné');
    expect(words).toContain('Oui, j’autorise la structure CCAS d’Arras');
    expect(words).toContain('Elle s’est identifiée avec FranceConnect pour dire oui');
    const row = await world.ctx.db
      .selectFrom('usager')
      .selectAll()
      .where('id', '=', mandate.usagerId)
      .executeTakeFirstOrThrow();
    for (const secret of [row.familyName, row.givenName, row.email ?? '', mandate.usagerId, 'tremble'])
      expect(text).not.toContain(secret);
  });

  test('says exactly what it does not prove', async () => {
    const { words } = await fileOf();
    const [, limits = ''] = words.split('Ce que ceci ne prouve pas');
    expect(limits).toContain('attesté par le service, qui l’a produit, et par l’aidant');
    expect(limits).toContain('le site est celui que l’aidant a déclaré');
    expect(limits).toContain('Une connexion n’est pas un acte');
    expect(limits).toContain('peut connecter un second site sans passer par nous');
    expect(limits).toContain('tant que la fin du mandat n’est pas écrite');
  });

  test('each reading is in the log acces, before the page, and says nothing of the person', async () => {
    const before = (await reads()).length;
    await fileOf();
    const after = await reads();
    expect(after).toHaveLength(before + 1);
    const read = after.at(-1);
    expect(read).toMatchObject({
      log: 'acces',
      mandateAlias: mandate.journalAlias,
      clear: { auditor: world.mine.auditor.auditorId, identity: false },
      about: { mandateId: mandate.id, usagerId: mandate.usagerId },
    });
    expect(read?.sentence).toBe('Un auditeur a consulté le dossier du mandat, sans l’identité de la personne.');
    if (read) expectNoPersonalData(read.leaf, [mandate.usagerId, mandate.id, mandate.number]);
  });

  test('is found by the number too, with its spaces and in small letters', async () => {
    const typed = encodeURIComponent(inGroups(mandate.number).replaceAll('\u00a0', ' ').toLowerCase());
    expect((await fileOf(typed)).status).toBe(200);
  });

  test.each([
    'x',
    '0000000000000000',
    '00000000-0000-0000-0000-000000000000',
    "'%20or%201=1--",
    '%00',
    'a'.repeat(3000),
  ])('nobody has %s', async (id) => {
    const before = (await reads()).length;
    expect((await fileOf(id)).status).toBe(404);
    expect(await reads()).toHaveLength(before);
  });

  test('does not exist for an auditor of another département, who leaves no trace in the file', async () => {
    const before = (await reads()).length;
    expect((await fileOf(undefined, world.elsewhere.agent)).status).toBe(404);
    expect((await fileOf(mandate.number, world.elsewhere.agent)).status).toBe(404);
    expect(await reads()).toHaveLength(before);
  });

  test('an end is told with who, why and since when; later refusals have no number', async () => {
    const other = await world.concluded('marcel');
    await world.ended(other);
    const { words } = await fileOf(other.id);
    expect(words).toContain('Le mandat est terminé : la personne l’a demandé.');
    expect(words).toContain('Écrit par Claire Martin');
    expect(words).toContain('La structure le savait depuis le');
    expect(words).toContain('4 actions, aucune manquante');
    expect(words).not.toContain('tant que la fin du mandat n’est pas écrite');
    expect(words).toContain('En attente');
  });

  test('asks the database the same number of questions, however long the life of the mandate', async () => {
    const other = await world.concluded('mohamed');
    const short = await queriesOf(() => fileOf(other.id));
    for (let index = 0; index < 12; index += 1) await world.connected(other);
    expect(await queriesOf(() => fileOf(other.id))).toBe(short);
  });
});

/** Statements that the pools were handed while `work` ran, `begin` and `commit` included. */
async function queriesOf(work: () => Promise<unknown>): Promise<number> {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    return spy.mock.calls.length;
  } finally {
    spy.mockRestore();
  }
}
