import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { evidencePlace, openEvidence, sealEvidence, verifyConsent } from '#consent';
import { openDatabase } from '#platform/db/database.ts';
import { inGroups } from '#platform/ids/ids.ts';
import { addPerson } from '#support/people.ts';
import { type ConcludeWorld, concludeWorld, mandateOf } from '../mandate/conclude-support.ts';

let world: ConcludeWorld;
let number: string;
let mandateId: string;

beforeAll(async () => {
  world = await concludeWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.set(new Date());
  const aidant = await addPerson(world, { organisationIds: [world.structure.id] });
  const desk = await world.at(aidant);
  const { id, page } = await desk.prepare('josette', { themes: ['famille', 'argent'] });
  await desk.accept(id, page, world.newCode(aidant));
  const mandate = await mandateOf(world, id);
  number = mandate?.number ?? '';
  mandateId = mandate?.id ?? '';
});

/** As a superuser, since nobody at runtime may change these. */
async function tamper(change: (db: ReturnType<typeof openDatabase>) => Promise<unknown>) {
  const db = openDatabase(world.database.superuserUrl, { max: 1, onError: () => undefined });
  await change(db);
  await db.destroy();
}

const faults = async () => {
  const verified = await verifyConsent(world.ctx, number);
  return verified?.checks.filter(({ verdict }) => verdict !== 'pass').map(({ name }) => name);
};

async function evidence() {
  const row = await world.ctx.db
    .selectFrom('consentEvidence')
    .selectAll()
    .where('mandateId', '=', mandateId)
    .executeTakeFirstOrThrow();
  return openEvidence(world.ctx, evidencePlace(mandateId), row.sealed);
}

async function replaceEvidence(change: Partial<Awaited<ReturnType<typeof evidence>>>) {
  const sealed = sealEvidence(world.ctx, evidencePlace(mandateId), { ...(await evidence()), ...change });
  await tamper((db) => db.updateTable('consentEvidence').set({ sealed }).where('mandateId', '=', mandateId).execute());
}

test('an honest mandate: everything holds, typed with spaces and small letters too, and what is not proved is said', async () => {
  const verified = await verifyConsent(world.ctx, inGroups(number).toLowerCase());
  expect(verified?.number).toBe(number);
  expect(verified?.checks.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['Le texte lu par la personne', 'pass'],
    ['Le lien entre l’identification et les conditions', 'pass'],
    ['La signature du jeton d’identité', 'pass'],
    ['La signature de l’état civil', 'pass'],
    ['Les dates', 'pass'],
    ['Le contenu du mandat', 'pass'],
    ['La personne', 'pass'],
    ['Le sceau du mandat', 'pass'],
    ['Les empreintes au journal', 'pass'],
  ]);
  expect(verified?.holds).toBe(true);
  expect(verified?.doesNotProve.join(' ')).toContain('l’aidant l’attestent');
  expect(JSON.stringify(verified)).not.toContain('LEFÈVRE');
});

test('who identified, by which account, when: from what FranceConnect signed', async () => {
  const { identification, checks } = (await verifyConsent(world.ctx, number)) ?? {};
  expect(identification).toMatchObject({
    provider: 'demo-idp',
    issuer: world.simulator.issuer,
    level: 'eidas1',
    signedAt: expect.any(Date),
  });
  expect(checks?.at(-1)?.detail).toContain('chaque pièce');
});

test('openings that were erased: nothing says it is false, nothing proves it any more', async () => {
  await tamper((db) =>
    db
      .deleteFrom('journal.opening')
      .where('entryId', 'in', (eb) =>
        eb.selectFrom('journal.entryIndex').select('id').where('mandateId', '=', mandateId),
      )
      .execute(),
  );
  const verified = await verifyConsent(world.ctx, number);
  expect(verified?.checks.at(-1)).toMatchObject({ name: 'Les empreintes au journal', verdict: 'unverifiable' });
  expect(verified?.holds).toBe(false);
});

test('a key that is gone: not verifiable, and never called false', async () => {
  const { keys } = world.ctx;
  const [current] = keys.snapshot;
  const without = { ...keys, snapshot: [{ ...current, kid: 'another' }] as typeof keys.snapshot };
  const verified = await verifyConsent({ ...world.ctx, keys: without }, number);
  expect(verified?.checks.find(({ name }) => name === 'Le sceau du mandat')?.verdict).toBe('unverifiable');
  const [data] = keys.data;
  const closed = { ...keys, data: [{ ...data, id: 'another' }] as typeof keys.data };
  const blind = await verifyConsent({ ...world.ctx, keys: closed }, number);
  expect(blind?.checks[0]).toMatchObject({ name: 'Les pièces de la preuve', verdict: 'unverifiable' });
  expect(blind?.identification).toBeNull();
});

test('nobody has this number', async () => {
  expect(await verifyConsent(world.ctx, '0000 0000 0000 0000')).toBeUndefined();
  expect(await verifyConsent(world.ctx, 'n’importe quoi')).toBeUndefined();
});

test('another text than the one that was read', async () => {
  const { shownTexts } = await evidence();
  await replaceEvidence({ shownTexts: shownTexts.replace('31\u00a0jours', '365\u00a0jours') });
  expect(await faults()).toEqual(['Le texte lu par la personne', 'Le contenu du mandat', 'Les empreintes au journal']);
});

test('wider terms than those that were agreed to, with their text and hash redone', async () => {
  const { terms } = await evidence();
  await replaceEvidence({ terms: terms.replace('["argent","famille"]', '["argent","famille","justice"]') });
  expect(await faults()).toEqual([
    'Le lien entre l’identification et les conditions',
    'Le contenu du mandat',
    'Les empreintes au journal',
  ]);
});

test('the identification of somebody else, rightly signed', async () => {
  const mine = await evidence();
  const [honest, id] = [number, mandateId];
  const aidant = await addPerson(world, { organisationIds: [world.structure.id] });
  const desk = await world.at(aidant);
  const other = await desk.prepare('marcel', { themes: ['famille', 'argent'] });
  await desk.accept(other.id, other.page, world.newCode(aidant));
  mandateId = (await mandateOf(world, other.id))?.id ?? '';
  const { idToken, userinfo } = await evidence();
  expect(idToken).not.toBe(mine.idToken);
  [number, mandateId] = [honest, id];
  await replaceEvidence({ idToken, userinfo });
  expect(await faults()).toEqual([
    'Le lien entre l’identification et les conditions',
    'La personne',
    'Les empreintes au journal',
  ]);
});

test.each(['idToken', 'userinfo'] as const)('a changed %s', async (part) => {
  const kept = await evidence();
  const [header, payload = '', signature] = kept[part].split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'autre' })).toString('base64url');
  await replaceEvidence({ [part]: [header, changed, signature].join('.') });
  expect(await faults()).toContain(
    part === 'idToken' ? 'La signature du jeton d’identité' : 'La signature de l’état civil',
  );
});

test('evidence that is not what it should be at all, moved from another row, or gone', async () => {
  await replaceEvidence({ terms: 'oui', shownTexts: 'oui', idToken: 'oui', jwks: '{' });
  expect((await faults())?.length).toBeGreaterThan(5);
  await tamper((db) =>
    db
      .updateTable('consentEvidence')
      .set({ sealed: Buffer.from('abc') })
      .where('mandateId', '=', mandateId)
      .execute(),
  );
  expect(await faults()).toEqual(['Les pièces de la preuve']);
  await tamper((db) => db.deleteFrom('consentEvidence').where('mandateId', '=', mandateId).execute());
  expect(await faults()).toEqual(['Les pièces de la preuve']);
});

test.each([
  ['the end', { endsAt: new Date('2099-01-01T00:00:00Z') }, ['Le contenu du mandat', 'Les empreintes au journal']],
  ['the seal', { snapshotJws: 'a..b' }, ['Le sceau du mandat']],
])('%s changed in the rows', async (_case, change, expected) => {
  await tamper((db) => db.updateTable('mandate').set(change).where('id', '=', mandateId).execute());
  expect(await faults()).toEqual(expected);
});

test('a theme added to the rows', async () => {
  await tamper(async (db) => {
    const row = await db
      .selectFrom('authorisation')
      .selectAll()
      .where('mandateId', '=', mandateId)
      .limit(1)
      .executeTakeFirstOrThrow();
    await db
      .insertInto('authorisation')
      .values({ ...row, id: mandateId, theme: 'justice' })
      .execute();
  });
  expect(await faults()).toEqual(['Le contenu du mandat', 'Les empreintes au journal']);
});

test('another snapshot, sealed by nobody', async () => {
  await tamper(async (db) => {
    const { snapshot } = await db
      .selectFrom('mandate')
      .select('snapshot')
      .where('id', '=', mandateId)
      .executeTakeFirstOrThrow();
    const changed = snapshot.replace('Josette Marie', 'Josette');
    await db.updateTable('mandate').set({ snapshot: changed }).where('id', '=', mandateId).execute();
  });
  expect(await faults()).toEqual(['La personne', 'Le sceau du mandat', 'Les empreintes au journal']);
});
