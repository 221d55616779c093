import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY, MINUTE, after as shifted } from '#platform/time/clock.ts';
import { inDigits } from '#platform/time/paris.ts';
import type { Agent } from '#support/agent.ts';
import { expectNoPersonalData } from '#support/journal.ts';
import { addPerson, addStructure, loggedInAs, type TestAidant } from '#support/people.ts';
import { type FollowWorld, followWorld, wordsOf } from './follow-support.ts';

let world: FollowWorld;

beforeAll(async () => {
  world = await followWorld();
});
afterAll(() => world.close());

/** A structure of its own with one aidant, so that lists hold what a test puts there. */
async function desk(): Promise<{ by: TestAidant; browser: Agent }> {
  const structure = await addStructure(world, { name: 'Mairie de Bapaume' });
  const by = await addPerson(world, { organisationIds: [structure.id] });
  return { by, browser: await loggedInAs(world, by) };
}

const names = ({ text }: { text: string }) =>
  [...text.matchAll(/person-row__name"[^>]*>([^<]+)</g)].map(([, name]) => name?.replaceAll('&#x27;', "'"));
const counts = ({ text }: { text: string }) =>
  [...text.matchAll(/list-tabs__count">(\d+)</g)].map(([, count]) => Number(count));
/** As `row` has it: every space plain. */
const digits = (instant: Date) => inDigits(instant).replaceAll('\u00a0', ' ');
const row = ({ text }: { text: string }, name: string) =>
  wordsOf(text.split('class="person-row"').find((part) => part.includes(name)) ?? '').split('Page ')[0] ?? '';

describe('three lists of one structure', () => {
  test('an empty structure says what to do', async () => {
    const { browser } = await desk();
    const page = await browser.get('/mandats');
    expect(page.status).toBe(200);
    expect(counts(page)).toEqual([0, 0, 0]);
    expect(wordsOf(page.text)).toContain('Votre structure n’a encore aucun mandat.');
    expect(page.text).toContain('class="fr-btn" href="/mandats/nouveau"');
  });

  test('one line per person, in each list where they have a mandate; themes without doubles, catalogue order', async () => {
    const { by, browser } = await desk();
    const twice = { sub: 'twice', givenName: 'Odile', familyName: 'DEUXFOIS' };
    const old = await world.conclude(twice, { by, duration: 'SHORT', themes: ['justice'] });
    world.clock.advance(2 * DAY);
    const again = await loggedInAs(world, by);
    const one = await world.conclude(twice, { by, duration: 'LONG', themes: ['social', 'papiers'] });
    const two = await world.conclude(twice, { by, duration: 'MONTH', themes: ['famille'] });
    const gone = await world.conclude({ givenName: 'Roger', familyName: 'PARTI' }, { by, themes: ['famille'] });
    await again.post(`/mandats/${gone.id}/fin`, { cause: 'revoked-by-usager', known: 'now' });

    const inForce = await again.get('/mandats');
    expect([names(inForce), counts(inForce)]).toEqual([['Odile DEUXFOIS'], [1, 1, 1]]);
    const line = row(inForce, 'DEUXFOIS');
    expect(line).toContain('Papiers Famille Social');
    expect(line).toContain(`2 mandats. Le premier prend fin le ${digits(two.endsAt)}`);
    expect(line).not.toContain(digits(one.endsAt));
    const expired = await again.get('/mandats?etat=expires');
    expect(row(expired, 'DEUXFOIS')).toContain(`Justice Expiré le ${digits(old.endsAt)}`);
    const ended = await again.get('/mandats?etat=termines');
    expect(names(ended)).toEqual(['Roger PARTI']);
    expect(row(ended, 'PARTI')).toContain(`Terminé le ${digits(world.clock.now())}`);
    expect(browser).toBeDefined();
  });

  test('the lists are links, and a state that does not exist is the first one', async () => {
    const { by, browser } = await desk();
    await world.conclude({ familyName: 'LIEN' }, { by });
    const page = await browser.get('/mandats?etat=nimporte');
    expect(names(page)).toEqual(['Martine LIEN']);
    for (const href of ['"/mandats"', '"/mandats?etat=expires"', '"/mandats?etat=termines"']) {
      expect(page.text).toContain(`href=${href}`);
    }
  });

  test('another structure’s people are not there, also through a cursor', async () => {
    const mine = await desk();
    const theirs = await desk();
    const secret = await world.conclude({ familyName: 'AILLEURS' }, { by: theirs.by });
    await world.conclude({ familyName: 'ICI' }, { by: mine.by });
    expect(names(await mine.browser.get('/mandats'))).toEqual(['Martine ICI']);
    expect(names(await mine.browser.get(`/mandats?apres=${secret.usagerId}`))).toEqual([]);
    expect(names(await mine.browser.get('/mandats?apres=%00'))).toEqual(['Martine ICI']);
    expect(names(await mine.browser.get('/mandats?recherche=ailleurs'))).toEqual([]);
  });

  test('an edge is a person of this structure, under the name it knows: nobody else’s place in the order is told', async () => {
    const mine = await desk();
    const theirs = await desk();
    for (const familyName of ['AAA', 'ZZZ']) await world.conclude({ familyName }, { by: mine.by });
    const middle = { sub: 'edge', givenName: 'Martine', familyName: 'MMM' };
    const secret = await world.conclude(middle, { by: theirs.by });
    for (const query of ['apres', 'avant', 'recherche=zzz&apres', 'recherche=aaa&avant', 'etat=termines&apres']) {
      expect([query, names(await mine.browser.get(`/mandats?${query}=${secret.usagerId}`))]).toEqual([query, []]);
    }
    expect(names(await mine.browser.get(`/mandats/papiers?apres=${secret.id}`))).toEqual([]);

    const ended = await world.conclude(middle, { by: mine.by, themes: ['famille'] });
    await mine.browser.post(`/mandats/${ended.id}/fin`, { cause: 'revoked-by-usager', known: 'now' });
    await world.conclude({ ...middle, preferredUsername: 'ZZZZ' }, { by: theirs.by, themes: ['social'] });
    expect(names(await mine.browser.get(`/mandats?apres=${ended.usagerId}`))).toEqual(['Martine ZZZ']);
    expect(names(await mine.browser.get(`/mandats?avant=${ended.usagerId}`))).toEqual(['Martine AAA']);
  });

  test.each(['apres', 'avant'])('an edge that is no person is the first page: %s', async (edge) => {
    const { by, browser } = await desk();
    await world.conclude({ familyName: 'SEULE' }, { by });
    for (const typed of ['%00', '%ED%A0%80', 'x', '%27%20or%20true', 'a'.repeat(3000), '']) {
      for (const path of ['/mandats', '/mandats/papiers']) {
        const page = await browser.get(`${path}?${edge}=${typed}`);
        expect([path, typed, page.status, names(page)]).toEqual([path, typed, 200, ['Martine SEULE']]);
      }
    }
  });

  test('expired to the millisecond, whether or not the job has run', async () => {
    const { by } = await desk();
    const mandate = await world.conclude({ familyName: 'JUSTE' }, { by, duration: 'SHORT' });
    world.clock.set(new Date(mandate.endsAt.getTime() - 1));
    expect(counts(await (await loggedInAs(world, by)).get('/mandats'))).toEqual([1, 0, 0]);
    world.clock.set(mandate.endsAt);
    expect(counts(await (await loggedInAs(world, by)).get('/mandats'))).toEqual([0, 1, 0]);
    expect((await world.mandate(mandate.id)).endedAt).toBeNull();
  });

  test('« expire bientôt » only for mandates longer than 30 days, near their end; « suspendu » when suspended', async () => {
    const { by } = await desk();
    const soon = async (familyName: string) => {
      const page = await (await loggedInAs(world, by)).get('/mandats');
      return row(page, familyName).includes('Expire bientôt');
    };
    await world.conclude({ familyName: 'COURT' }, { by, duration: 'SHORT' });
    expect(await soon('COURT')).toBe(false);
    const half = await world.conclude({ familyName: 'SEMESTRE' }, { by, duration: 'SEMESTER' });
    const month = await world.conclude({ familyName: 'MOIS' }, { by, duration: 'MONTH' });
    expect([await soon('SEMESTRE'), await soon('MOIS')]).toEqual([false, false]);
    world.clock.set(shifted(month.endsAt, -11 * DAY));
    expect(await soon('MOIS')).toBe(false);
    world.clock.set(shifted(month.endsAt, -10 * DAY));
    expect(await soon('MOIS')).toBe(true);
    world.clock.set(shifted(half.endsAt, -30 * DAY - 1));
    expect(await soon('SEMESTRE')).toBe(false);
    world.clock.advance(1);
    expect(await soon('SEMESTRE')).toBe(true);
    await world.ctx.db
      .updateTable('mandate')
      .set({ suspendedAt: world.clock.now() })
      .where('id', '=', half.id)
      .execute();
    expect(row(await (await loggedInAs(world, by)).get('/mandats'), 'SEMESTRE')).toContain('Suspendu');
  });

  test('what is in preparation is at the top, for the aidant who began it, without a name', async () => {
    const { by, browser } = await desk();
    const opened = await browser.post('/mandats/nouveau');
    const page = await browser.get('/mandats');
    expect(page.text).toContain(`href="${opened.location}"`);
    expect(wordsOf(page.text)).toContain('Reprendre');
    const colleague = await addPerson(world, { organisationIds: [by.organisationId] });
    const theirs = await (await loggedInAs(world, colleague)).get('/mandats');
    expect(theirs.text).not.toContain(opened.location ?? '');
    world.clock.advance(121 * MINUTE);
    expect((await (await loggedInAs(world, by)).get('/mandats')).text).not.toContain(opened.location ?? '');
  });

  test('who may not conclude mandates follows them all the same, without the button', async () => {
    const { by } = await desk();
    await world.conclude({ familyName: 'SUIVIE' }, { by });
    const reader = await addPerson(world, { organisationIds: [by.organisationId], mayConclude: false });
    const page = await (await loggedInAs(world, reader)).get('/mandats');
    expect(names(page)).toEqual(['Martine SUIVIE']);
    expect(page.text).not.toContain('class="fr-btn" href="/mandats/nouveau"');
  });
});

describe('pages of 25', () => {
  test('forward and back, by name, without a gap or a double, whatever the accents', async () => {
    const { by, browser } = await desk();
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    const families = [...letters.map((letter) => `É${letter}`), ...letters.map((letter) => `F${letter}`), 'Ezz', 'ZA'];
    for (const familyName of families.toSorted(() => 0.5 - Math.random())) {
      await world.conclude({ givenName: 'A', familyName }, { by, themes: ['famille'] });
    }
    const expected = [
      ...letters.map((letter) => `A É${letter}`),
      'A EZZ',
      ...letters.map((letter) => `A F${letter}`),
      'A ZA',
    ];
    const link = (text: string, rel: string) =>
      new RegExp(`href="([^"]+)" rel="${rel}"`).exec(text)?.[1]?.replaceAll('&amp;', '&');
    const first = await browser.get('/mandats');
    const second = await browser.get(link(first.text, 'next') ?? '');
    const third = await browser.get(link(second.text, 'next') ?? '');
    expect([names(first).length, names(second).length, names(third).length]).toEqual([25, 25, 4]);
    expect([...names(first), ...names(second), ...names(third)]).toEqual(expected);
    expect([link(first.text, 'prev'), link(third.text, 'next')]).toEqual([undefined, undefined]);
    expect(link(first.text, 'next')).not.toContain('E');
    const back = await browser.get(link(third.text, 'prev') ?? '');
    expect(names(back)).toEqual(names(second));
    const start = await browser.get(link(back.text, 'prev') ?? '');
    expect([names(start), link(start.text, 'prev')]).toEqual([names(first), undefined]);
  });
});

describe('search', () => {
  let by: TestAidant;
  let browser: Agent;
  beforeAll(async () => {
    ({ by, browser } = await desk());
    await world.conclude({ givenName: 'Aïcha Zohra', familyName: 'BENSAÏD', preferredUsername: 'LEFÈVRE' }, { by });
    await world.conclude({ givenName: 'Jean-Pierre', familyName: 'L’HÉRITIER' }, { by });
    await world.conclude({ givenName: 'Anaïs', familyName: 'DE LA TOUR' }, { by });
    const gone = await world.conclude({ givenName: 'Léa', familyName: 'LEFEVRE' }, { by });
    await browser.post(`/mandats/${gone.id}/fin`, { cause: 'revoked-by-usager', known: 'now' });
  });
  const search = (typed: string, more = '') => browser.get(`/mandats?recherche=${encodeURIComponent(typed)}${more}`);
  const AICHA = 'Aïcha Zohra LEFÈVRE, née BENSAÏD';

  test.each([
    ['bensaid', [AICHA]],
    ['BENSAÏD', [AICHA]],
    ['lefevre', [AICHA]],
    ['Lefèvre aïcha', [AICHA]],
    ['zohra', [AICHA]],
    ['  aïc   lef ', [AICHA]],
    ['heritier', ['Jean-Pierre L’HÉRITIER']],
    ['l\u2019h', ['Jean-Pierre L’HÉRITIER']],
    ["l'heritier", ['Jean-Pierre L’HÉRITIER']],
    ['lheritier', ['Jean-Pierre L’HÉRITIER']],
    ['pierre', ['Jean-Pierre L’HÉRITIER']],
    ['delatour', ['Anaïs DE LA TOUR']],
    ['tour anais', ['Anaïs DE LA TOUR']],
    ['evre', [AICHA]],
    ['xyz', []],
    ['%', [AICHA, 'Anaïs DE LA TOUR', 'Jean-Pierre L’HÉRITIER']],
  ])('%j finds %j', async (typed, found) => {
    expect(names(await search(typed)).toSorted()).toEqual([...found].toSorted());
  });

  test('a person whose name changes is found, and stands in the list, under the new one', async () => {
    const place = await desk();
    const person = { sub: 'renamed', givenName: 'Inès', familyName: 'AVANT' };
    await world.conclude({ givenName: 'Inès', familyName: 'MILIEU' }, { by: place.by });
    await world.conclude(person, { by: place.by, themes: ['famille'] });
    expect(names(await place.browser.get('/mandats'))).toEqual(['Inès AVANT', 'Inès MILIEU']);
    await world.conclude({ ...person, preferredUsername: 'ZÈLE' }, { by: place.by, themes: ['social'] });
    expect(names(await place.browser.get('/mandats'))).toEqual(['Inès MILIEU', 'Inès ZÈLE, née AVANT']);
    expect(names(await place.browser.get('/mandats?recherche=zele'))).toEqual(['Inès ZÈLE, née AVANT']);
    expect(names(await place.browser.get('/mandats?recherche=avant'))).toEqual(['Inès ZÈLE, née AVANT']);
  });

  test('counts what each list has, and keeps the search from one list to another', async () => {
    const page = await search('lefevre');
    expect(counts(page)).toEqual([1, 0, 1]);
    expect(page.text).toContain('href="/mandats?etat=termines&amp;recherche=lefevre"');
    expect(names(await search('lefevre', '&etat=termines'))).toEqual(['Léa LEFEVRE']);
    const none = wordsOf((await search('lefevre', '&etat=expires')).text);
    expect(none).toContain('Personne ne correspond à « lefevre » dans cette liste.');
    expect(none).toContain('en vigueur (1)');
  });

  test('is an entry of the log acces, what was typed committed under the aidant’s key; no search, no entry', async () => {
    const seen = (await world.journal({ kinds: ['usagers.searched'] })).length;
    await browser.get('/mandats');
    await browser.get('/mandats?recherche=+++');
    expect(await world.journal({ kinds: ['usagers.searched'] })).toHaveLength(seen);
    await search('  Lefèvre ');
    const [entry, ...more] = (await world.journal({ kinds: ['usagers.searched'] })).slice(seen);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      ...{ log: 'acces', aidantId: by.aidantId, organisationId: by.organisationId, result: 'ok' },
      ...{ clear: { found: 2 }, opened: { typed: 'Lefèvre' }, about: { usagerId: null } },
    });
    if (entry) expectNoPersonalData(entry.leaf, ['Lefèvre']);
  });

  test('bytes that are no text are only a search that finds nobody', async () => {
    expect((await browser.get('/mandats?recherche=%ED%A0%BD%FF')).status).toBe(200);
    expect((await browser.get('/mandats?recherche=a&recherche=b')).status).toBe(200);
    for (const half of ['%ED%A0%80', '%ED%B0%80', 'a%ED%A0%BDb', '%F0%9F', '%00', `${'a'.repeat(99)}%F0%9F%99%82`]) {
      const page = await browser.get(`/mandats?recherche=${half}`);
      expect([half, page.status]).toEqual([half, 200]);
    }
    const typed = (await world.journal({ kinds: ['usagers.searched'] })).map(({ opened }) => opened.typed ?? '');
    expect(typed.every((text) => text.isWellFormed() && text.length <= 100)).toBe(true);
  });

  test.each([
    ['markup', '<b>x</b>'],
    ['a NUL', 'a\u0000b'],
    ['emoji and right-to-left marks', '🙂\u202eabc'],
    ['a very long text', 'a'.repeat(5000)],
    ['an emoji that the cut at 100 would halve', `${'a'.repeat(99)}🙂`],
    ['101 characters that are one letter each with its accents', 'e\u0301\u0323'.repeat(101)],
    ['SQL wildcards', "_%'; drop table mandate --"],
  ])('%s is only a search that finds nobody', async (_what, typed) => {
    const page = await search(typed);
    expect([page.status, page.text.includes('<b>x</b>')]).toEqual([200, false]);
  });
});
