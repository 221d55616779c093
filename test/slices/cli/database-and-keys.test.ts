import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sealedColumns } from '#app/cli/sealed-columns.ts';
import { addAidant } from '#identity';
import { openEntries } from '#journal';
import { addOrganisation } from '#organisation';
import type { AppContext } from '#platform/context.ts';
import { parseKeyring } from '#platform/crypto/keys.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { seal, sealedWith, unseal } from '#platform/crypto/seal.ts';
import { type Db, openDatabase } from '#platform/db/database.ts';
import { systemClock } from '#platform/time/clock.ts';
import { type CliWorld, createCliWorld, STRUCTURE } from './cli-world.ts';

let world: CliWorld;
let owner: Db;

beforeAll(async () => {
  world = await createCliWorld();
  owner = openDatabase(world.database.ownerUrl, { onError: () => undefined });
  await world.cli(['journal', 'register-node']);
});
afterAll(async () => {
  await owner.destroy();
  await world.database.drop();
});

const passwords = (password: string) =>
  Object.fromEntries(['OWNER', 'APP', 'WORKER', 'READER'].map((role) => [`${role}_PASSWORD`, password]));
const NO_STACK = /\n\s+at /;

describe('the database', () => {
  test('is brought up to date, or said to be', async () => {
    expect(await world.cli(['migrate'])).toMatchObject({ status: 0, out: [], said: 'La base est déjà à jour.' });
  });

  test('is prepared with four passwords of some length', async () => {
    const superuser = { SUPERUSER_DATABASE_URL: world.database.superuserUrl };
    expect((await world.cli(['bootstrap'])).said).toContain('SUPERUSER_DATABASE_URL manque');
    expect((await world.cli(['bootstrap'], superuser)).said).toContain('OWNER_PASSWORD manque');
    const short = await world.cli(['bootstrap'], { ...superuser, ...passwords('court') });
    expect([short.status, short.said.includes('OWNER_PASSWORD est trop court')]).toEqual([1, true]);
  });

  test.each([
    ['that is not there', 'postgres://entremise_app:x@127.0.0.1:1/entremise', 'ne répond pas'],
    ['that refuses the password', 'wrong-password', 'refuse ce rôle'],
    ['whose address is missing', '', 'DATABASE_URL: missing'],
  ])('a base %s is told without a stack', async (_what, given, message) => {
    const url = given === 'wrong-password' ? world.database.appUrl.replace(/:[^:@/]+@/, ':faux@') : given;
    const ran = await world.cli(['aidant', 'list'], { DATABASE_URL: url });
    expect([ran.status, ran.said.includes(message) || ran.said]).toEqual([1, true]);
    expect(ran.said).not.toMatch(NO_STACK);
    expect(ran.said).not.toContain('faux');
  });
});

test('commands on accounts ask for no mail, no operator, no FranceConnect, no journal', async () => {
  const asked = ['LOG_LEVEL', 'DATABASE_URL', 'READER_DATABASE_URL', 'ENTREMISE_KEYS'];
  const others = Object.keys(world.env).filter((name) => !asked.includes(name));
  const bare = Object.fromEntries(others.map((name) => [name, '']));
  expect(await world.cli(['aidant', 'list'], bare)).toEqual(await world.cli(['aidant', 'list']));
  const refused = await world.cli(['journal', 'announce-keys', '--key', 'x'], bare);
  expect(refused.said).toContain('JOURNAL_ORIGIN: missing');
  expect(refused.said).not.toContain('SMTP_URL');
});

describe('keys', () => {
  test('a new ring is one that the configuration takes, another one each time', async () => {
    const [one, two] = [await world.cli(['keys']), await world.cli(['keys'])];
    expect(parseKeyring(one.out.join('')).data).toHaveLength(1);
    expect(one.out).not.toEqual(two.out);
    expect(one.out).toHaveLength(1);
  });

  test('a rotation puts a new key first, in every ring or in those named, and keeps the others', async () => {
    const before = parseKeyring(world.env.ENTREMISE_KEYS ?? '');
    const all = parseKeyring((await world.cli(['keys', 'rotate'])).out.join(''));
    expect(all.data[1]).toEqual(before.data[0]);
    expect(all.oidcSigning.map(({ kid }) => kid)[1]).toBe(before.oidcSigning[0].kid);
    const one = await world.cli(['keys', 'rotate', '--ring', 'data', '--ring', 'cookie']);
    const some = parseKeyring(one.out.join(''));
    expect([some.data.length, some.cookie.length, some.snapshot.length]).toEqual([2, 2, 1]);
    expect(one.said).toContain('keys re-encrypt');
    expect((await world.cli(['keys', 'rotate', '--ring', 'chat'])).said).toContain('anneau inconnu');
    const broken = await world.cli(['keys', 'rotate'], { ENTREMISE_KEYS: '{' });
    expect([broken.status, broken.said.includes('ENTREMISE_KEYS')]).toEqual([1, true]);
  });

  test('a new journal key must be registered, and is', async () => {
    const rotated = await world.cli(['keys', 'rotate', '--ring', 'journalNode']);
    const ENTREMISE_KEYS = rotated.out.join('');
    const [fresh, was] = parseKeyring(ENTREMISE_KEYS).journalNode.map(({ kid }) => kid);
    expect(rotated.said).toContain(`neuve s’appelle ${fresh}.`);
    expect(rotated.said).toContain(`journal revoke-node ${was}`);
    expect((await world.cli(['journal', 'register-node'], { ENTREMISE_KEYS })).said).toBe('Clé inscrite.');
    expect((await world.cli(['journal', 'register-node'], { ENTREMISE_KEYS })).said).toContain('déjà inscrite');
    const [, old] = parseKeyring(ENTREMISE_KEYS).journalNode;
    const revoke = (key: string) => world.cli(['journal', 'revoke-node', key], { ENTREMISE_KEYS });
    expect(await revoke('personne')).toMatchObject({
      status: 1,
      said: `Aucune clé de ce nom n’est inscrite au journal. En vigueur, la plus récente d’abord : ${fresh}, ${was}.`,
    });
    const own = await revoke(parseKeyring(ENTREMISE_KEYS).journalNode[0].kid);
    expect(own).toMatchObject({ status: 1, said: expect.stringContaining('en tête du trousseau') });
    expect(await revoke(old?.kid ?? '')).toMatchObject({ status: 0, said: expect.stringContaining('Clé révoquée') });
    expect(await revoke(old?.kid ?? '')).toMatchObject({ status: 0, said: expect.stringContaining('Déjà révoquée') });
    const { rows } = await sql<{ revoked: boolean }>`
      select revoked_at is not null as revoked from journal.node_key where key_id = ${old?.kid}`.execute(owner);
    expect(rows).toEqual([{ revoked: true }]);
  });

  test('with a node key that the database does not know, what would write an entry is refused as a server is; lists are not', async () => {
    const ENTREMISE_KEYS = JSON.stringify(await makeKeys('forgotten'));
    const typed = (...args: string[]) => world.cli(args, { ENTREMISE_KEYS });
    const id = '00000000-0000-0000-0000-000000000000';
    const counts = () =>
      sql`select (select count(*) from journal.entry) as entries, (select count(*) from organisation) as organisations`
        .execute(owner)
        .then(({ rows }) => rows);
    const before = await counts();
    for (const args of [
      ['organisation', 'add', ...STRUCTURE],
      ['organisation', 'close', id],
      ['aidant', 'deactivate', 'a@b.example'],
      ['auditor', 'deactivate', 'a@b.example'],
      ['complaint', 'assign', id, '--auditor', 'a@b.example'],
      ['alerts', 'enable', 'M1', '--reason', 'essai'],
      ['journal', 'hold', '--from', '2025-10', '--ground', 'audit'],
      ['journal', 'lift-hold', id],
      ['journal', 'revoke-node', 'personne'],
      ['journal', 'announce-keys', '--key', 'x'],
    ])
      expect(await typed(...args), args.join(' ')).toEqual({
        ...{ status: 1, out: [] },
        said: 'the journal does not know node key « node-forgotten »: register it (npm run cli -- journal register-node)',
      });
    expect(await counts()).toEqual(before);
    for (const name of ['organisation', 'aidant', 'auditor', 'complaint', 'alerts'])
      expect(await typed(name, 'list'), name).toMatchObject({ status: 0 });
    expect(await typed('journal', 'holds')).toMatchObject({ status: 0 });
  });

  test('the list of sealed columns is that of the database', async () => {
    const { rows } = await sql<{ name: string }>`
      select table_name || '.' || column_name as name from information_schema.columns
      where table_schema = 'public' and data_type = 'bytea'
        and (column_name ~ '(^|_)sealed(_|$)' or column_name ~ 'secret')`.execute(owner);
    expect(sealedColumns.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(
      rows.map(({ name }) => name).sort(),
    );
  });

  test('everything sealed is sealed again under the new key, and opens with it alone', async () => {
    const old = parseKeyring(world.env.ENTREMISE_KEYS ?? '');
    const ctx = {
      db: openDatabase(world.database.appUrl, { onError: () => undefined }),
      keys: old,
      clock: systemClock,
    } as AppContext;
    const aidantId = await someAidant(ctx);
    await someKeptForms(ctx, aidantId, 1200);
    const rotated = (await world.cli(['keys', 'rotate', '--ring', 'data'])).out.join('');
    const keys = parseKeyring(rotated);

    const ran = await world.cli(['keys', 're-encrypt'], { ENTREMISE_KEYS: rotated });
    expect(ran.status).toBe(0);
    expect(ran.out).toContain('kept_form.sealed : 1200');
    expect(ran.out).toContain('aidant.totp_secret : 1');
    expect(ran.out.find((line) => line.startsWith('journal.subject_key'))).toBe('journal.subject_key.wrapped : 2');

    const [current] = keys.data;
    const { totpSecret } = await ctx.db.selectFrom('aidant').select('totpSecret').executeTakeFirstOrThrow();
    expect(unseal([current], { table: 'aidant', column: 'totp_secret', row: aidantId }, totpSecret)).toHaveLength(20);
    const forms = await ctx.db.selectFrom('keptForm').selectAll().execute();
    for (const { sessionIdHash, path, sealed } of forms) {
      const place = { table: 'kept_form', column: 'sealed', row: `${sessionIdHash.toString('hex')} ${path}` };
      expect(unseal([current], place, sealed).toString()).toBe(path);
    }
    const { rows } = await sql<{ entryId: string }>`select entry_id from journal.opening`.execute(owner);
    const opened = await openEntries(
      { keys: { ...keys, data: [current] } },
      ctx.db,
      rows.map(({ entryId }) => entryId),
    );
    expect([...opened.values()].some((entry) => entry.opened.lastName === 'Berrada')).toBe(true);

    const again = await world.cli(['keys', 're-encrypt'], { ENTREMISE_KEYS: rotated });
    expect(again.out.every((line) => line.endsWith(' : 0'))).toBe(true);
    await ctx.db.destroy();
  });

  test('without the key that a value needs, it stops and says which, and changes nothing', async () => {
    const other = (await world.cli(['keys'])).out.join('');
    const before = await owner.selectFrom('aidant').select('totpSecret').executeTakeFirstOrThrow();
    const ran = await world.cli(['keys', 're-encrypt'], { ENTREMISE_KEYS: other });
    expect([
      ran.status,
      ran.said.includes(`la clé « ${sealedWith(before.totpSecret)} » n’est pas dans l’anneau`),
    ]).toEqual([1, true]);
    expect(ran.said).not.toMatch(NO_STACK);
    expect(await owner.selectFrom('aidant').select('totpSecret').executeTakeFirstOrThrow()).toEqual(before);
  });
});

async function someAidant(ctx: AppContext): Promise<string> {
  const facts = { name: 'CCAS', type: 'ccas', siret: '21620041000019', address: '1', zipCode: '62000', city: 'Arras' };
  const contact = { departement: '62', phone: '0321505050', email: 'ccas@arras.example' };
  const organisation = await addOrganisation(ctx, { ...facts, ...contact });
  if (!organisation.ok) throw new Error('no structure');
  const organisationIds = [organisation.organisation.id];
  const added = await addAidant(ctx, {
    email: 'a@arras.example',
    firstName: 'Amina',
    lastName: 'Berrada',
    organisationIds,
  });
  if (!added.ok) throw new Error('no aidant');
  return added.aidantId;
}

/** More than two batches, with a key of two columns. */
async function someKeptForms({ db, keys }: AppContext, actorId: string, count: number): Promise<void> {
  const now = systemClock.now();
  const idHash = Buffer.alloc(32, 7);
  const times = { createdAt: now, lastActivityAt: now, factorAt: now, expiresAt: now };
  await db
    .insertInto('session')
    .values({ idHash, cookieHash: idHash, door: 'aidant', actorId, ...times })
    .execute();
  const forms = Array.from({ length: count }, (_, index) => {
    const path = `/essai/${index}`;
    const place = { table: 'kept_form', column: 'sealed', row: `${idHash.toString('hex')} ${path}` };
    return { sessionIdHash: idHash, path, sealed: seal(keys.data, place, path), expiresAt: now };
  });
  await db.insertInto('keptForm').values(forms).execute();
}
