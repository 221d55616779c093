import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE } from '#platform/time/clock.ts';
import { addPerson, type TestAidant } from '#support/people.ts';
import { type ProviderWorld, providerWorld, type TestPerson } from './support.ts';
import {
  type Asked,
  aidantAt,
  arrive,
  choose,
  franceconnectClient,
  leave,
  redeem,
  requestOf,
  type Visitor,
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
  aidant = await addPerson(world, { organisationIds: [world.organisation.id] });
  visitor = await aidantAt(world, aidant);
  person = await world.person();
});

const ask = async (more: Record<string, string> = {}): Promise<Asked> =>
  requestOf(await franceconnectClient(world), more);
const usesOfPerson = (usagerId = person.usagerId) =>
  world.ctx.db.selectFrom('use').selectAll().where('usagerId', '=', usagerId).execute();
const journalOfPerson = async () => (await world.journal()).filter(({ mandateAlias }) => mandateAlias === person.alias);

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
