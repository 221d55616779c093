import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addAidant, changeAidant, findAidantByEmail, identityEvents, listAidants, renewSecondFactor } from '#identity';
import { journalKinds, journalRegistry } from '#journal';
import { organisationEvents } from '#organisation';
import { type BareContext, createBareContext } from '#support/bare-context.ts';
import { expectNoPersonalData, journalOf } from '#support/journal.ts';
import { addPerson, addStructure } from '#support/people.ts';

const registry = journalRegistry([...journalKinds, ...organisationEvents, ...identityEvents]);

let bare: BareContext;
let organisationId: string;

const place = () => ({
  ctx: bare.ctx,
  visitor: () => {
    throw new Error('no site here');
  },
});
const entriesOf = async (aidantId: string) =>
  (
    await journalOf(bare.database.readerUrl, {
      keys: bare.ctx.keys,
      registry,
      kinds: ['aidant.added', 'aidant.changed'],
    })
  ).filter((entry) => entry.aidantId === aidantId);
const row = (id: string) => bare.ctx.db.selectFrom('aidant').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

beforeAll(async () => {
  bare = await createBareContext();
  organisationId = (await addStructure(place())).id;
});
afterAll(() => bare.close());

const input = () => ({
  email: ' Amina.Berrada@Arras.example ',
  firstName: 'Amina',
  lastName: 'Berrada',
  organisationIds: [organisationId],
});

describe('adding an aidant', () => {
  test('keeps the secret sealed, and journals without saying who', async () => {
    const added = await addAidant(bare.ctx, input());
    if (!added.ok) throw new Error('refused');
    const kept = await row(added.aidantId);
    expect(kept).toMatchObject({
      email: 'amina.berrada@arras.example',
      active: true,
      mayConclude: true,
      termsVersion: null,
    });
    expect(kept.totpSecret.toString('latin1')).not.toContain(added.totpSecret);
    expect(added.totpUri).toContain(added.totpSecret);
    const [entry] = await entriesOf(added.aidantId);
    expect(entry).toMatchObject({
      kind: 'aidant.added',
      log: 'actes',
      clear: { aidant: added.aidantId, organisations: [organisationId], mayConclude: true },
      opened: { firstName: 'Amina', lastName: 'Berrada', email: 'amina.berrada@arras.example' },
      sentence: 'Un compte d’aidant est créé pour Amina Berrada.',
    });
    expectNoPersonalData(entry?.leaf ?? Buffer.alloc(0), [
      'Amina',
      'Berrada',
      'amina.berrada@arras.example',
      added.totpSecret,
    ]);
  });

  test.each([
    ['email', { email: 'amina' }],
    ['email', { email: '' }],
    ['email', { email: 'AMINA.BERRADA@arras.example' }],
    ['firstName', { firstName: ' ' }],
    ['lastName', { lastName: 'Berrada\u0000' }],
    ['organisationIds', { organisationIds: [] }],
    ['organisationIds', { organisationIds: ['pas-un-uuid'] }],
    ['organisationIds', { organisationIds: ['00000000-0000-7000-8000-000000000000'] }],
    ['totpSecret', { totpSecret: 'court' }],
  ])('is refused with a message on %s: %j', async (field, wrong) => {
    const before = await bare.ctx.db.selectFrom('aidant').select('id').execute();
    const added = await addAidant(bare.ctx, { ...input(), email: 'autre@arras.example', ...wrong });
    expect(added.ok ? [] : Object.keys(added.errors)).toEqual([field]);
    expect(await bare.ctx.db.selectFrom('aidant').select('id').execute()).toEqual(before);
  });

  test('an application that is set already may be brought', async () => {
    const totpSecret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    const added = await addAidant(bare.ctx, { ...input(), email: 'carte@arras.example', totpSecret });
    expect(added).toMatchObject({ ok: true, totpSecret });
  });
});

describe('changing an aidant', () => {
  test('is journaled once per real change', async () => {
    const { aidantId } = await addPerson(place(), { organisationIds: [organisationId] });
    const other = await addStructure(place(), { name: 'Autre' });
    const changes = [
      { change: 'joined', organisationId: other.id },
      { change: 'joined', organisationId: other.id },
      { change: 'may-not-conclude' },
      { change: 'may-not-conclude' },
      { change: 'may-conclude' },
      { change: 'left', organisationId: other.id },
      { change: 'left', organisationId: other.id },
      { change: 'deactivated' },
      { change: 'deactivated' },
      { change: 'activated' },
    ] as const;
    const changed: boolean[] = [];
    for (const change of changes) {
      const outcome = await changeAidant(bare.ctx, aidantId, change);
      changed.push(outcome.ok && outcome.changed);
    }
    expect(changed).toEqual([true, false, true, false, true, true, false, true, false, true]);
    const journaled = (await entriesOf(aidantId)).filter(({ kind }) => kind === 'aidant.changed');
    expect(journaled.map(({ clear }) => clear.change)).toEqual([
      'joined',
      'may-not-conclude',
      'may-conclude',
      'left',
      'deactivated',
      'activated',
    ]);
  });

  test('deactivated five times at once: one entry', async () => {
    const { aidantId } = await addPerson(place(), { organisationIds: [organisationId] });
    await Promise.all(Array.from({ length: 5 }, () => changeAidant(bare.ctx, aidantId, { change: 'deactivated' })));
    expect((await entriesOf(aidantId)).filter(({ kind }) => kind === 'aidant.changed')).toHaveLength(1);
  });

  test('unknown aidants and structures are refused', async () => {
    const unknown = crypto.randomUUID();
    const { aidantId } = await addPerson(place(), { organisationIds: [organisationId] });
    expect(await changeAidant(bare.ctx, unknown, { change: 'deactivated' })).toEqual({
      ok: false,
      reason: 'unknown-aidant',
    });
    expect(await changeAidant(bare.ctx, aidantId, { change: 'joined', organisationId: unknown })).toEqual({
      ok: false,
      reason: 'unknown-organisation',
    });
    expect(await renewSecondFactor(bare.ctx, unknown)).toBeUndefined();
  });

  test('a new second factor replaces the old one, and ends pending mails and sessions', async () => {
    const { aidantId } = await addPerson(place(), { organisationIds: [organisationId] });
    const before = (await row(aidantId)).totpSecret;
    const renewed = await renewSecondFactor(bare.ctx, aidantId);
    expect(renewed?.totpUri).toContain('otpauth://totp/');
    expect((await row(aidantId)).totpSecret.equals(before)).toBe(false);
    expect((await entriesOf(aidantId)).at(-1)?.sentence).toContain('application de codes');
  });
});

test('aidants are found by address and listed with their structures', async () => {
  const { aidantId, email } = await addPerson(place(), { organisationIds: [organisationId] });
  expect((await findAidantByEmail(bare.ctx.db, ` ${email.toUpperCase()} `))?.id).toBe(aidantId);
  const listed = (await listAidants(bare.ctx.db)).find(({ id }) => id === aidantId);
  expect(listed?.organisations).toEqual(['CCAS d’Arras']);
});
