import { afterAll, beforeAll, expect, it } from 'vitest';
import { inTransaction } from '#platform/context.ts';
import { type BareContext, createBareContext } from '#support/bare-context.ts';
import { journalOf } from '#support/journal.ts';
import { findUsager, giveOwnEmail, saveIdentity } from '#usager';

let world: BareContext;
beforeAll(async () => {
  world = await createBareContext();
});
afterAll(() => world.close());

const actor = { aidantId: '0199a0c0-0000-7000-8000-000000000001' };
const professional = new Set(['julie@structure.example', 'accueil@structure.example']);
const isProfessional = async (email: string) => professional.has(email);

let count = 0;
async function suzanne(email: string | null = null) {
  count += 1;
  const identity = {
    sub: `suzanne-${count}`,
    givenName: 'Suzanne',
    familyName: `ROUX-${count}`,
    preferredUsername: null,
    gender: 'female' as const,
    birthdate: '1944-12-24',
    idpBirthdate: null,
    birthplace: '13055',
    birthcountry: '99100',
    email,
  };
  const { usager } = await inTransaction(world.ctx, (trx) => saveIdentity(world.ctx, trx, identity, actor));
  return usager.id;
}

const give = (usagerId: string, email: string) =>
  inTransaction(world.ctx, (trx) => giveOwnEmail(world.ctx, trx, { usagerId, email, actor, isProfessional }));

const emailOf = async (id: string) => (await findUsager(world.ctx.db, id))?.email;

async function changesAbout(usagerId: string) {
  const entries = await journalOf(world.database.superuserUrl, { keys: world.ctx.keys, kinds: ['usager.changed'] });
  return entries.filter(({ about }) => about.usagerId === usagerId);
}

it('keeps the address a person without one gives, and says in the journal that they gave it', async () => {
  const id = await suzanne();
  expect(await give(id, '  Suzanne.Roux@courriel.example ')).toMatchObject({ ok: true, usager: { id } });
  expect(await emailOf(id)).toBe('Suzanne.Roux@courriel.example');
  const [entry] = await changesAbout(id);
  expect(entry).toMatchObject({
    clear: { fields: ['email'], source: 'usager' },
    opened: { before: '{}', after: '{"email":"Suzanne.Roux@courriel.example"}' },
    aidantId: actor.aidantId,
  });
  expect(entry?.leaf.toString()).not.toContain('courriel');
});

it.each(['julie@structure.example', 'Julie@Structure.EXAMPLE', ' ACCUEIL@structure.example'])(
  'refuses the address of an aidant or of a structure (%s)',
  async (email) => {
    const id = await suzanne();
    expect(await give(id, email)).toEqual({ ok: false, reason: 'professional-address' });
    expect(await emailOf(id)).toBeNull();
    expect(await changesAbout(id)).toEqual([]);
  },
);

it.each([
  '',
  'suzanne',
  'suzanne@',
  'a@b.example, c@d.example',
  'Suzanne <s@courriel.example>',
  's@courriel.example\r\nBcc: x@y.example',
  's\u0000@courriel.example',
  's\u202e@courriel.example',
  `${'s'.repeat(250)}@courriel.example`,
])('refuses what is not one address (%j)', async (email) => {
  const id = await suzanne();
  expect(await give(id, email)).toEqual({ ok: false, reason: 'not-an-address' });
  expect(await emailOf(id)).toBeNull();
  expect(await changesAbout(id)).toEqual([]);
});

it('does not replace an address that is there', async () => {
  const id = await suzanne('suzanne@courriel.example');
  expect(await give(id, 'autre@courriel.example')).toEqual({ ok: false, reason: 'has-one-already' });
  expect(await emailOf(id)).toBe('suzanne@courriel.example');
  expect(await changesAbout(id)).toEqual([]);
});

it('given twice at once, keeps one and writes one entry', async () => {
  const id = await suzanne();
  const answers = await Promise.all([give(id, 'une@courriel.example'), give(id, 'deux@courriel.example')]);
  expect(answers.map(({ ok }) => ok).toSorted()).toEqual([false, true]);
  expect(await changesAbout(id)).toHaveLength(1);
});

it('nobody has an id that is not one', async () => {
  expect(await findUsager(world.ctx.db, "' or true --")).toBeUndefined();
  expect(await findUsager(world.ctx.db, '0199a0c0-0000-7000-8000-00000000ffff')).toBeUndefined();
});
