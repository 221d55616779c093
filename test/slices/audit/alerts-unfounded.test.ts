import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { domainsTold } from '#app/wiring.ts';
import { checkJournal, record } from '#journal';
import { inTransaction } from '#platform/context.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { inGroups, randomCrockford, uuidv7 } from '#platform/ids/ids.ts';
import { DAY, after as later } from '#platform/time/clock.ts';
import { tamper } from '#support/database.ts';
import { sequenceWorld } from '#support/seal.ts';
import { checkConclusions } from '../../../src/journal/check/check-conclusions.ts';
import { firstActsReading } from '../../../src/journal/check/first-acts.ts';
import { Findings } from '../../../src/journal/check/problems.ts';
import { takeEntryNumbers } from '../../../src/mandate/mandate.queries.ts';
import { mandatesInTables } from '../../../src/mandate/mandates-in-tables.ts';
import { useIdentityGiven } from '../../../src/mandate/use/use.events.ts';
import { newId } from '../journal/fixture.ts';
import { type FollowWorld, followWorld, type MandateRow } from '../mandate/follow-support.ts';
import { alertsIn, entriesOf, turn } from './alerts-support.ts';

let world: FollowWorld;

beforeAll(async () => {
  world = await followWorld();
});
afterAll(() => world?.close());

const run = () => turn(world, ['I1', 'E3']);
/** What the check says of how mandates began, of one of them. */
const checked = async ({ journalAlias }: Pick<MandateRow, 'journalAlias'>) => {
  const { problems } = await checkJournal(world.workerCtx, { log: 'actes', ...domainsTold });
  return problems
    .filter(({ code, detail }) => code.startsWith('conclusion-') && detail?.includes(journalAlias))
    .map(({ code, detail }) => [code, detail?.split('\u00a0: ')[1]]);
};
/** What I1 tells of this mandate, in its own words. */
const unfounded = async ({ number }: Pick<MandateRow, 'number'>) =>
  (await alertsIn(world, 'I1')).filter(({ explanation }) => explanation.startsWith(`Mandat ${inGroups(number)}\u00a0`));
const outside = () => alertsIn(world, 'E3');

/** An identity was given under a mandate: the entry that the service writes. Its id. */
async function used({ id, usagerId, organisationId, aidantId, journalAlias }: MandateRow, theme: string) {
  await inTransaction(world.ctx, async (trx) => {
    const [mn] = await takeEntryNumbers(trx, id, 1);
    const event = useIdentityGiven.event({
      actor: { aidantId, organisationId },
      about: { usagerId, mandateId: id },
      mandate: { alias: journalAlias, mn },
      theme,
      result: 'ok',
      clear: { use: newId(), client: 'franceconnect' },
    });
    await record(world.ctx, trx, event);
  });
  return (await world.journal({ mandateAlias: journalAlias, kinds: ['use.identity-given'] })).at(-1)?.id;
}

/** With the password of the site: a mandate of this person, for whom nobody concluded one here. */
async function forged(person: MandateRow, now = world.clock.now()): Promise<MandateRow> {
  const [draftId, id] = [newId(), newId()];
  const endsAt = later(now, 300 * DAY);
  const { usagerId, organisationId, aidantId } = person;
  const { db } = world.ctx;
  await db
    .insertInto('mandateDraft')
    .values({
      id: draftId,
      aidantId,
      organisationId,
      journalAlias: newId(),
      createdAt: now,
      updatedAt: now,
      expiresAt: now,
    })
    .execute();
  await db
    .insertInto('mandate')
    .values({
      ...{ id, draftId, usagerId, organisationId, aidantId, number: randomCrockford(16), journalAlias: newId() },
      ...{ duration: 'LONG', consentLevel: 'franceconnect-on-aidant-device', snapshot: '{}', snapshotJws: '' },
      ...{ startsAt: now, endsAt, createdAt: now },
    })
    .execute();
  await db
    .insertInto('authorisation')
    .values({ id: newId(), mandateId: id, usagerId, organisationId, theme: 'justice', endsAt })
    .execute();
  return world.mandate(id);
}

test('a mandate that was concluded, sealed or not, and that acts: nothing is told', async () => {
  const mandate = await world.conclude({}, { themes: ['famille', 'social'] });
  await used(mandate, 'famille');
  await run();
  expect([await unfounded(mandate), await outside(), await checked(mandate)]).toEqual([[], [], []]);
  await sequenceWorld(world);
  await used(mandate, 'social');
  await run();
  expect([await unfounded(mandate), await outside(), await checked(mandate)]).toEqual([[], [], []]);
});

test('a mandate that was put back after a restore, which the index knows by its alias alone: nothing is told', async () => {
  const mandate = await world.conclude();
  await sequenceWorld(world);
  await tamper(world, (db) =>
    sql`update journal.entry_index set mandate_id = null, usager_id = null where mandate_id = ${mandate.id}`.execute(
      db,
    ),
  );
  await used(mandate, 'famille');
  await run();
  expect([await unfounded(mandate), await outside(), await checked(mandate)]).toEqual([[], [], []]);
});

test('a mandate made of INSERTs is told by the check at once, and by I1 as soon as it acts, once', async () => {
  const mandate = await forged(await world.conclude());
  await run();
  expect(await unfounded(mandate)).toEqual([]);
  expect(await checked(mandate)).toEqual([['conclusion-missing', undefined]]);
  const id = await used(mandate, 'justice');
  await run();
  const [alert] = await unfounded(mandate);
  expect(alert).toMatchObject({ urgent: true, organisationId: mandate.organisationId });
  expect(alert?.explanation).toContain('il a servi, et aucune entrée du journal ne dit qu’il a été conclu');
  expect(await entriesOf(world, alert?.id)).toEqual([id]);
  await sequenceWorld(world);
  await used(mandate, 'justice');
  await run();
  expect(await unfounded(mandate)).toHaveLength(1);
  expect(await checked(mandate)).toEqual([['conclusion-missing', undefined]]);
});

test.each(['an index row alone', 'an entry that no node of ours signed', 'the conclusion of somebody else'])(
  'so is one with %s in the place of its conclusion',
  async (what) => {
    const person = await world.conclude();
    const mandate = await forged(person);
    const [other] = await world.journal({ mandateAlias: person.journalAlias, kinds: ['mandate.concluded'] });
    const id = uuidv7(new Date());
    const leaf = Buffer.from(
      canonicalJson({
        ...(JSON.parse(Buffer.from(other?.leaf ?? '').toString()) as Record<string, string>),
        ...(what === 'the conclusion of somebody else' ? {} : { id, m: mandate.journalAlias }),
      }),
    );
    const { db } = world.ctx;
    if (what !== 'an index row alone') {
      const { rows } = await sql<{ key: string }>`select key_id as key from journal.node_key limit 1`.execute(db);
      await sql`insert into journal.entry (id, log_id, node, leaf, node_sig)
        values (${id}, 1, ${rows[0]?.key}, ${leaf}, ${randomBytes(64)})`.execute(db);
    }
    await sql`insert into journal.entry_index (id, log_id, kind, result, organisation_id, usager_id, mandate_id, mandate_alias, mn, themes)
      values (${id}, 1, 'mandate.concluded', 'ok', ${mandate.organisationId}, ${mandate.usagerId}, ${mandate.id}, ${mandate.journalAlias}, 1,
        array['justice'])`.execute(db);
    await db.updateTable('mandate').set({ entryCount: 1 }).where('id', '=', mandate.id).execute();
    expect(await checked(mandate)).toEqual([['conclusion-missing', undefined]]);
    await used(mandate, 'justice');
    await run();
    expect(await unfounded(mandate)).toHaveLength(1);
    await sequenceWorld(world);
    expect(await checked(mandate)).toEqual([['conclusion-missing', undefined]]);
  },
);

test('a theme that was inserted into a mandate: told by I1 and the check; by E3 when somebody acted for it', async () => {
  const mandate = await world.conclude({}, { themes: ['famille'] });
  await used(mandate, 'famille');
  await run();
  expect([await unfounded(mandate), await outside()]).toEqual([[], []]);
  await sql`insert into authorisation (id, mandate_id, organisation_id, usager_id, theme, ends_at)
    select gen_random_uuid(), id, organisation_id, usager_id, 'argent', ends_at from mandate where id = ${mandate.id}`.execute(
    world.ctx.db,
  );
  expect(await checked(mandate)).toEqual([['conclusion-differs', 'thèmes']]);
  const id = await used(mandate, 'argent');
  await run();
  const [differs] = await unfounded(mandate);
  expect(differs?.explanation).toContain('la base ne dit pas de lui ce que dit l’entrée de sa conclusion (thèmes)');
  const [accepted] = await outside();
  expect(accepted).toMatchObject({ urgent: true, entries: 1 });
  expect(accepted?.explanation).toContain('que son mandat n’a pas. C’est un défaut du service.');
  expect(await entriesOf(world, accepted?.id)).toEqual([id]);
  await run();
  expect([await unfounded(mandate), await outside()]).toEqual([[differs], [accepted]]);
});

test('a theme of another person, or that lasts longer, is told too', async () => {
  const [mandate, victim] = [await world.conclude({}, { themes: ['famille'] }), await world.conclude()];
  await sql`insert into authorisation (id, mandate_id, organisation_id, usager_id, theme, ends_at)
    select gen_random_uuid(), id, organisation_id, ${victim.usagerId}, 'argent', ends_at + interval '1 year' from mandate
    where id = ${mandate.id}`.execute(world.ctx.db);
  const what = 'terme, thèmes, thèmes d’une autre personne ou d’une autre structure';
  expect(await checked(mandate)).toEqual([['conclusion-differs', what]]);
  await used(mandate, 'famille');
  await run();
  expect((await unfounded(mandate))[0]?.explanation).toContain(`(${what})`);
});

test('months that were erased say nothing of the mandates that began then, whose year is over', async () => {
  const mandate = await forged(await world.conclude());
  const faults = async (change: Partial<MandateRow>) => {
    const found = new Findings('actes');
    let pages = 0;
    const page = async (...[db]: Parameters<typeof mandatesInTables>) => {
      pages += 1;
      return pages > 1 ? [] : (await mandatesInTables(db, [mandate.id])).map((one) => ({ ...one, ...change }));
    };
    await checkConclusions(world.workerCtx, (db) => page(db, []), found);
    return found.problems.map(({ code }) => code);
  };
  const startsAt = new Date('2021-03-31T23:59:59.000Z');
  const then = { startsAt, endsAt: later(startsAt, 365 * DAY) };
  expect(await faults(then)).toEqual(['conclusion-missing']);
  await tamper(world, (db) =>
    sql`insert into journal.erasure (id, kind, ground, log_id, month, indices, openings, erased_at)
      values (gen_random_uuid(), 'period', 'retention', 1, '2021-04-01', '{}', 0, now())`.execute(db),
  );
  expect(await faults(then)).toEqual([]);
  expect(await faults({ startsAt, endsAt: mandate.endsAt })).toEqual(['conclusion-missing']);
  expect(await faults({})).toEqual(['conclusion-missing']);
  const acting = [await forged(await world.conclude(), startsAt), mandate];
  for (const { id } of acting) {
    await world.ctx.db.updateTable('mandate').set({ entryCount: 1 }).where('id', '=', id).execute();
    await used(await world.mandate(id), 'justice');
  }
  await run();
  expect(await Promise.all(acting.map(unfounded))).toEqual([[], [expect.objectContaining({ urgent: true })]]);
});

test('first acts are found by the indexes, however many entries there are', async () => {
  const mandates = [await world.conclude(), await world.conclude()].map(({ id, journalAlias }) => ({
    ...{ mandateId: id, alias: journalAlias },
  }));
  await tamper(world, async (db) => {
    await sql`insert into journal.entry_index (id, log_id, kind, result, mandate_id, mandate_alias, mn)
      select gen_random_uuid(), 1, 'use.chosen', 'ok', gen_random_uuid(), gen_random_uuid()::text, 1 from generate_series(1, 20000)`.execute(
      db,
    );
    await sql`analyze journal.entry_index`.execute(db);
  });
  const { rows } = await sql<{ 'QUERY PLAN': unknown }>`explain (format json) ${firstActsReading(mandates)}`.execute(
    world.workerCtx.db.withoutPlugins(),
  );
  const plan = JSON.stringify(rows);
  expect(plan).toContain('mandate_act_has_one_number');
  expect(plan).toContain('entry_index_of_drafts');
  expect(plan).not.toContain('Seq Scan');
});
