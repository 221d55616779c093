import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { changeAuditor } from '#identity';
import { sha256 } from '#platform/crypto/hashes.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { DAY, MINUTE } from '#platform/time/clock.ts';
import type { Agent } from '#support/agent.ts';
import { addTestAuditor, auditorAgent, type TestAuditor } from '#support/auditor.ts';
import { expectNoPersonalData } from '#support/journal.ts';
import { addPerson, loggedInAs } from '#support/people.ts';
import { wordsOf } from '../mandate/follow-support.ts';
import { alertsIn, entriesOf, turn } from './alerts-support.ts';
import { type AuditWorld, auditWorld, linesOf } from './search-support.ts';

const REASONS = 'Une permanence était prévue ce matin-là, avec Mme Ducrocq et trois voisines.';

let world: AuditWorld;
let auditors: { here: TestAuditor; far: TestAuditor };
let far: Agent;

beforeAll(async () => {
  world = await auditWorld();
  auditors = {
    here: await addTestAuditor(world, { firstName: 'Paul', lastName: 'Roux', departements: ['62'] }),
    far: await addTestAuditor(world, { departements: ['59'] }),
  };
});
afterAll(() => world?.close());
beforeEach(async () => {
  world.clock.advance(60 * MINUTE);
  world.everywhere = await auditorAgent(world, world.national);
  world.here = await auditorAgent(world, auditors.here);
  world.browser = await loggedInAs(world, world.aidant);
  far = await auditorAgent(world, auditors.far);
});

const db = () => world.ctx.db;
const kinds = async (...names: string[]) => world.journal({ kinds: names });

/** Three mandates at once, by somebody new: an alert of H2, with what the journal said then. */
async function raised() {
  const by = await addPerson(world, { organisationIds: [world.structure.id], firstName: 'Ninon', lastName: 'Roussel' });
  for (let count = 0; count < 3; count += 1) await world.conclude({ givenName: 'Zéphyrine' }, { by });
  expect(await turn(world, ['H2'])).toBe(1);
  const alert = (await alertsIn(world, 'H2')).at(-1);
  if (!alert) throw new Error('no alert');
  return { ...alert, by, path: `/auditeur/alertes/${alert.id}` };
}

/** Rows alone, to fill pages; raised a minute apart. */
async function filled(
  count: number,
  more: Partial<{ rule: string; urgent: boolean; organisationId: string | null }> = {},
) {
  const rows = Array.from({ length: count }, (_, place) => {
    const raisedAt = new Date(world.clock.now().getTime() + place * MINUTE);
    const id = uuidv7(raisedAt);
    return {
      ...{ id, rule: 'P1', facts: sha256(id), organisationId: world.structure.id, urgent: false, entries: 0, raisedAt },
      ...{ explanation: `Fait numéro ${place}.`, ...more },
    };
  });
  await world.workerCtx.db.insertInto('alert').values(rows).execute();
  return rows.map(({ id }) => id);
}

const listed = (html: string) =>
  [...html.matchAll(/href="\/auditeur\/alertes\/([0-9a-f-]{36})"/g)].map(([, id = '']) => id);
const link = (html: string, words: string) =>
  new RegExp(`href="([^"]*)"[^>]*>${words}<`).exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';

describe('the list', () => {
  test('shows what was seen, where and when; names no aidant, counts nobody, and is told in the journal', async () => {
    const alert = await raised();
    const page = await world.here.get('/auditeur/alertes');
    expect(page.status).toBe(200);
    const words = wordsOf(page.text);
    expect(words).toContain('3 mandats conclus par le même aidant');
    expect(words).toContain(world.structure.name);
    expect(listed(page.text)).toContain(alert.id);
    for (const name of ['Ninon', 'Roussel', 'Zéphyrine', alert.by.aidantId]) expect(page.text).not.toContain(name);
    const told = (await kinds('alert.listed')).at(-1);
    expect(told).toMatchObject({ log: 'acces', clear: { state: 'open', shown: listed(page.text).length } });
  });

  test('an auditor of another département sees nothing of it; the journal’s own alerts are for the whole country', async () => {
    const alert = await raised();
    const [own = ''] = await filled(1, { rule: 'I1', urgent: true });
    const [national = ''] = await filled(1, { rule: 'I1', urgent: true, organisationId: null });
    for (const path of ['/auditeur/alertes', '/auditeur/alertes?etat=decidees']) {
      expect(listed((await far.get(path)).text)).not.toContain(alert.id);
    }
    expect((await far.get(alert.path)).status).toBe(404);
    expect((await far.post(alert.path, { decision: 'normal', reasons: REASONS })).status).toBe(404);
    expect((await world.everywhere.get(alert.path)).status).toBe(200);
    expect(listed((await world.here.get('/auditeur/alertes')).text)[0]).toBe(own); // defects first
    expect((await kinds('alert.read')).filter(({ clear }) => clear.alert === alert.id)).toHaveLength(1);
    expect((await world.here.get(`/auditeur/alertes/${national}`)).status).toBe(404);
    expect((await world.everywhere.get(`/auditeur/alertes/${national}`)).text).toContain('Le journal lui-même');
  });

  test('filters by rule, structure and period; what does not hold is said beside the field', async () => {
    const alert = await raised();
    const other = await filled(1, { organisationId: world.elsewhere.structure.id });
    const found = async (query: string, agent = world.everywhere) =>
      listed((await agent.get(`/auditeur/alertes?${query}`)).text);
    expect(await found('regle=H2')).toContain(alert.id);
    expect(await found('regle=H2')).not.toContain(other[0]);
    expect(await found('structure=France+services+Lille')).toEqual(other);
    const today = world.clock.now().toISOString().slice(0, 10);
    expect(await found(`du=${today}&au=${today}`)).toContain(alert.id);
    const tomorrow = new Date(world.clock.now().getTime() + 2 * DAY).toISOString().slice(0, 10);
    expect(await found(`du=${tomorrow}`)).toEqual([]);
    const wrong: [string, string][] = [
      ['regle=Z9', 'regle-erreur'],
      ['du=2026-13-01', 'du-erreur'],
      [`du=${tomorrow}&au=${today}`, 'au-erreur'],
      ['structure=Nulle+part', 'structure-erreur'],
    ];
    for (const [query, field] of wrong) {
      const answer = await world.everywhere.get(`/auditeur/alertes?${query}`);
      expect([answer.status, answer.text.includes(`id="${field}"`)], query).toEqual([422, true]);
    }
    // a structure that this auditor may not see has no name for them
    expect((await world.here.get('/auditeur/alertes?structure=France+services+Lille')).status).toBe(422);
    const told = (await kinds('alert.listed')).filter(({ clear }) => clear.rule === 'H2').at(-1);
    expect(told?.clear).toMatchObject({ state: 'open', rule: 'H2' });
  });

  test('goes through pages without missing or repeating any, and back', async () => {
    const ids = await filled(60, { rule: 'E3' });
    ids.push(...(await filled(2, { rule: 'E3', urgent: true })));
    const agent = world.here;
    const pages: string[][] = [];
    let path = '/auditeur/alertes?regle=E3';
    for (let count = 0; count < 5 && path; count += 1) {
      const { text } = await agent.get(path);
      pages.push(listed(text));
      path = link(text, 'Plus anciennes');
    }
    expect(pages.map(({ length }) => length)).toEqual([25, 25, 12]);
    expect(pages.flat().toSorted()).toEqual(ids.toSorted());
    expect(pages[0]?.slice(0, 2).toSorted()).toEqual(ids.slice(60).toSorted());
    expect(pages.flat().slice(2)).toEqual(ids.slice(0, 60).toReversed());
    const last = await agent.get(`/auditeur/alertes?regle=E3&apres=${pages[1]?.at(-1)}`);
    const back = await agent.get(link(last.text, 'Plus récentes'));
    expect(listed(back.text)).toEqual(pages[1]);
    expect((await agent.get('/auditeur/alertes?apres=nothing')).status).toBe(200);
  });
});

describe('one alert', () => {
  test('shows its entries from their leaves, what it does not mean, and is told in the journal', async () => {
    const alert = await raised();
    const page = await world.here.get(alert.path);
    expect(linesOf(page.text).map(({ id }) => id)).toEqual(await entriesOf(world, alert.id));
    const words = wordsOf(page.text);
    expect(words).toContain('Le mandat');
    expect(words).toContain('est conclu');
    expect(words).toContain('Ce que cette alerte ne veut pas dire');
    expect(page.text).not.toContain('Zéphyrine');
    const told = (await kinds('alert.read')).at(-1);
    expect(told).toMatchObject({ log: 'acces', clear: { alert: alert.id } });
    expect(told?.about).toEqual({ usagerId: null, mandateId: null, authorisationId: null });
    expect((await world.here.get('/auditeur/alertes/x')).status).toBe(404);
    expect((await world.here.get(`/auditeur/alertes/${crypto.randomUUID()}`)).status).toBe(404);
  });

  test('asks for a decision and for reasons; what was typed stays', async () => {
    const alert = await raised();
    const empty = await world.here.post(alert.path, { reasons: REASONS });
    expect([empty.status, empty.text.includes('id="decision-erreur"')]).toEqual([422, true]);
    expect(empty.text).toContain(REASONS.slice(0, 20));
    for (const reasons of ['', '   ', 'x'.repeat(8001), 'a\u202eb']) {
      const refused = await world.here.post(alert.path, { decision: 'normal', reasons });
      expect([refused.status, refused.text.includes('id="reasons-erreur"')]).toEqual([422, true]);
    }
    expect((await world.here.post(alert.path, { decision: 'guilty', reasons: REASONS })).status).toBe(422);
    expect((await alertsIn(world, 'H2')).at(-1)).toMatchObject({ decision: null, decidedAt: null });
  });

  test('is decided once: sealed, hashed in the journal, shown to whoever comes after', async () => {
    const alert = await raised();
    const answer = await world.here.post(alert.path, { decision: 'normal', reasons: REASONS });
    expect([answer.status, answer.location]).toEqual([303, alert.path]);
    const row = (await alertsIn(world, 'H2')).find(({ id }) => id === alert.id);
    expect(row).toMatchObject({ decision: 'normal', decidedAt: world.clock.now() });
    expect(row?.decisionSealed?.toString('latin1')).not.toContain('permanence');
    const [entry, ...others] = (await kinds('alert.decided')).filter(({ clear }) => clear.alert === alert.id);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      ...{ log: 'actes', result: 'ok' },
      clear: { auditor: row?.decidedBy, rule: 'H2', decision: 'normal' },
      opened: { sha256: sha256(REASONS).toString('hex') },
    });
    expectNoPersonalData(entry?.leaf ?? Buffer.alloc(0), [REASONS, 'Ducrocq', alert.by.aidantId]);
    const page = wordsOf((await world.everywhere.get(alert.path)).text);
    for (const words of ['Rien d’anormal', REASONS, 'Paul Roux']) expect(page).toContain(words);
    expect(page).not.toContain('Votre décision');
    expect(listed((await world.here.get('/auditeur/alertes')).text)).not.toContain(alert.id);
    expect(listed((await world.here.get('/auditeur/alertes?etat=decidees')).text)).toContain(alert.id);
    const again = await world.everywhere.post(alert.path, { decision: 'reported', reasons: REASONS });
    expect(again.status).toBe(409);
    for (const words of ['Votre décision n’a pas été enregistrée', 'Rien d’anormal', 'Paul Roux']) {
      expect(wordsOf(again.text)).toContain(words);
    }
    expect(again.text.split('Mme Ducrocq')).toHaveLength(3); // both texts are there
    expect((await kinds('alert.decided')).filter(({ clear }) => clear.alert === alert.id)).toHaveLength(1);
  });

  test('decided by ten at once, one decision is kept', async () => {
    const alert = await raised();
    const agents = await Promise.all(
      Array.from({ length: 5 }, async () => auditorAgent(world, await addTestAuditor(world))),
    );
    const decisions = ['normal', 'to-follow', 'reported'];
    const posts = [...agents, ...agents].map((agent, place) =>
      agent.post(alert.path, { decision: decisions[place % 3] ?? '', reasons: REASONS }),
    );
    const statuses = (await Promise.all(posts)).map(({ status }) => status).sort();
    expect(statuses).toEqual([303, ...Array.from({ length: 9 }, () => 409)]);
    const [entry, ...others] = (await kinds('alert.decided')).filter(({ clear }) => clear.alert === alert.id);
    expect(others).toEqual([]);
    const row = (await alertsIn(world, 'H2')).find(({ id }) => id === alert.id);
    expect(entry?.clear).toMatchObject({ decision: row?.decision, auditor: row?.decidedBy });
  });

  test('to follow, it opens a case with its entries, when asked; only then', async () => {
    const alert = await raised();
    const cases = () => db().selectFrom('auditCase').selectAll().orderBy('id').execute();
    const before = (await cases()).length;
    const answer = await world.here.post(alert.path, { decision: 'to-follow', reasons: REASONS, openCase: 'oui' });
    const opened = (await cases()).slice(before);
    expect(opened).toHaveLength(1);
    expect(answer.location).toBe(`/auditeur/dossiers/${opened[0]?.id}`);
    const held = await db()
      .selectFrom('auditCaseEntry')
      .select('entryId')
      .where('caseId', '=', opened[0]?.id ?? '')
      .execute();
    expect(held.map(({ entryId }) => entryId).sort()).toEqual(await entriesOf(world, alert.id));
    expect((await world.here.get(answer.location ?? '')).status).toBe(200);
    const another = await raised();
    await world.here.post(another.path, { decision: 'normal', reasons: REASONS, openCase: 'oui' });
    expect(await cases()).toHaveLength(before + 1);
    expect((await world.here.get(another.path)).text).toContain('/auditeur/dossiers/ajouter?entrees=');
  });

  test('an auditor who loses the département loses the alert, at the next request', async () => {
    const alert = await raised();
    const auditor = await addTestAuditor(world, { departements: ['62'] });
    const agent = await auditorAgent(world, auditor);
    expect((await agent.get(alert.path)).status).toBe(200);
    await changeAuditor(world.ctx, auditor.auditorId, { change: 'limited', departements: ['59'] });
    const again = await auditorAgent(world, auditor);
    expect((await again.get(alert.path)).status).toBe(404);
  });
});

describe('the rules', () => {
  test('each is there, on or off, with what its alerts turned out to be in this auditor’s départements', async () => {
    const alert = await raised();
    const [first = '', second = '', third = ''] = await filled(3, { rule: 'E1' });
    for (const [id, decision] of [
      [first, 'normal'],
      [second, 'to-follow'],
      [third, 'reported'],
    ] as const) {
      await world.here.post(`/auditeur/alertes/${id}`, { decision, reasons: REASONS });
    }
    const words = wordsOf((await world.here.get('/auditeur/alertes/regles')).text);
    for (const code of ['H2', 'P1', 'E1', 'E3', 'I1', 'H1', 'V1', 'V3', 'U1', 'U3', 'A1'])
      expect(words).toContain(` ${code} `);
    expect(words).toContain('3 décidées : 1 sans rien d’anormal, 1 à suivre, 1 signalée. Précision : 67 %.');
    expect(words.split('l’exploitant n’en a pas encore étudié l’impact')).toHaveLength(7);
    expect(wordsOf((await far.get('/auditeur/alertes/regles')).text)).not.toContain('Précision : 67');
    expect((await kinds('alert-rule.listed')).length).toBe(2);
    expect(alert.decision).toBeNull();
  });

  test('anybody may read them; the terms of use say that they exist', async () => {
    const page = await world.visitor().get('/regles-de-controle');
    expect(page.status).toBe(200);
    const words = wordsOf(page.text);
    expect(words).toContain('Personne n’est classé ni noté');
    expect(words).toContain('au moins 3 mandats en 10 minutes');
    expect(words).not.toContain('Précision :');
    expect(words.indexOf('Règles en service')).toBeLessThan(words.indexOf('Mandats conclus très vite'));
    expect(words.indexOf('Règles éteintes')).toBeLessThan(words.indexOf('Beaucoup plus de connexions'));
    const terms = wordsOf((await world.browser.get('/conditions')).text);
    expect(terms).toContain('un auditeur la lit et décide, jamais une machine');
    expect((await world.browser.get('/conditions')).text).toContain('href="/regles-de-controle"');
  });
});

/** Every text that is sent to the database while this is done. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const { prototype } = pg.Client;
  const query = prototype.query as (...all: unknown[]) => unknown;
  let sent = 0;
  prototype.query = function counted(this: unknown, ...all: unknown[]) {
    sent += 1;
    return query.apply(this, all);
  } as typeof prototype.query;
  try {
    await work();
  } finally {
    prototype.query = query as typeof prototype.query;
  }
  return sent;
}

test('the pages ask the same number of statements for 1 alert and for 25, for 3 entries and for 30', async () => {
  const small = await raised();
  const list = () => statementsOf(() => world.here.get('/auditeur/alertes?regle=P1'));
  const one = (path: string) => statementsOf(() => world.here.get(path));
  await list();
  await one(small.path);
  const before = [await list(), await one(small.path)];
  await filled(40);
  const entries = await entriesOf(world, small.id);
  const more = (await world.journal({ log: 'actes' })).slice(0, 30).map(({ id }) => id);
  const rows = more.filter((id) => !entries.includes(id)).map((entryId) => ({ alertId: small.id, entryId }));
  await world.workerCtx.db.insertInto('alertEntry').values(rows).execute();
  expect([await list(), await one(small.path)]).toEqual(before);
});
