import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journalRegistry, parseEntry } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { type BareContext, createBareContext } from '#support/bare-context.ts';
import { expectNoPersonalData, journalOf } from '#support/journal.ts';
import { type FranceconnectIdentity, findUsager, recogniseIdentity, saveIdentity, usagerEvents } from '#usager';

let world: BareContext;
const aidantId = '0199a0c0-0000-7000-8000-000000000001';
const organisationId = '0199a0c0-0000-7000-8000-000000000002';
const actor = { aidantId, organisationId };

beforeAll(async () => {
  world = await createBareContext();
});
afterAll(() => world.close());

let count = 0;
/** Somebody nobody knows yet. */
function somebody(change: Partial<FranceconnectIdentity> = {}): FranceconnectIdentity {
  count += 1;
  return {
    sub: `${randomBytes(32).toString('hex')}v1`,
    givenName: 'Josette Marie',
    familyName: `LEFÈVRE-${count}`,
    preferredUsername: null,
    gender: 'female',
    birthdate: '1948-03-12',
    idpBirthdate: '1948-03-12',
    birthplace: '62041',
    birthcountry: '99100',
    email: 'josette@courriel.example',
    ...change,
  };
}

const save = (identity: FranceconnectIdentity, ctx: AppContext = world.ctx) =>
  inTransaction(ctx, (trx) => saveIdentity(ctx, trx, identity, actor));

const rowOf = (id: string) =>
  world.ctx.db.selectFrom('usager').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

const rowsNamed = (familyName: string) =>
  world.ctx.db.selectFrom('usager').selectAll().where('familyName', '=', familyName).execute();

async function entriesAbout(usagerId: string) {
  const filter = { keys: world.ctx.keys, kinds: ['usager.added', 'usager.changed'] };
  const entries = await journalOf(world.database.superuserUrl, filter);
  return entries.filter(({ about }) => about.usagerId === usagerId);
}

describe('a first identification', () => {
  it('adds the person, with the sub hashed under the current key and a name to search', async () => {
    const identity = somebody({ preferredUsername: "D'Aubigné" });
    const { usager, outcome, changed } = await save(identity);
    expect(outcome).toBe('added');
    expect(changed).toEqual([]);
    const row = await rowOf(usager.id);
    const { sub, ...told } = identity;
    expect(row).toMatchObject(told);
    expect(row.searchName).toBe(`d aubigne lefevre ${count} josette marie`);
    expect(row.subKeyId).toBe(world.ctx.keys.pseudonym[0].id);
    expect(row.subHash.toString('hex')).not.toContain(sub.slice(0, 16));
    expect(row.createdAt).toEqual(world.clock.now());
  });

  it('writes one entry that commits to the identity and says nothing of it in clear', async () => {
    const identity = somebody();
    const { usager } = await save(identity);
    const entries = await entriesAbout(usager.id);
    expect(entries).toHaveLength(1);
    const [entry] = entries;
    expect(entry).toMatchObject({
      kind: 'usager.added',
      log: 'actes',
      result: 'ok',
      aidantId,
      organisationId,
      clear: {},
    });
    expect(entry?.opened).toEqual({
      givenName: identity.givenName,
      familyName: identity.familyName,
      gender: 'female',
      birthdate: '1948-03-12',
      birthplace: '62041',
      birthcountry: '99100',
      email: 'josette@courriel.example',
    });
    const sentence = parseEntry(entry?.leaf as Buffer, journalRegistry(usagerEvents)).sentence(entry?.opened ?? {});
    expect(sentence).toBe(`Première identification de Josette Marie ${identity.familyName} par FranceConnect.`);
    const secrets = [usager.id, identity.sub, identity.familyName, 'Josette', '1948-03-12', 'josette@courriel.example'];
    expectNoPersonalData(entry?.leaf as Buffer, secrets);
  });

  it('keeps presumed dates, births abroad and people without e-mail as they are', async () => {
    const { usager } = await save(
      somebody({
        birthdate: '1950-01-01',
        idpBirthdate: '1950-00-00',
        birthplace: '',
        birthcountry: '99352',
        email: null,
      }),
    );
    expect(await findUsager(world.ctx.db, usager.id)).toMatchObject({
      birthdate: '1950-01-01',
      idpBirthdate: '1950-00-00',
      birthplace: '',
      birthcountry: '99352',
      email: null,
    });
  });

  it('is undone with the act it belongs to', async () => {
    const identity = somebody();
    const act = inTransaction(world.ctx, async (trx) => {
      await saveIdentity(world.ctx, trx, identity, actor);
      throw new Error('the act failed');
    });
    await expect(act).rejects.toThrow('the act failed');
    expect(await rowsNamed(identity.familyName)).toEqual([]);
  });

  it('makes one row of the same person identified ten times at once', async () => {
    const identity = somebody();
    const saved = await Promise.all(Array.from({ length: 10 }, () => save(identity)));
    expect(await rowsNamed(identity.familyName)).toHaveLength(1);
    expect(new Set(saved.map(({ usager }) => usager.id)).size).toBe(1);
    expect(saved.map(({ outcome }) => outcome).toSorted()).toEqual(['added', ...Array(9).fill('known')]);
    expect(await entriesAbout(saved[0]?.usager.id ?? '')).toHaveLength(1);
  });

  it('makes one row when the parallel identifications bring different subs', async () => {
    const identity = somebody();
    const subs = Array.from({ length: 6 }, () => randomBytes(32).toString('hex'));
    await Promise.all(subs.map((sub) => save({ ...identity, sub })));
    expect(await rowsNamed(identity.familyName)).toHaveLength(1);
  });

  it('tells homonyms apart by their place of birth', async () => {
    const one = somebody();
    const other = { ...somebody(), familyName: one.familyName, birthplace: '44109' };
    expect((await save(one)).usager.id).not.toBe((await save(other)).usager.id);
    expect(await rowsNamed(one.familyName)).toHaveLength(2);
  });
});

describe('a person known already', () => {
  it('is found again, nothing is written', async () => {
    const identity = somebody();
    const { usager } = await save(identity);
    const again = await save(identity);
    expect(again).toEqual({ usager, outcome: 'known', changed: [] });
    expect(await entriesAbout(usager.id)).toHaveLength(1);
  });

  it('is found under an older key of the ring, and hashed again under the current one, silently', async () => {
    const identity = somebody();
    const { usager } = await save(identity);
    const newKey = { id: 'newer', secret: randomBytes(32) };
    const rotated = { ...world.ctx, keys: { ...world.ctx.keys, pseudonym: [newKey, ...world.ctx.keys.pseudonym] } };
    const again = await save({ ...identity, familyName: identity.familyName }, rotated as AppContext);
    expect(again).toMatchObject({ outcome: 'known', usager: { id: usager.id } });
    expect((await rowOf(usager.id)).subKeyId).toBe('newer');
    expect(await rowsNamed(identity.familyName)).toHaveLength(1);
    expect(await entriesAbout(usager.id)).toHaveLength(1);
  });

  it('keeps her row when her civil status changes, and the journal says which fields', async () => {
    const before = somebody({ givenName: 'Clément', gender: 'male' });
    const { usager } = await save(before);
    world.clock.advance(60_000);
    const after = await save({ ...before, givenName: 'Claire', gender: 'female' });
    expect(after).toMatchObject({ outcome: 'changed', changed: ['givenName', 'gender'], usager: { id: usager.id } });
    const row = await rowOf(usager.id);
    expect(row).toMatchObject({ givenName: 'Claire', gender: 'female', updatedAt: world.clock.now() });
    expect(row.searchName).toContain('claire');
    const [, entry] = await entriesAbout(usager.id);
    expect(entry).toMatchObject({
      kind: 'usager.changed',
      clear: { fields: ['givenName', 'gender'], source: 'franceconnect' },
      opened: { before: '{"gender":"male","givenName":"Clément"}', after: '{"gender":"female","givenName":"Claire"}' },
      aidantId,
      organisationId,
    });
    expectNoPersonalData(entry?.leaf as Buffer, [usager.id, 'Clément', 'Claire', before.familyName]);
  });

  it('keeps her row when FranceConnect gives another sub for the same civil status', async () => {
    const identity = somebody();
    const { usager } = await save(identity);
    const old = await rowOf(usager.id);
    const renamed = { ...identity, sub: randomBytes(32).toString('hex') };
    expect(await save(renamed)).toMatchObject({ outcome: 'changed', changed: ['sub'], usager: { id: usager.id } });
    expect((await rowOf(usager.id)).subHash.equals(old.subHash)).toBe(false);
    const [, entry] = await entriesAbout(usager.id);
    expect(entry?.clear).toEqual({ fields: ['sub'], source: 'franceconnect' });
    expect(await save(renamed)).toMatchObject({ outcome: 'known' });
  });

  it('has usage name and e-mail filled and updated, and kept when FranceConnect gives none', async () => {
    const identity = somebody({ email: null });
    const { usager } = await save(identity);
    const full = { ...identity, preferredUsername: 'MOREAU', email: 'nadia@courriel.example' };
    expect(await save(full)).toMatchObject({ outcome: 'changed', changed: ['preferredUsername', 'email'] });
    expect(await rowOf(usager.id)).toMatchObject({ preferredUsername: 'MOREAU', email: 'nadia@courriel.example' });
    expect((await rowOf(usager.id)).searchName).toMatch(/^moreau /);
    expect(await save(identity)).toMatchObject({ outcome: 'known' });
    expect(await rowOf(usager.id)).toMatchObject({ preferredUsername: 'MOREAU', email: 'nadia@courriel.example' });
    expect(await save({ ...full, email: 'autre@courriel.example' })).toMatchObject({ changed: ['email'] });
  });

  it('is never another person who only shares name, usage name or e-mail', async () => {
    const one = somebody({ preferredUsername: 'MOREAU' });
    const other = { ...one, sub: randomBytes(32).toString('hex'), birthdate: '1979-06-21' };
    expect((await save(one)).usager.id).not.toBe((await save(other)).usager.id);
  });

  it('who is one record by sub and another by civil status is the second: nothing is merged', async () => {
    const one = somebody();
    const other = somebody();
    const first = await save(one);
    const second = await save(other);
    const mixed = await save({ ...other, sub: one.sub });
    expect(mixed).toMatchObject({ outcome: 'known', usager: { id: second.usager.id } });
    expect((await save(one)).usager.id).toBe(first.usager.id);
    expect(await save(other)).toMatchObject({ outcome: 'known', usager: { id: second.usager.id } });
    expect(world.logs.join('')).toContain('several records');
  });

  it('changes once when two identifications change her at the same time', async () => {
    const before = somebody();
    const { usager } = await save(before);
    const after = { ...before, email: 'neuve@courriel.example' };
    const saved = await Promise.all(Array.from({ length: 5 }, () => save(after)));
    expect(saved.filter(({ outcome }) => outcome === 'changed')).toHaveLength(1);
    expect(await entriesAbout(usager.id)).toHaveLength(2);
  });
});

describe('recognising a person, before anything is saved', () => {
  const recognise = (identity: FranceconnectIdentity) => recogniseIdentity(world.ctx, world.ctx.db, identity);

  it('finds nobody for a first identification', async () => {
    expect(await recognise(somebody())).toBeUndefined();
  });

  it('says who it is and what would change, and writes nothing', async () => {
    const before = somebody({ email: null });
    const { usager } = await save(before);
    expect(await recognise(before)).toEqual({ usager, changes: [] });
    expect(await recognise({ ...before, sub: randomBytes(32).toString('hex') })).toEqual({ usager, changes: [] });
    expect(await recognise({ ...before, givenName: 'Josiane', email: 'j@courriel.example' })).toEqual({
      usager,
      changes: [
        { field: 'givenName', before: 'Josette Marie', after: 'Josiane' },
        { field: 'email', before: null, after: 'j@courriel.example' },
      ],
    });
    expect(await findUsager(world.ctx.db, usager.id)).toEqual(usager);
    expect(await entriesAbout(usager.id)).toHaveLength(1);
  });

  it('names the person that saving names', async () => {
    const one = somebody();
    const other = somebody();
    await save(one);
    await save(other);
    const mixed = { ...other, sub: one.sub };
    const recognised = await recognise(mixed);
    expect((await save(mixed)).usager).toEqual(recognised?.usager);
  });
});
