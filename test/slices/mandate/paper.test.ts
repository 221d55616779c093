import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MINUTE } from '#platform/time/clock.ts';
import { expectNoPersonalData } from '#support/journal.ts';
import { addPerson, addStructure, loggedInAs } from '#support/people.ts';
import { type FollowWorld, followWorld, wordsOf } from './follow-support.ts';

let world: FollowWorld;

beforeAll(async () => {
  world = await followWorld();
});
afterAll(() => world.close());

const paperOf = (id: string) => `/mandats/${id}/papier`;

describe('noting the paper', () => {
  test('signed, a copy handed over: once, with its entry', async () => {
    const mandate = await world.conclude();
    const answer = await world.browser.post(paperOf(mandate.id), { paper: 'signed' });
    expect([answer.status, answer.location]).toEqual([303, `/usagers/${mandate.usagerId}`]);
    expect(await world.mandate(mandate.id)).toMatchObject({
      paper: 'signed',
      paperReason: null,
      paperNote: null,
      paperRecordedAt: world.clock.now(),
      entryCount: 2,
    });
    expect(
      await world.journal({ mandateAlias: mandate.journalAlias, kinds: ['mandate.paper-recorded'] }),
    ).toMatchObject([{ mn: 2, clear: { paper: 'signed' }, opened: {}, aidantId: world.aidant.aidantId, result: 'ok' }]);
  });

  test('a second answer changes nothing, and the page says what was noted', async () => {
    const mandate = await world.conclude();
    await world.browser.post(paperOf(mandate.id), { paper: 'none', reason: 'unable' });
    const before = await world.mandate(mandate.id);
    world.clock.advance(MINUTE);
    const again = await world.browser.post(paperOf(mandate.id), { paper: 'signed' });
    expect(again.location).toBe(paperOf(mandate.id));
    expect(await world.mandate(mandate.id)).toEqual(before);
    const page = wordsOf((await world.browser.get(paperOf(mandate.id))).text);
    expect(page).toContain('C’est déjà noté. Aucun : la personne ne peut pas signer');
  });

  test('another reason is said in words, committed under the person’s key', async () => {
    const mandate = await world.conclude();
    const note = 'La personne préfère revenir avec sa fille';
    await world.browser.post(paperOf(mandate.id), { paper: 'none', reason: 'other', note: `  ${note} ` });
    expect(await world.mandate(mandate.id)).toMatchObject({ paper: 'none', paperReason: 'other', paperNote: note });
    const [entry] = await world.journal({ mandateAlias: mandate.journalAlias, kinds: ['mandate.paper-recorded'] });
    expect(entry).toMatchObject({ clear: { paper: 'none', reason: 'other' }, opened: { note } });
    expect(entry?.sentence).toContain(note);
    if (entry) expectNoPersonalData(entry.leaf, [note, mandate.usagerId]);
  });

  test.each([
    [{}, 'Dites si le mandat est signé sur papier'],
    [{ paper: 'maybe' }, 'Dites si le mandat est signé sur papier'],
    [{ paper: 'none' }, 'Dites pourquoi il n’y a pas de papier signé'],
    [{ paper: 'none', reason: 'other' }, 'Écrivez la raison'],
    [{ paper: 'none', reason: 'other', note: 'a\u202eb' }, 'Un caractère de ce texte n’est pas permis'],
    [{ paper: 'none', reason: 'other', note: 'a'.repeat(201) }, 'Écrivez 200 caractères au plus'],
  ])('refused: %j', async (form, message) => {
    const mandate = await world.conclude();
    const answer = await world.browser.post(paperOf(mandate.id), form);
    expect([answer.status, wordsOf(answer.text).includes(message)]).toEqual([422, true]);
    expect(await world.mandate(mandate.id)).toMatchObject({ paper: 'missing', entryCount: 1 });
  });

  test('two answers at the same moment: one is kept, with one entry', async () => {
    const mandate = await world.conclude();
    await Promise.all([
      world.browser.post(paperOf(mandate.id), { paper: 'signed' }),
      world.browser.post(paperOf(mandate.id), { paper: 'none', reason: 'left' }),
    ]);
    expect(await world.journal({ mandateAlias: mandate.journalAlias, kinds: ['mandate.paper-recorded'] })).toHaveLength(
      1,
    );
    expect((await world.mandate(mandate.id)).entryCount).toBe(2);
  });

  test('after the mandate has ended the entry has no number: the closing one keeps the last', async () => {
    const mandate = await world.conclude({}, { themes: ['famille'] });
    await world.browser.post(`/mandats/${mandate.id}/fin`, { cause: 'revoked-by-usager', known: 'now' });
    await world.browser.post(paperOf(mandate.id), { paper: 'signed' });
    const entries = await world.journal({ mandateAlias: mandate.journalAlias, log: 'actes' });
    const last = entries.filter(({ mn }) => mn).at(-1);
    expect([last?.kind, last?.mn, (await world.mandate(mandate.id)).entryCount]).toEqual(['mandate.ended', 3, 3]);
    expect(entries.at(-1)).toMatchObject({ kind: 'mandate.paper-recorded', clear: { paper: 'signed' } });
    expect(entries.at(-1)).not.toHaveProperty('mn');
  });

  test('its page names the person: each reading is an entry of the log acces', async () => {
    const mandate = await world.conclude({ familyName: 'NOMMÉE' });
    const reads = () => world.journal({ mandateAlias: mandate.journalAlias, log: 'acces' });
    expect(wordsOf((await world.browser.get(paperOf(mandate.id))).text)).toContain('NOMMÉE');
    expect(await reads()).toMatchObject([
      { kind: 'mandate.read', clear: { shown: 'paper' }, about: { mandateId: mandate.id, usagerId: mandate.usagerId } },
    ]);
    await world.browser.post(paperOf(mandate.id), { paper: 'signed' });
    expect(await reads()).toHaveLength(1);
  });

  test('a mandate of another structure is unknown', async () => {
    const mandate = await world.conclude();
    const stranger = await loggedInAs(world, await addPerson(world));
    expect((await stranger.get(paperOf(mandate.id))).status).toBe(404);
    expect((await stranger.post(paperOf(mandate.id), { paper: 'signed' })).status).toBe(404);
    expect((await world.mandate(mandate.id)).paper).toBe('missing');
  });
});

describe('missing papers', () => {
  test('are counted on the list, and listed newest first, 25 at a time, for this structure only', async () => {
    const structure = await addStructure(world, { name: 'Mairie de Bapaume' });
    const by = await addPerson(world, { organisationIds: [structure.id] });
    const browser = await loggedInAs(world, by);
    expect(wordsOf((await browser.get('/mandats/papiers')).text)).toContain('Aucun papier ne manque.');
    for (let index = 0; index < 27; index += 1) {
      await world.conclude({ familyName: `PAPIER${String.fromCharCode(65 + index)}` }, { by, themes: ['famille'] });
      world.clock.advance(1000);
    }
    expect(wordsOf((await browser.get('/mandats')).text)).toContain('27 mandats attendent leur papier signé');
    const first = await browser.get('/mandats/papiers');
    const names = (text: string) =>
      [...text.matchAll(/person-row__name"[^>]*>[^<]* (PAPIER[^<]+)</g)].map(([, name]) => name);
    expect(names(first.text)).toHaveLength(25);
    expect(names(first.text)[0]).toBe('PAPIER[');
    const next = /href="(\/mandats\/papiers\?apres=[^"]+)"/.exec(first.text)?.[1] ?? '';
    expect(names((await browser.get(next)).text)).toEqual(['PAPIERB', 'PAPIERA']);
  });
});
