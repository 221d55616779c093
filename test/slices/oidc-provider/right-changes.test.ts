import { type RawBuilder, sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { endMandate } from '#mandate';
import { changeOrganisation } from '#organisation';
import { randomCrockford, uuidv7 } from '#platform/ids/ids.ts';
import { after, SECOND } from '#platform/time/clock.ts';
import { tamper } from '#support/database.ts';
import { addPerson, addStructure, type TestAidant } from '#support/people.ts';
import { ALL_THEMES, catchUp, type ProviderWorld, providerWorld, type TestPerson } from './support.ts';
import {
  aidantAt,
  arrive,
  choose,
  franceconnectClient,
  leave,
  requestOf,
  type Seen,
  tokenRequest,
  userinfoRequest,
  type Visitor,
  verified,
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
  catchUp(world);
  aidant = await addPerson(world, { organisationIds: [world.organisation.id] });
  visitor = await aidantAt(world, aidant);
  person = await world.person({ endsAt: after(world.clock.now(), 20 * SECOND) });
});
afterEach(async () => {
  await changeOrganisation(world.ctx, world.organisation.id, { active: true, allowedThemes: ALL_THEMES });
});

const db = () => world.ctx.db;
const ended = () => ({ endedAt: world.clock.now(), endCause: 'revoked-by-usager' });

/** What happens meanwhile, and the reason that is written. */
const CHANGES: readonly [what: string, change: () => Promise<unknown>, reason: string][] = [
  [
    'the mandate is ended',
    async () => {
      const known = { ...ended(), endKnownAt: world.clock.now() };
      await db().updateTable('mandate').set(known).where('id', '=', person.mandateId).execute();
    },
    'mandate-ended',
  ],
  [
    'this theme is ended',
    () =>
      db()
        .updateTable('authorisation')
        .set(ended())
        .where('id', '=', person.authorisations.famille ?? '')
        .execute(),
    'theme-ended',
  ],
  ['the mandate expires', async () => world.clock.advance(20 * SECOND), 'mandate-expired'],
  [
    'the mandate is suspended',
    () =>
      db().updateTable('mandate').set({ suspendedAt: world.clock.now() }).where('id', '=', person.mandateId).execute(),
    'mandate-suspended',
  ],
  [
    'the structure closes',
    () => changeOrganisation(world.ctx, world.organisation.id, { active: false }),
    'organisation-closed',
  ],
  [
    'the theme is not allowed to the structure any more',
    () => changeOrganisation(world.ctx, world.organisation.id, { allowedThemes: ['argent'] }),
    'theme-not-allowed',
  ],
  [
    'the aidant is deactivated',
    () => db().updateTable('aidant').set({ active: false }).where('id', '=', aidant.aidantId).execute(),
    'aidant-inactive',
  ],
  [
    'the aidant leaves the structure',
    () => db().deleteFrom('membership').where('aidantId', '=', aidant.aidantId).execute(),
    'aidant-left',
  ],
  ['the aidant logs out', () => visitor.post('/deconnexion'), 'session-closed'],
  [
    'the session is over',
    () =>
      db()
        .updateTable('session')
        .set({ expiresAt: world.clock.now() })
        .where('actorId', '=', aidant.aidantId)
        .execute(),
    'session-closed',
  ],
  [
    'the person has no address any more',
    () => db().updateTable('usager').set({ email: null }).where('id', '=', person.usagerId).execute(),
    'usager-without-email',
  ],
];

async function chosen(): Promise<{ page: Seen; state: string }> {
  const asked = requestOf(await franceconnectClient(world));
  return { page: await choose(visitor, await arrive(visitor, asked), person), state: asked.state };
}

async function code(): Promise<string> {
  return (await leave(visitor, (await chosen()).page)).searchParams.get('code') ?? '';
}

async function accessToken(): Promise<string> {
  const tokens = (await (await tokenRequest(world, { code: await code() })).json()) as { access_token: string };
  return tokens.access_token;
}

async function expectRefused(step: string, reason: string, number?: number): Promise<void> {
  const use = await db()
    .selectFrom('use')
    .selectAll()
    .where('usagerId', '=', person.usagerId)
    .executeTakeFirstOrThrow();
  expect(use).toMatchObject({ refusal: reason, refusedAt: world.clock.now(), identityGivenAt: null });
  const entries = (await world.journal()).filter(({ mandateAlias }) => mandateAlias === person.alias);
  const last = entries.at(-1);
  expect(last).toMatchObject({
    kind: 'use.refused',
    result: 'refused',
    theme: 'famille',
    aidantId: aidant.aidantId,
    organisationId: world.organisation.id,
    clear: { use: use.id, client: 'franceconnect-test', step, reason },
    about: { usagerId: person.usagerId, mandateId: person.mandateId, authorisationId: person.authorisations.famille },
  });
  // After its closing entry a mandate gives no more numbers.
  expect(last?.mn).toBe(reason === 'mandate-ended' ? undefined : (number ?? entries.length));
  expect(entries.filter(({ kind }) => kind === 'use.identity-given')).toEqual([]);
}

describe.each(CHANGES)('%s', (_what, change, reason) => {
  test('between the choice and the code: access_denied, no code', async () => {
    const { page, state } = await chosen();
    await change();
    const back = await leave(visitor, page);
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'access_denied', state, iss: world.url });
    expect(back.searchParams.has('code')).toBe(false);
    await expectRefused('code', reason);
    const kept = await db().selectFrom('oidcPayload').select('model').where('useId', 'is not', null).execute();
    expect(kept.filter(({ model }) => model === 'AccessToken')).toEqual([]);
  });

  test('between the code and the token: invalid_grant', async () => {
    const given = await code();
    await change();
    const answer = await tokenRequest(world, { code: given });
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_grant' }]);
    await expectRefused('token', reason);
  });

  test('between the token and userinfo: 401, no identity', async () => {
    const token = await accessToken();
    await change();
    const answer = await userinfoRequest(world, token);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/);
    expect(await answer.text()).not.toMatch(/Lef.vre|martine|1950-/i);
    await expectRefused('identity', reason);
    await db().deleteFrom('oidcPayload').execute();
  });
});

const usesOf = () => db().selectFrom('use').selectAll().where('usagerId', '=', person.usagerId).execute();

/** The rows that a connection may change, or depends on. */
async function rowsOf(useId: string) {
  const { usagerId, mandateId } = person;
  return {
    use: await db().selectFrom('use').selectAll().where('id', '=', useId).executeTakeFirstOrThrow(),
    mandate: await db().selectFrom('mandate').selectAll().where('id', '=', mandateId).executeTakeFirstOrThrow(),
    themes: await db()
      .selectFrom('authorisation')
      .selectAll()
      .where('mandateId', '=', mandateId)
      .orderBy('id')
      .execute(),
    usager: await db().selectFrom('usager').selectAll().where('id', '=', usagerId).executeTakeFirstOrThrow(),
    kept: await db().selectFrom('oidcPayload').selectAll().where('useId', '=', useId).orderBy('model').execute(),
  };
}
type Rows = Awaited<ReturnType<typeof rowsOf>>;

/** Refused because of the seal: the use and the journal say so, and nothing else has changed. */
async function expectOnlyRefused(step: 'token' | 'identity', { use, mandate, ...before }: Rows): Promise<void> {
  const refusal = { refusal: 'not-as-concluded', refusedAt: world.clock.now() };
  const entryCount = mandate.entryCount + 1;
  await expectRefused(step, refusal.refusal, entryCount);
  expect(await rowsOf(use.id)).toEqual({
    ...before,
    use: { ...use, ...refusal },
    mandate: { ...mandate, entryCount },
  });
}

/** A code that has just left, of a use whose seal says something else, gives no token. */
async function expectNoToken(): Promise<void> {
  const given = await code();
  const [use] = await usesOf();
  const before = await rowsOf(use?.id ?? '');
  const answer = await tokenRequest(world, { code: given });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({ error: 'invalid_grant', error_description: 'grant request is invalid' });
  await expectOnlyRefused('token', before);
  expect(before.use).toMatchObject({ tokenAt: null, revokedAt: null });
  expect(before.kept.map(({ model, consumedAt }) => [model, consumedAt])).toEqual([['AuthorizationCode', null]]);
}

/** A token that had left, of a use that was as its mandate says until this change, gives no identity. */
async function expectNoIdentity(change: () => Promise<unknown>): Promise<void> {
  const token = await accessToken();
  await change();
  const [use] = await usesOf();
  const before = await rowsOf(use?.id ?? '');
  const answer = await userinfoRequest(world, token);
  expect(answer.status).toBe(401);
  expect(await answer.text()).not.toMatch(/Lef.vre|martine|1950-|Victime|1941-/i);
  await expectOnlyRefused('identity', before);
}

/** A mandate of inserted rows, for whoever `person` is: what it says is sealed is that of `sealedOf`. */
async function plantMandate(organisationId: string, sealedOf: string | undefined): Promise<TestPerson> {
  const [mandateId, draftId, alias, famille] = Array.from({ length: 4 }, () => uuidv7(world.clock.now()));
  const sealed = sealedOf
    ? sql`(select snapshot from mandate where id = ${sealedOf}), (select snapshot_jws from mandate where id = ${sealedOf})`
    : sql`'{}', ''`;
  await sql`insert into mandate_draft (id, aidant_id, organisation_id, journal_alias, created_at, updated_at, expires_at)
    values (${draftId}, ${aidant.aidantId}, ${organisationId}, ${uuidv7(world.clock.now())}, now(), now(), now())`.execute(
    db(),
  );
  await sql`insert into mandate (id, number, organisation_id, usager_id, aidant_id, draft_id, duration, consent_level, starts_at,
      ends_at, snapshot, snapshot_jws, journal_alias, created_at)
    select ${mandateId}, ${randomCrockford(16)}, ${organisationId}, ${person.usagerId}, ${aidant.aidantId}, ${draftId}, 'LONG',
      'franceconnect-on-aidant-device', starts_at, ends_at, ${sealed}, ${alias}, created_at
    from mandate where id = ${person.mandateId}`.execute(db());
  await sql`insert into authorisation (id, mandate_id, organisation_id, usager_id, theme, ends_at)
    select ${famille}, id, organisation_id, usager_id, 'famille', ends_at from mandate where id = ${mandateId}`.execute(
    db(),
  );
  return {
    usagerId: person.usagerId,
    mandateId: `${mandateId}`,
    alias: `${alias}`,
    authorisations: { famille: `${famille}` },
  };
}

/** Rows of a mandate as they may be written again when a restore lost them: nobody may change these columns of rows that stand. */
const rewrite = (change: RawBuilder<unknown>) =>
  tamper(world, async (owner) => {
    await sql`update mandate set ${change} where id = ${person.mandateId}`.execute(owner);
    await sql`update authorisation set ${change} where mandate_id = ${person.mandateId}`.execute(owner);
  });

const someoneElse = () => `Josette ${randomCrockford(6).toLowerCase()}`;

const SWAPPED: readonly [what: string, swap: () => Promise<unknown>][] = [
  [
    'another person in the place of the one who agreed',
    () =>
      sql`update usager set given_name = ${someoneElse()}, family_name = 'Victime', birthdate = '1941-02-03'
        where id = ${person.usagerId}`.execute(db()),
  ],
  [
    'another person born the same day in the same town',
    () =>
      sql`update usager set given_name = ${someoneElse()}, family_name = 'Victime'
        where id = ${person.usagerId}`.execute(db()),
  ],
  ...Object.entries({ birthdate: '1941-02-03', birthplace: '59350' }).map(
    ([column, other]): [string, () => Promise<unknown>] => [
      `a namesake of another ${column}`,
      () => sql`update usager set ${sql.ref(column)} = ${other} where id = ${person.usagerId}`.execute(db()),
    ],
  ),
];

describe('rows that a password of the database writes let nobody act', () => {
  test.each<[what: string, plant: () => Promise<unknown>]>([
    [
      'a mandate that was never concluded',
      async () => {
        person = await world.person({ organisationId: (await addStructure(world)).id });
        person = await plantMandate(world.organisation.id, undefined);
      },
    ],
    [
      'a mandate with the seal of another',
      async () => {
        const { mandateId } = await world.person();
        person = await world.person({ organisationId: (await addStructure(world)).id });
        person = await plantMandate(world.organisation.id, mandateId);
      },
    ],
    [
      'one more theme',
      async () => {
        const narrow = await world.person({ themes: ['argent'] });
        const famille = uuidv7(world.clock.now());
        await sql`insert into authorisation (id, mandate_id, organisation_id, usager_id, theme, ends_at)
          select ${famille}, id, organisation_id, usager_id, 'famille', ends_at from mandate where id = ${narrow.mandateId}`.execute(
          db(),
        );
        person = { ...narrow, authorisations: { famille } };
      },
    ],
    [
      'a mandate with the seal of one that the same person ended',
      async () => {
        const end = { cause: 'revoked-by-usager', knownAt: undefined } as const;
        const ofMandate = { organisationId: world.organisation.id, mandateId: person.mandateId };
        const asked = { aidantId: aidant.aidantId, ...ofMandate, theme: undefined, end };
        expect(await endMandate(world.ctx, asked)).toMatchObject({ ok: true });
        person = await plantMandate(world.organisation.id, person.mandateId);
      },
    ],
    [
      'a mandate of another structure',
      async () => {
        person = await world.person({ organisationId: (await addStructure(world)).id });
        await rewrite(sql`organisation_id = ${world.organisation.id}`);
      },
    ],
    [
      'a mandate that is over, of which the rows say otherwise',
      async () => {
        await rewrite(sql`ends_at = ends_at + interval '30 days'`);
        world.clock.advance(20 * SECOND);
      },
    ],
    ...SWAPPED,
  ])('%s: no token', async (_what, plant) => {
    await plant();
    await expectNoToken();
  });

  test.each(SWAPPED)('%s, once the token has left: no identity', (_what, swap) => expectNoIdentity(swap));

  test('beside them, the theme that was concluded gives both', async () => {
    const other = uuidv7(world.clock.now());
    await sql`insert into authorisation (id, mandate_id, organisation_id, usager_id, theme, ends_at)
      select ${other}, id, organisation_id, usager_id, 'justice', ends_at from mandate where id = ${person.mandateId}`.execute(
      db(),
    );
    const answer = await tokenRequest(world, { code: await code() });
    const { access_token, id_token } = (await answer.json()) as { access_token: string; id_token: string };
    const { sub, ...told } = await verified(world, id_token);
    expect(told).toMatchObject({ rep_scope: ['Famille-Scolarité'], mandate: { id: person.alias } });
    const userinfo = await userinfoRequest(world, access_token);
    expect(await verified(world, await userinfo.text())).toMatchObject({ sub, family_name: 'Lefèvre' });
    const [use] = await usesOf();
    expect(use).toMatchObject({ refusal: null, tokenAt: world.clock.now(), identityGivenAt: world.clock.now() });
  });
});

test('a connection about another theme than that of its authorisation is none, whoever wrote its row', async () => {
  const { aidantId } = aidant;
  const end = { cause: 'revoked-by-usager', knownAt: undefined } as const;
  const ofMandate = { aidantId, organisationId: world.organisation.id, mandateId: person.mandateId };
  expect(await endMandate(world.ctx, { ...ofMandate, theme: 'argent', end })).toMatchObject({ ok: true });
  const given = await code();
  const planted = uuidv7(world.clock.now());
  const { rows } = await sql<{ id: string }>`
    insert into use (id, authorisation_id, mandate_id, organisation_id, usager_id, aidant_id, session_id_hash, theme, site, client_id,
      factor_at, chosen_at, code_at)
    select ${planted}, authorisation_id, mandate_id, organisation_id, usager_id, aidant_id, session_id_hash, 'argent', 'Banque', client_id,
      factor_at, chosen_at, code_at from use where usager_id = ${person.usagerId}
    returning (select id from use where usager_id = ${person.usagerId}) as id`.execute(db());
  const chosenId = rows[0]?.id ?? '';
  await sql`update oidc_payload set use_id = ${planted}, payload = replace(payload::text, ${chosenId}, ${planted})::jsonb
    where use_id = ${chosenId}`.execute(db());
  expect((await tokenRequest(world, { code: given })).status).toBe(400);
  const entries = (await world.journal()).filter(({ mandateAlias }) => mandateAlias === person.alias);
  expect(entries.map(({ kind, theme }) => [kind, theme])).toEqual([
    ['authorisation.ended', 'argent'],
    ['use.chosen', 'famille'],
    ['use.code-issued', 'famille'],
  ]);
});

/** The person ends this, all is erased or lost, then written again as it was. `kind`: what the entry of the end is called. */
async function endLoseAndWriteAgain(theme: string | undefined, kind: string): Promise<void> {
  const tables = ['usager', 'mandate_draft', 'mandate', 'authorisation'] as const;
  const draftId = sql`(select draft_id from mandate where id = ${person.mandateId})`;
  const whose = {
    usager: sql`id = ${person.usagerId}`,
    mandate_draft: sql`id = ${draftId}`,
    mandate: sql`id = ${person.mandateId}`,
  };
  const copies: string[] = [];
  for (const table of tables) {
    const where = table === 'authorisation' ? sql`mandate_id = ${person.mandateId}` : whose[table];
    const { rows } = await sql<{ row: string }>`
      select json_agg(t)::text as row from ${sql.table(table)} t where ${where}`.execute(db());
    copies.push(rows[0]?.row ?? '');
  }
  const { aidantId } = aidant;
  const end = { cause: 'revoked-by-usager', knownAt: undefined } as const;
  const ofMandate = { aidantId, organisationId: world.organisation.id, mandateId: person.mandateId, theme };
  expect(await endMandate(world.ctx, { ...ofMandate, end })).toMatchObject({ ok: true });
  await tamper(world, async (owner) => {
    if (theme)
      await sql`update journal.entry_index set usager_id = null, mandate_id = null, authorisation_id = null, kind = ${kind}
        where mandate_alias = ${person.alias}`.execute(owner);
    await sql`with erased as (delete from authorisation where mandate_id = ${person.mandateId})
      delete from mandate where id = ${person.mandateId}`.execute(owner);
    await sql`delete from mandate_draft where id = (${copies[1]}::jsonb -> 0 ->> 'id')::uuid`.execute(owner);
    await sql`delete from usager where id = ${person.usagerId}`.execute(owner);
  });
  for (const [index, table] of tables.entries())
    await sql`insert into ${sql.table(table)}
      select * from jsonb_populate_recordset(null::${sql.table(table)}, ${copies[index]}::jsonb)`.execute(db());
  // its numbers would be taken already
  await sql`update mandate set entry_count = 5 where id = ${person.mandateId}`.execute(db());
}

test.each([
  [
    'a mandate that ended and was erased gives no token, even with all its rows as they were',
    undefined,
    'mandate.ended',
  ],
  ['nor does a theme that ended in a mandate that a restore lost', 'famille', 'authorisation.ended'],
  ['nor one that another mandate replaced', 'famille', 'authorisation.replaced'],
])('%s', async (_what, theme, kind) => {
  await endLoseAndWriteAgain(theme, kind);
  await expectNoToken();
});

test('the other themes of a mandate that a restore lost give a token', async () => {
  await endLoseAndWriteAgain('argent', 'authorisation.ended');
  expect((await tokenRequest(world, { code: await code() })).status).toBe(200);
});

test('a mandate whose end was taken back once the token had left gives no identity', () =>
  expectNoIdentity(async () => {
    const end = { cause: 'revoked-by-usager', knownAt: undefined } as const;
    const { mandateId } = person;
    const asked = { aidantId: aidant.aidantId, organisationId: world.organisation.id, mandateId, end };
    expect(await endMandate(world.ctx, asked)).toMatchObject({ ok: true });
    await tamper(world, async (owner) => {
      await sql`set session_replication_role = replica`.execute(owner);
      const open = { endedAt: null, endCause: null, endedByAidantId: null };
      await owner.updateTable('authorisation').set(open).where('mandateId', '=', mandateId).execute();
      const known = { endKnownAt: null, endChannel: null };
      await owner
        .updateTable('mandate')
        .set({ ...open, ...known })
        .where('id', '=', mandateId)
        .execute();
    });
  }));

test('an end that is being written while a code is redeemed is seen: the redemption waits for it', async () => {
  const given = await code();
  let answer: Promise<Response> | undefined;
  await db()
    .transaction()
    .execute(async (trx) => {
      // As every end does: under the lock of the mandate, with a number of its own.
      const numbered = sql<number>`entry_count + 1`;
      await trx.updateTable('mandate').set({ entryCount: numbered }).where('id', '=', person.mandateId).execute();
      answer = tokenRequest(world, { code: given });
      await trx.updateTable('authorisation').set(ended()).where('mandateId', '=', person.mandateId).execute();
      await untilSomebodyWaits();
    });
  expect((await answer)?.status).toBe(400);
  await expectRefused('token', 'theme-ended', 4);
});

async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const { rows } = await sql`select 1 from pg_locks where not granted`.execute(db());
    if (rows.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
