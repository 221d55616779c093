import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { changeOrganisation } from '#organisation';
import { after as later, MINUTE, SECOND } from '#platform/time/clock.ts';
import { inWords } from '#platform/time/paris.ts';
import { tamper } from '#support/database.ts';
import { addPerson, type TestAidant } from '#support/people.ts';
import { ALL_THEMES, type ProviderWorld, providerWorld, type TestPerson } from '../oidc-provider/support.ts';
import {
  aidantAt,
  arrive,
  choose,
  franceconnectClient,
  leave,
  requestOf,
  tokenRequest,
  userinfoRequest,
  type Visitor,
} from '../oidc-provider/visitor.ts';
import { alertsIn, entriesOf, turn } from './alerts-support.ts';

const RULES = ['E1', 'E3'];

let world: ProviderWorld;
let aidant: TestAidant;
let visitor: Visitor;
let person: TestPerson;

beforeAll(async () => {
  world = await providerWorld();
});
afterAll(() => world?.close());
beforeEach(async () => {
  world.clock.advance(MINUTE);
  aidant = await addPerson(world, { organisationIds: [world.organisation.id] });
  visitor = await aidantAt(world, aidant);
  person = await world.person({ endsAt: later(world.clock.now(), 20 * SECOND) });
});
afterEach(async () => {
  await changeOrganisation(world.ctx, world.organisation.id, { active: true, allowedThemes: ALL_THEMES });
});

const db = () => world.ctx.db;
const entries = async (kind?: string) =>
  (await world.journal(kind ? [kind] : undefined)).filter(({ mandateAlias }) => mandateAlias === person.alias);

/** Alerts that rest on an entry of this person's mandate. */
async function alerts() {
  const ids = new Set((await entries()).map(({ id }) => id));
  const found = [];
  for (const alert of await alertsIn(world)) {
    if ((await entriesOf(world, alert.id)).some((id) => ids.has(id))) found.push(alert);
  }
  return found;
}

async function chosen() {
  const asked = requestOf(await franceconnectClient(world));
  return choose(visitor, await arrive(visitor, asked), person);
}

async function code(): Promise<string> {
  return (await leave(visitor, await chosen())).searchParams.get('code') ?? '';
}

/** A whole connection, by FranceConnect's own requests. */
async function connect(): Promise<void> {
  const tokens = (await (await tokenRequest(world, { code: await code() })).json()) as { access_token: string };
  expect((await userinfoRequest(world, tokens.access_token)).status).toBe(200);
}

describe('E1, after the end', () => {
  test('an attempt after the term raises one alert, with the refusal; a second run raises nothing', async () => {
    const given = await code();
    world.clock.advance(20 * SECOND);
    expect((await tokenRequest(world, { code: given })).status).toBe(400);
    expect(await turn(world, RULES)).toBe(1);
    const [alert, ...others] = await alerts();
    expect(others).toEqual([]);
    const [refusal] = await entries('use.refused');
    expect(alert).toMatchObject({ rule: 'E1', urgent: false, entries: 1, organisationId: world.organisation.id });
    expect(alert?.explanation).toContain('alors que la durée du mandat était écoulée. Elle a été refusée');
    expect(alert?.explanation).toContain(
      `Elle avait été choisie le ${inWords(later(world.clock.now(), -20 * SECOND))}.`,
    );
    expect(await entriesOf(world, alert?.id)).toEqual([refusal?.id]);
    expect(await turn(world, RULES)).toBe(0);
  });

  test('so does an attempt after the person stopped the mandate', async () => {
    const given = await code();
    const ended = { endedAt: world.clock.now(), endCause: 'revoked-by-usager', endKnownAt: world.clock.now() };
    await db().updateTable('mandate').set(ended).where('id', '=', person.mandateId).execute();
    await tokenRequest(world, { code: given });
    expect(await turn(world, RULES)).toBe(1);
    expect((await alerts())[0]?.explanation).toContain('alors que le mandat était terminé');
  });

  test('one millisecond before the term nothing is raised, nor for another refusal', async () => {
    world.clock.advance(20 * SECOND - 1);
    await connect();
    const given = await code();
    await visitor.post('/deconnexion');
    expect((await tokenRequest(world, { code: given })).status).toBe(400);
    expect((await entries('use.refused')).map(({ clear }) => clear.reason)).toEqual(['session-closed']);
    expect(await turn(world, RULES)).toBe(0);
    expect(await alerts()).toEqual([]);
  });

  test('a connection that went through after the term is a defect, and urgent', async () => {
    await connect();
    const term = later(world.clock.now(), -1);
    await tamper(world, (owner) =>
      owner.updateTable('mandate').set({ endsAt: term }).where('id', '=', person.mandateId).execute(),
    );
    expect(await turn(world, RULES)).toBe(1);
    const [alert] = await alerts();
    expect(alert).toMatchObject({ rule: 'E1', urgent: true, entries: 4 });
    expect(alert?.explanation).toBe(
      `Le ${inWords(world.clock.now())}, une connexion au nom d’une personne a été acceptée alors que le terme était le ${inWords(term)}. L’identité de la personne a été donnée. C’est un défaut du service.`,
    );
    expect(await entriesOf(world, alert?.id)).toEqual((await entries()).map(({ id }) => id));
    const [told] = (await world.journal(['alert.raised'])).filter(({ clear }) => clear.alert === alert?.id);
    expect(told?.clear).toMatchObject({ rule: 'E1', urgent: true, count: 4 });
    expect(await turn(world, RULES)).toBe(0);
  });

  test('a step that the journal numbered after the end is seen, whatever the hours say', async () => {
    await connect();
    const steps = await entries();
    const [first] = steps;
    // the first step becomes, in the index, the end of this theme
    await tamper(world, (owner) =>
      owner
        .withTables<{ 'journal.entryIndex': { id: string; kind: string } }>()
        .updateTable('journal.entryIndex')
        .set({ kind: 'authorisation.ended' })
        .where('id', '=', first?.id ?? '')
        .execute(),
    );
    expect(await turn(world, RULES)).toBe(1);
    const [alert] = await alerts();
    expect(alert).toMatchObject({ rule: 'E1', urgent: true });
    expect(alert?.explanation).toContain('alors que le journal en avait déjà écrit la fin');
    expect(await entriesOf(world, alert?.id)).toEqual(steps.map(({ id }) => id));
  });

  test('two connections under one mandate: only the one past the term is in the alert', async () => {
    await connect();
    world.clock.advance(10 * SECOND);
    const term = later(world.clock.now(), -SECOND);
    await connect();
    await tamper(world, (owner) =>
      owner.updateTable('mandate').set({ endsAt: term }).where('id', '=', person.mandateId).execute(),
    );
    expect(await turn(world, RULES)).toBe(1);
    const steps = await entries();
    expect(await entriesOf(world, (await alerts())[0]?.id)).toEqual(steps.slice(4).map(({ id }) => id));
  });
});

describe('E3, outside the mandate', () => {
  test('an attempt for a theme that the structure no longer acts for', async () => {
    const given = await code();
    await changeOrganisation(world.ctx, world.organisation.id, { allowedThemes: ['argent'] });
    expect((await tokenRequest(world, { code: given })).status).toBe(400);
    expect(await turn(world, RULES)).toBe(1);
    const [alert] = await alerts();
    expect(alert).toMatchObject({ rule: 'E3', urgent: false, entries: 1 });
    expect(alert?.explanation).toContain('pour lequel la structure n’agit plus. Elle a été refusée.');
    expect(await turn(world, RULES)).toBe(0);
  });

  test('a connection for a theme that the mandate does not have is a defect; one for a theme it has is nothing', async () => {
    await connect();
    expect(await turn(world, RULES)).toBe(0);
    await tamper(world, (owner) =>
      owner
        .updateTable('authorisation')
        .set({ theme: 'justice' })
        .where('id', '=', person.authorisations.famille ?? '')
        .execute(),
    );
    expect(await turn(world, RULES)).toBe(1);
    const [alert] = await alerts();
    expect(alert).toMatchObject({ rule: 'E3', urgent: true, entries: 4 });
    expect(alert?.explanation).toContain('que son mandat n’a pas. C’est un défaut du service.');
    expect(await turn(world, RULES)).toBe(0);
  });
});
