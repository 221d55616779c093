import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Faults } from '#app/demo/franceconnect/faults.ts';
import { tamper } from '#support/database.ts';
import { addPerson, loggedInAs } from '#support/people.ts';
import {
  type ConcludeWorld,
  concludeWorld,
  counts,
  type Desk,
  deskOf,
  draft,
  draftRow,
  fallAsleep,
  hidden,
  mandateOf,
  OWN_IDP_ID,
  type Terms,
} from './conclude-support.ts';

let world: ConcludeWorld;

beforeAll(async () => {
  world = await concludeWorld();
});
afterAll(() => world.close());
afterEach(() => world.simulator.faults.reset());

/** A counter of its own for each test: a session left open at FranceConnect belongs to one browser. */
const newDesk = async () => world.at(await addPerson(world, { organisationIds: [world.structure.id] }));

async function ready(desk: Desk, terms: Terms = {}): Promise<{ id: string; address: string }> {
  const id = await desk.open();
  await desk.choose(id, terms);
  return { id, address: await desk.sayYes(id) };
}

async function entriesOf(id: string) {
  const { journalAlias } = await draftRow(world, id);
  const entries = (await world.journal()).filter(({ mandateAlias }) => mandateAlias === journalAlias);
  return entries.map(({ kind, result, clear }) => ({
    kind,
    result,
    ...(clear.reason ? { reason: clear.reason } : {}),
  }));
}

describe('an identification that cannot be accepted', () => {
  const refused = (reason: string) => [{ kind: 'consent.refused', result: 'refused', reason }];
  const cases: [string, Partial<Faults>, string, string, ReturnType<typeof refused>][] = [
    ['through Entremise itself', { idpId: OWN_IDP_ID }, 'josette', 'avec un compte à elle', refused('own-idp')],
    ['without saying through whom', { idpIdMissing: true }, 'josette', 'quel compte a servi', refused('idp-missing')],
    ['with a field missing', {}, 'paulette', 'Il manque une partie de l’identité', refused('incomplete-identity')],
    ['at too low a level', { idTokenAcr: 'eidas0' }, 'josette', 'pas assez sûre', refused('acr-too-low')],
    ['wrongly signed', { userinfoBadSignature: true }, 'josette', 'n’est pas valable', refused('invalid-answer')],
    ['with another nonce', { idTokenWrongNonce: true }, 'josette', 'n’est pas valable', refused('invalid-answer')],
    ['given up by the person', { accessDenied: true }, 'josette', 'L’identification s’est arrêtée', []],
    ['while FranceConnect fails', { tokenError500: true }, 'josette', 'FranceConnect ne répond pas', []],
  ];

  test.each(cases)('%s: said on a page with a way forward, nothing kept of the person', async (...given) => {
    const [, faults, persona, title, journalled] = given;
    const desk = await newDesk();
    const { id, address } = await ready(desk);
    const before = await counts(world);
    await world.simulator.faults.set(faults);
    const back = faults.accessDenied
      ? await desk.person.comeBackWithout(address)
      : await desk.person.identify(address, persona);
    const { path, page } = await desk.land(await desk.agent.get(back.pathname + back.search));
    expect(path).toBe(draft(id, '/resultat'));
    expect(page.text).toContain(title);
    expect(page.text).toContain(`href="${draft(id, '/accord')}"`);
    expect(page.text).toContain(`href="${draft(id, '/sans-franceconnect')}"`);
    expect(await entriesOf(id)).toEqual(journalled);
    expect(await draftRow(world, id)).toMatchObject({
      identitySealed: null,
      evidenceSealed: null,
      attemptSealed: null,
      identifiedAt: null,
      closedAt: null,
      themes: ['famille', 'logement'],
      duration: 'MONTH',
    });
    expect(await counts(world)).toEqual({ ...before, entries: before.entries + journalled.length });

    // then everything right again: the same draft leads to a mandate
    await world.simulator.faults.reset();
    const { path: next } = await desk.identify(await desk.sayYes(id), 'josette');
    expect(next).toBe(draft(id, '/verification'));
  });

  test('FranceConnect down before leaving: said, and the draft survives', async () => {
    const desk = await newDesk();
    const id = await desk.open();
    await desk.choose(id);
    await world.simulator.faults.set({ down: 'unavailable' });
    const page = await desk.agent.get(draft(id, '/accord'));
    await desk.agent.post(draft(id, '/accord'), { text: hidden(page, 'text'), answer: 'yes' });
    const left = await desk.agent.get(draft(id, '/identification'));
    // the address may be known from before: then the person meets FranceConnect's own page, and nothing is lost either
    if (left.location?.startsWith(world.simulator.url)) return;
    const { path, page: said } = await desk.land(left);
    expect([path, said.text.includes('FranceConnect ne répond pas')]).toEqual([draft(id, '/resultat'), true]);
    expect(await draftRow(world, id)).toMatchObject({ themes: ['famille', 'logement'], closedAt: null });
  });

  test('a minor: refused and written without a name, the draft is over, the session at FranceConnect is closed', async () => {
    const desk = await newDesk();
    const { id, address } = await ready(desk);
    const before = await counts(world);
    const { path, page } = await desk.identify(address, 'enzo');
    expect(path).toBe(draft(id, '/resultat'));
    expect(page.text).toContain('La personne a moins de 18');
    expect(page.text).not.toContain('PETIT');
    expect(await entriesOf(id)).toEqual([{ kind: 'consent.refused', result: 'refused', reason: 'minor' }]);
    expect(await draftRow(world, id)).toMatchObject({
      closedCause: 'minor',
      identitySealed: null,
      evidenceSealed: null,
      franceconnectOpenedAt: null,
    });
    expect(await counts(world)).toEqual({ ...before, entries: before.entries + 1 });
    expect((await desk.land(await desk.agent.get(draft(id, '/verification')))).path).toBe(draft(id, '/fin'));
  });
});

/** The site’s next requests for a token wait here, so that a test looks while they do; `letGo` sends them. */
function holdTokenRequests(): { asked: Promise<void>; letGo(): void } {
  const real = globalThis.fetch;
  const asked = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  globalThis.fetch = async (input, init) => {
    if (String(input) === `${world.simulator.issuer}/token`) {
      asked.resolve();
      await held.promise;
    }
    return real(input, init);
  };
  return {
    asked: asked.promise,
    letGo() {
      globalThis.fetch = real;
      held.resolve();
    },
  };
}

describe('the way back from FranceConnect', () => {
  test('code and state leave the address at once', async () => {
    const desk = await newDesk();
    const { id, address } = await ready(desk);
    const back = await desk.person.identify(address, 'marcel');
    const answer = await desk.agent.get(back.pathname + back.search);
    expect([answer.status, answer.location]).toEqual([303, draft(id, '/deconnexion')]);
    expect(world.logs.join('\n')).not.toContain(back.searchParams.get('code') ?? 'nothing');
    expect(world.logs.join('\n')).not.toContain(back.searchParams.get('state') ?? 'nothing');
  });

  test('twice, at once or later: the code is redeemed once, and both land on the same draft', async () => {
    const desk = await newDesk();
    const { id, address } = await ready(desk);
    const back = await desk.person.identify(address, 'marcel');
    const callback = back.pathname + back.search;
    const [one, other] = await Promise.all([desk.agent.get(callback), desk.agent.get(callback)]);
    expect([one.location, other.location].sort()).toEqual([draft(id, '/deconnexion'), draft(id, '/resultat')]);
    const later = await desk.agent.get(callback);
    expect(later.location).toBe(draft(id, '/resultat'));
    expect(await entriesOf(id)).toEqual([{ kind: 'consent.identified', result: 'ok' }]);
  });

  test('while the answer is being checked, the second tab waits and comes back by itself', async () => {
    const desk = await newDesk();
    const { id, address } = await ready(desk);
    const back = await desk.person.identify(address, 'marcel');
    const token = holdTokenRequests();
    try {
      const first = desk.agent.get(back.pathname + back.search);
      await token.asked;
      const { page } = await desk.land(await desk.agent.get(back.pathname + back.search));
      expect(page.text).toContain('Un instant');
      expect(page.text).toContain(`content="2; url=${draft(id, '/resultat')}"`);
      token.letGo();
      expect((await first).location).toBe(draft(id, '/deconnexion'));
    } finally {
      token.letGo();
    }
  });

  test.each([
    ['no state', '?code=abc'],
    ['a state of nobody', '?code=abc&state=0123456789abcdef0123456789abcdef'],
    ['two states', '?code=abc&state=a&state=b'],
    [
      'an error with a state of nobody',
      '?error=access_denied&state=xyz&error_description=%3Cscript%3Ealert(1)%3C/script%3E',
    ],
    ['nothing', ''],
  ])('%s: ignored, on a page that says nothing', async (_case, query) => {
    const desk = await newDesk();
    const { id } = await ready(desk);
    const before = await draftRow(world, id);
    const { path, page } = await desk.land(await desk.agent.get(`/franceconnect/retour${query}`));
    expect([path, page.status]).toEqual(['/franceconnect/sans-suite', 200]);
    expect(page.text).not.toContain('script>alert');
    expect(await draftRow(world, id)).toEqual(before);
  });

  test('an error with the right state, said by anyone, ends the attempt and shows none of its words', async () => {
    const desk = await newDesk();
    const { id, address } = await ready(desk);
    const state = new URL(address).searchParams.get('state');
    const words = 'error=server_error&error_description=%3Cb%3Ehello%3C/b%3E';
    const { page } = await desk.land(await desk.agent.get(`/franceconnect/retour?${words}&state=${state}`));
    expect(page.text).toContain('FranceConnect ne répond pas');
    expect(page.text).not.toContain('hello');
    expect(await draftRow(world, id)).toMatchObject({ attemptSealed: null, identitySealed: null });
  });

  test('in another browser, of the same aidant or of another: refused, and the attempt is not spent', async () => {
    const aidant = await addPerson(world, { organisationIds: [world.structure.id] });
    const desk = await world.at(aidant);
    const { id, address } = await ready(desk);
    const back = await desk.person.identify(address, 'marcel');
    const callback = back.pathname + back.search;
    const elsewhere = deskOf(await loggedInAs(world, aidant));
    const colleague = await newDesk();
    for (const other of [elsewhere, colleague]) {
      expect((await other.agent.get(callback)).location).toBe('/franceconnect/sans-suite');
    }
    expect((await world.visitor().get(callback)).location).toMatch(/^\/connexion/);
    expect(await draftRow(world, id)).toMatchObject({ identitySealed: null });
    expect((await desk.agent.get(callback)).location).toBe(draft(id, '/deconnexion'));
  });

  test('after the two hours of the draft: explained, and nothing of the answer is kept', async () => {
    const desk = await newDesk();
    const { id, address } = await ready(desk);
    const back = await desk.person.identify(address, 'marcel');
    await tamper(world, (db) =>
      db.updateTable('mandateDraft').set({ expiresAt: world.clock.now() }).where('id', '=', id).execute(),
    );
    const { path, page } = await desk.land(await desk.agent.get(back.pathname + back.search));
    expect([path, page.status]).toEqual([draft(id, '/fin'), 410]);
    expect(await draftRow(world, id)).toMatchObject({ identitySealed: null, evidenceSealed: null });
    expect(await entriesOf(id)).toEqual([]);
  });

  test('a session that fell asleep at FranceConnect: the code is redeemed first, the aidant’s code is asked after', async () => {
    const aidant = await addPerson(world, { organisationIds: [world.structure.id] });
    const desk = await world.at(aidant);
    const { id, address } = await ready(desk);
    await fallAsleep(world, aidant);
    const back = await desk.person.identify(address, 'marcel');
    const returned = await desk.agent.get(back.pathname + back.search);
    expect(returned.location).toBe(draft(id, '/deconnexion'));
    const { path } = await desk.land(returned);
    expect(path).toBe(`/reprise?suite=${encodeURIComponent(draft(id, '/resultat'))}`);
    expect(await draftRow(world, id)).toMatchObject({ franceconnectOpenedAt: null });
    expect((await draftRow(world, id)).identitySealed).not.toBeNull();
  });
});

describe('any change after leaving asks again', () => {
  test('other themes while the person is at FranceConnect: what comes back is not kept', async () => {
    const desk = await newDesk();
    const { id, address } = await ready(desk);
    const back = await desk.person.identify(address, 'marcel');
    await desk.choose(id, { themes: ['famille', 'logement', 'argent'] });
    const { path } = await desk.land(await desk.agent.get(back.pathname + back.search));
    expect(path).toBe(draft(id, '/accord'));
    expect(await draftRow(world, id)).toMatchObject({ identitySealed: null, evidenceSealed: null, terms: null });
    expect(await entriesOf(id)).toEqual([]);
  });

  test('other themes after: identity and evidence go, the next attempt has another salt, nonce and state', async () => {
    const desk = await newDesk();
    const { id, address } = await ready(desk);
    await desk.identify(address, 'marcel');
    const before = await draftRow(world, id);
    expect(before.identitySealed).not.toBeNull();
    expect((await desk.agent.get(draft(id))).text).toContain('La personne s’est déjà identifiée');
    const changed = await desk.choose(id, { themes: ['famille'] });
    expect(changed.location).toBe(draft(id, '/accord'));
    expect(await draftRow(world, id)).toMatchObject({ identitySealed: null, evidenceSealed: null, identifiedAt: null });
    const again = await desk.sayYes(id);
    const parameter = (url: string, name: string) => new URL(url).searchParams.get(name);
    expect(parameter(again, 'nonce')).not.toBe(parameter(address, 'nonce'));
    expect(parameter(again, 'state')).not.toBe(parameter(address, 'state'));
    expect((await draftRow(world, id)).attempt).toBe(2);
  });

  test('the same terms said yes to twice: the nonce differs, and the first way back counts no more', async () => {
    const desk = await newDesk();
    const { id, address } = await ready(desk);
    const first = await desk.person.identify(address, 'marcel');
    const second = await desk.sayYes(id);
    expect(new URL(second).searchParams.get('nonce')).not.toBe(new URL(address).searchParams.get('nonce'));
    expect((await desk.agent.get(first.pathname + first.search)).location).toBe('/franceconnect/sans-suite');
    expect(await draftRow(world, id)).toMatchObject({ identitySealed: null, attempt: 2 });
  });

  test('a yes to a text that is not the draft’s any more is not a yes', async () => {
    const desk = await newDesk();
    const id = await desk.open();
    await desk.choose(id);
    const page = await desk.agent.get(draft(id, '/accord'));
    await desk.choose(id, { themes: ['famille', 'argent'] });
    const answer = await desk.agent.post(draft(id, '/accord'), { text: hidden(page, 'text'), answer: 'yes' });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('Ce texte a changé');
    expect(answer.text).toContain('surendettement');
    expect(await draftRow(world, id)).toMatchObject({ attempt: 0, terms: null });
  });
});

describe('FranceConnect’s session is the person’s, not the aidant’s', () => {
  async function leftOpen() {
    const desk = await newDesk();
    const { id, address } = await ready(desk);
    await world.simulator.faults.set({ logoutDoesNotReturn: true });
    expect((await desk.identify(address, 'marcel')).path).toBe('franceconnect');
    return { desk, id };
  }

  test('it is closed before page 3', async () => {
    const desk = await newDesk();
    const { id } = await desk.prepare('marcel');
    expect(await draftRow(world, id)).toMatchObject({ franceconnectOpenedAt: null, logoutSkippedAt: null });
    // FranceConnect asks who it is again: nobody is connected any more
    const again = await ready(desk);
    await expect(desk.person.identify(again.address, 'josette')).resolves.toBeInstanceOf(URL);
  });

  test('when the logout does not come back: page 3 stays closed, one may try again', async () => {
    const { desk, id } = await leftOpen();
    const { path, page } = await desk.land(await desk.agent.get(draft(id, '/verification')));
    expect(path).toBe(draft(id, '/fermeture'));
    expect(page.text).toContain('Réessayer de fermer la session FranceConnect');
    expect((await desk.accept(id, page, '000000')).location).toBe(draft(id, '/fermeture'));
    await world.simulator.faults.reset();
    const landed = await desk.land(await desk.agent.get(draft(id, '/deconnexion')));
    expect(landed.path).toBe(draft(id, '/verification'));
    expect(await draftRow(world, id)).toMatchObject({ franceconnectOpenedAt: null, logoutSkippedAt: null });
  });

  test('or go on after a warning that is written, in the mandate too; nobody else identifies here meanwhile', async () => {
    const aidant = await addPerson(world, { organisationIds: [world.structure.id] });
    const desk = await world.at(aidant);
    const { id, address } = await ready(desk);
    await world.simulator.faults.set({ logoutDoesNotReturn: true });
    await desk.identify(address, 'marcel');
    const { path, page } = await desk.land(await desk.agent.post(draft(id, '/fermeture')));
    expect(path).toBe(draft(id, '/verification'));
    expect(await entriesOf(id)).toEqual([
      { kind: 'consent.identified', result: 'ok' },
      { kind: 'consent.session-left-open', result: 'ok' },
    ]);
    await desk.agent.post(draft(id, '/fermeture'));
    expect(await entriesOf(id)).toHaveLength(2);

    const other = await desk.open();
    await desk.choose(other);
    const stopped = await desk.agent.get(draft(other, '/accord'));
    expect([stopped.status, stopped.text.includes('Une session FranceConnect est peut-être encore ouverte')]).toEqual([
      409,
      true,
    ]);
    const answer = await desk.agent.post(draft(other, '/accord'), { answer: 'yes', text: 'x' });
    expect(answer.location).toBe(draft(other, '/accord'));
    expect(await draftRow(world, other)).toMatchObject({ attempt: 0 });

    const accepted = await desk.accept(id, page, world.newCode(aidant));
    const mandate = await mandateOf(world, id);
    expect(accepted.location).toBe(`/mandats/${mandate?.id}/document`);
    expect(JSON.parse(mandate?.snapshot ?? '{}').warnings).toEqual(['session-left-open']);
  });

  test('one identification never answers for two sets of terms: saying yes in one tab drops the attempt of another', async () => {
    const desk = await newDesk();
    const wide = await ready(desk, { themes: ['papiers', 'famille', 'argent', 'justice'], duration: 'LONG' });
    const small = await ready(desk, { themes: ['loisirs'], duration: 'SHORT' });
    expect(await draftRow(world, wide.id)).toMatchObject({ terms: null });
    const back = await desk.person.identify(small.address, 'josette');
    // single sign-on: FranceConnect answers the other tab without asking anybody
    const silent = await desk.person.identify(wide.address, 'josette');
    const landed = await desk.land(await desk.agent.get(silent.pathname + silent.search));
    expect(landed.path).toBe(draft(wide.id, '/accord'));
    expect(await draftRow(world, wide.id)).toMatchObject({ identitySealed: null, franceconnectOpenedAt: null });
    expect(await entriesOf(wide.id)).toEqual([]);
    // closing the session revoked what the other tab brought back; what the person said yes to last is asked again
    const { path } = await desk.land(await desk.agent.get(back.pathname + back.search));
    expect(path).toBe(draft(small.id, '/resultat'));
    const again = await desk.identify(await desk.sayYes(small.id), 'josette');
    expect(again.path).toBe(draft(small.id, '/verification'));
  });

  test('an answer that comes while somebody’s session is known to be open is refused', async () => {
    const desk = await newDesk();
    const one = await ready(desk);
    const back = await desk.person.identify(one.address, 'marcel');
    expect((await desk.agent.get(back.pathname + back.search)).location).toBe(draft(one.id, '/deconnexion'));
    // closed, to leave again; then opened again, by another tab
    const other = await ready(desk);
    const franceconnectOpenedAt = world.clock.now();
    await world.ctx.db.updateTable('mandateDraft').set({ franceconnectOpenedAt }).where('id', '=', one.id).execute();
    const silent = await desk.person.identify(other.address, 'marcel');
    const answer = await desk.agent.get(silent.pathname + silent.search);
    expect(answer.location).toBe(draft(other.id, '/deconnexion'));
    expect(await entriesOf(other.id)).toEqual([
      { kind: 'consent.refused', result: 'refused', reason: 'earlier-session' },
    ]);
    expect(await draftRow(world, other.id)).toMatchObject({ identitySealed: null });
  });

  test('yes in two tabs at the same time: one attempt is under way', async () => {
    const desk = await newDesk();
    const ids = [await desk.open(), await desk.open()];
    for (const id of ids) await desk.choose(id);
    await Promise.all(ids.map((id) => desk.sayYes(id).catch(() => '')));
    const rows = await Promise.all(ids.map((id) => draftRow(world, id)));
    expect(rows.filter(({ terms }) => terms !== null)).toHaveLength(1);
  });

  test.each(['', '?state=', '?state=inconnu', '?state=a&state=b'])(
    'a logout that nobody asked for%s closes nothing',
    async (query) => {
      const { desk, id } = await leftOpen();
      expect((await desk.agent.get(`/franceconnect/fin${query}`)).location).toBe('/franceconnect/sans-suite');
      expect((await draftRow(world, id)).franceconnectOpenedAt).not.toBeNull();
    },
  );
});
