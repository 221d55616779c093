import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { journalKinds, journalRegistry } from '#journal';
import {
  addOrganisation,
  changeOrganisation,
  findOrganisation,
  type OrganisationInput,
  organisationEvents,
  themeOf,
  themes,
} from '#organisation';
import { projectRoot } from '#platform/root.ts';
import { type BareContext, createBareContext } from '#support/bare-context.ts';
import { expectNoPersonalData, journalOf } from '#support/journal.ts';
import { addStructure, someSiret } from '#support/people.ts';

const registry = journalRegistry([...journalKinds, ...organisationEvents]);

let bare: BareContext;

beforeAll(async () => {
  bare = await createBareContext();
});
afterAll(() => bare.close());

const input = (): OrganisationInput => ({
  name: 'CCAS  d’Arras ',
  type: 'ccas',
  siret: '216 200 410 00019',
  address: '6 place des Héros',
  zipCode: '62 000',
  city: 'Arras',
  departement: '62',
  phone: '+33 3 21 50 50 50',
  email: ' CCAS@Arras.example ',
});

const entriesOf = async (id: string) =>
  (await journalOf(bare.database.readerUrl, { keys: bare.ctx.keys, registry })).filter(
    ({ organisationId }) => organisationId === id,
  );
const place = () => ({
  ctx: bare.ctx,
  visitor: () => {
    throw new Error('no site here');
  },
});

describe('adding a structure', () => {
  test('keeps it tidied, with every theme, and journals it without saying its name', async () => {
    const added = await addOrganisation(bare.ctx, input());
    const id = added.ok ? added.organisation.id : '';
    expect(await findOrganisation(bare.ctx.db, id)).toMatchObject({
      name: 'CCAS d’Arras',
      siret: '21620041000019',
      zipCode: '62000',
      phone: '03 21 50 50 50',
      email: 'ccas@arras.example',
      allowedThemes: themes.map(({ key }) => key),
      longestDuration: null,
      active: true,
    });
    const [entry, ...more] = await entriesOf(id);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      kind: 'organisation.added',
      log: 'actes',
      clear: { organisation: id, type: 'ccas', departement: '62' },
      opened: { name: 'CCAS d’Arras', siret: '21620041000019', address: '6 place des Héros, 62000 Arras' },
      sentence: 'La structure «\u00a0CCAS d’Arras\u00a0» est inscrite.',
    });
    expectNoPersonalData(entry?.leaf ?? Buffer.alloc(0), ['CCAS d’Arras', '21620041000019', 'ccas@arras.example']);
  });

  test.each([
    ['name', { name: '  ' }],
    ['name', { name: 'x'.repeat(201) }],
    ['name', { name: 'CCAS\u0000' }],
    ['name', { name: 'CCAS \u202egnp.exe' }],
    ['type', { type: 'banque' }],
    ['siret', { siret: '21620041000010' }],
    ['siret', { siret: '' }],
    ['address', { address: '' }],
    ['zipCode', { zipCode: '6200' }],
    ['city', { city: '' }],
    ['departement', { departement: '20' }],
    ['departement', { departement: '999' }],
    ['phone', { phone: '12' }],
    ['email', { email: 'ccas' }],
    ['allowedThemes', { allowedThemes: [] }],
    ['allowedThemes', { allowedThemes: ['famille', 'banque'] }],
    ['longestDuration', { longestDuration: 'FOREVER' as 'LONG' }],
  ])('is refused with a message on %s: %j', async (field, wrong) => {
    const before = await bare.ctx.db.selectFrom('organisation').select('id').execute();
    const added = await addOrganisation(bare.ctx, { ...input(), siret: someSiret(), ...wrong });
    expect(added.ok).toBe(false);
    expect(added.ok ? [] : Object.keys(added.errors)).toEqual([field]);
    expect(await bare.ctx.db.selectFrom('organisation').select('id').execute()).toEqual(before);
  });

  test.each(['2a', '2B', '974', '976', '988'])('département %s is kept in capitals', async (departement) => {
    const organisation = await addStructure(place(), { departement });
    expect(organisation.departement).toBe(departement.toUpperCase());
  });

  test('twice with the same SIRET and name is refused; with another name it is another establishment', async () => {
    const siret = someSiret();
    const name = 'Maison de quartier';
    await addStructure(place(), { siret, name });
    const again = await addOrganisation(bare.ctx, { ...input(), siret, name });
    expect(again).toEqual({ ok: false, errors: { siret: expect.stringContaining('déjà inscrite') } });
    expect((await addOrganisation(bare.ctx, { ...input(), siret, name: 'Annexe' })).ok).toBe(true);
  });

  test('themes are kept in the order of the table, each once', async () => {
    const organisation = await addStructure(place(), { allowedThemes: ['loisirs', 'famille', 'loisirs', 'papiers'] });
    expect(organisation.allowedThemes).toEqual(['papiers', 'famille', 'loisirs']);
  });
});

describe('changing a structure', () => {
  test('journals which fields, and the new values as commitments', async () => {
    const { id } = await addStructure(place());
    const change = { phone: '03 21 00 11 22', allowedThemes: ['famille'], longestDuration: 'MONTH' as const };
    expect(await changeOrganisation(bare.ctx, id, change)).toEqual({
      ok: true,
      changed: ['phone', 'allowedThemes', 'longestDuration'],
    });
    expect(await findOrganisation(bare.ctx.db, id)).toMatchObject(change);
    expect((await entriesOf(id)).at(-1)).toMatchObject({
      kind: 'organisation.changed',
      clear: { fields: ['phone', 'allowedThemes', 'longestDuration'], themes: ['famille'], longest: 'MONTH' },
      opened: { phone: '03 21 00 11 22' },
      sentence: 'La fiche de la structure a changé (téléphone, thèmes permis, durée la plus longue).',
    });
  });

  test('that changes nothing writes nothing; closing twice is closing once', async () => {
    const { id, name } = await addStructure(place());
    const before = (await entriesOf(id)).length;
    expect(await changeOrganisation(bare.ctx, id, { name })).toEqual({ ok: true, changed: [] });
    await Promise.all(Array.from({ length: 5 }, () => changeOrganisation(bare.ctx, id, { active: false })));
    const entries = (await entriesOf(id)).slice(before);
    expect(entries).toEqual([
      expect.objectContaining({ clear: { organisation: id, fields: ['active'], active: false } }),
    ]);
    expect(entries[0]?.sentence).toContain('fermée');
  });

  test('wrong values and unknown structures are refused, and change nothing', async () => {
    const { id, phone } = await addStructure(place());
    expect(await changeOrganisation(bare.ctx, id, { phone: '12' })).toMatchObject({
      ok: false,
      errors: { phone: expect.any(String) },
    });
    expect(await changeOrganisation(bare.ctx, crypto.randomUUID(), { phone })).toMatchObject({ ok: false });
    expect((await findOrganisation(bare.ctx.db, id))?.phone).toBe(phone);
  });
});

test('the ten themes are those of the database, in the same words', () => {
  expect(themes).toHaveLength(10);
  const migration = readFileSync(join(projectRoot(), 'migrations', '0005_mandate.sql'), 'utf8');
  for (const { key } of themes) expect(migration).toContain(`'${key}'`);
  expect(themeOf('argent')?.title).toBe('Argent - Impôts - Consommation');
  expect(themeOf('__proto__')).toBeUndefined();
});
