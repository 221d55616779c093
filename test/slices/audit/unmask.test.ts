import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addComplaint } from '#audit';
import { changeAuditor } from '#identity';
import { DAY, MINUTE, SECOND } from '#platform/time/clock.ts';
import { inWords } from '#platform/time/paris.ts';
import type { Agent } from '#support/agent.ts';
import { addTestAuditor, auditorAgent, type TestAuditor } from '#support/auditor.ts';
import { expectNoPersonalData } from '#support/journal.ts';
import { addPerson, addStructure, loggedInAs } from '#support/people.ts';
import { maskedPerson } from '../../../src/audit/mask.ts';
import { openingFor } from '../../../src/audit/opening-for.ts';
import { identitiesOpenTo } from '../../../src/audit/unmask/open-identities.queries.ts';
import { wrongCode } from '../identity/wrong-code.ts';
import { type FollowWorld, followWorld, type MandateRow, wordsOf } from '../mandate/follow-support.ts';

const MOTIVE = 'Plusieurs connexions la nuit : savoir si la personne vit encore à cette adresse.';
const PERSON = { givenName: 'Zéphyrine', email: 'zephyrine@courriel.example' };

let world: FollowWorld;
let mandate: MandateRow;
let masked: string;
let asker: TestAuditor;
let second: TestAuditor;
let asking: Agent;
let answering: Agent;

beforeAll(async () => {
  world = await followWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.advance(20 * MINUTE);
  mandate = await world.conclude(PERSON);
  masked = maskedPerson(world.ctx.keys, mandate.usagerId);
  asker = await addTestAuditor(world, { firstName: 'Hélène', lastName: 'Vasseur' });
  second = await addTestAuditor(world, { firstName: 'Marc', lastName: 'Dubreuil', departements: ['62'] });
  asking = await auditorAgent(world, asker);
  answering = await auditorAgent(world, second);
});

const now = () => world.clock.now();
const askPath = () => `/auditeur/identites/demande?mandat=${mandate.id}`;
const ask = (agent = asking, motive = MOTIVE) =>
  agent.post('/auditeur/identites/demande', { mandat: mandate.id, motive });
const rows = () => world.ctx.db.selectFrom('unmasking').selectAll().where('usagerId', '=', mandate.usagerId).execute();
const row = async () => {
  const [only, ...others] = await rows();
  if (!only || others.length > 0) throw new Error(`${others.length + 1} requests`);
  return only;
};
const pathOf = async () => `/auditeur/identites/${(await row()).id}`;
const entries = async (...kinds: string[]) =>
  (await world.journal({ kinds })).filter(({ about }) => about.usagerId === mandate.usagerId);
const opened = async (who: TestAuditor, departements: string[] | null = null) =>
  (await identitiesOpenTo(world.ctx.db, { auditorId: who.auditorId, departements }, [mandate.usagerId], now())).get(
    mandate.usagerId,
  );

async function asked(): Promise<string> {
  expect((await ask()).status).toBe(303);
  return pathOf();
}

async function granted(): Promise<string> {
  const path = await asked();
  expect((await answering.post(path, { answer: 'granted', code: second.codeAt(now()) })).status).toBe(303);
  return path;
}

describe('asking', () => {
  test('keeps the motive sealed, opens nothing, and is told in the journal without saying who', async () => {
    const page = await asking.get(askPath());
    expect(page.text).toContain(masked);
    expect(page.text).not.toContain('Zéphyrine');
    const answer = await ask();
    expect([answer.status, answer.location]).toEqual([303, '/auditeur/identites']);
    expect((await asking.get('/auditeur/identites')).text).toContain('Votre demande est enregistrée');
    const kept = await row();
    expect(kept).toMatchObject({ askedBy: asker.auditorId, answer: null, openUntil: null, mandateId: mandate.id });
    expect(kept.motiveSealed.toString('latin1')).not.toContain('connexions');
    expect(await opened(asker)).toBeUndefined();
    const [entry, ...others] = await entries('unmasking.asked');
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      log: 'actes',
      mandateAlias: mandate.journalAlias,
      clear: { auditor: asker.auditorId, unmasking: kept.id },
      opened: { motive: MOTIVE },
      about: { usagerId: mandate.usagerId, mandateId: mandate.id },
    });
    expect(entry?.mn).toBeUndefined();
    expectNoPersonalData(entry?.leaf ?? Buffer.alloc(0), [MOTIVE, 'Zéphyrine', mandate.usagerId]);
  });

  test('the motive is a sentence; what was typed stays', async () => {
    for (const motive of ['', 'parce que', 'x\u202e'.repeat(20)]) {
      const refused = await ask(asking, motive);
      expect([refused.status, refused.text.includes('id="motive-erreur"')]).toEqual([422, true]);
    }
    expect(await rows()).toEqual([]);
  });

  test('from an entry of the journal too', async () => {
    const [concluded] = await entries('mandate.concluded');
    const page = await asking.get(`/auditeur/identites/demande?entree=${concluded?.id}`);
    expect(page.text).toContain(masked);
    const sent = await asking.post('/auditeur/identites/demande', { entree: concluded?.id ?? '', motive: MOTIVE });
    expect(sent.status).toBe(303);
    expect(await row()).toMatchObject({ usagerId: mandate.usagerId, mandateId: mandate.id });
  });

  test('ten times at once, one request is kept', async () => {
    const statuses = await Promise.all(Array.from({ length: 10 }, () => ask().then(({ status }) => status)));
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    expect(await rows()).toHaveLength(1);
    expect(await entries('unmasking.asked')).toHaveLength(1);
  });

  test('out of one’s départements there is nobody to ask about', async () => {
    const elsewhere = await auditorAgent(world, await addTestAuditor(world, { departements: ['2A'] }));
    const [concluded] = await entries('mandate.concluded');
    for (const path of [askPath(), `/auditeur/identites/demande?entree=${concluded?.id}`]) {
      expect((await elsewhere.get(path)).status).toBe(404);
    }
    expect((await ask(elsewhere)).status).toBe(404);
    expect((await asking.get('/auditeur/identites/demande')).status).toBe(404);
    expect((await asking.get(`/auditeur/identites/demande?mandat=${crypto.randomUUID()}`)).status).toBe(404);
    expect(await rows()).toEqual([]);
  });
});

describe('answering', () => {
  test('a second auditor reads the motive and agrees with their code: open to the first alone, for 7 days', async () => {
    const path = await asked();
    expect((await answering.get('/auditeur/identites')).text).toContain('Hélène Vasseur');
    const page = wordsOf((await answering.get(path)).text);
    expect(page).toContain(MOTIVE);
    expect(page).not.toContain('Zéphyrine');
    const at = now();
    const answer = await answering.post(path, { answer: 'granted', code: second.codeAt(at) });
    expect([answer.status, answer.location]).toEqual([303, path]);
    expect(await row()).toMatchObject({
      ...{ answer: 'granted', answeredBy: second.auditorId, answeredAt: at },
      openUntil: new Date(at.getTime() + 7 * DAY),
    });
    const [entry] = await entries('unmasking.granted');
    expect(entry).toMatchObject({
      log: 'actes',
      clear: { auditor: second.auditorId, until: new Date(at.getTime() + 7 * DAY).toISOString() },
      mandateAlias: mandate.journalAlias,
    });
    expect((await opened(asker))?.by).toBe('unmasking');
    expect(await opened(second)).toBeUndefined();
    expect((await asking.get(path)).text).toContain(inWords(new Date(at.getTime() + 7 * DAY)));
    expect((await entries('unmasking.read')).map(({ clear }) => clear.auditor)).toEqual([
      second.auditorId,
      asker.auditorId,
    ]);
  });

  test('refusing says why, to the one who asked', async () => {
    const path = await asked();
    const reason = 'Le motif ne dit pas quel fait serait vérifié.';
    const unsaid = await answering.post(path, { answer: 'refused', reason: '', code: second.codeAt(now()) });
    expect([unsaid.status, unsaid.text.includes('id="reason-erreur"')]).toEqual([422, true]);
    expect((await answering.post(path, { answer: 'refused', reason, code: second.codeAt(now()) })).status).toBe(303);
    expect(await row()).toMatchObject({ answer: 'refused', openUntil: null });
    expect((await asking.get(path)).text).toContain(reason);
    expect(await opened(asker)).toBeUndefined();
    const [entry] = await entries('unmasking.refused');
    expect(entry).toMatchObject({ result: 'refused', opened: { reason } });
    expectNoPersonalData(entry?.leaf ?? Buffer.alloc(0), [reason]);
    // refused once, it may be asked again, better
    expect((await ask()).status).toBe(303);
  });

  test('never by the one who asked, whatever they send', async () => {
    const path = await asked();
    expect((await asking.get(path)).text).not.toContain('Votre réponse');
    const answer = await asking.post(path, { answer: 'granted', code: asker.codeAt(now()) });
    expect(answer.location).toBe(path);
    expect(await row()).toMatchObject({ answer: null });
    await expect(
      world.ctx.db
        .updateTable('unmasking')
        .set({ answer: 'granted', answeredBy: asker.auditorId, answeredAt: now(), openUntil: now() })
        .where('usagerId', '=', mandate.usagerId)
        .execute(),
    ).rejects.toThrow('unmasking_takes_two_auditors');
  });

  test('a wrong code, or one that was used, answers nothing', async () => {
    const path = await asked();
    const wrong = wrongCode(second, now());
    const refused = await answering.post(path, { answer: 'granted', code: wrong });
    expect([refused.status, refused.text.includes('id="code-erreur"')]).toEqual([422, true]);
    expect(refused.text).toContain('value="granted"');
    const other = await world.conclude();
    await asking.post('/auditeur/identites/demande', { mandat: other.id, motive: MOTIVE });
    const used = second.codeAt(now());
    expect((await answering.post(path, { answer: 'granted', code: used })).status).toBe(303);
    const [next] = await world.ctx.db
      .selectFrom('unmasking')
      .selectAll()
      .where('usagerId', '=', other.usagerId)
      .execute();
    const again = await answering.post(`/auditeur/identites/${next?.id}`, { answer: 'granted', code: used });
    expect(again.status).toBe(422);
  });

  test('by an auditor whose départements cover the place, and no other', async () => {
    const path = await asked();
    const other = await addTestAuditor(world, { departements: ['59', '2A'] });
    const elsewhere = await auditorAgent(world, other);
    expect((await elsewhere.get(path)).status).toBe(404);
    expect((await elsewhere.post(path, { answer: 'granted', code: other.codeAt(now()) })).status).toBe(404);
    expect((await elsewhere.get('/auditeur/identites')).text).not.toContain(masked);
    expect(await row()).toMatchObject({ answer: null });
  });

  test('five auditors at once: one answer, one entry', async () => {
    const path = await asked();
    const others = await Promise.all(Array.from({ length: 5 }, () => addTestAuditor(world)));
    const agents = await Promise.all(others.map((auditor) => auditorAgent(world, auditor)));
    const answers = await Promise.all(
      agents.map((agent, index) =>
        agent.post(path, {
          answer: index % 2 ? 'refused' : 'granted',
          reason: 'Le motif ne suffit pas, il faut le préciser.',
          code: others[index]?.codeAt(now()) ?? '',
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).not.toContain(500);
    expect(answers.filter(({ location }) => location === path)).toHaveLength(1);
    const kept = await row();
    expect(others.map(({ auditorId }) => auditorId)).toContain(kept.answeredBy);
    const told = await entries('unmasking.granted', 'unmasking.refused');
    expect(told.map(({ clear }) => clear.auditor)).toEqual([kept.answeredBy]);
    const late = agents[answers.findIndex(({ location }) => location === '/auditeur/identites')];
    expect((await late?.get('/auditeur/identites'))?.text).toContain('un autre auditeur avait déjà répondu');
  });

  test('the same auditor in ten tabs at once: one answer, and the code serves once', async () => {
    const path = await asked();
    const code = second.codeAt(now());
    await Promise.all(Array.from({ length: 10 }, () => answering.post(path, { answer: 'granted', code })));
    expect(await entries('unmasking.granted')).toHaveLength(1);
  });

  test('not after 7 days, nor when the account of who asked is closed, nor by a closed account', async () => {
    const path = await asked();
    await changeAuditor(world.ctx, asker.auditorId, { change: 'deactivated' });
    const answer = await answering.post(path, { answer: 'granted', code: second.codeAt(now()) });
    expect(answer.location).toBe('/auditeur/identites');
    await changeAuditor(world.ctx, asker.auditorId, { change: 'activated' });
    const [request] = await rows();
    world.clock.advance(7 * DAY - 20 * MINUTE);
    world.clock.set(new Date((request?.lapsesAt.getTime() ?? 0) - SECOND));
    const late = await auditorAgent(world, second);
    expect((await late.get(path)).status).toBe(200);
    world.clock.advance(SECOND);
    expect((await late.get(path)).status).toBe(404);
    expect((await late.post(path, { answer: 'granted', code: second.codeAt(now()) })).status).toBe(404);
    const again = await auditorAgent(world, asker);
    expect((await again.get(path)).text).toContain('Demande tombée');
    expect(await row()).toMatchObject({ answer: null });
    expect((await ask(again)).status).toBe(303);
  });

  test('closed while answering: either the answer came first, or there is none', async () => {
    for (let round = 0; round < 4; round += 1) {
      mandate = await world.conclude();
      const path = await asked();
      const auditor = await addTestAuditor(world);
      const agent = await auditorAgent(world, auditor);
      const [answer] = await Promise.all([
        agent.post(path, { answer: 'granted', code: auditor.codeAt(now()) }),
        changeAuditor(world.ctx, auditor.auditorId, { change: 'deactivated' }),
      ]);
      const { answer: kept } = await row();
      expect(await entries('unmasking.granted')).toHaveLength(kept === 'granted' ? 1 : 0);
      if (answer.location !== path) expect(kept).toBeNull();
    }
  });

  test('asleep: the answer typed comes back after the code, or a code in the form is enough', async () => {
    const path = await asked();
    world.clock.advance(16 * MINUTE);
    const stopped = await answering.post(path, { answer: 'refused', reason: 'Motif trop vague pour être contrôlé.' });
    expect(stopped.location).toMatch(/^\/auditeur\/reprise\?suite=/);
    const back = await answering.post('/auditeur/reprise', { suite: path, code: second.codeAt(now()) });
    expect((await answering.get(back.location ?? '')).text).toContain('Motif trop vague pour être contrôlé.');
    expect(await row()).toMatchObject({ answer: null });
    world.clock.advance(16 * MINUTE);
    const awake = await answering.post(path, { answer: 'granted', code: second.codeAt(now()) });
    expect(awake.location).toBe(path);
    expect(await row()).toMatchObject({ answer: 'granted' });
  });
});

describe('no word is read untold, whatever the verb', () => {
  const count = async (...kinds: string[]) => (await entries(...kinds)).length;

  test('an answer that is refused shows the motive, and is a reading', async () => {
    const path = await asked();
    const before = await count('unmasking.read');
    const refused = await answering.post(path, {});
    expect(refused.status).toBe(422);
    expect(wordsOf(refused.text)).toContain(MOTIVE);
    expect(await count('unmasking.read')).toBe(before + 1);
    expect((await answering.post(path, { answer: 'granted', code: wrongCode(second, now()) })).status).toBe(422);
    expect(await count('unmasking.read')).toBe(before + 2);
  });

  test('the page where one asks says which masked person a mandate is about: it is told too', async () => {
    await asking.get(askPath());
    expect(await count('unmasking.form-opened')).toBe(1);
    await ask(asking, 'court');
    const [, again] = await entries('unmasking.form-opened');
    expect(again).toMatchObject({
      log: 'acces',
      mandateAlias: mandate.journalAlias,
      clear: { auditor: asker.auditorId },
      about: { usagerId: mandate.usagerId, mandateId: mandate.id },
    });
  });
});

describe('an identity that is open', () => {
  test('is not the words of another auditor: neither on the file, nor on the entries, nor in the export', async () => {
    const theirs = await asked();
    await answering.post(theirs, {
      answer: 'refused',
      reason: 'Le motif parle de sa voisine Ghislaine.',
      code: second.codeAt(now()),
    });
    const [asked1] = await entries('unmasking.asked');
    const [refused] = await entries('unmasking.refused');
    const third = await addTestAuditor(world, { firstName: 'Nora', lastName: 'Sellier' });
    const nora = await auditorAgent(world, third);
    const mayadd = await addComplaint(world.ctx, {
      ...{ mandateNumber: mandate.number, motive: 'never-signed', channel: 'letter' },
      auditorEmail: third.email,
    });
    expect(mayadd.ok).toBe(true);
    const file = wordsOf((await nora.get(`/auditeur/mandats/${mandate.id}`)).text);
    expect(file).toContain('Zéphyrine');
    for (const words of [
      file,
      wordsOf((await nora.get(`/auditeur/entrees/${asked1?.id}`)).text),
      wordsOf((await nora.get(`/auditeur/entrees/${refused?.id}`)).text),
    ]) {
      expect(words).not.toContain('connexions la nuit');
      expect(words).not.toContain('Ghislaine');
    }
    const mine = wordsOf((await asking.get(`/auditeur/entrees/${asked1?.id}`)).text);
    expect(mine).toContain(MOTIVE);
    const { open, shown } = await openingFor(
      world.ctx,
      { auditorId: third.auditorId, departements: null },
      (await world.journal()).map(({ id, kind, about }) => ({ id, kind, usagerId: about.usagerId ?? null })),
    );
    for (const { id } of [asked1, refused].filter((one) => one !== undefined))
      expect(new Set(open).has(id)).toBe(false);
    expect(shown.map(({ usagerId }) => usagerId)).toEqual([mandate.usagerId]);
  });

  test('is told wherever it is shown in clear: the mandate’s file, an entry, their own page', async () => {
    await granted();
    const shown = () => entries('identity.shown');
    await asking.get(`/auditeur/mandats/${mandate.id}`);
    expect(await shown()).toHaveLength(1);
    const [concluded] = await entries('mandate.concluded');
    await asking.get(`/auditeur/entrees/${concluded?.id}`);
    expect(await shown()).toHaveLength(1);
    const [added] = await entries('usager.added');
    expect(wordsOf((await asking.get(`/auditeur/entrees/${added?.id}`)).text)).toContain('Zéphyrine');
    expect(await shown()).toHaveLength(2);
    expect((await shown()).at(-1)).toMatchObject({ clear: { auditor: asker.auditorId, by: 'unmasking' } });
    await answering.get(`/auditeur/mandats/${mandate.id}`);
    expect(await shown()).toHaveLength(2);
  });
});

describe('seeing', () => {
  test('the one who asked sees the identity, and each showing is in the log of accesses', async () => {
    const path = await granted();
    for (let times = 0; times < 2; times += 1) {
      const page = await asking.get(`${path}/personne`);
      expect([page.status, page.text.includes('Zéphyrine'), page.text.includes('12\u00a0avril\u00a01950')]).toEqual([
        200,
        true,
        true,
      ]);
      expect(page.text).not.toContain('zephyrine@courriel.example');
    }
    const shown = await entries('identity.shown');
    expect(shown).toHaveLength(2);
    expect(shown[0]).toMatchObject({
      log: 'acces',
      clear: { auditor: asker.auditorId, by: 'unmasking', reference: (await row()).id },
      about: { usagerId: mandate.usagerId, mandateId: mandate.id },
    });
    for (const { leaf } of shown) expectNoPersonalData(leaf, ['Zéphyrine', mandate.usagerId]);
  });

  test('nobody else does: not the second auditor, not a third, not an aidant, not a stranger', async () => {
    const path = await granted();
    const third = await auditorAgent(world, await addTestAuditor(world));
    for (const agent of [answering, third]) expect((await agent.get(`${path}/personne`)).status).toBe(404);
    expect((await third.get(path)).status).toBe(404);
    const aidant = await loggedInAs(world, world.aidant);
    for (const agent of [aidant, world.visitor()]) {
      expect((await agent.get(`${path}/personne`)).location).toMatch(/^\/auditeur\/connexion\?suite=/);
    }
    expect(await entries('identity.shown')).toEqual([]);
  });

  test('not a second after the 7 days', async () => {
    const path = await granted();
    const { openUntil } = await row();
    world.clock.set(new Date((openUntil?.getTime() ?? 0) - SECOND));
    asking = await auditorAgent(world, asker);
    expect((await asking.get(`${path}/personne`)).status).toBe(200);
    world.clock.advance(SECOND);
    expect((await asking.get(`${path}/personne`)).status).toBe(404);
    expect((await asking.get(path)).text).toContain('de nouveau masquée');
    expect(await opened(asker)).toBeUndefined();
  });

  test('not outside the départements of this very moment', async () => {
    const path = await granted();
    await changeAuditor(world.ctx, asker.auditorId, { change: 'limited', departements: ['59'] });
    expect((await asking.get(`${path}/personne`)).status).toBe(404);
    expect((await asking.get(path)).status).toBe(404);
    expect(await opened(asker, ['59'])).toBeUndefined();
    await changeAuditor(world.ctx, asker.auditorId, { change: 'limited', departements: ['62'] });
    expect((await asking.get(`${path}/personne`)).status).toBe(200);
  });

  test('not the other persons of the same mandate holder', async () => {
    await granted();
    const other = await world.conclude();
    expect(
      (
        await identitiesOpenTo(
          world.ctx.db,
          { auditorId: asker.auditorId, departements: null },
          [other.usagerId],
          now(),
        )
      ).size,
    ).toBe(0);
  });
});

test('ids that are nobody’s are nobody’s page', async () => {
  for (const id of ['x', crypto.randomUUID(), '%00', 'plaintes']) {
    expect((await asking.get(`/auditeur/identites/${id}`)).status).toBe(404);
    expect((await asking.get(`/auditeur/identites/${id}/personne`)).status).toBe(404);
    expect((await asking.post(`/auditeur/identites/${id}`, { answer: 'granted', code: '123456' })).status).toBe(404);
  }
});

test('a person helped by two structures is met in each: scope is that of the place', async () => {
  const ajaccio = await addStructure(world, { name: 'Médiathèque d’Ajaccio', departement: '2A' });
  const there = await addPerson(world, { organisationIds: [ajaccio.id] });
  mandate = await world.conclude({}, { by: there });
  await asked();
  const path = await pathOf();
  expect((await answering.get(path)).status).toBe(404);
  const corsican = await addTestAuditor(world, { departements: ['2A'] });
  const agent = await auditorAgent(world, corsican);
  expect((await agent.post(path, { answer: 'granted', code: corsican.codeAt(now()) })).location).toBe(path);
});
