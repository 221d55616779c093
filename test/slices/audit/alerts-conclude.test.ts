import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE, SECOND } from '#platform/time/clock.ts';
import { tamper } from '#support/database.ts';
import { addPerson } from '#support/people.ts';
import { createWorld } from '#support/world.ts';
import { type ConcludeWorld, concludeWorld, mandateOf } from '../mandate/conclude-support.ts';
import { type FollowWorld, followWorld } from '../mandate/follow-support.ts';
import { alertsIn, entriesOf, turn, withOneClock } from './alerts-support.ts';

let world: FollowWorld;

beforeAll(async () => {
  world = await followWorld();
});
afterAll(() => world?.close());
beforeEach(() => {
  world.clock.advance(60 * MINUTE);
});

/** Another aidant each time: nobody's earlier mandates count. */
const somebodyAtWork = () => addPerson(world, { organisationIds: [world.structure.id] });

describe('H2, mandates concluded very fast', () => {
  test('three in ten minutes raise one alert, with its entries, and one entry in the journal', async () => {
    const by = await somebodyAtWork();
    const before = (await alertsIn(world, 'H2')).length;
    for (const wait of [0, 6 * MINUTE, 4 * MINUTE]) {
      world.clock.advance(wait);
      await world.conclude({}, { by });
    }
    expect(await turn(world, ['H2'])).toBe(1);
    const alert = (await alertsIn(world, 'H2'))[before];
    const concluded = (await world.journal({ kinds: ['mandate.concluded'] })).filter(
      ({ aidantId }) => aidantId === by.aidantId,
    );
    expect(alert).toMatchObject({
      ...{ rule: 'H2', urgent: false, entries: 3, organisationId: world.structure.id, decision: null, decidedAt: null },
      explanation:
        '3\u00a0mandats conclus par le même aidant, le lundi 2\u00a0mars\u00a02026, entre 11\u00a0h\u00a000 et 11\u00a0h\u00a010.',
      raisedAt: world.clock.now(),
    });
    expect(await entriesOf(world, alert?.id)).toEqual(concluded.map(({ id }) => id).sort());
    const [entry, ...others] = (await world.journal({ kinds: ['alert.raised'] })).filter(
      ({ clear }) => clear.alert === alert?.id,
    );
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      ...{ log: 'actes', result: 'ok', opened: {} },
      clear: { alert: alert?.id, rule: 'H2', urgent: false, count: 3, entries: await entriesOf(world, alert?.id) },
      about: { usagerId: null, mandateId: null },
    });
    expect(JSON.stringify(alert)).not.toContain(by.aidantId);
  });

  test('two, or a third one second too late, raise nothing; nor do three of three aidants', async () => {
    const by = await somebodyAtWork();
    await world.conclude({}, { by });
    world.clock.advance(9 * MINUTE);
    await world.conclude({}, { by });
    for (const other of [await somebodyAtWork(), await somebodyAtWork()]) await world.conclude({}, { by: other });
    world.clock.advance(MINUTE + SECOND);
    await world.conclude({}, { by });
    expect(await turn(world, ['H2'])).toBe(0);
  });

  test('what was raised is not raised again, and one more mandate does not raise a second alert', async () => {
    const by = await somebodyAtWork();
    for (let count = 0; count < 3; count += 1) await world.conclude({}, { by });
    expect(await turn(world, ['H2'])).toBe(1);
    expect(await turn(world, ['H2'])).toBe(0);
    await world.conclude({}, { by });
    expect(await turn(world, ['H2'])).toBe(0);
  });

  test('a burst seen by many workers at once is raised once', async () => {
    const by = await somebodyAtWork();
    for (let count = 0; count < 5; count += 1) await world.conclude({}, { by });
    const count = async () => (await alertsIn(world, 'H2')).length;
    const before = await count();
    const raised = await Promise.all(Array.from({ length: 4 }, () => turn(world, ['H2'])));
    expect(raised.reduce((sum, one) => sum + one, 0)).toBe(1);
    expect(await count()).toBe(before + 1);
    expect((await alertsIn(world, 'H2')).at(-1)?.entries).toBe(5);
    const told = (await world.journal({ kinds: ['alert.raised'] })).filter(({ clear }) => clear.rule === 'H2');
    expect(told).toHaveLength(before + 1);
  });

  test('a rule that cannot be run is logged, stops no other, and is tried again from the same place', async () => {
    const other = await createWorld();
    try {
      await tamper(other, (db) => db.schema.alterTable('mandate').renameTo('mandate_away').execute());
      await expect(turn(other, ['H2', 'P1', 'I1'])).rejects.toThrow('could not be run');
      const rows = await other.ctx.db.selectFrom('alertRule').select(['code', 'lookedUntil']).execute();
      const until = new Map(rows.map(({ code, lookedUntil }) => [code, lookedUntil]));
      expect([until.get('H2'), until.get('P1')]).toEqual([null, null]);
      await tamper(other, (db) => db.schema.alterTable('mandate_away').renameTo('mandate').execute());
      other.logs.length = 0;
      expect(await turn(other, ['H2', 'P1', 'I1'])).toBe(0);
    } finally {
      await other.close();
    }
  });
});

describe('P1, no proof that the person agreed', () => {
  test('evidence that does not hold raises one alert for the mandate, which names the pieces', async () => {
    await turn(world, ['P1']);
    world.clock.advance(MINUTE);
    const mandate = await world.conclude(); // tokens that FranceConnect never signed
    expect(await turn(world, ['P1'])).toBe(1);
    const alert = (await alertsIn(world, 'P1')).at(-1);
    expect(alert).toMatchObject({ urgent: false, entries: 1, organisationId: mandate.organisationId });
    expect(alert?.explanation).toContain('ne tiennent pas\u00a0:');
    expect(alert?.explanation).toContain('la signature du jeton d’identité');
    const [concluded] = await world.journal({ kinds: ['mandate.concluded'], mandateAlias: mandate.journalAlias });
    expect(await entriesOf(world, alert?.id)).toEqual([concluded?.id]);
    expect(await turn(world, ['P1'])).toBe(0);
  });

  test('no evidence at all is said so', async () => {
    await turn(world, ['P1']);
    world.clock.advance(MINUTE);
    const mandate = await world.conclude();
    await tamper(world, (db) => db.deleteFrom('consentEvidence').where('mandateId', '=', mandate.id).execute());
    expect(await turn(world, ['P1'])).toBe(1);
    expect((await alertsIn(world, 'P1')).at(-1)?.explanation).toContain('n’a aucune pièce gardée.');
  });

  describe('with what FranceConnect signed', () => {
    let real: ConcludeWorld;
    beforeAll(async () => {
      real = await concludeWorld();
    });
    afterAll(() => real?.close());

    test('nothing is raised, by any rule that is on', async () => {
      const desk = await real.at();
      const { id, page } = await desk.prepare('josette', { themes: ['famille'], duration: 'MONTH' });
      await desk.accept(id, page, real.newCode());
      expect(await mandateOf(real, id)).toBeDefined();
      await withOneClock(real);
      expect(await turn(real, ['I1', 'E1', 'E3', 'P1', 'H2', 'H1', 'V1', 'V3', 'U1', 'U3', 'A1'])).toBe(0);
      expect(await alertsIn(real)).toEqual([]);
    });
  });
});
