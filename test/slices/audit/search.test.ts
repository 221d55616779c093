import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inGroups } from '#platform/ids/ids.ts';
import { projectRoot } from '#platform/root.ts';
import { DAY, MINUTE } from '#platform/time/clock.ts';
import { inWords } from '#platform/time/paris.ts';
import type { Agent } from '#support/agent.ts';
import { addTestAuditor, auditorAgent } from '#support/auditor.ts';
import { expectNoPersonalData, journalOf } from '#support/journal.ts';
import { addStructure } from '#support/people.ts';
import { maskedPerson } from '../../../src/audit/mask.ts';
import { writeEnd } from '../../../src/mandate/follow/write-end.ts';
import { wordsOf } from '../mandate/follow-support.ts';
import { type AuditWorld, auditWorld, linesOf, registry } from './search-support.ts';

let world: AuditWorld;
let here: Awaited<ReturnType<AuditWorld['conclude']>>;
let there: Awaited<ReturnType<AuditWorld['conclude']>>;

beforeAll(async () => {
  world = await auditWorld();
  here = await world.conclude({ familyName: 'LEFÈVRE', birthdate: '1950-04-12', preferredUsername: 'Durand-Ney' });
  there = await world.conclude({ familyName: 'HUGO', birthdate: '1950-04-12' }, { by: world.elsewhere.aidant });
  await world.browser.get(`/usagers/${here.usagerId}`);
});
afterAll(() => world?.close());

const searches = () => world.journal({ kinds: ['audit.searched'] });

/** Posts the form, follows to the page it leads to. */
async function search(fields: Record<string, string>, agent = world.everywhere) {
  const answer = await agent.post('/auditeur/recherche', fields);
  expect(answer.status, wordsOf(answer.text)).toBe(303);
  const page = await agent.get(answer.location ?? '');
  expect(page.status).toBe(200);
  return { address: answer.location ?? '', text: page.text, words: wordsOf(page.text), lines: linesOf(page.text) };
}

describe('what a search shows', () => {
  test('/auditeur leads to it, and only acts are shown until something else is asked', async () => {
    expect((await world.everywhere.get('/auditeur')).location).toBe('/auditeur/recherche');
    const { text } = await world.everywhere.get('/auditeur/recherche');
    const ids = linesOf(text).map(({ id }) => id);
    const acts = (await world.journal({ log: 'actes' })).map(({ id }) => id);
    expect(ids).toEqual(acts.toSorted().reverse().slice(0, 25));
  });

  test('each line is the sentence of the leaf, with its hour, its structure, its aidant, its mandate and a masked person', async () => {
    const { lines, words, text } = await search({ mandat: here.number, quoi: 'mandats' });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.sentence).toContain(`Le mandat ${inGroups(here.number)} est conclu`);
    expect(words).toContain('Structure CCAS d’Arras');
    expect(words).toContain('Aidant Claire Martin');
    expect(words).toContain(maskedPerson(world.ctx.keys, here.usagerId));
    expect(text).toContain(`href="/auditeur/mandats/${here.id}?`);
    expect(words).toMatch(/\d\d\/\d\d\/\d{4} à \d\d:\d\d/);
    expect(words).toContain('En attente');
  });

  test('nobody who is helped is named, whatever is searched', async () => {
    for (const quoi of ['', 'tout', 'personnes', 'lectures']) {
      const { words } = await search({ quoi });
      expect(words).not.toMatch(/LEF.VRE|HUGO|Martine|1950-04|avril.1950|courriel\.example/);
    }
  });

  test('the sentence comes from the leaf: an index that says otherwise is told, and believed in nothing', async () => {
    const client = new pg.Client({ connectionString: world.database.superuserUrl });
    await client.connect();
    const forge = (kind: string) =>
      client.query('update journal.entry_index set kind = $1 where mandate_id = $2 and mn = 1', [kind, here.id]);
    await forge('mandate.ended');
    const { lines, words } = await search({ mandat: here.number, quoi: 'fins' });
    await forge('mandate.concluded');
    await client.end();
    expect(lines.map(({ sentence }) => sentence)).toEqual([expect.stringContaining('est conclu')]);
    expect(words).toContain('L’index qui a servi à trouver cette entrée ne dit pas la même chose');
  });

  test('themes of entries written before the index had them come from the leaves (0017)', async () => {
    const text = readFileSync(join(projectRoot(), 'migrations/0017_themes_of_entries.sql'), 'utf8');
    const [, filling = ''] =
      /(create function journal\.themes_of[\s\S]*drop function journal\.themes_of;)/.exec(text) ?? [];
    const client = new pg.Client({ connectionString: world.database.superuserUrl });
    await client.connect();
    const all = async () =>
      (await client.query('select id, themes from journal.entry_index where themes is not null order by id')).rows;
    const written = await all();
    await client.query('update journal.entry_index set themes = null');
    await client.query(filling);
    expect(await all()).toEqual(written);
    await client.end();
    expect(written.length).toBeGreaterThan(3);
  });

  test('an opening that was changed is not shown, nor hides the other lines', async () => {
    const client = new pg.Client({ connectionString: world.database.superuserUrl });
    await client.connect();
    const name = ['number', (await world.journal({ kinds: ['mandate.concluded'] }))[0]?.id];
    const { rows } = await client.query('select sealed from journal.opening where name = $1 and entry_id = $2', name);
    const set = 'update journal.opening set sealed = $3 where name = $1 and entry_id = $2';
    await client.query(set, [...name, Buffer.alloc(200)]);
    const { lines, words } = await search({ quoi: 'mandats' });
    await client.query(set, [...name, rows[0].sealed]);
    await client.end();
    expect(words).toContain('Une valeur gardée à côté de cette entrée a été changée');
    const told = lines.map(({ sentence }) => /mandat [0-9A-Z]{4}(\u00a0[0-9A-Z]{4}){3} est conclu/.test(sentence));
    expect(told.filter((one) => !one)).toHaveLength(1);
    expect(told.length).toBeGreaterThan(1);
  });
});

describe('what is asked', () => {
  test('structure, aidant, kind, theme, result, period: by name, kept in the address as ids', async () => {
    const { address, lines } = await search({ structure: 'france services lille', quoi: 'mandats' });
    expect(address).toBe(`/auditeur/recherche?structure=${world.elsewhere.structure.id}&quoi=mandats`);
    expect(lines.map(({ sentence }) => sentence)).toEqual([expect.stringContaining(inGroups(there.number))]);
    const aidant = await search({ aidant: 'zoe petit', quoi: 'tout' });
    expect(aidant.address).toContain(`aidant=${world.elsewhere.aidant.aidantId}`);
    expect(aidant.lines.length).toBeGreaterThan(1);
    const own = await world.journal();
    for (const { id } of aidant.lines)
      expect(own.find((entry) => entry.id === id)?.aidantId).toBe(world.elsewhere.aidant.aidantId);
    expect((await search({ theme: 'loisirs', quoi: 'mandats' })).lines).toEqual([]);
    expect((await search({ resultat: 'refused', quoi: 'tout' })).words).toContain('Rien ne correspond');
    const today = new Date().toISOString().slice(0, 10);
    expect((await search({ du: '2020-01-01', au: '2020-12-31' })).lines).toEqual([]);
    expect((await search({ du: '2020-01-01', au: '2999-12-31', quoi: 'tout' })).lines.length).toBeGreaterThan(5);
    expect((await search({ au: today < '2020' ? today : '2019-12-31', quoi: 'tout' })).lines).toEqual([]);
  });

  test('a theme finds whatever bears it: mandates, identifications and structures that have several too', async () => {
    const kindsFound = async (theme: string, fields: Record<string, string> = {}) => {
      const found = (await search({ theme, ...fields })).lines.map(({ id }) => id);
      return (await world.journal()).filter(({ id }) => found.includes(id)).map(({ kind }) => kind);
    };
    const own = await world.journal();
    const bearing = own.filter(({ log, theme, clear }) => {
      return log === 'actes' && (theme === 'famille' || (clear.themes as string[] | undefined)?.includes('famille'));
    });
    expect((await kindsFound('famille')).toSorted()).toEqual(bearing.map(({ kind }) => kind).toSorted());
    expect(await kindsFound('famille')).toEqual(
      expect.arrayContaining(['mandate.concluded', 'consent.identified', 'organisation.added']),
    );
    expect(await kindsFound('famille', { quoi: 'mandats' })).toContain('mandate.concluded');
    // nobody gave a mandate for it: structures may alone
    expect(new Set(await kindsFound('loisirs'))).toEqual(new Set(['organisation.added']));
  });

  test('a mandate and a person are found with what their draft wrote before the mandate was concluded', async () => {
    const alias = (await world.journal({ kinds: ['mandate.concluded'] })).find(
      ({ about }) => about.mandateId === here.id,
    )?.mandateAlias;
    const draft = (await world.journal({ kinds: ['consent.identified'] })).find(
      ({ mandateAlias }) => mandateAlias === alias,
    );
    expect(draft?.about.mandateId).toBeNull();
    const whole = { birthdate: '12/04/1950', motive: 'Réclamation par courrier' };
    for (const [fields, agent] of [
      [{ mandat: here.number }, world.everywhere],
      [{ mandat: here.number }, world.here],
      [{ personMandate: here.number }, world.here],
      [{ familyName: 'LEFÈVRE', ...whole }, world.everywhere],
      [{ mandat: here.number, personMandate: here.number }, world.everywhere],
    ] as const) {
      const { lines } = await search(fields, agent);
      expect(
        lines.filter(({ id }) => id === draft?.id),
        JSON.stringify(fields),
      ).toHaveLength(1);
      expect(lines.map(({ id }) => id)).toEqual(
        lines
          .map(({ id }) => id)
          .toSorted()
          .toReversed(),
      );
    }
    // another's, or another mandate of nobody asked, brings nothing more
    const others = await search({ mandat: there.number });
    expect(others.lines.map(({ id }) => id)).not.toContain(draft?.id);
    const none = await search({ mandat: there.number, personMandate: here.number });
    expect(none.lines).toEqual([]);
    expect((await search({ mandat: here.number, quoi: 'fins' })).lines).toEqual([]);
  });

  test('a name that several bear is chosen from a list, and kept as long as it is not touched', async () => {
    expect((await search({ structure: 'ccas arras' })).address).toContain(`structure=${world.structure.id}`);
    const other = await addStructure(world, { name: 'CCAS d’Arras Sud' });
    const again = await world.everywhere.post('/auditeur/recherche', { structure: 'CCAS d’Arras' });
    expect(again.status).toBe(422);
    expect(wordsOf(again.text)).toContain('plusieurs portent ce nom. Choisissez.');
    const fields = { structure: 'CCAS d’Arras', structureNamed: 'CCAS d’Arras', structureId: other.id };
    expect((await search(fields)).address).toContain(`structure=${other.id}`);
    const changed = await world.everywhere.post('/auditeur/recherche', { ...fields, structure: 'Nulle part' });
    expect(changed.status).toBe(422);
    expect(wordsOf(changed.text)).toContain('Aucune structure que vous pouvez consulter ne porte ce nom');
  });

  test('a person, by a mandate or by name and birth date: the address has an id that says nothing', async () => {
    const byName = await search({
      familyName: 'lefevre',
      birthdate: '12/04/1950',
      motive: 'Réclamation reçue par courrier',
      quoi: 'tout',
    });
    expect(byName.address).toMatch(/^\/auditeur\/recherche\?personne=[0-9a-f-]{36}&quoi=tout$/);
    expect(byName.words).toContain(`Concerne : ${maskedPerson(world.ctx.keys, here.usagerId)}`);
    const entries = await world.journal();
    const found = byName.lines.map(({ id }) => entries.find((entry) => entry.id === id));
    const draft = found.filter((entry) => entry?.about.usagerId === null);
    expect(draft.map((entry) => entry?.kind)).toEqual(['consent.identified']);
    expect(new Set(found.map((entry) => entry?.about.usagerId))).toEqual(new Set([here.usagerId, null]));
    expect(byName.lines.length).toBeGreaterThan(2);
    const byMandate = await search({ personMandate: here.number, quoi: 'tout' });
    expect(byMandate.address).not.toContain(here.number);
    expect(byMandate.words).toContain(maskedPerson(world.ctx.keys, here.usagerId));
    const usage = await search({
      familyName: 'DURAND NEY',
      birthdate: '12/4/1950',
      motive: 'Réclamation par courrier',
    });
    expect(usage.words).toContain(maskedPerson(world.ctx.keys, here.usagerId));
    for (const wrong of [{ familyName: 'LEFEV' }, { birthdate: '13/04/1950' }]) {
      const fields = { familyName: 'LEFÈVRE', birthdate: '12/04/1950', motive: 'Réclamation par courrier', ...wrong };
      const { words, lines } = await search(fields);
      expect(words).toContain('aucune personne connue');
      expect(lines).toEqual([]);
    }
  });

  test('by a mandate, with the motive too: it is no name, and it is committed in the journal', async () => {
    const motive = 'Réclamation reçue ce matin';
    const { words } = await search({ personMandate: here.number, motive });
    expect(words).toContain(`Concerne : ${maskedPerson(world.ctx.keys, here.usagerId)}`);
    const [sought] = (await journalOf(world.database.superuserUrl, { keys: world.ctx.keys }))
      .filter(({ kind }) => kind === 'audit.person-sought')
      .slice(-1);
    expect(sought?.opened).toEqual({ mandate: here.number, motive });
    expect(sought?.clear).toMatchObject({ by: 'mandate', found: 1 });
    const short = await world.everywhere.post('/auditeur/recherche', { personMandate: here.number, motive: 'voir' });
    expect(wordsOf(short.text)).toContain('Dites-en un peu plus');
  });

  test('without a motive, or with half an identity, a message stands beside the field and nothing is searched', async () => {
    const before = (await world.journal()).length;
    for (const [fields, message] of [
      [{ familyName: 'LEFÈVRE', birthdate: '12/04/1950' }, 'Dites pourquoi'],
      [{ familyName: 'LEFÈVRE', birthdate: '12/04/1950', motive: 'voir' }, 'Dites-en un peu plus'],
      [{ birthdate: '31/02/1950', familyName: 'X', motive: 'Réclamation par courrier' }, 'Donnez la date de naissance'],
      [{ familyName: 'X', personMandate: here.number }, 'pas les deux'],
      [{ personMandate: '12' }, '16 caractères'],
    ] as const) {
      const { status, text } = await world.everywhere.post('/auditeur/recherche', fields);
      expect(status).toBe(422);
      expect(wordsOf(text)).toContain(message);
      for (const typed of Object.values(fields)) expect(text).toContain(`value="${typed}"`);
    }
    expect((await world.journal()).length).toBe(before);
  });

  test.each([
    ['du=2026-02-31', 'Cette date n’existe pas', 'du'],
    ['du=2026-05-02&au=2026-05-01', 'vient avant son début', 'au'],
    ['du=hier', 'Cette date n’existe pas', 'du'],
    ['mandat=7KQ2', '16 caractères', 'mandat'],
    ['mandat=ZZZZZZZZZZZZZZZZ', 'Aucun mandat que vous pouvez consulter', 'mandat'],
    ['quoi=nimporte', 'Choisissez dans la liste', 'quoi'],
    ['theme=%F0%9F%99%82', 'Choisissez dans la liste', 'theme'],
    ['resultat=peut-etre', 'Choisissez dans la liste', 'resultat'],
  ])('%s is kept as typed, with a message beside the field', async (query, message, field) => {
    const before = (await world.journal()).length;
    const { status, text } = await world.everywhere.get(`/auditeur/recherche?${query}`);
    expect(status).toBe(422);
    expect(text).toContain(`id="${field}-erreur"`);
    expect(wordsOf(text)).toContain(message);
    const typed = new URLSearchParams(query).get(field) ?? '';
    expect(text.includes(`value="${typed}"`), typed).toBe(true);
    expect((await world.journal()).length).toBe(before);
  });
});

test('an entry and a mandate that were found lead back to the same search, and to no other address', async () => {
  const query = 'quoi=mandats&resultat=ok';
  const { text } = await world.everywhere.get(`/auditeur/recherche?${query}`);
  const [entry = ''] = /\/auditeur\/entrees\/[0-9a-f-]{36}\?[^"]*/.exec(text) ?? [];
  const [mandate = ''] = /\/auditeur\/mandats\/[0-9a-f-]{36}\?[^"]*/.exec(text) ?? [];
  for (const found of [entry, mandate]) {
    const page = await world.everywhere.get(found.replaceAll('&amp;', '&'));
    expect(page.status).toBe(200);
    expect(page.text.replaceAll('&amp;', '&')).toContain(`href="/auditeur/recherche?${query}"`);
  }
  for (const made of ['quoi=x', 'structure=https://ailleurs.example', 'du=%22%3E'])
    expect((await world.everywhere.get(`${entry.split('?')[0]}?${made}`)).text).toContain('href="/auditeur/recherche"');
});

describe('a list of names tried one by one', () => {
  const FIELDS = { familyName: 'LEFÈVRE', birthdate: '12/04/1950', motive: 'Essai de beaucoup de noms' };

  test('stops at 20 in an hour and 60 in a day, with a page that says what to do; the others go on', async () => {
    const greedy = await addTestAuditor(world, { firstName: 'Guy' });
    const seek = async (agent: Agent) => agent.post('/auditeur/recherche', FIELDS);
    const sought = async () =>
      (await world.journal({ kinds: ['audit.person-sought'] })).filter(
        ({ clear }) => clear.auditor === greedy.auditorId,
      );
    const start = world.clock.now();
    for (let hour = 1; hour <= 3; hour += 1) {
      const agent = await auditorAgent(world, greedy);
      await agent.get('/auditeur/recherche');
      for (let index = 0; index < 20; index += 1) expect((await seek(agent)).status).toBe(303);
      const refused = await seek(agent);
      expect(refused.status).toBe(429);
      expect(wordsOf(refused.text)).toContain('Limite atteinte : 20 personnes cherchées en une heure');
      expect(refused.text).toContain(inWords(new Date(world.clock.now().getTime() + 60 * MINUTE)));
      expect(refused.text).toContain('Se déconnecter');
      expect(refused.text).not.toContain(maskedPerson(world.ctx.keys, here.usagerId));
      expect(await sought()).toHaveLength(20 * hour);
      world.clock.advance(61 * MINUTE);
    }
    const fourth = await auditorAgent(world, greedy);
    const tired = await seek(fourth);
    expect([tired.status, wordsOf(tired.text)]).toEqual([
      429,
      expect.stringContaining('60 personnes cherchées en un jour'),
    ]);
    expect(tired.text).toContain(inWords(new Date(start.getTime() + DAY)));
    expect((await fourth.post('/auditeur/recherche', { quoi: 'tout' })).status).toBe(303);
    expect((await seek(await auditorAgent(world, world.national))).status).toBe(303);
    world.clock.set(start);
  });
});

describe('the journal of the search', () => {
  test('each page shown is an entry of acces: in clear what names nobody, committed what does', async () => {
    const before = await searches();
    const { address } = await search({
      structure: 'france services lille',
      aidant: 'petit',
      mandat: there.number,
      personMandate: there.number,
      theme: 'famille',
      quoi: 'tout',
      du: '2020-01-01',
    });
    const entries = (await world.journal({ keys: world.ctx.keys })).slice(-2);
    expect(entries.map(({ kind }) => kind)).toEqual(['audit.person-sought', 'audit.searched']);
    expect(await searches()).toHaveLength(before.length + 1);
    const [sought, searched] = entries;
    expect(sought).toMatchObject({
      log: 'acces',
      clear: { auditor: world.national.auditorId, by: 'mandate', found: 1 },
      opened: { mandate: there.number },
      about: { usagerId: there.usagerId },
    });
    expect(searched).toMatchObject({
      log: 'acces',
      clear: {
        auditor: world.national.auditorId,
        organisation: world.elsewhere.structure.id,
        kinds: 'tout',
        theme: 'famille',
        from: '2020-01-01',
        by: ['mandate', 'aidant', 'person'],
      },
      opened: { mandate: there.number, aidant: world.elsewhere.aidant.aidantId, person: there.usagerId },
      about: { usagerId: there.usagerId, mandateId: there.id },
    });
    for (const entry of entries)
      expectNoPersonalData(entry.leaf, [there.usagerId, there.number, world.elsewhere.aidant.aidantId, 'HUGO']);
    expect(address).not.toContain(there.usagerId);
  });

  test('the names that were typed, and the motive, are committed and stand nowhere else', async () => {
    const motive = 'La personne dit n’avoir rien signé';
    await search({ familyName: 'Lefèvre', birthdate: '12/04/1950', motive });
    const [sought] = (await journalOf(world.database.readerUrl, { keys: world.ctx.keys, registry })).slice(-2);
    expect(sought?.opened).toEqual({ familyName: 'Lefèvre', birthdate: '1950-04-12', motive });
    expect(sought?.sentence).toBe(
      'Un auditeur a cherché une personne par son nom et sa date de naissance\u00a0: 1 trouvée.',
    );
    expectNoPersonalData(sought?.leaf ?? Buffer.alloc(0), ['Lefèvre', '1950-04-12', motive]);
    expect(world.logs.join('')).not.toMatch(/lef.vre|1950-04-12|personne=/i);
    const kept = await world.ctx.db.selectFrom('keptSearch').selectAll().execute();
    expect(JSON.stringify(kept)).not.toMatch(/lef.vre|1950-04-12|12.04.1950/i);
  });
});

test('what auditors do is found among the rest, with who did it', async () => {
  const { words } = await search({ quoi: 'auditeurs' });
  expect(words).toMatch(/Un auditeur a cherché dans le journal.* Auditeur Hélène Vasseur/);
});

describe('who may see what', () => {
  test('an auditor of a département sees what its structures did, and nothing of the others', async () => {
    const { lines } = await search({ quoi: 'tout' }, world.here);
    const { rows } = await sql<{ id: string; departement: string }>`
      select i.id, o.departement from journal.entry_index i left join organisation o on o.id = i.organisation_id`.execute(
      world.ctx.db,
    );
    const departements = lines.map(({ id }) => rows.find((row) => row.id === id)?.departement);
    expect(new Set(departements)).toEqual(new Set(['62']));
    expect(lines.map(({ sentence }) => sentence).join()).not.toContain(there.number);
  });

  test('what belongs elsewhere is not found by name, by number, nor by the identity of a person', async () => {
    for (const [fields, message] of [
      [{ structure: 'france services lille' }, 'Aucune structure'],
      [{ aidant: 'petit' }, 'Aucun aidant'],
    ] as const) {
      const { status, text } = await world.here.post('/auditeur/recherche', fields);
      expect(status).toBe(422);
      expect(wordsOf(text)).toContain(message);
    }
    const number = await world.here.get(`/auditeur/recherche?mandat=${there.number}`);
    expect(number.status).toBe(422);
    expect(wordsOf(number.text)).toContain('Aucun mandat que vous pouvez consulter');
    const hugo = { familyName: 'HUGO', birthdate: '12/04/1950', motive: 'Réclamation par courrier' };
    expect((await search(hugo, world.here)).words).toContain('aucune personne connue');
    expect((await search({ personMandate: there.number }, world.here)).words).toContain('aucune personne connue');
  });

  test('an id of elsewhere, of another session or of nothing is not found, and nothing is written', async () => {
    const { address } = await search({ personMandate: here.number });
    const before = (await world.journal()).length;
    for (const query of [
      `structure=${world.elsewhere.structure.id}`,
      `aidant=${world.elsewhere.aidant.aidantId}`,
      address.split('?')[1] ?? '',
      `personne=${here.usagerId}`,
      'structure=x',
      'aidant=',
      "personne='%20or%201=1--",
      'apres=%00',
      `avant=${'a'.repeat(2000)}`,
    ]) {
      expect([query, (await world.here.get(`/auditeur/recherche?${query}`)).status]).toEqual([query, 404]);
    }
    expect((await world.journal()).length).toBe(before);
    const visitor = world.visitor();
    expect((await visitor.get('/auditeur/recherche')).location).toContain('/auditeur/connexion');
    expect((await world.browser.get('/auditeur/recherche')).location).toContain('/auditeur/connexion');
  });

  test('the end of a mandate by its stop code, where nobody of the structure acts, is found by its structure', async () => {
    const mandate = await world.conclude();
    const now = world.clock.now();
    const end = { cause: 'revoked-by-usager', at: now, knownAt: now, channel: 'stop-code', aidantId: null } as const;
    await world.ctx.db.transaction().execute((trx) => writeEnd(world.ctx, trx, mandate as never, end));
    const { words } = await search({ quoi: 'fins', structure: '' }, world.here);
    expect(words).toContain('Le mandat est terminé : la personne l’a demandé, par le code d’arrêt.');
  });
});
