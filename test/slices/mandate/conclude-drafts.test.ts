import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY, MINUTE } from '#platform/time/clock.ts';
import { inWords } from '#platform/time/paris.ts';
import { addPerson, addStructure, loggedInAs } from '#support/people.ts';
import { type ConcludeWorld, concludeWorld, counts, type Desk, deskOf, draft, draftRow } from './conclude-support.ts';

let world: ConcludeWorld;
let desk: Desk;

beforeAll(async () => {
  world = await concludeWorld();
  desk = await world.at();
});
afterAll(() => world.close());

/** The keys of the theme tiles of a page, in order. */
const tiles = (html: string) =>
  [...html.matchAll(/<input[^>]*name="themes"[^>]*value="([a-z]+)"/g)].map(([, key]) => key);

describe('page 1, themes and duration', () => {
  test.each([
    ['no theme', { duration: 'MONTH' }, 'Choisissez au moins un thème.'],
    [
      'an unknown theme',
      { themes: ['famille', 'magie'], duration: 'MONTH' },
      'n’existe pas. Choisissez dans la liste.',
    ],
    [
      'a theme closed to the structure',
      { themes: ['justice'], duration: 'MONTH' },
      'n’est pas ouvert à votre structure.',
    ],
    ['no duration', { themes: ['famille'] }, 'Choisissez une durée.'],
    ['an unknown duration', { themes: ['famille'], duration: 'EUS_03_20' }, 'Cette durée n’existe pas.'],
    [
      'a duration above the ceiling',
      { themes: ['famille'], duration: 'LONG' },
      'plus longue que ce que votre structure permet',
    ],
  ])('%s: refused with its own message, what was typed is kept', async (_case, fields, message) => {
    const structure = await addStructure(world, {
      name: `CCAS ${Math.random()}`,
      allowedThemes: ['argent', 'famille'],
      longestDuration: 'MONTH',
    });
    const aidant = await addPerson(world, { organisationIds: [structure.id] });
    const narrow = await world.at(aidant);
    const id = await narrow.open();
    const answer = await narrow.agent.post(draft(id), fields as Record<string, string>);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(message);
    expect(answer.text).toMatch(/<title>Erreur/);
    if ('themes' in fields && fields.themes?.includes('famille')) {
      expect(answer.text).toMatch(/value="famille"[^>]*checked|checked[^>]*value="famille"/);
    }
    expect(await draftRow(world, id)).toMatchObject({ themes: [], duration: null });
  });

  test('only the themes of the structure, in the one order, durations up to its ceiling with day and hour', async () => {
    const structure = await addStructure(world, {
      name: 'Mairie',
      allowedThemes: ['transports', 'argent', 'famille'],
      longestDuration: 'MONTH',
    });
    const other = await world.at(await addPerson(world, { organisationIds: [structure.id] }));
    const page = await other.agent.get(draft(await other.open()));
    expect(tiles(page.text)).toEqual(['famille', 'transports', 'argent']);
    expect([...page.text.matchAll(/<input[^>]*name="duration"[^>]*value="([A-Z]+)"/g)].map(([, key]) => key)).toEqual([
      'SHORT',
      'MONTH',
    ]);
    const now = world.clock.now();
    expect(page.text).toContain(inWords(new Date(now.getTime() + DAY)));
    expect(page.text).toContain(inWords(new Date(now.getTime() + 31 * DAY)));
    // the warning is there without a click and without a script
    expect(page.text).toContain('elle doit signer sa déclaration elle-même');
  });

  test('themes are kept in the one order; the same choice again changes nothing', async () => {
    const id = await desk.open();
    await desk.choose(id, { themes: ['loisirs', 'papiers'] });
    const chosen = await draftRow(world, id);
    expect(chosen).toMatchObject({ themes: ['papiers', 'loisirs'], duration: 'MONTH' });
    await desk.choose(id, { themes: ['papiers', 'loisirs'] });
    expect(await draftRow(world, id)).toEqual(chosen);
  });
});

describe('a draft is its aidant’s, and its structure’s', () => {
  test('somebody else, a colleague or a stranger, finds nothing anywhere', async () => {
    const id = await desk.open();
    await desk.choose(id);
    const colleague = await world.at(await addPerson(world, { organisationIds: [world.structure.id] }));
    const stranger = await world.at(await addPerson(world));
    const before = await draftRow(world, id);
    for (const other of [colleague, stranger]) {
      for (const page of [
        '',
        '/accord',
        '/identification',
        '/resultat',
        '/sans-franceconnect',
        '/verification',
        '/abandon',
        '/fin',
        '/fermeture',
        '/deconnexion',
      ]) {
        expect([page, (await other.agent.get(draft(id, page))).status]).toEqual([page, 404]);
      }
      for (const page of ['', '/accord', '/verification', '/abandon', '/fermeture']) {
        const fields = {
          themes: ['famille'],
          duration: 'SHORT',
          answer: 'no',
          seen: 'x',
          samePerson: 'oui',
          notProtected: 'oui',
          code: '123456',
        };
        expect([page, (await other.agent.post(draft(id, page), fields)).status]).toEqual([page, 404]);
      }
    }
    expect(await draftRow(world, id)).toEqual(before);
  });

  test.each(['inconnu', '0', '%00', '../..', '018f3a3a-0000-7000-8000-000000000000', "' or 1=1 --"])(
    'the id %s is not found, without an error',
    async (id) => {
      const answer = await desk.agent.get(`/mandats/preparation/${encodeURIComponent(id)}`);
      expect(answer.status).toBe(404);
    },
  );

  test('switching structure changes nothing in a mandate in preparation, which says whose it is', async () => {
    const other = await addStructure(world, { name: 'Maison France services' });
    const aidant = await addPerson(world, { organisationIds: [world.structure.id, other.id] });
    const both = await world.at(aidant);
    const id = await both.open();
    await both.choose(id);
    await world.ctx.db
      .updateTable('session')
      .set({ organisationId: other.id })
      .where('actorId', '=', aidant.aidantId)
      .execute();
    const page = await both.agent.get(draft(id));
    expect(page.text).toContain('Ce mandat est préparé pour CCAS d’Arras');
    expect(await draftRow(world, id)).toMatchObject({ organisationId: world.structure.id });
    expect((await both.agent.get(draft(id, '/accord'))).text).toContain('J’autorise la structure CCAS d’Arras');
    // it is not offered under the other structure, where nobody would look for it
    expect((await both.agent.get('/mandats/nouveau')).text).not.toContain(id);
  });

  test('an aidant who left the structure finds the draft no more', async () => {
    const other = await addStructure(world, { name: 'Association' });
    const aidant = await addPerson(world, { organisationIds: [world.structure.id, other.id] });
    const leaving = await world.at(aidant);
    const id = await leaving.open();
    await world.ctx.db
      .updateTable('session')
      .set({ organisationId: other.id })
      .where('actorId', '=', aidant.aidantId)
      .execute();
    await world.ctx.db
      .deleteFrom('membership')
      .where('aidantId', '=', aidant.aidantId)
      .where('organisationId', '=', world.structure.id)
      .execute();
    expect((await leaving.agent.get(draft(id))).status).toBe(404);
  });

  test('who may not conclude mandates is told so, and nothing is opened', async () => {
    const before = await world.ctx.db.selectFrom('mandateDraft').select('id').execute();
    const assistant = await addPerson(world, { organisationIds: [world.structure.id], mayConclude: false });
    const agent = await loggedInAs(world, assistant);
    expect((await agent.get('/mandats/nouveau')).status).toBe(403);
    expect((await agent.post('/mandats/nouveau')).status).toBe(403);
    expect(await world.ctx.db.selectFrom('mandateDraft').select('id').execute()).toEqual(before);
  });
});

describe('leaving, coming back, giving up', () => {
  test('a draft is offered again where it stands, to its aidant alone', async () => {
    const id = await desk.open();
    await desk.choose(id, { themes: ['justice'], duration: 'SHORT' });
    const list = await desk.agent.get('/mandats/nouveau');
    expect(list.text).toContain(`href="${draft(id, '/accord')}"`);
    expect(list.text).toContain('La personne n’a pas encore répondu');
    const colleague = await world.at(await addPerson(world, { organisationIds: [world.structure.id] }));
    expect((await colleague.agent.get('/mandats/nouveau')).text).not.toContain(id);
    const page = await desk.agent.get(draft(id));
    expect(page.text).toMatch(/value="justice"[^>]*checked|checked[^>]*value="justice"/);
  });

  test('opening the page opens no draft; two tabs have two drafts that never mix', async () => {
    const own = deskOf(await loggedInAs(world, await addPerson(world, { organisationIds: [world.structure.id] })));
    const before = await world.ctx.db.selectFrom('mandateDraft').select('id').execute();
    await own.agent.get('/mandats/nouveau');
    expect(await world.ctx.db.selectFrom('mandateDraft').select('id').execute()).toEqual(before);
    const [one, other] = [await own.open(), await own.open()];
    await own.choose(one, { themes: ['famille'], duration: 'SHORT' });
    await own.choose(other, { themes: ['justice'], duration: 'LONG' });
    expect(await draftRow(world, one)).toMatchObject({ themes: ['famille'], duration: 'SHORT' });
    expect(await draftRow(world, other)).toMatchObject({ themes: ['justice'], duration: 'LONG' });
  });

  test('pages out of order lead to where the draft stands', async () => {
    const id = await desk.open();
    for (const page of ['/accord', '/verification', '/resultat', '/fermeture', '/fin', '/identification']) {
      const { path } = await desk.land(await desk.agent.get(draft(id, page)));
      expect([page, path]).toEqual([page, draft(id)]);
    }
    await desk.choose(id);
    for (const page of ['/verification', '/resultat', '/fermeture', '/fin', '/identification']) {
      const { path } = await desk.land(await desk.agent.get(draft(id, page)));
      expect([page, path]).toEqual([page, draft(id, '/accord')]);
    }
  });

  test('the person says no: written, calmly said, and the end of it', async () => {
    const id = await desk.open();
    await desk.choose(id, { themes: ['famille'], duration: 'SHORT' });
    const answer = await desk.agent.post(draft(id, '/accord'), { answer: 'no' });
    const { page } = await desk.land(answer);
    expect(page.text).toContain('Vous avez dit non');
    const { journalAlias } = await draftRow(world, id);
    const entries = (await world.journal()).filter(({ mandateAlias }) => mandateAlias === journalAlias);
    expect(entries.map(({ kind, result, clear, mn }) => ({ kind, result, clear, mn }))).toEqual([
      { kind: 'consent.declined', result: 'refused', clear: { themes: ['famille'], duration: 'SHORT' }, mn: undefined },
    ]);
    // said twice, or yes after no: nothing more
    await desk.agent.post(draft(id, '/accord'), { answer: 'no' });
    const yes = await desk.agent.post(draft(id, '/accord'), { answer: 'yes', text: 'whatever' });
    expect((await desk.land(yes)).path).toBe(draft(id, '/fin'));
    expect((await world.journal()).filter(({ mandateAlias }) => mandateAlias === journalAlias)).toHaveLength(1);
  });

  test('an abandoned draft keeps nothing, and nothing is written in the journal', async () => {
    const { id } = await desk.prepare('marcel');
    expect((await desk.agent.get(draft(id, '/abandon'))).status).toBe(200);
    const before = await counts(world);
    const { path, page } = await desk.land(await desk.agent.post(draft(id, '/abandon')));
    expect(path).toBe(draft(id, '/fin'));
    expect(page.text).toContain('Cette préparation est abandonnée');
    expect(await draftRow(world, id)).toMatchObject({
      closedCause: 'abandoned',
      identitySealed: null,
      evidenceSealed: null,
    });
    expect(await counts(world)).toEqual(before);
    expect((await desk.agent.get('/mandats/nouveau')).text).not.toContain(id);
  });

  test('the sheet for when FranceConnect is not possible names whom to call; the draft stays', async () => {
    const id = await desk.open();
    await desk.choose(id);
    const before = await draftRow(world, id);
    const sheet = await desk.agent.get(draft(id, '/sans-franceconnect'));
    expect(sheet.status).toBe(200);
    expect(sheet.text).toContain('03 21 50 50 50');
    expect(sheet.text).toContain(world.ctx.config.operator.phone);
    expect(await draftRow(world, id)).toEqual(before);
  });
});

describe('after two hours', () => {
  test('an explanation and a way to start again, on every page; the identity is refused, then wiped', async () => {
    const { id, page } = await desk.prepare('nadia');
    expect((await draftRow(world, id)).identitySealed).not.toBeNull();
    const start = world.clock.now();
    world.clock.advance(121 * MINUTE);
    const awake = { lastActivityAt: world.clock.now() };
    await world.ctx.db.updateTable('session').set(awake).execute();
    for (const asked of ['', '/accord', '/verification', '/resultat', '/sans-franceconnect', '/abandon']) {
      const landed = await desk.land(await desk.agent.get(draft(id, asked)));
      expect([asked, landed.path, landed.page.status]).toEqual([asked, draft(id, '/fin'), 410]);
      expect(landed.page.text).toContain('Commencer un nouveau mandat');
      expect(landed.page.text).not.toContain('BENALI');
    }
    const before = await counts(world);
    expect((await desk.accept(id, page, world.newCode())).location).toBe(draft(id, '/fin'));
    expect(await counts(world)).toEqual(before);
    await world.runJobs();
    const { wipeDrafts } = await import('../../../src/mandate/conclude/wipe-drafts.ts');
    expect(await wipeDrafts(world.workerCtx)).toBeGreaterThan(0);
    expect(await wipeDrafts(world.workerCtx)).toBe(0);
    expect(await draftRow(world, id)).toMatchObject({
      identitySealed: null,
      evidenceSealed: null,
      attemptSealed: null,
      idTokenHintSealed: null,
      themes: ['famille', 'logement'],
    });
    world.clock.set(start);
  });
});

describe('bad input', () => {
  const weird = ['\u0000', '<script>alert(1)</script>', '\u202eabc', '👩‍🦳', 'a'.repeat(20_000), "' or 1=1 --", '%'];

  test.each(weird)('page 1 with %j: the page again, nothing written', async (text) => {
    const id = await desk.open();
    for (const fields of [
      { themes: text, duration: 'SHORT' },
      { themes: 'famille', duration: text },
      { themes: ['famille', text], duration: ['SHORT', text] },
    ]) {
      const answer = await desk.agent.post(draft(id), fields);
      expect([303, 422]).toContain(answer.status);
      expect(answer.text).not.toContain('<script>alert(1)');
    }
    expect((await draftRow(world, id)).themes.every((theme) => theme === 'famille')).toBe(true);
  });

  test('a theme sent twice counts once; an unknown answer is no answer', async () => {
    const id = await desk.open();
    await desk.agent.post(draft(id), { themes: ['famille', 'famille'], duration: 'SHORT' });
    expect((await draftRow(world, id)).themes).toEqual(['famille']);
    for (const answer of ['', 'oui', 'YES', '\u0000']) {
      const reply = await desk.agent.post(draft(id, '/accord'), { answer, text: 'x' });
      expect([reply.status, reply.location]).toEqual([303, draft(id, '/accord')]);
    }
    expect(await draftRow(world, id)).toMatchObject({ attempt: 0, closedAt: null });
  });

  test('from another origin or without the token: not obeyed, and the page comes back filled', async () => {
    const id = await desk.open();
    const fields = { themes: ['famille'], duration: 'SHORT' };
    const forged = await desk.agent.post(draft(id), fields, { origin: 'https://evil.example' });
    const untold = await desk.agent.post(draft(id), { ...fields, _csrf: 'x' });
    for (const answer of [forged, untold]) {
      expect(answer.status).toBe(403);
      expect(answer.text).toMatch(/value="famille"[^>]*checked|checked[^>]*value="famille"/);
    }
    expect(await draftRow(world, id)).toMatchObject({ themes: [], duration: null });
  });
});
