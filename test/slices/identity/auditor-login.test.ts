import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { changeAuditor, renewAuditorFactor } from '#identity';
import { MINUTE, SECOND } from '#platform/time/clock.ts';
import type { Agent } from '#support/agent.ts';
import { addTestAuditor, auditorAgent, type TestAuditor } from '#support/auditor.ts';
import { journalOf } from '#support/journal.ts';
import { addPerson, loggedInAs } from '#support/people.ts';
import { createWorld, type World } from '#support/world.ts';
import { probeWiring } from './probes.tsx';
import { wrongCode } from './wrong-code.ts';

const HOME = '/auditeur/recherche';

let world: World;
let auditor: TestAuditor;

beforeAll(async () => {
  world = await createWorld({ wiring: probeWiring });
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.advance(20 * MINUTE);
  world.mailbox.mails.length = 0;
  auditor = await addTestAuditor(world, { departements: ['62', '59'] });
});

const code = () => auditor.codeAt(world.clock.now());
const toLogin = (path: string) => `/auditeur/connexion?suite=${encodeURIComponent(path)}`;
const sessions = () =>
  world.ctx.db.selectFrom('session').selectAll().where('actorId', '=', auditor.auditorId).execute();
const entries = async () =>
  (await journalOf(world.database.readerUrl, { keys: world.ctx.keys })).filter(
    ({ clear }) => clear.auditor === auditor.auditorId,
  );

async function begin(agent: Agent, fields: Record<string, string> = {}) {
  await agent.get('/auditeur/connexion');
  return agent.post('/auditeur/connexion', { email: auditor.email, code: code(), suite: '', ...fields });
}

async function lastMail() {
  await world.runJobs();
  const text = world.mailbox.mails.at(-1)?.text ?? '';
  return {
    text,
    link: /\/auditeur\/connexion\/lien\/[\w-]{64}/.exec(text)?.[0] ?? '',
    shortCode: /^\d{4}\s\d{4}$/m.exec(text)?.[0] ?? '',
  };
}

function twin(agent: Agent): Agent {
  const other = world.visitor();
  for (const [name, value] of agent.cookies) other.cookies.set(name, value);
  return other;
}

describe('login', () => {
  test('address and code, then the link of the mail, in the same browser: one session, told in the journal', async () => {
    const agent = world.visitor();
    const begun = await begin(agent);
    expect([begun.status, begun.location]).toEqual([303, '/auditeur/connexion/attente']);
    expect((await agent.get('/auditeur/connexion/attente')).text).toContain('action="/auditeur/connexion/attente"');
    expect(await sessions()).toEqual([]);
    const { text, link } = await lastMail();
    expect(text).toContain('inscrit comme auditeur dans Entremise');
    expect(text).not.toContain('référent');
    const page = await agent.get(link);
    expect(page.text).toContain('Me connecter');
    const before = agent.cookies.get('entremise-auditeur');
    const done = await agent.post(link);
    expect([done.status, done.location]).toEqual([303, HOME]);
    expect(agent.cookies.get('entremise-auditeur')).not.toBe(before);
    expect((await agent.get(HOME)).text).toContain('Départements\u00a0: 59, 62');
    const [session, ...others] = await sessions();
    expect(others).toEqual([]);
    expect(session).toMatchObject({ door: 'auditeur', organisationId: null });
    expect(
      (await entries()).map(({ kind, log, clear, opened, aidantId }) => ({ kind, log, clear, opened, aidantId })),
    ).toEqual([
      expect.objectContaining({ kind: 'auditor.added', log: 'actes' }),
      {
        kind: 'auditor.logged-in',
        log: 'acces',
        clear: { auditor: auditor.auditorId, by: 'link' },
        opened: { address: expect.stringMatching(/127\.0\.0\.1|::1/) },
        aidantId: undefined,
      },
    ]);
  });

  test('the short code, typed where the code was typed; the page asked for comes back', async () => {
    const agent = world.visitor();
    expect((await agent.get('/auditeur/essai?a=1')).location).toBe(toLogin('/auditeur/essai?a=1'));
    await begin(agent, { suite: '/auditeur/essai?a=1' });
    const { shortCode } = await lastMail();
    const done = await agent.post('/auditeur/connexion/attente', { code: shortCode });
    expect([done.status, done.location]).toEqual([303, '/auditeur/essai?a=1']);
    expect((await entries()).at(-1)?.clear).toMatchObject({ by: 'short-code' });
  });

  test('the mail is sent again, twice at most, and one link used twenty times at once opens one session', async () => {
    const agent = world.visitor();
    await begin(agent);
    const { link } = await lastMail();
    const resent = await agent.post('/auditeur/connexion/renvoyer');
    expect(resent.location).toBe('/auditeur/connexion/attente?renvoye');
    expect((await lastMail()).link).toBe(link);
    const statuses = await Promise.all(
      Array.from({ length: 20 }, () =>
        twin(agent)
          .post(link)
          .then(({ status }) => status),
      ),
    );
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    expect(await sessions()).toHaveLength(1);
  });

  test('a code is never accepted twice, and a wrong address says the same', async () => {
    const used = code();
    expect((await begin(world.visitor(), { code: used })).status).toBe(303);
    const again = await begin(world.visitor(), { code: used });
    const stranger = await begin(world.visitor(), { email: 'personne@controle.example', code: used });
    for (const { status, text } of [again, stranger]) {
      expect([status, text.includes('L’adresse ou le code n’est pas valable')]).toEqual([422, true]);
    }
    await world.runJobs();
    expect(world.mailbox.mails).toHaveLength(1);
  });

  test('an address outside the auditors’ pages is nobody’s way in', async () => {
    for (const suite of [
      '/mandats',
      'https://ailleurs.example/',
      '//ailleurs.example',
      '/auditeur/../mandats',
      '/auditeurs',
    ]) {
      const agent = world.visitor();
      expect((await agent.get(`/auditeur/connexion?suite=${encodeURIComponent(suite)}`)).status).toBe(404);
      expect((await begin(agent, { suite })).status).toBe(404);
    }
  });
});

describe('two doors', () => {
  test('the same address at both doors is two accounts: neither code opens the other', async () => {
    const aidant = await addPerson(world, { email: auditor.email });
    const now = world.clock.now();
    const agent = world.visitor();
    expect((await begin(agent, { code: aidant.codeAt(now) })).status).toBe(422);
    await agent.get('/connexion');
    expect((await agent.post('/connexion', { email: auditor.email, code: code(), suite: '' })).status).toBe(422);
  });

  test('a cookie of one door opens nothing at the other, even under the other’s name', async () => {
    const aidant = await addPerson(world);
    const aidants = await loggedInAs(world, aidant);
    expect((await aidants.get(HOME)).location).toBe(toLogin(HOME));
    aidants.cookies.set('entremise-auditeur', aidants.cookies.get('entremise-aidant') ?? '');
    expect((await aidants.get(HOME)).location).toBe(toLogin(HOME));
    expect((await aidants.post('/auditeur/essai', { note: 'x', code: code() })).location).toBe(
      toLogin('/auditeur/essai'),
    );

    const auditors = await auditorAgent(world, auditor);
    expect((await auditors.get('/mandats')).location).toBe('/connexion?suite=%2Fmandats');
    auditors.cookies.set('entremise-aidant', auditors.cookies.get('entremise-auditeur') ?? '');
    expect((await auditors.get('/mandats')).location).toBe('/connexion?suite=%2Fmandats');
    expect((await auditors.get(HOME)).status).toBe(200);
  });

  test('a link and a short code work at their own door only', async () => {
    const agent = world.visitor();
    await begin(agent);
    const { link, shortCode } = await lastMail();
    await agent.get('/connexion');
    agent.cookies.set('entremise-aidant', agent.cookies.get('entremise-auditeur') ?? '');
    expect((await agent.get(link.replace('/auditeur', ''))).status).toBe(410);
    expect((await agent.post(link.replace('/auditeur', ''))).status).toBe(410);
    expect((await agent.post('/connexion/attente', { code: shortCode })).status).toBe(410);
    expect(await sessions()).toEqual([]);
    expect((await agent.post(link)).status).toBe(303);
  });

  test('a form with the token of the other door is not obeyed', async () => {
    const agent = await auditorAgent(world, auditor);
    await agent.get('/connexion');
    const answer = await agent.post('/auditeur/essai', {
      _csrf: agent.csrfToken('/connexion'),
      note: 'x',
      code: code(),
    });
    expect(answer.status).toBe(403);
  });
});

describe('session', () => {
  test('after 15 minutes of silence a code is asked; what was typed comes back, without the code', async () => {
    const agent = await auditorAgent(world, auditor);
    world.clock.advance(15 * MINUTE);
    const stopped = await agent.post('/auditeur/essai', { note: 'motif écrit' });
    expect(stopped.location).toBe('/auditeur/reprise?suite=%2Fauditeur%2Fessai');
    const asked = (await agent.get(stopped.location ?? '')).text;
    for (const path of ['/auditeur/reprise', '/auditeur/deconnexion', '/auditeur/session/prolonger']) {
      expect(asked).toContain(`action="${path}"`);
    }
    expect(asked).toContain('Sans action, votre code sera demandé');
    expect((await agent.post('/auditeur/session/prolonger')).location).toMatch(/^\/auditeur\/reprise/);
    const wrong = wrongCode(auditor, world.clock.now());
    expect((await agent.post('/auditeur/reprise', { suite: '/auditeur/essai', code: wrong })).status).toBe(422);
    const used = code();
    const back = await agent.post('/auditeur/reprise', { suite: '/auditeur/essai', code: used });
    expect(back.location).toBe('/auditeur/essai?repris=1');
    expect((await agent.get(back.location ?? '')).text).toContain('rempli:motif écrit:note');
    expect((await entries()).at(-1)).toMatchObject({ kind: 'auditor.resumed', log: 'acces' });
    world.clock.advance(15 * MINUTE);
    expect((await agent.post('/auditeur/reprise', { suite: '/auditeur/essai', code: used })).status).toBe(422);
  });

  test('a valid code in the form sent is the reprise, once', async () => {
    const agent = await auditorAgent(world, auditor);
    world.clock.advance(16 * MINUTE);
    const answer = await agent.post('/auditeur/essai', { note: 'x', code: code() });
    expect(answer.text).toBe('<!DOCTYPE html><p>note=x code=accepted repris=true</p>');
    const next = await agent.post('/auditeur/essai', { note: 'x', code: code() });
    expect(next.text).toContain('code=refused repris=false');
  });

  test('ten times at once, a code is accepted once', async () => {
    const agent = await auditorAgent(world, auditor);
    const same = code();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => twin(agent).post('/auditeur/essai', { note: 'x', code: same })),
    );
    expect(answers.filter(({ text }) => text.includes('code=accepted'))).toHaveLength(1);
  });

  test('it lasts 12 hours at most, activity or not', async () => {
    const agent = await auditorAgent(world, auditor);
    for (let spent = 0; spent < 12 * 60 - 10; spent += 10) {
      world.clock.advance(10 * MINUTE);
      expect((await agent.post('/auditeur/session/prolonger')).status).toBe(204);
    }
    world.clock.advance(10 * MINUTE + SECOND);
    expect((await agent.get(HOME)).location).toBe(toLogin(HOME));
  });

  test('logging out ends it once; the page says so and leads back to the auditors’ door', async () => {
    const agent = await auditorAgent(world, auditor);
    const other = twin(agent);
    expect((await agent.post('/auditeur/deconnexion')).location).toBe('/auditeur/deconnexion');
    expect((await other.get(HOME)).location).toBe(toLogin(HOME));
    await other.post('/auditeur/deconnexion');
    const page = (await agent.get('/auditeur/deconnexion')).text;
    expect(page).toContain('href="/auditeur/connexion"');
    expect(page).not.toContain('FranceConnect');
    expect((await entries()).filter(({ kind }) => kind === 'auditor.logged-out')).toHaveLength(1);
  });
});

describe('what the operator changes holds at once', () => {
  test('a closed account is out of every page, its pending mail dead', async () => {
    const agent = await auditorAgent(world, auditor);
    const waiting = world.visitor();
    await begin(waiting);
    const { link } = await lastMail();
    await changeAuditor(world.ctx, auditor.auditorId, { change: 'deactivated' });
    for (const path of [HOME, '/auditeur/essai', '/auditeur/reprise']) {
      expect((await agent.get(path)).location).toBe(toLogin(path));
    }
    expect((await waiting.post(link)).status).toBe(410);
    expect(await sessions()).toEqual([]);
    expect((await begin(world.visitor())).status).toBe(422);
    await changeAuditor(world.ctx, auditor.auditorId, { change: 'activated' });
    world.clock.advance(MINUTE);
    expect((await begin(world.visitor())).status).toBe(303);
  });

  test('the row alone is enough: an account closed by hand is out too', async () => {
    const agent = await auditorAgent(world, auditor);
    await world.ctx.db
      .updateTable('auditor')
      .set({ active: false, closedAt: world.clock.now() })
      .where('id', '=', auditor.auditorId)
      .execute();
    expect((await agent.get(HOME)).location).toBe(toLogin(HOME));
  });

  test('a login finished while the account is closed leaves no session, whichever comes first', async () => {
    for (let round = 0; round < 5; round += 1) {
      auditor = await addTestAuditor(world);
      const agent = world.visitor();
      await begin(agent);
      const { link } = await lastMail();
      await Promise.all([agent.post(link), changeAuditor(world.ctx, auditor.auditorId, { change: 'deactivated' })]);
      expect(await sessions()).toEqual([]);
      expect((await agent.get(HOME)).location).toMatch(/^\/auditeur\/connexion/);
    }
  });

  test('other départements hold at the next page', async () => {
    const agent = await auditorAgent(world, auditor);
    await changeAuditor(world.ctx, auditor.auditorId, { change: 'limited', departements: ['2a'] });
    expect((await agent.get(HOME)).text).toContain('Département\u00a0: 2A');
    await changeAuditor(world.ctx, auditor.auditorId, { change: 'limited', departements: null });
    expect((await agent.get(HOME)).text).toContain('France entière');
  });

  test('a new application of codes ends the session, and the old codes', async () => {
    const agent = await auditorAgent(world, auditor);
    await renewAuditorFactor(world.ctx, auditor.auditorId);
    expect((await agent.get(HOME)).location).toBe(toLogin(HOME));
    expect((await begin(world.visitor())).status).toBe(422);
  });
});
