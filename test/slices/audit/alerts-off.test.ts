import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { switchRule } from '#audit';
import { record } from '#journal';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Trx } from '#platform/db/database.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { DAY, MINUTE } from '#platform/time/clock.ts';
import { tamper } from '#support/database.ts';
import { addPerson, addStructure, type TestAidant } from '#support/people.ts';
import { alertRuleSwitched } from '../../../src/audit/alerts/alerts.events.ts';
import { aidantLoggedIn, aidantLoggedOut } from '../../../src/identity/identity.events.ts';
import { proveNode } from '../../../src/journal/prove-node.ts';
import { type FollowWorld, followWorld } from '../mandate/follow-support.ts';
import { alertsIn, entriesOf, indexed, type Synthetic, soon, turn } from './alerts-support.ts';

const OFF = ['H1', 'V1', 'V3', 'U1', 'U3', 'A1'];
const REASON = 'Comité du 3 juin';
const ASSESSED = { impactAssessment: 'AIPD 2026-04' };

let world: FollowWorld;
let aidant: TestAidant;

beforeAll(async () => {
  world = await followWorld();
});
afterAll(() => world?.close());
beforeEach(async () => {
  aidant = await addPerson(world, { organisationIds: [world.structure.id] });
});

const at = (text: string) => new Date(text);
const act = (when: string, more: Partial<Synthetic> = {}): Synthetic => ({
  ...{ at: at(when), kind: 'use.chosen', aidantId: aidant.aidantId, organisationId: world.structure.id },
  ...more,
});
const many = (count: number, when: string, more: Partial<Synthetic> = {}) =>
  Array.from({ length: count }, (_, place) => {
    return { ...act(when, more), at: new Date(at(when).getTime() + place * MINUTE) };
  });
const on = (code: string) => switchRule(world.ctx, { code, active: true, reason: REASON, ...ASSESSED });
/** Switched on, and brought to an instant: what it looks at then begins there. */
async function from(code: string, when: string): Promise<void> {
  await on(code);
  await world.workerCtx.db
    .updateTable('alertRule')
    .set({ lookedUntil: at(when) })
    .where('code', '=', code)
    .execute();
}
const switched = async () => (await world.journal({ kinds: ['alert-rule.switched'] })).map(({ clear }) => clear);

describe('off until the operator has assessed their impact', () => {
  test('they find nothing, whatever there is to find', async () => {
    await indexed(world, many(30, '2026-06-14T20:00:00.000Z'));
    expect(await turn(world, OFF, at('2026-06-14T21:00:00.000Z'))).toBe(0);
    const states = await world.ctx.db.selectFrom('alertRule').select(['code', 'active']).orderBy('code').execute();
    expect(states.filter(({ active }) => active).map(({ code }) => code)).toEqual(['E1', 'E3', 'H2', 'I1', 'P1']);
    expect(await alertsIn(world)).toEqual([]);
  });

  test.each(OFF)('%s is refused without an impact assessment, by the database too', async (code) => {
    expect(await switchRule(world.ctx, { code, active: true, reason: REASON })).toEqual({
      ...{ ok: false, reason: 'assessment-needed' },
    });
    await tamper(world, (db) =>
      expect(db.updateTable('alertRule').set({ active: true }).where('code', '=', code).execute()).rejects.toThrow(
        'rule_is_on_after_its_impact_assessment',
      ),
    );
    expect((await switched()).filter(({ rule }) => rule === code)).toEqual([]);
  });

  test('switching writes why, hashed with its salt in the journal; twice the same changes nothing', async () => {
    const asked = { code: 'V3', active: true, reason: REASON, ...ASSESSED };
    const outcomes = await Promise.all([switchRule(world.ctx, asked), switchRule(world.ctx, asked)]);
    expect(outcomes.map((outcome) => outcome.ok && outcome.changed).sort()).toEqual([false, true]);
    const [kept, ...others] = await world.ctx.db
      .selectFrom('alertRuleSwitch')
      .selectAll()
      .where('code', '=', 'V3')
      .execute();
    expect(others).toEqual([]);
    expect(kept).toMatchObject({ active: true, reason: REASON, impactAssessment: 'AIPD 2026-04' });
    const hashed = (text: string) =>
      sha256(Buffer.concat([kept?.salt ?? Buffer.alloc(0), Buffer.from(text)])).toString('hex');
    expect((await switched()).filter(({ rule }) => rule === 'V3')).toEqual([
      { rule: 'V3', active: true, reason: hashed(REASON), assessment: hashed('AIPD 2026-04') },
    ]);
    await switchRule(world.ctx, { code: 'V3', active: false, reason: 'Trop d’erreurs' });
    expect((await switchRule(world.ctx, { code: 'V3', active: true, reason: REASON })).ok).toBe(true);
    expect((await switched()).filter(({ rule }) => rule === 'V3').map(({ active }) => active)).toEqual([
      ...[true, false, true],
    ]);
    expect(await switchRule(world.ctx, { code: 'Z9', active: true, reason: REASON })).toEqual({
      ...{ ok: false, reason: 'unknown-rule' },
    });
  });
});

describe('the database switches no rule in silence', () => {
  const SALT = Buffer.alloc(16, 7);
  const hashed = (text: string) => sha256(Buffer.concat([SALT, Buffer.from(text)])).toString('hex');
  /** H2, of the rules that are on, switched off as whoever has the app's password could try. */
  const off = (
    telling: string,
    { code = 'H2', active = false, reason = REASON, assessment = null as string | null } = {},
  ) =>
    sql`select switch_alert_rule(${telling}::uuid, ${uuidv7(world.clock.now())}::uuid, ${world.clock.now()}::timestamptz, ${code},
      ${active}::boolean, ${reason}, ${assessment}::text, ${SALT}::bytea)`;
  const tell = async (trx: Trx, { code = 'H2', active = false, isProven = true } = {}) => {
    const clear = { rule: code, active, reason: hashed(REASON) };
    const [id = ''] = await record(world.ctx, trx, alertRuleSwitched.event({ actor: {}, result: 'ok', clear }));
    if (isProven) await proveNode(world.ctx.keys, trx, id);
    return id;
  };
  const isOn = async () =>
    (await world.ctx.db.selectFrom('alertRule').selectAll().where('code', '=', 'H2').executeTakeFirstOrThrow()).active;
  const switches = () =>
    world.ctx.db
      .selectFrom('alertRuleSwitch')
      .select('id')
      .where('code', '=', 'H2')
      .execute()
      .then((rows) => rows.length);

  test.each([
    "update alert_rule set active = false where code = 'H2'",
    "update alert_rule set impact_assessment = 'x' where code = 'H1'",
    "update alert_rule set switched_at = now() where code = 'H2'",
    "update alert_rule set looked_until = now() where code = 'H2'",
    "delete from alert_rule where code = 'H2'",
    "insert into alert_rule_switch select gen_random_uuid(), code, false, 'x', null, decode(repeat('00', 16), 'hex'), now() from alert_rule",
    "select code from alert_rule where code = 'H2' for update",
  ])('the app may not: %s', async (statement) => {
    await expect(sql.raw(statement).execute(world.ctx.db)).rejects.toThrow(/permission denied/);
    expect(await isOn()).toBe(true);
  });

  test('nor by the function, without the entry of this very transaction that says exactly this', async () => {
    const { db } = world.ctx;
    await expect(off(uuidv7(world.clock.now())).execute(db)).rejects.toThrow(/without the entry that tells it/);
    const before = await db.transaction().execute((trx) => tell(trx));
    await expect(off(before).execute(db)).rejects.toThrow(/without the entry that tells it/);
    for (const other of [{ code: 'E1' }, { active: true }, { reason: 'autre' }, { assessment: 'AIPD' }]) {
      const tried = db.transaction().execute(async (trx) => off(await tell(trx), other).execute(trx));
      await expect(tried).rejects.toThrow('the entry tells of another switch');
    }
    const unproven = db.transaction().execute(async (trx) => off(await tell(trx, { isProven: false })).execute(trx));
    await expect(unproven).rejects.toThrow('without the key of the node');
    for (const role of ['workerCtx', 'readerDb'] as const) {
      const stranger = role === 'readerDb' ? world.ctx.readerDb : world.workerCtx.db;
      await expect(off(before).execute(stranger)).rejects.toThrow(/permission denied/);
    }
    expect([await isOn(), await switches()]).toEqual([true, 0]);
  });

  test('told, it is switched once, with its reason; a second time in a row is refused', async () => {
    const { db } = world.ctx;
    const once = () => db.transaction().execute(async (trx) => off(await tell(trx)).execute(trx));
    await once();
    expect([await isOn(), await switches()]).toEqual([false, 1]);
    const told = (await switched()).filter(({ rule }) => rule === 'H2').length;
    await expect(once()).rejects.toThrow('is so already');
    expect((await switched()).filter(({ rule }) => rule === 'H2')).toHaveLength(told);
    await switchRule(world.ctx, { code: 'H2', active: true, reason: REASON });
    expect([await isOn(), await switches()]).toEqual([true, 2]);
  });
});

describe('once they are on', () => {
  test('H1: at night, on a Sunday, on a public holiday; not at seven, nor overseas', async () => {
    const reunion = await addStructure(world, { departement: '974', city: 'Saint-Denis' });
    await indexed(world, [
      act('2026-07-08T05:00:00.000Z'), // 7 h in Paris
      act('2026-07-08T17:59:59.999Z'), // just before 20 h
      act('2026-07-08T03:00:00.000Z', { organisationId: reunion.id }),
    ]);
    for (const hour of ['02:30', '04:30', '17:10']) {
      await from('H1', `2026-07-08T${hour}:00.000Z`);
      expect(await turn(world, ['H1'], at('2026-07-08T20:00:00.000Z')), hour).toBe(0); // one hour at a time
    }
    const late = await indexed(world, [act('2026-07-08T18:00:00.000Z'), act('2026-07-08T18:40:00.000Z')]);
    await from('H1', '2026-07-08T17:55:00.000Z');
    expect(await turn(world, ['H1'], at('2026-07-08T19:00:00.000Z'))).toBe(1);
    const [alert] = await alertsIn(world, 'H1');
    expect(alert?.explanation).toBe(
      '2\u00a0actes du même aidant, le mercredi 8\u00a0juillet\u00a02026, entre 20\u00a0h\u00a000 et 20\u00a0h\u00a040, hors des heures habituelles d’ouverture.',
    );
    expect(await entriesOf(world, alert?.id)).toEqual(late.toSorted());
    for (const day of ['2026-07-12', '2026-07-14']) {
      await indexed(world, [act(`${day}T09:00:00.000Z`)]);
      await from('H1', `${day}T08:30:00.000Z`);
      expect(await turn(world, ['H1'], at(`${day}T10:00:00.000Z`)), day).toBe(1);
    }
  });

  test('V1: a day far above those of comparable structures; the same day just below is nothing', async () => {
    const others = await Promise.all([1, 2, 3].map(() => addPerson(world, { organisationIds: [world.structure.id] })));
    for (const [place, other] of others.entries()) {
      for (let day = 1; day <= 12; day += 1) {
        const when = new Date(at('2026-09-01T08:00:00.000Z').getTime() + day * DAY).toISOString();
        await indexed(world, many(5 + ((day + place) % 3), when, { aidantId: other.aidantId }));
      }
    }
    await from('V1', '2026-09-19T22:00:00.000Z'); // a day of Paris begins
    await indexed(world, many(20, '2026-09-20T08:00:00.000Z'));
    expect(await turn(world, ['V1'], at('2026-09-20T20:00:00.000Z'))).toBe(0); // not over
    expect(await turn(world, ['V1'], at('2026-09-20T22:30:00.000Z'))).toBe(0); // twenty, at least
    await indexed(world, many(21, '2026-09-21T08:00:00.000Z'));
    expect(await turn(world, ['V1'], at('2026-09-21T22:30:00.000Z'))).toBe(1);
    const [alert] = await alertsIn(world, 'V1');
    expect(alert).toMatchObject({ entries: 21, organisationId: world.structure.id, urgent: false });
    expect(alert?.explanation).toContain('Le lundi 21\u00a0septembre\u00a02026, 21\u00a0connexions du même aidant.');
    expect(await turn(world, ['V1'], at('2026-09-21T22:40:00.000Z'))).toBe(0);
  });

  test('V3: ten acts after thirty idle days; nine, a new account, or a shorter silence are nothing', async () => {
    const [shorter, fewer, fresh] = await Promise.all(
      [1, 2, 3].map(() => addPerson(world, { organisationIds: [world.structure.id] })),
    );
    await from('V3', '2026-05-04T22:00:00.000Z');
    await indexed(world, [
      ...many(1, '2026-03-01T09:00:00.000Z'),
      ...many(1, '2026-03-01T09:00:00.000Z', { aidantId: fewer?.aidantId ?? '' }),
      ...many(1, '2026-04-10T09:00:00.000Z', { aidantId: shorter?.aidantId ?? '' }),
      ...many(10, '2026-05-05T09:00:00.000Z'),
      ...many(9, '2026-05-05T09:00:00.000Z', { aidantId: fewer?.aidantId ?? '' }),
      ...many(10, '2026-05-05T09:00:00.000Z', { aidantId: shorter?.aidantId ?? '' }),
      ...many(10, '2026-05-05T09:00:00.000Z', { aidantId: fresh?.aidantId ?? '' }),
    ]);
    expect(await turn(world, ['V3'], at('2026-05-05T23:00:00.000Z'))).toBe(1);
    expect((await alertsIn(world, 'V3')).map(({ explanation }) => explanation)).toEqual([
      'Le mardi 5\u00a0mai\u00a02026, 10\u00a0actes d’un compte dont l’acte précédent datait du dimanche 1er\u00a0mars\u00a02026.',
    ]);
  });

  test('U1: three aidants of three structures for one person; two are nothing, a fourth is new', async () => {
    const { usagerId } = await world.conclude();
    const places = await Promise.all([1, 2, 3].map(() => addStructure(world)));
    const helped = async (place: number, when: string) => {
      const organisationId = places[place]?.id ?? '';
      const { aidantId } = await addPerson(world, { organisationIds: [organisationId] });
      await indexed(world, [act(when, { aidantId, organisationId, usagerId })]);
    };
    await from('U1', '2026-10-01T22:00:00.000Z');
    await helped(0, '2026-09-10T09:00:00.000Z');
    await helped(1, '2026-10-02T09:00:00.000Z');
    await helped(1, '2026-10-02T10:00:00.000Z');
    expect(await turn(world, ['U1'], at('2026-10-02T22:30:00.000Z'))).toBe(0);
    await helped(2, '2026-10-03T09:00:00.000Z');
    expect(await turn(world, ['U1'], at('2026-10-03T22:30:00.000Z'))).toBe(1);
    const [alert] = await alertsIn(world, 'U1');
    expect(alert?.explanation).toBe(
      'En 30\u00a0jours, 4\u00a0aidants de 3\u00a0structures ont agi pour la même personne.',
    );
    expect(JSON.stringify(alert)).not.toContain(usagerId);
    await indexed(world, [act('2026-10-04T09:00:00.000Z', { organisationId: places[2]?.id ?? '', usagerId })]);
    expect(await turn(world, ['U1'], at('2026-10-04T22:30:00.000Z'))).toBe(0);
  });

  test('U3: the same family name, whatever the accents, or a colleague; a shorter name is another one', async () => {
    await on('U3');
    const by = await addPerson(world, {
      ...{ organisationIds: [world.structure.id], firstName: 'Zoé', lastName: 'Le Gall' },
    });
    await addPerson(world, { organisationIds: [world.structure.id], firstName: 'Ophélie', lastName: 'Kerguélen' });
    await world.conclude({ familyName: 'LE GALLOIS', givenName: 'Anne' }, { by });
    await world.conclude({ familyName: 'KERGUELEN', givenName: 'Marie Ophélie' }, { by });
    expect(await turn(world, ['U3'])).toBe(0);
    world.clock.advance(MINUTE);
    await world.conclude({ familyName: 'DUVAL', preferredUsername: 'LE-GALL', givenName: 'Anne' }, { by });
    await world.conclude({ familyName: 'KERGUÉLEN', givenName: 'Ophélie Marie' }, { by });
    expect(await turn(world, ['U3'])).toBe(2);
    const told = (await alertsIn(world, 'U3')).map(({ explanation }) => explanation).sort();
    expect(told).toEqual([
      'Un aidant a agi pour une personne qui porte le même nom de famille que lui.',
      'Un aidant a agi pour une personne qui porte le prénom et le nom d’un autre aidant de sa structure.',
    ]);
    expect(told.join(' ')).not.toMatch(/gall|kergu/i);
    expect(await turn(world, ['U3'])).toBe(0);
  });

  test('A1: one account from two networks; not after a logout, nor from the same network', async () => {
    await on('A1');
    const login = async ({ aidantId }: TestAidant, address: string | null) => {
      const actor = { aidantId, organisationId: world.structure.id };
      const subject = { kind: 'aidant', id: aidantId } as const;
      const event = address
        ? aidantLoggedIn.event({ actor, result: 'ok', clear: { by: 'link' }, committed: { address }, subject })
        : aidantLoggedOut.event({ actor, result: 'ok', clear: {} });
      await world.ctx.db.transaction().execute((trx) => record(world.ctx, trx, event));
    };
    const another = await addPerson(world, { organisationIds: [world.structure.id] });
    await login(aidant, '192.0.2.10');
    await login(aidant, '::ffff:192.0.2.99');
    await login(aidant, null);
    await login(aidant, '198.51.100.4');
    await login(another, '2001:db8:1::1');
    expect(await turn(world, ['A1'])).toBe(0);
    await login(another, '2001:db8:2::1');
    expect(await turn(world, ['A1'])).toBe(1);
    const [alert] = await alertsIn(world, 'A1');
    expect(alert).toMatchObject({ entries: 2, urgent: false });
    expect(alert?.explanation).toContain('Deux connexions du même compte depuis deux réseaux différents');
    expect(alert?.explanation).not.toMatch(/2001:|192\.|198\./);
    expect(await turn(world, ['A1'])).toBe(0);
  });

  test('a rule that is switched off stops at once, and looks at nothing of meanwhile when it is back', async () => {
    await on('U3');
    expect(await turn(world, ['U3'])).toBe(0);
    await switchRule(world.ctx, { code: 'U3', active: false, reason: 'Le temps d’une vérification' });
    const by = await addPerson(world, { organisationIds: [world.structure.id], lastName: 'Quéméneur' });
    await world.conclude({ familyName: 'QUEMENEUR' }, { by });
    expect(await turn(world, ['U3'])).toBe(0);
    await on('U3');
    await tamper(world, (db) => sql`update alert_rule set switched_at = ${soon()} where code = 'U3'`.execute(db));
    expect(await turn(world, ['U3'])).toBe(0);
  });
});
