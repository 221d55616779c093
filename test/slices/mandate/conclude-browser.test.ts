import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { browserAt } from '#platform/http/browser.ts';
import { MINUTE } from '#platform/time/clock.ts';
import { addPerson, loggedInAs, type TestAidant } from '#support/people.ts';
import {
  type ConcludeWorld,
  concludeWorld,
  type Desk,
  deskOf,
  draft,
  draftRow,
  hidden,
  mandateOf,
} from './conclude-support.ts';

let world: ConcludeWorld;

beforeAll(async () => {
  world = await concludeWorld();
});
afterAll(() => world.close());
afterEach(() => world.simulator.faults.reset());
beforeEach(() => world.clock.set(new Date()));

const SMALL = { themes: ['loisirs'], duration: 'SHORT' };
const WIDE = { themes: ['papiers', 'famille', 'argent', 'justice'], duration: 'LONG' };
const OPEN = 'Une session FranceConnect est peut-être encore ouverte';

const newAidant = () => addPerson(world, { organisationIds: [world.structure.id] });

async function atDesk() {
  const aidant = await newAidant();
  return { aidant, desk: await world.at(aidant) };
}

async function ready(desk: Desk, terms = SMALL): Promise<{ id: string; address: string }> {
  const id = await desk.open();
  await desk.choose(id, terms);
  return { id, address: await desk.sayYes(id) };
}

/** Logs out, then logs an aidant in, in the same browser: all its other cookies stay. */
async function logInAgain(desk: Desk, aidant: TestAidant): Promise<void> {
  await desk.agent.post('/deconnexion');
  const { cookies } = await loggedInAs(world, aidant);
  desk.agent.cookies.set('entremise-aidant', cookies.get('entremise-aidant') ?? '');
}

/** The usager's page of a new draft, without ever closing anything. */
async function wideDraft(desk: Desk) {
  const id = await desk.open();
  await desk.choose(id, WIDE);
  return { id, page: await desk.agent.get(draft(id, '/accord')) };
}

/** Presses « Oui » as if the page had been shown, and opens the way to FranceConnect: nothing leaves. */
async function expectNoDeparture(desk: Desk, id: string): Promise<void> {
  const text = await currentText(desk, id);
  const pressed = await desk.agent.post(draft(id, '/accord'), { answer: 'yes', text });
  expect(pressed.location).toBe(draft(id, '/accord'));
  const left = await desk.agent.get(draft(id, '/identification'));
  expect(left.location).toBe(draft(id, '/accord'));
  expect(await draftRow(world, id)).toMatchObject({ attempt: 0, terms: null, departedAt: null });
}

/** The hash of the text that this draft shows: read in another browser, where nothing is open. */
async function currentText(desk: Desk, id: string): Promise<string> {
  const elsewhere = deskOf(world.visitor());
  elsewhere.agent.cookies.set('entremise-aidant', desk.agent.cookies.get('entremise-aidant') ?? '');
  return hidden(await elsewhere.agent.get(draft(id, '/accord')), 'text') || 'x';
}

describe('somebody identified for a small mandate, and our closing of their session was never reached', () => {
  type Stop = (desk: Desk, address: string) => Promise<unknown>;
  const stops: [string, Stop][] = [
    ['before the way back', (desk, address) => desk.person.identify(address, 'josette')],
    [
      'after the way back',
      async (desk, address) => {
        const back = await desk.person.identify(address, 'josette');
        await desk.agent.get(back.pathname + back.search);
      },
    ],
  ];
  const whose: [string, (aidant: TestAidant) => Promise<TestAidant> | TestAidant][] = [
    ['the same aidant', (aidant) => aidant],
    ['another aidant', () => newAidant()],
  ];

  describe.each(stops)('the browser stopped %s', (_stop, stop) => {
    test.each(whose)('%s logs in there: no wide mandate leaves until the session is closed', async (_who, who) => {
      const { aidant, desk } = await atDesk();
      const { address } = await ready(desk);
      await stop(desk, address);
      await logInAgain(desk, await who(aidant));

      const { id, page } = await wideDraft(desk);
      expect([page.status, page.text.includes(OPEN)]).toEqual([409, true]);
      await expectNoDeparture(desk, id);

      // one press closes it; FranceConnect then asks who it is
      const closed = await desk.land(await desk.agent.get(draft(id, '/deconnexion')));
      expect([closed.path, closed.page.status]).toEqual([draft(id, '/accord'), 200]);
      const { path, page: verified } = await desk.identify(await desk.sayYes(id), 'marcel');
      expect(path).toBe(draft(id, '/verification'));
      expect(verified.text).not.toContain('LEFÈVRE');
      expect(await mandateOf(world, id)).toBeUndefined();
    });
  });

  test('the same aidant, in a browser that has lost its name: asked all the same', async () => {
    const { aidant, desk } = await atDesk();
    const { address } = await ready(desk);
    await desk.person.identify(address, 'josette');
    await logInAgain(desk, aidant);
    desk.agent.cookies.delete('entremise-poste');
    const { id, page } = await wideDraft(desk);
    expect(page.status).toBe(409);
    const closed = await desk.land(await desk.agent.get(draft(id, '/deconnexion')));
    expect([closed.path, closed.page.status]).toEqual([draft(id, '/accord'), 200]);
  });

  test('an answer that comes although another departure of the browser is open is refused, and written', async () => {
    const { aidant, desk } = await atDesk();
    const small = await ready(desk);
    await logInAgain(desk, aidant);
    const wide = await ready(desk, WIDE);
    const departedAt = world.clock.now();
    await world.ctx.db.updateTable('mandateDraft').set({ departedAt }).where('id', '=', small.id).execute();
    const back = await desk.person.identify(wide.address, 'josette');
    const answer = await desk.agent.get(back.pathname + back.search);
    expect(answer.location).toBe(draft(wide.id, '/deconnexion'));
    const { path, page } = await desk.land(answer);
    expect([path, page.text.includes('Une autre identification')]).toEqual([draft(wide.id, '/resultat'), true]);
    const { journalAlias, identitySealed } = await draftRow(world, wide.id);
    expect(identitySealed).toBeNull();
    const entries = (await world.journal()).filter(({ mandateAlias }) => mandateAlias === journalAlias);
    expect(entries.map(({ kind, clear }) => [kind, clear.reason])).toEqual([['consent.refused', 'earlier-session']]);
    // closed on the way: it starts again without more ado
    expect((await desk.agent.get(draft(wide.id, '/accord'))).status).toBe(200);
  });
});

describe('what an honest counter meets', () => {
  test('one person after the other, closed each time: never asked anything', async () => {
    const { aidant, desk } = await atDesk();
    for (const persona of ['josette', 'marcel']) {
      const id = await desk.open();
      await desk.choose(id, SMALL);
      expect((await desk.agent.get(draft(id, '/accord'))).status).toBe(200);
      const { path } = await desk.identify(await desk.sayYes(id), persona);
      expect(path).toBe(draft(id, '/verification'));
      expect(await draftRow(world, id)).toMatchObject({ departedAt: null, franceconnectOpenedAt: null });
      await logInAgain(desk, aidant);
    }
  });

  test('given up at FranceConnect by closing its page: one press, no question, and the person may start again', async () => {
    const { desk } = await atDesk();
    const { id } = await ready(desk);
    const page = await desk.agent.get(draft(id, '/accord'));
    expect([page.status, page.text.includes(`href="${draft(id, '/deconnexion')}"`)]).toEqual([409, true]);
    const closed = await desk.land(await desk.agent.get(draft(id, '/deconnexion')));
    expect([closed.path, closed.page.status]).toEqual([draft(id, '/accord'), 200]);
    expect((await desk.identify(await desk.sayYes(id), 'josette')).path).toBe(draft(id, '/verification'));
  });

  test('refused after identifying, with FranceConnect’s own button: closed on the way back, without a press', async () => {
    const { desk } = await atDesk();
    const { id, address } = await ready(desk);
    const back = await desk.person.comeBackWithout(address, 'josette');
    const { path, page } = await desk.land(await desk.agent.get(back.pathname + back.search));
    expect([path, page.text.includes('L’identification s’est arrêtée')]).toEqual([draft(id, '/resultat'), true]);
    expect(await draftRow(world, id)).toMatchObject({ departedAt: null });
    expect((await desk.agent.get(draft(id, '/accord'))).status).toBe(200);
  });

  test('FranceConnect does not send the browser back: until the hour that the page says', async () => {
    const { aidant, desk } = await atDesk();
    const { id, address } = await ready(desk);
    await desk.person.identify(address, 'josette');
    await world.simulator.faults.set({ logoutDoesNotReturn: true });
    await desk.land(await desk.agent.get(draft(id, '/deconnexion')));
    const awake = () =>
      world.ctx.db
        .updateTable('session')
        .set({ lastActivityAt: world.clock.now() })
        .where('actorId', '=', aidant.aidantId)
        .execute();
    world.clock.advance(39 * MINUTE);
    await awake();
    expect((await desk.agent.get(draft(id, '/accord'))).status).toBe(409);
    world.clock.advance(2 * MINUTE);
    await awake();
    expect((await desk.agent.get(draft(id, '/accord'))).status).toBe(200);
  });

  test('closing in one browser says nothing of another', async () => {
    const { aidant, desk } = await atDesk();
    const { address } = await ready(desk);
    await desk.person.identify(address, 'josette');
    const elsewhere = deskOf(await loggedInAs(world, aidant));
    const other = await wideDraft(elsewhere);
    expect(other.page.status).toBe(409);
    const closed = await elsewhere.land(await elsewhere.agent.get(draft(other.id, '/deconnexion')));
    expect([closed.path, closed.page.status]).toEqual([draft(other.id, '/accord'), 200]);
    expect((await wideDraft(desk)).page.status).toBe(409);
  });

  test('a colleague on another computer is not concerned', async () => {
    const { desk } = await atDesk();
    const { address } = await ready(desk);
    await desk.person.identify(address, 'josette');
    const { desk: colleague } = await atDesk();
    expect((await wideDraft(colleague)).page.status).toBe(200);
  });
});

describe('the name of a browser', () => {
  test('given at the departure, for an hour, renewed at the next one, out of the reach of scripts; only its hash is kept', async () => {
    const { desk } = await atDesk();
    const id = await desk.open();
    await desk.choose(id, SMALL);
    const page = await desk.agent.get(draft(id, '/accord'));
    await desk.agent.post(draft(id, '/accord'), { text: hidden(page, 'text'), answer: 'yes' });
    expect(desk.agent.cookies.has('entremise-poste')).toBe(false);
    const left = await desk.agent.get(draft(id, '/identification'));
    const cookie = /^entremise-poste=[\w-]{43}; Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax$/;
    expect(left.headers.getSetCookie()).toEqual([expect.stringMatching(cookie)]);
    const name = desk.agent.cookies.get('entremise-poste') ?? '';
    await desk.agent.get(draft(id, '/identification'));
    expect(desk.agent.cookies.get('entremise-poste')).toBe(name);
    const row = await draftRow(world, id);
    expect(row.browserHash).toHaveLength(32);
    expect(JSON.stringify(row)).not.toContain(name);
  });

  test('under https: bound to the host', () => {
    const sent: string[] = [];
    const response = { append: (_name: string, value: string) => sent.push(value) };
    const request = { headers: { cookie: `entremise-poste=${'A'.repeat(43)}` } };
    const options = { keys: world.ctx.keys, secure: true, introduce: false };
    const browser = browserAt('aidant', request as never, response as never, options);
    expect(browser.lastingHash).toBeNull();
    browser.remember();
    expect(sent).toEqual([
      expect.stringMatching(
        /^__Host-entremise-poste=[\w-]{43}; Max-Age=3600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
  });

  test('forgotten on the draft once no session can be left', async () => {
    const { wipeDrafts } = await import('../../../src/mandate/conclude/wipe-drafts.ts');
    const { desk } = await atDesk();
    const { id } = await ready(desk);
    world.clock.advance(159 * MINUTE);
    await wipeDrafts(world.workerCtx);
    expect((await draftRow(world, id)).browserHash).not.toBeNull();
    world.clock.advance(2 * MINUTE);
    await wipeDrafts(world.workerCtx);
    expect(await draftRow(world, id)).toMatchObject({ browserHash: null, departedAt: null });
  });
});
