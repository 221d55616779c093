import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { MINUTE } from '#platform/time/clock.ts';
import type { Agent } from '#support/agent.ts';
import { journalOf } from '#support/journal.ts';
import { addPerson, type TestAidant } from '#support/people.ts';
import { createWorld, type World } from '#support/world.ts';
import { probeWiring } from './probes.tsx';
import { wrongCode } from './wrong-code.ts';

let world: World;
let aidant: TestAidant;

beforeAll(async () => {
  world = await createWorld({ wiring: probeWiring });
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.advance(20 * MINUTE);
  world.mailbox.mails.length = 0;
  aidant = await addPerson(world);
});

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const REFUSED = 'L’adresse ou le code n’est pas valable';
const code = () => aidant.codeAt(world.clock.now());

async function begin(agent: Agent, fields: Record<string, string> = {}) {
  await agent.get('/connexion');
  return agent.post('/connexion', { email: aidant.email, code: code(), suite: '', ...fields });
}

async function lastMail() {
  await world.runJobs();
  const mail = world.mailbox.mails.at(-1);
  return {
    link: new URL(/http\S+\/connexion\/lien\/\S+/.exec(mail?.text ?? '')?.[0] ?? 'http://none/').pathname,
    shortCode: /^(\d{4}\s\d{4})$/m.exec(mail?.text ?? '')?.[1] ?? '',
    mail,
  };
}

const journal = () => journalOf(world.database.readerUrl, { keys: world.ctx.keys });
const sessions = () => world.ctx.db.selectFrom('session').selectAll().where('actorId', '=', aidant.aidantId).execute();

describe('e-mail address and code', () => {
  test('a right address and a right code send one mail, and open nothing yet', async () => {
    const agent = world.visitor();
    const answer = await begin(agent);
    expect([answer.status, answer.location]).toEqual([303, '/connexion/attente']);
    const { mail, link, shortCode } = await lastMail();
    expect(world.mailbox.mails).toHaveLength(1);
    expect(mail?.to).toBe(aidant.email);
    expect(link).toMatch(/^\/connexion\/lien\/[\w-]{64}$/);
    expect(shortCode).toMatch(/^\d{4}\s\d{4}$/);
    expect(mail?.text).toContain('une seule fois');
    expect(mail?.html).toContain(link);
    expect(await sessions()).toEqual([]);
    expect((await agent.get('/mandats')).location).toMatch(/^\/connexion\?suite=%2Fmandats$/);
  });

  test('the address is found whatever its case and the spaces around it; the code may hold spaces', async () => {
    const typed = code();
    const answer = await begin(world.visitor(), {
      email: `  ${aidant.email.toUpperCase()} `,
      code: `${typed.slice(0, 3)} ${typed.slice(3)}`,
    });
    expect(answer.location).toBe('/connexion/attente');
  });

  test('codes of the step before and of the step after are accepted, not those further away', async () => {
    const now = world.clock.now().getTime();
    for (const [seconds, accepted] of [
      [-60, false],
      [-30, true],
      [30, true],
      [90, false],
    ] as const) {
      const other = await addPerson(world);
      const answer = await begin(world.visitor(), {
        email: other.email,
        code: other.codeAt(new Date(now + seconds * 1000)),
      });
      expect([seconds, answer.status]).toEqual([seconds, accepted ? 303 : 422]);
    }
  });

  test('a code already accepted is refused the second time, and so are those before it', async () => {
    const now = world.clock.now();
    expect((await begin(world.visitor())).status).toBe(303);
    expect((await begin(world.visitor())).text).toContain(REFUSED);
    expect((await begin(world.visitor(), { code: aidant.codeAt(new Date(now.getTime() - 30_000)) })).status).toBe(422);
    world.clock.advance(30_000);
    expect((await begin(world.visitor())).status).toBe(303);
  });

  test('unknown address, inactive aidant, no open structure, wrong code: one sentence, the same page, no mail', async () => {
    const inactive = await addPerson(world);
    const lonely = await addPerson(world);
    await world.ctx.db.updateTable('aidant').set({ active: false }).where('id', '=', inactive.aidantId).execute();
    await world.ctx.db
      .updateTable('organisation')
      .set({ active: false })
      .where('id', '=', lonely.organisationId)
      .execute();
    const now = world.clock.now();
    const attempts = [
      { email: 'personne@ailleurs.example', code: '123456' },
      { email: inactive.email, code: inactive.codeAt(now) },
      { email: lonely.email, code: lonely.codeAt(now) },
      { email: aidant.email, code: wrongCode(aidant, world.clock.now()) },
    ];
    const pages: string[] = [];
    for (const attempt of attempts) {
      const answer = await begin(world.visitor(), attempt);
      expect(answer.status).toBe(422);
      expect(answer.text).toContain(REFUSED);
      expect(answer.text).toMatch(/<title>Erreur\s: /);
      pages.push(comparable(answer.text, attempt.email));
    }
    expect(new Set(pages).size).toBe(1);
    await world.runJobs();
    expect(world.mailbox.mails).toEqual([]);
    expect(
      await world.ctx.db.selectFrom('login').selectAll().where('actorId', '=', inactive.aidantId).execute(),
    ).toEqual([]);
  });

  test('every failure asks the database the same questions', async () => {
    const taken = watchQueries();
    await begin(world.visitor(), { email: 'personne@ailleurs.example', code: '123456' });
    const unknown = taken();
    await begin(world.visitor(), { code: wrongCode(aidant, world.clock.now()) });
    expect(unknown.filter((query) => /"aidant"/.test(query))).toHaveLength(4);
    expect(taken()).toEqual(unknown);
    vi.restoreAllMocks();
  });

  test('an empty or malformed field has its own message; the code is never shown again', async () => {
    const answer = await begin(world.visitor(), { email: '', code: '12' });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('Tapez votre adresse e-mail.');
    expect(answer.text).toContain('Tapez les 6');
    expect(answer.text).not.toContain('value="12"');
  });

  test.each(['https://evil.example/', '//evil.example/', '/\\evil.example', '/%0d\n', 'javascript:alert(1)'])(
    'nobody is sent to %s',
    async (suite) => {
      expect((await world.visitor().get(`/connexion?suite=${encodeURIComponent(suite)}`)).status).toBe(404);
      const answer = await begin(world.visitor(), { suite });
      expect(answer.status).toBe(404);
      await world.runJobs();
      expect(world.mailbox.mails).toEqual([]);
    },
  );

  test('too many tries for one account end in a 429 page; another account still comes in', async () => {
    for (let attempt = 0; attempt < 10; attempt += 1)
      await begin(world.visitor(), { code: wrongCode(aidant, world.clock.now()) });
    const answer = await begin(world.visitor(), { email: aidant.email.toUpperCase() });
    expect(answer.status).toBe(429);
    expect(answer.text).toContain('Trop d’essais');
    const other = await addPerson(world);
    const theirs = await begin(world.visitor(), { email: other.email, code: other.codeAt(world.clock.now()) });
    expect(theirs.status).toBe(303);
    world.clock.advance(15 * MINUTE);
    expect((await begin(world.visitor())).status).toBe(303);
  });

  test('nothing that a stranger does is written in the journal', async () => {
    const before = await journal();
    await begin(world.visitor(), { email: 'personne@ailleurs.example' });
    await begin(world.visitor());
    expect(await journal()).toEqual(before);
  });
});

describe('the link of the mail', () => {
  test('needs a click to confirm, opens one session, journals one login, and comes back where it was asked', async () => {
    const agent = world.visitor();
    await begin(agent, { suite: '/essai?page=2&tri=nom' });
    const { link } = await lastMail();
    const before = await journal();
    const shown = await agent.get(link);
    expect(shown.text).toContain('Un clic de plus');
    const cookie = agent.cookies.get('entremise-aidant');
    const answer = await agent.post(link);
    expect([answer.status, answer.location]).toEqual([303, '/essai?page=2&tri=nom']);
    expect(agent.cookies.get('entremise-aidant')).not.toBe(cookie);
    const [session, ...others] = await sessions();
    expect(others).toEqual([]);
    expect(session?.organisationId).toBe(aidant.organisationId);
    expect((await agent.get('/essai?page=2&tri=nom')).status).toBe(200);
    const [entry, ...more] = (await journal()).slice(before.length);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      kind: 'aidant.logged-in',
      log: 'acces',
      aidantId: aidant.aidantId,
      organisationId: aidant.organisationId,
      clear: { by: 'link' },
    });
    expect(entry?.opened.address).toMatch(/127\.0\.0\.1|::1/);
    expect(entry?.leaf.toString()).not.toContain('127.0.0.1');
  });

  test('the cookie of before the login opens nothing after it', async () => {
    const agent = world.visitor();
    await begin(agent);
    const planted = agent.cookies.get('entremise-aidant') ?? '';
    await agent.post((await lastMail()).link);
    const attacker = world.visitor();
    attacker.cookies.set('entremise-aidant', planted);
    expect((await attacker.get('/mandats')).location).toMatch(/^\/connexion/);
    expect((await agent.get('/mandats')).status).toBe(200);
  });

  test('opened by a mail scanner, as often as it likes, it still works', async () => {
    const agent = world.visitor();
    await begin(agent);
    const { link } = await lastMail();
    for (let times = 0; times < 3; times += 1) {
      expect((await world.visitor().get(link)).status).toBe(200);
      await fetch(new URL(link, world.url), { method: 'HEAD' });
    }
    expect((await agent.post(link)).status).toBe(303);
  });

  test('in another browser it opens nothing: it says where to go back to, with the short code', async () => {
    const agent = world.visitor();
    await begin(agent);
    const { link, shortCode } = await lastMail();
    const elsewhere = world.visitor();
    const page = await elsewhere.get(link);
    expect(page.status).toBe(200);
    for (const group of shortCode.split(/\s/)) expect(page.text).toContain(`<span>${group}</span>`);
    expect((await elsewhere.post(link)).status).toBe(410);
    expect(await sessions()).toEqual([]);
    expect((await agent.post('/connexion/attente', { code: shortCode })).status).toBe(303);
  });

  test.each([
    ['older than 5 minutes', async () => void world.clock.advance(5 * MINUTE)],
    ['used already', async (agent: Agent, link: string) => void (await agent.post(link))],
    ['of an aidant deactivated since', async () => deactivate()],
  ])('%s: no session, a clear message and the form', async (_what, spoil) => {
    const agent = world.visitor();
    await begin(agent);
    const { link } = await lastMail();
    await spoil(agent, link);
    const other = world.visitor();
    for (const page of [await other.get(link), await other.post(link)]) {
      expect(page.status).toBe(410);
      expect(page.text).toContain('Ce lien ne fonctionne plus');
      expect(page.text).toContain('name="email"');
    }
    expect(other.cookies.size && (await other.get('/mandats')).location).toMatch(/^\/connexion/);
  });

  test.each([
    ['short', 'x'],
    ['of the right length', 'A'.repeat(64)],
    ['with a NUL', `${'A'.repeat(63)}%00`],
    ['with accents', 'é'.repeat(32)],
    ['very long', '_'.repeat(4000)],
  ])('forged, %s: refused without an error', async (_what, token) => {
    expect((await world.visitor().get(`/connexion/lien/${token}`)).status).toBe(410);
    expect((await sessions()).length).toBe(0);
  });

  test('two mails asked for: when one is used, both are dead', async () => {
    const [one, two] = [world.visitor(), world.visitor()];
    await begin(one);
    const first = (await lastMail()).link;
    world.clock.advance(30_000);
    await begin(two);
    const second = (await lastMail()).link;
    expect(second).not.toBe(first);
    expect((await two.post(second)).status).toBe(303);
    expect((await one.post(first)).status).toBe(410);
    expect(await sessions()).toHaveLength(1);
  });

  test('someone logged in already goes straight on', async () => {
    const agent = world.visitor();
    await begin(agent);
    const { link } = await lastMail();
    await agent.post(link);
    expect((await agent.get(link)).location).toBe('/mandats');
    expect((await agent.get('/connexion?suite=%2Fessai')).location).toBe('/essai');
    expect((await agent.get('/connexion/attente')).location).toBe('/mandats');
  });
});

describe('the page that waits', () => {
  test('the short code, typed where the login began, opens the session', async () => {
    const agent = world.visitor();
    await begin(agent, { suite: '/essai' });
    const { shortCode, link } = await lastMail();
    expect((await agent.get('/connexion/attente')).text).toContain('Regardez vos messages');
    const cookie = agent.cookies.get('entremise-aidant');
    const answer = await agent.post('/connexion/attente', { code: ` ${shortCode} ` });
    expect(answer.location).toBe('/essai');
    expect(agent.cookies.get('entremise-aidant')).not.toBe(cookie);
    expect((await agent.post(link)).status).toBe(410);
    expect((await journal()).at(-1)).toMatchObject({ kind: 'aidant.logged-in', clear: { by: 'short-code' } });
  });

  test('typed in another browser, it opens nothing', async () => {
    await begin(world.visitor());
    const { shortCode } = await lastMail();
    const other = world.visitor();
    await other.get('/connexion');
    expect((await other.post('/connexion/attente', { code: shortCode })).status).toBe(410);
    expect(await sessions()).toEqual([]);
  });

  test('five tries, then the login is over, even for the right code; a form without a code is not a try', async () => {
    const agent = world.visitor();
    await begin(agent);
    const { shortCode } = await lastMail();
    const wrong = shortCode === '0000 0000' ? '00000001' : '00000000';
    expect((await agent.post('/connexion/attente', { code: '12' })).status).toBe(422);
    for (const left of [4, 3, 2, 1]) {
      const answer = await agent.post('/connexion/attente', { code: wrong });
      expect([answer.status, /reste (\d)/.exec(answer.text)?.[1]]).toEqual([422, String(left)]);
    }
    expect((await agent.post('/connexion/attente', { code: wrong })).status).toBe(410);
    expect((await agent.post('/connexion/attente', { code: shortCode })).status).toBe(410);
    expect(await sessions()).toEqual([]);
  });

  test('the mail can be sent again twice, the same', async () => {
    const agent = world.visitor();
    await begin(agent);
    const { link } = await lastMail();
    for (const times of [2, 3]) {
      expect((await agent.post('/connexion/renvoyer')).location).toBe('/connexion/attente?renvoye');
      expect((await lastMail()).link).toBe(link);
      expect(world.mailbox.mails).toHaveLength(times);
    }
    expect((await agent.post('/connexion/renvoyer')).status).toBe(429);
    expect((await agent.post(link)).status).toBe(303);
  });

  test('nothing is sent for a login that is over', async () => {
    const agent = world.visitor();
    await begin(agent);
    world.clock.advance(5 * MINUTE);
    expect((await agent.post('/connexion/renvoyer')).status).toBe(410);
    await world.runJobs();
    expect(world.mailbox.mails).toEqual([]);
    expect((await agent.get('/connexion/attente')).text).toContain('Cette tentative de connexion est terminée');
  });

  test('a relay that refuses is tried again by the queue', async () => {
    const agent = world.visitor();
    world.mailbox.refusing = true;
    await begin(agent);
    await world.runJobs();
    world.mailbox.refusing = false;
    expect(world.mailbox.mails).toEqual([]);
    expect((await agent.post('/connexion/renvoyer')).status).toBe(303);
    expect((await agent.post((await lastMail()).link)).status).toBe(303);
  });
});

test('no log line holds an address, a name, a code or a token; no job payload does', async () => {
  const agent = world.visitor();
  const typed = code();
  await begin(agent, { suite: '/essai?nom=Lef%C3%A8vre' });
  const payloads = await queuedPayloads();
  const { link, shortCode } = await lastMail();
  await agent.get(link);
  await agent.post('/connexion/attente', { code: '00000000' });
  await agent.post(link);
  await agent.get('/mandats');
  await agent.post('/deconnexion');
  // what no request decides has figures of its own, in which six of a code may stand by chance: when, how long, which id
  const lines = world.logs.map((line) => JSON.stringify({ ...JSON.parse(line), time: 0, id: '', milliseconds: 0 }));
  const said = lines.join('\n') + payloads.replace(UUID, '');
  expect(said).toContain('/connexion/lien/:token');
  const token = link.split('/').at(-1) ?? '?';
  for (const secret of [
    aidant.email,
    typed,
    shortCode,
    shortCode.replace(/\s/, ''),
    token,
    'Berrada',
    'Lef',
    ...agent.cookies.values(),
  ]) {
    expect([secret, said.includes(secret)]).toEqual([secret, false]);
  }
});

async function deactivate() {
  const { changeAidant } = await import('#identity');
  await changeAidant(world.ctx, aidant.aidantId, { change: 'deactivated' });
}

/** A page without what is drawn at random for each request, and without the address typed. */
function comparable(text: string, email: string): string {
  return text
    .replaceAll(email, '…')
    .replace(/name="_csrf" value="[^"]*"/g, '')
    .replace(/nonce="[^"]*"/g, '');
}

/** The text of each query that reaches PostgreSQL from now on. */
function watchQueries() {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  return () =>
    spy.mock.calls.splice(0).map(([query]) => (typeof query === 'string' ? query : (query as { text: string }).text));
}

async function queuedPayloads(): Promise<string> {
  const client = new pg.Client({ connectionString: world.database.superuserUrl });
  await client.connect();
  const { rows } = await client.query('select payload::text from graphile_worker._private_jobs');
  await client.end();
  expect(rows.length).toBeGreaterThan(0);
  return rows.map(({ payload }) => payload).join('\n');
}
