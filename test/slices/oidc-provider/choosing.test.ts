import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { changeOrganisation } from '#organisation';
import { uuidv7 } from '#platform/ids/ids.ts';
import { MINUTE } from '#platform/time/clock.ts';
import { addPerson, addStructure, loggedInAs, type TestAidant } from '#support/people.ts';
import { wrongCode } from '../identity/wrong-code.ts';
import { ALL_THEMES, catchUp, type ProviderWorld, providerWorld, type TestPerson } from './support.ts';
import {
  type Asked,
  aidantAt,
  arrive,
  choose,
  connect,
  franceconnectClient,
  leave,
  perimeterOf,
  redeem,
  requestOf,
  tokenRequest,
  type Visitor,
  verified,
  visitorOf,
} from './visitor.ts';

let world: ProviderWorld;
let aidant: TestAidant;
let visitor: Visitor;
let person: TestPerson;

beforeAll(async () => {
  world = await providerWorld();
});
afterAll(() => world?.close());
beforeEach(async () => {
  catchUp(world);
  aidant = await addPerson(world, { organisationIds: [world.organisation.id] });
  visitor = await aidantAt(world, aidant);
  person = await world.person();
});

const ask = async (more: Record<string, string> = {}): Promise<Asked> =>
  requestOf(await franceconnectClient(world), more);
const usesOfPerson = (usagerId = person.usagerId) =>
  world.ctx.db.selectFrom('use').selectAll().where('usagerId', '=', usagerId).orderBy('chosenAt').execute();
const journalOfPerson = async () => (await world.journal()).filter(({ mandateAlias }) => mandateAlias === person.alias);

describe('arriving', () => {
  test('without a session: login first, and the same request after', async () => {
    const stranger = visitorOf(world.url);
    const asked = await ask({ claims: perimeterOf('Famille-Scolarité').claims });
    const path = await arrive(stranger, asked);
    const login = await stranger.get(path);
    expect([login.status, login.location]).toEqual([303, `/connexion?suite=${encodeURIComponent(path)}`]);
    const { cookies } = await loggedInAs(world, aidant);
    for (const [name, value] of cookies) stranger.setCookie(name, value);
    const page = await stranger.get(path);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Famille - Scolarité');
    const back = await leave(stranger, await choose(stranger, path, person));
    expect(back.searchParams.get('state')).toBe(asked.state);
  });

  test('asleep: the code is asked, then the same request goes on', async () => {
    const path = await arrive(visitor, await ask());
    world.clock.advance(16 * MINUTE);
    const seen = await visitor.get(path);
    expect(seen.location).toBe(`/reprise?suite=${encodeURIComponent(path)}`);
  });

  test('the pages are framed by nobody and kept by nobody', async () => {
    const page = await visitor.get(await arrive(visitor, await ask()));
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self'");
    expect(page.headers.get('referrer-policy')).toBe('same-origin');
    expect(page.headers.get('cache-control')).toBe('no-store');
  });
});

describe('for whom', () => {
  test('only people with an open theme in this structure are offered, whoever signed; search ignores accents and case', async () => {
    const elsewhere = await addStructure(world, { name: 'Ailleurs' });
    const family = `Ÿgôr ${uuidv7(world.clock.now()).slice(-6)}`;
    const mine = await world.person({ facts: { familyName: family } });
    const foreign = await world.person({ facts: { familyName: family }, organisationId: elsewhere.id });
    const expired = await world.person({ facts: { familyName: family }, endsAt: world.clock.now() });
    const ended = await world.person({ facts: { familyName: family } });
    await world.ctx.db
      .updateTable('authorisation')
      .set({ endedAt: world.clock.now(), endCause: 'revoked-by-usager' })
      .where('mandateId', '=', ended.mandateId)
      .execute();
    const path = await arrive(visitor, await ask());
    const found = await visitor.get(`${path}?recherche=${encodeURIComponent('ygor')}`);
    expect(found.text).toContain(mine.usagerId);
    for (const other of [foreign, expired, ended]) expect(found.text).not.toContain(other.usagerId);
    const none = await visitor.get(`${path}?recherche=personnedecenomla`);
    expect(none.text).toContain('Personne ne correspond');
    const searches = await world.journal(['usagers.searched']);
    expect(searches.at(-1)).toMatchObject({
      log: 'acces',
      aidantId: aidant.aidantId,
      opened: { typed: 'personnedecenomla' },
    });
  });

  test('a list goes on page by page, each person once', async () => {
    const structure = await addStructure(world, { name: 'Longue liste', allowedThemes: ALL_THEMES });
    const member = await addPerson(world, { organisationIds: [structure.id] });
    const people = [];
    for (let count = 0; count < 45; count += 1) people.push(await world.person({ organisationId: structure.id }));
    const browser = await aidantAt(world, member);
    let address: string | undefined = await arrive(browser, await ask());
    const seen: string[] = [];
    for (let page = 0; address && page < 5; page += 1) {
      const { text } = await browser.get(address);
      seen.push(...[...text.matchAll(/\/pour\/([0-9a-f-]{36})"/g)].map(([, id]) => id ?? ''));
      address = /href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(seen).toHaveLength(45);
    expect(new Set(seen)).toEqual(new Set(people.map(({ usagerId }) => usagerId)));
  });

  test('another structure’s person, and ids that are not ones, are one neutral « introuvable »: nothing is written', async () => {
    const elsewhere = await addStructure(world, { name: 'Ailleurs encore' });
    const foreign = await world.person({ organisationId: elsewhere.id });
    const path = await arrive(visitor, await ask());
    await visitor.get(`${path}/pour/${person.usagerId}`);
    for (const id of [foreign.usagerId, foreign.mandateId, uuidv7(world.clock.now()), 'x', '%00', '1 or 1=1']) {
      const address = `${path}/pour/${encodeURIComponent(id)}`;
      const [seen, posted] = [
        await visitor.get(address),
        await visitor.post(address, { theme: 'famille', site: 'CAF' }),
      ];
      expect([seen.status, posted.status]).toEqual([404, 404]);
    }
    expect(await usesOfPerson(foreign.usagerId)).toEqual([]);
    expect((await world.journal()).filter(({ about }) => about.usagerId === foreign.usagerId)).toEqual([]);
  });

  test('a person without e-mail: said before, with the way to their page; posting anyway gives nothing', async () => {
    const silent = await world.person({ facts: { email: null } });
    const path = await arrive(visitor, await ask());
    const page = await visitor.get(`${path}/pour/${silent.usagerId}`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('n’a pas d’adresse e-mail');
    expect(page.text).toContain(`href="/usagers/${silent.usagerId}"`);
    expect(page.text).not.toContain('name="theme"');
    const posted = await visitor.post(`${path}/pour/${silent.usagerId}`, { theme: 'famille', site: 'CAF' });
    expect(posted.status).toBe(422);
    expect(await usesOfPerson(silent.usagerId)).toEqual([]);
  });
});

describe('about what, and where', () => {
  test('only open themes that the structure and the site allow are offered; the ID token has the chosen one', async () => {
    const many = await world.person({ themes: ['famille', 'argent', 'travail', 'justice'] });
    await world.ctx.db
      .updateTable('authorisation')
      .set({ endedAt: world.clock.now(), endCause: 'revoked-by-usager' })
      .where('id', '=', many.authorisations.travail ?? '')
      .execute();
    await changeOrganisation(world.ctx, world.organisation.id, {
      allowedThemes: ALL_THEMES.filter((theme) => theme !== 'justice'),
    });
    const claims = perimeterOf('Argent-Impots-Consommation', 'Travail-Formation', 'Justice');
    const asked = await ask(claims);
    const path = await arrive(visitor, asked);
    const page = await visitor.get(`${path}/pour/${many.usagerId}`);
    const offered = [...page.text.matchAll(/name="theme"[^>]*value="([a-z]+)"/g)].map(([, key]) => key);
    expect(offered).toEqual(['argent']);
    expect(page.text).toContain('Surendettement');
    for (const theme of ['famille', 'travail', 'justice', '', 'toString']) {
      expect((await choose(visitor, path, { usagerId: many.usagerId, theme })).status).toBe(422);
    }
    const page2 = await choose(visitor, path, { usagerId: many.usagerId, theme: 'argent', site: 'Impots.gouv' });
    const code = (await leave(visitor, page2)).searchParams.get('code') ?? '';
    const { id_token } = (await (await tokenRequest(world, { code })).json()) as { id_token: string };
    expect(await verified(world, id_token)).toMatchObject({ rep_scope: ['Argent-Impots-Consommation'] });
    await changeOrganisation(world.ctx, world.organisation.id, { allowedThemes: ALL_THEMES });
  });

  test('the site is one of the list or written, never both, never neither; what is refused stays typed', async () => {
    const path = await arrive(visitor, await ask());
    const address = `${path}/pour/${person.usagerId}`;
    await visitor.get(address);
    const WRONG = [
      { theme: 'famille' },
      { theme: 'famille', site: '_autre' },
      { theme: 'famille', site: 'CAF', otherSite: 'Mairie' },
      { theme: 'famille', site: 'Impossible' },
      { theme: 'famille', otherSite: 'x'.repeat(81) },
      { theme: 'famille', otherSite: 'a\u202eb' },
      { theme: 'famille', otherSite: 'a\u0000b' },
      { site: 'CAF' },
      {},
    ];
    for (const fields of WRONG) {
      const page = await visitor.post(address, fields);
      expect(page.status, JSON.stringify(fields)).toBe(422);
      expect(page.text).toMatch(/<title>Erreur\s:/);
    }
    const kept = await visitor.post(address, { theme: '', otherSite: 'Mairie <b>d’Arras</b>' });
    expect(kept.text).toContain('value="Mairie &lt;b&gt;d’Arras&lt;/b&gt;"');
    expect(await usesOfPerson()).toEqual([]);
    expect(await journalOfPerson()).toEqual([]);
    await leave(
      visitor,
      await visitor.post(address, { theme: 'famille', site: '_autre', otherSite: ' Mairie   d’Arras ' }),
    );
    expect(await usesOfPerson()).toMatchObject([{ site: 'Mairie d’Arras', theme: 'famille' }]);
    expect((await journalOfPerson())[0]?.opened).toEqual({ site: 'Mairie d’Arras' });
  });

  test('a forged or foreign form is never obeyed', async () => {
    const path = await arrive(visitor, await ask());
    const address = `${path}/pour/${person.usagerId}`;
    await visitor.get(address);
    const forged = await visitor.post(address, { _csrf: 'x'.repeat(43), theme: 'famille', site: 'CAF' });
    expect(forged.status).toBe(403);
    expect(await usesOfPerson()).toEqual([]);
  });

  test('a page of another structure counts for no other: the aidant is told, and nothing is written', async () => {
    const path = await arrive(visitor, await ask());
    const address = `${path}/pour/${person.usagerId}`;
    const other = await addStructure(world, { name: 'Une autre structure' });
    await visitor.get(address);
    const posted = await visitor.post(address, { theme: 'famille', site: 'CAF', organisation: other.id });
    expect([posted.status, posted.text.includes('changé de structure')]).toEqual([422, true]);
    expect(await usesOfPerson()).toEqual([]);
  });

  test('with no theme in common: explained, refused in the journal once, access_denied', async () => {
    const lonely = await addStructure(world, { name: 'Un seul thème' });
    const member = await addPerson(world, { organisationIds: [lonely.id] });
    await world.person({ organisationId: lonely.id, themes: ['logement'] });
    const browser = await aidantAt(world, member);
    const asked = await ask(perimeterOf('Justice', 'Loisirs-Sport-Culture'));
    const path = await arrive(browser, asked);
    for (let time = 0; time < 2; time += 1) {
      const page = await browser.get(path);
      expect(page.text).toContain('Loisirs - Sport - Culture');
      expect(page.text).toContain('La connexion est refusée');
    }
    const back = await leave(browser, await browser.post(`${path}/annuler`));
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'access_denied', state: asked.state });
    const refused = (await world.journal(['use.refused'])).filter(({ aidantId }) => aidantId === member.aidantId);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({
      result: 'refused',
      organisationId: lonely.id,
      clear: { step: 'choice', reason: 'no-common-theme' },
    });
    expect((await world.uses()).filter(({ organisationId }) => organisationId === lonely.id)).toEqual([]);
  });
});

describe('a code of the aidant', () => {
  /** Keeps the session awake without a new code. */
  const later = async (minutes: number) => {
    for (let passed = 0; passed < minutes; passed += 5) {
      world.clock.advance(5 * MINUTE);
      await visitor.get('/mandats');
    }
  };

  test('younger than 15 minutes is not asked again; older, it is, and auth_time says when', async () => {
    const early = await connect(visitor, await ask(), person);
    expect(early.searchParams.has('code')).toBe(true);
    await later(20);
    const path = await arrive(visitor, await ask());
    const page = await visitor.get(`${path}/pour/${person.usagerId}`);
    expect(page.text).toContain('name="code"');
    const without = await choose(visitor, path, person);
    const wrong = await choose(visitor, path, { ...person, fields: { code: wrongCode(aidant, world.clock.now()) } });
    expect([without.status, wrong.status]).toEqual([422, 422]);
    expect(wrong.text).toContain('Ce code n’est pas bon');
    const right = await choose(visitor, path, { ...person, fields: { code: aidant.codeAt(world.clock.now()) } });
    expect((await leave(visitor, right)).searchParams.has('code')).toBe(true);
    const uses = await usesOfPerson();
    expect(uses.at(-1)?.factorAt).toEqual(world.clock.now());
    expect(uses).toHaveLength(2);
  });

  test.each(['0', '1', '60'])('max_age=%s asks for a code when the last one is older', async (maxAge) => {
    await later(5);
    const path = await arrive(visitor, await ask({ max_age: maxAge }));
    expect((await choose(visitor, path, person)).status).toBe(422);
    const right = await choose(visitor, path, { ...person, fields: { code: aidant.codeAt(world.clock.now()) } });
    expect((await leave(visitor, right)).searchParams.has('code')).toBe(true);
  });

  test('max_age=10000 does not', async () => {
    await later(5);
    expect((await connect(visitor, await ask({ max_age: '10000' }), person)).searchParams.has('code')).toBe(true);
  });
});

test('any aidant of the structure may act, and the mandate says nothing of who signed', async () => {
  const colleague = await addPerson(world, { organisationIds: [world.organisation.id], mayConclude: false });
  const callback = await connect(await aidantAt(world, colleague), await ask(), person);
  expect(callback.searchParams.has('code')).toBe(true);
  expect(await usesOfPerson()).toMatchObject([{ aidantId: colleague.aidantId }]);
});

test('a person is found by the beginning of any of their names', async () => {
  const known = await world.person({ facts: { preferredUsername: 'D’Estienne-Œuvrard', familyName: 'Ñuñez' } });
  const path = await arrive(visitor, await ask());
  for (const typed of ["d'estienne", 'oeuvrard', 'NUNEZ', 'estienne nunez']) {
    const page = await visitor.get(`${path}?recherche=${encodeURIComponent(typed)}`);
    expect(page.text, typed).toContain(known.usagerId);
  }
});

describe('leaving, twice, late, elsewhere', () => {
  test('« Annuler » sends access_denied with the state, and the request is over', async () => {
    const asked = await ask();
    const path = await arrive(visitor, asked);
    await visitor.get(`${path}/annuler`);
    const page = await visitor.post(`${path}/annuler`);
    const back = await leave(visitor, page);
    expect(Object.fromEntries(back.searchParams)).toMatchObject({
      error: 'access_denied',
      state: asked.state,
      iss: world.url,
    });
    expect((await visitor.get(path)).location).toMatch(/^\/demande-expiree\//);
    expect(await journalOfPerson()).toEqual([]);
  });

  test('a double click, or a second choice in another tab: the first choice counts, one use, one code', async () => {
    const other = await world.person();
    const path = await arrive(visitor, await ask());
    const first = await choose(visitor, path, person);
    const again = await visitor.post(`${path}/pour/${person.usagerId}`, { theme: 'famille', site: 'CAF' });
    const second = await visitor.post(`${path}/pour/${other.usagerId}`, { theme: 'famille', site: 'CAF' });
    for (const page of [again, second]) expect(page.text).toContain('Vous avez déjà répondu');
    await leave(visitor, first);
    expect(await usesOfPerson()).toHaveLength(1);
    expect(await usesOfPerson(other.usagerId)).toEqual([]);
    expect((await journalOfPerson()).map(({ kind }) => kind)).toEqual(['use.chosen', 'use.code-issued']);
  });

  test('two choices at the same instant: one wins', async () => {
    const other = await world.person();
    const path = await arrive(visitor, await ask());
    await visitor.get(`${path}/pour/${person.usagerId}`);
    const fields = { theme: 'famille', site: 'CAF' };
    await Promise.all(
      [person, other, person, other].map(({ usagerId }) => visitor.post(`${path}/pour/${usagerId}`, fields)),
    );
    expect([...(await usesOfPerson()), ...(await usesOfPerson(other.usagerId))]).toHaveLength(1);
  });

  test('two tabs, two people: codes do not cross', async () => {
    const other = await world.person({ facts: { familyName: 'Autre' } });
    const client = await franceconnectClient(world);
    const [one, two] = [requestOf(client), requestOf(client)];
    const [pathOne, pathTwo] = [await arrive(visitor, one), await arrive(visitor, two)];
    const [pageTwo, pageOne] = [await choose(visitor, pathTwo, other), await choose(visitor, pathOne, person)];
    const [backOne, backTwo] = [await leave(visitor, pageOne), await leave(visitor, pageTwo)];
    const [tokensOne, tokensTwo] = [await redeem(client, backOne, one), await redeem(client, backTwo, two)];
    const [infoOne, infoTwo] = [await client.userinfo(tokensOne), await client.userinfo(tokensTwo)];
    expect([infoOne.family_name, infoTwo.family_name]).toEqual(['Lefèvre', 'Autre']);
    expect([tokensOne.claims().nonce, tokensTwo.claims().nonce]).toEqual([one.nonce, two.nonce]);
  });

  test('in another browser a request cannot be answered; it can only be sent back', async () => {
    const asked = await ask();
    const path = await arrive(visitor, asked);
    const elsewhere = await aidantAt(world, aidant);
    const seen = await elsewhere.get(`${path}/pour/${person.usagerId}`);
    const posted = await elsewhere.post(`${path}/pour/${person.usagerId}`, { theme: 'famille', site: 'CAF' });
    for (const page of [seen, posted]) expect(page.location).toBe(path.replace('/agir/', '/demande-expiree/'));
    expect((await elsewhere.get(path.replace('/agir/', '/authorize/'))).location).toContain('/demande-expiree/');
    expect(await usesOfPerson()).toEqual([]);
    expect((await visitor.get(path)).status).toBe(200);
  });

  test('after 20 minutes: a calm page, and the way back with access_denied', async () => {
    const asked = await ask();
    const path = await arrive(visitor, asked);
    world.clock.advance(21 * MINUTE);
    const expired = path.replace('/agir/', '/demande-expiree/');
    const page = await visitor.get(expired);
    expect(page.status).toBe(200);
    expect(page.text).toContain('n’est plus ouverte');
    await visitor.post(expired);
    const back = new URL((await visitor.get(`${expired}/retour`)).location);
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'access_denied', state: asked.state });
    const unknown = await visitor.get('/demande-expiree/inconnue');
    expect([unknown.status, unknown.text.includes('Revenir à FranceConnect')]).toEqual([200, false]);
    expect((await visitor.get('/demande-expiree/inconnue/retour')).location).toBe('/demande-expiree/inconnue');
  });
});
