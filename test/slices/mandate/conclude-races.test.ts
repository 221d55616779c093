import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkCode } from '#identity';
import { sha256 } from '#platform/crypto/hashes.ts';
import { openDatabase } from '#platform/db/database.ts';
import { MINUTE } from '#platform/time/clock.ts';
import { addPerson, loggedInAs, type TestAidant } from '#support/people.ts';
import { concludeMandate } from '../../../src/mandate/conclude/conclude-mandate.ts';
import { wrongCode } from '../identity/wrong-code.ts';
import {
  authorisationsOf,
  type ConcludeWorld,
  concludeWorld,
  counts,
  deskOf,
  draft,
  draftRow,
  hidden,
  mandateOf,
  type Terms,
} from './conclude-support.ts';
import { type Fault, faultyDatabase } from './faulty-database.ts';

let world: ConcludeWorld;

beforeAll(async () => {
  world = await concludeWorld();
});
afterAll(() => world.close());
beforeEach(() => world.clock.set(new Date()));

const newAidant = () => addPerson(world, { organisationIds: [world.structure.id] });

async function prepared(persona: string, terms: Terms, who?: TestAidant) {
  const aidant = who ?? (await newAidant());
  const desk = await world.at(aidant);
  return { aidant, desk, ...(await desk.prepare(persona, terms)) };
}

/** The live authorisations of a person here, by theme: at most one each. */
async function liveOf(usagerId: string) {
  const rows = await world.ctx.db
    .selectFrom('authorisation')
    .select(['theme', 'mandateId'])
    .where('usagerId', '=', usagerId)
    .where('endedAt', 'is', null)
    .orderBy('theme')
    .execute();
  return rows.map(({ theme, mandateId }) => [theme, mandateId]);
}

/** The numbers of the acts of a mandate are 1..n, and n is what the row says. */
async function expectNumbersWithoutHole(draftId: string) {
  const mandate = await mandateOf(world, draftId);
  const acts = (await world.journal()).filter(({ mandateAlias, mn }) => mandateAlias === mandate?.journalAlias && mn);
  const numbers = acts.map(({ mn }) => Number(mn)).sort((one, other) => one - other);
  expect(numbers).toEqual(Array.from({ length: mandate?.entryCount ?? 0 }, (_, index) => index + 1));
}

describe('one mandate per draft', () => {
  test('a button pressed five times at once: one mandate, the same page for all', async () => {
    const { aidant, desk, id, page } = await prepared('josette', { themes: ['famille'] });
    const code = world.newCode(aidant);
    const answers = await Promise.all(Array.from({ length: 5 }, () => desk.accept(id, page, code)));
    const mandate = await mandateOf(world, id);
    expect(answers.map(({ status, location }) => [status, location])).toEqual(
      Array(5).fill([303, `/mandats/${mandate?.id}/document`]),
    );
    expect(await authorisationsOf(world, mandate?.id ?? '')).toHaveLength(1);
    expect(
      (await world.journal(['mandate.concluded'])).filter(({ about }) => about.mandateId === mandate?.id),
    ).toHaveLength(1);
    expect((await desk.accept(id, page, world.newCode(aidant))).location).toBe(`/mandats/${mandate?.id}/document`);
  });

  test('two tabs with two codes, on two servers: one mandate', async () => {
    const { aidant, id, page } = await prepared('marcel', { themes: ['famille'] });
    const { termsVersion } = await world.ctx.db
      .selectFrom('aidant')
      .select('termsVersion')
      .where('id', '=', aidant.aidantId)
      .executeTakeFirstOrThrow();
    const other = openDatabase(world.database.appUrl, { max: 4, onError: () => undefined });
    const before = await counts(world);
    const accept = (db: typeof other) =>
      concludeMandate(
        { ...world.ctx, db },
        {
          aidant: { aidantId: aidant.aidantId, firstName: 'Amina', lastName: 'Berrada', termsVersion },
          draftId: id,
          seen: hidden(page, 'seen'),
          ownEmail: null,
          sign: async () => 'accepted',
        },
      );
    const outcomes = await Promise.all([accept(world.ctx.db), accept(other), accept(world.ctx.db), accept(other)]);
    const mandate = await mandateOf(world, id);
    expect(outcomes).toEqual(Array(4).fill({ ok: true, mandateId: mandate?.id }));
    const after = await counts(world);
    expect([
      after.mandates - before.mandates,
      after.authorisations - before.authorisations,
      after.evidence - before.evidence,
    ]).toEqual([1, 1, 1]);
    await other.destroy();
  });
});

describe('two aidants with the same person and theme', () => {
  test('at the same time, somebody nobody knew: one is told that things changed, sees what they replace, and decides', async () => {
    const one = await prepared('dominique', { themes: ['famille', 'social'] });
    const other = await prepared('dominique', { themes: ['social', 'justice'] });
    const [first, second] = [one, other].map((each) => ({ ...each, code: world.newCode(each.aidant) }));
    if (!first || !second) throw new Error('two');
    const answers = await Promise.all([
      first.desk.accept(first.id, first.page, first.code),
      second.desk.accept(second.id, second.page, second.code),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 422]);
    const [winner, loser] = answers[0]?.status === 303 ? [first, second] : [second, first];
    const told = answers.find(({ status }) => status === 422);
    expect(told?.text).toContain('quelque chose a changé');
    expect(told?.text).toContain('Ce mandat en remplace un autre');
    expect(told?.text).toContain('acceptez avec votre code');
    expect(told?.text).not.toContain('nouveau code');
    expect(await mandateOf(world, loser.id)).toBeUndefined();
    const won = await mandateOf(world, winner.id);
    // the code was not spent on a page that was out of date
    const page = await loser.desk.agent.get(draft(loser.id, '/verification'));
    expect((await loser.desk.accept(loser.id, page, loser.code)).status).toBe(303);
    const lost = await mandateOf(world, loser.id);
    expect(lost?.usagerId).toBe(won?.usagerId);
    const owner = (theme: string) => (theme === 'social' || lost?.draftId === one.id ? lost?.id : won?.id);
    const live = await liveOf(won?.usagerId ?? '');
    expect(live.map(([theme]) => theme)).toEqual(['famille', 'justice', 'social']);
    expect(live.find(([theme]) => theme === 'social')?.[1]).toBe(owner('social'));
    for (const id of [winner.id, loser.id]) await expectNumbersWithoutHole(id);
    const rows = await world.ctx.db.selectFrom('usager').select('id').where('familyName', '=', 'FAURE').execute();
    expect(rows).toHaveLength(1);
  });

  test('again and again, from both sides: never two live authorisations, never an act without its number', async () => {
    const ids: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      const terms = { themes: ['argent', 'logement'] };
      const pair = await Promise.all([prepared('nadia', terms), prepared('nadia', terms)]);
      const coded = pair.map((each) => ({ ...each, code: world.newCode(each.aidant) }));
      const answers = await Promise.all(coded.map((each) => each.desk.accept(each.id, each.page, each.code)));
      expect(answers.map(({ status }) => status).sort()).toEqual([303, 422]);
      ids.push(...coded.filter((_each, index) => answers[index]?.status === 303).map(({ id }) => id));
      world.clock.advance(1_000);
    }
    const mandates = await Promise.all(ids.map((id) => mandateOf(world, id)));
    const live = await liveOf(mandates[0]?.usagerId ?? '');
    expect(live).toEqual([
      ['argent', mandates.at(-1)?.id],
      ['logement', mandates.at(-1)?.id],
    ]);
    for (const id of ids) await expectNumbersWithoutHole(id);
    const ended = mandates.slice(0, -1).map((mandate) => mandate?.endCause);
    expect(ended).toEqual(Array(4).fill('replaced'));
  });
});

describe('stopped at any point', () => {
  const faults: Fault[] = ['throws', 'killed'];

  test.each(faults)('%s after each statement in turn: nothing is left, or the whole mandate', async (fault) => {
    const persona = fault === 'throws' ? 'ghjulia' : 'mohamed';
    const old = await prepared(persona, { themes: ['famille', 'argent'] });
    await old.desk.accept(old.id, old.page, world.newCode(old.aidant));
    const { aidant, id, page } = await prepared(persona, { themes: ['famille', 'argent', 'social'] });
    const { aidantId } = aidant;
    const session = await world.ctx.db
      .selectFrom('session')
      .select('idHash')
      .where('actorId', '=', aidantId)
      .executeTakeFirstOrThrow();
    const row = await world.ctx.db
      .selectFrom('aidant')
      .selectAll()
      .where('id', '=', aidantId)
      .executeTakeFirstOrThrow();
    const code = world.newCode(aidant);
    const before = { ...(await counts(world)), jobs: await jobs() };
    const untouched = { draft: await draftRow(world, id), old: await mandateOf(world, old.id), aidant: row };

    const attempt = async (failAfter: number) => {
      const { db, seen } = faultyDatabase(world.database.appUrl, world.database.superuserUrl, { failAfter, fault });
      const ctx = { ...world.ctx, db };
      const who = { aidantId, codeAccepted: false, sessionIdHash: session.idHash } as never;
      const outcome = await concludeMandate(ctx, {
        aidant: { aidantId, firstName: row.firstName, lastName: row.lastName, termsVersion: row.termsVersion },
        draftId: id,
        seen: hidden(page, 'seen'),
        ownEmail: null,
        sign: (trx) => checkCode(ctx, trx, who, code),
      }).catch((error: Error) => error);
      await db.destroy().catch(() => undefined);
      return { outcome, seen };
    };

    const stopped: string[] = [];
    for (let failAfter = 1; failAfter < 100; failAfter += 1) {
      const { outcome, seen } = await attempt(failAfter);
      const last = seen[failAfter - 1] ?? '';
      if (/^commit/i.test(last)) {
        // stopped after it was kept: the program was told of an error, the mandate is whole
        expect(outcome).toBeInstanceOf(Error);
        break;
      }
      expect(outcome).toBeInstanceOf(Error);
      stopped.push(last);
      expect({ ...(await counts(world)), jobs: await jobs() }).toEqual(before);
    }
    expect(stopped.length).toBeGreaterThan(15);
    const mandate = await mandateOf(world, id);
    expect(await authorisationsOf(world, mandate?.id ?? '')).toHaveLength(3);
    const after = { ...(await counts(world)), jobs: await jobs() };
    expect(after).toEqual({
      ...before,
      mandates: before.mandates + 1,
      authorisations: before.authorisations + 3,
      evidence: before.evidence + 1,
      // two themes replaced, the old mandate ended, the new one concluded
      entries: before.entries + 4,
      jobs: before.jobs + 1,
    });
    expect(await mandateOf(world, old.id)).toMatchObject({ endCause: 'replaced', entryCount: 4 });
    expect(untouched.old).toMatchObject({ endedAt: null, entryCount: 1 });
    for (const each of [id, old.id]) await expectNumbersWithoutHole(each);
    // pressed again by somebody who saw an error: the same mandate
    expect((await attempt(1_000)).outcome).toEqual({ ok: true, mandateId: mandate?.id });
    expect(await draftRow(world, id)).toMatchObject({ closedCause: 'concluded', identitySealed: null });
  });

  async function jobs(): Promise<number> {
    const pg = await import('pg');
    const client = new pg.default.Client({ connectionString: world.database.superuserUrl });
    await client.connect();
    const { rows } = await client.query('select count(*)::int as n from graphile_worker._private_jobs');
    await client.end();
    return rows[0].n;
  }
});

describe('nobody waits for somebody who waits for them', () => {
  test('a conclusion and another code of the same aidant', async () => {
    const { aidant, desk, id, page } = await prepared('josette', { themes: ['travail'] });
    const code = world.newCode(aidant);
    expect((await desk.accept(id, page, wrongCode(aidant, world.clock.now()))).status).toBe(422);
    // as checkCode does elsewhere: the counter of codes, then the aidant
    const accepted = await world.ctx.db.transaction().execute(async (trx) => {
      await trx.selectFrom('rateLimit').selectAll().forUpdate().execute();
      const pressed = desk.accept(id, page, code);
      await waitsForLock();
      await trx.updateTable('aidant').set({ active: true }).where('id', '=', aidant.aidantId).execute();
      return { pressed };
    });
    expect((await accepted.pressed).status).toBe(303);
  });

  test('a conclusion and a use of the same person, which holds its mandate and refers to the person', async () => {
    const first = await prepared('marcel', { themes: ['famille'] });
    await first.desk.accept(first.id, first.page, world.newCode(first.aidant));
    const mandate = await mandateOf(world, first.id);
    const second = await prepared('marcel', { themes: ['famille', 'logement'] });
    const code = world.newCode(second.aidant);
    const { pressed } = await world.ctx.db.transaction().execute(async (trx) => {
      await trx
        .updateTable('mandate')
        .set({ paper: 'missing' })
        .where('id', '=', mandate?.id ?? '')
        .execute();
      const pressed = second.desk.accept(second.id, second.page, code);
      await waitsForLock();
      await trx
        .selectFrom('usager')
        .select('id')
        .where('id', '=', mandate?.usagerId ?? '')
        .forKeyShare()
        .execute();
      return { pressed };
    });
    expect((await pressed).status).toBe(303);
    expect(await mandateOf(world, second.id)).toBeDefined();
  });

  test('a conclusion, a reprise elsewhere and codes that are refused, of one aidant, at once, again and again', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { aidant, desk, id, page } = await prepared('mohamed', { themes: ['transports'] });
      const asleep = await loggedInAs(world, aidant);
      const idHash = sha256(asleep.cookies.get('entremise-aidant') ?? '');
      const since = new Date(world.clock.now().getTime() - 16 * MINUTE);
      await world.ctx.db
        .updateTable('session')
        .set({ lastActivityAt: since })
        .where('cookieHash', '=', idHash)
        .execute();
      const code = world.newCode(aidant);
      const wrong = wrongCode(aidant, world.clock.now());
      const answers = await Promise.all([
        desk.accept(id, page, code),
        asleep.post('/reprise', { code: wrong }),
        desk.accept(id, page, wrong),
        asleep.post('/reprise', { code }),
      ]);
      // the database undid nobody; the code was taken once, by the one or by the other
      expect(answers.filter(({ status }) => status >= 500 || status === 429)).toEqual([]);
      const { lastActivityAt } = await world.ctx.db
        .selectFrom('session')
        .select('lastActivityAt')
        .where('idHash', '=', idHash)
        .executeTakeFirstOrThrow();
      const taken = [(await mandateOf(world, id)) !== undefined, lastActivityAt > since];
      expect(taken.filter(Boolean)).toHaveLength(1);
    }
  });

  test('a form with nothing ticked, pressed while the draft moves to this page: not a conclusion', async () => {
    const { aidant, desk, id, page } = await prepared('ghjulia', { themes: ['papiers'] });
    const { db } = world.ctx;
    const opened = { franceconnectOpenedAt: world.clock.now() };
    await db.updateTable('mandateDraft').set(opened).where('id', '=', id).execute();
    const code = world.newCode(aidant);
    const untouched = await counts(world);
    const { pressed } = await db.transaction().execute(async (trx) => {
      await trx.updateTable('mandateDraft').set({ franceconnectOpenedAt: null }).where('id', '=', id).execute();
      const pressed = desk.accept(id, page, code, { samePerson: '', notProtected: '' });
      await Promise.race([pressed, waitsForLock()]);
      return { pressed };
    });
    expect((await pressed).location).not.toMatch(/document$/);
    expect(await mandateOf(world, id)).toBeUndefined();
    expect(await counts(world)).toEqual(untouched);
    // at any other step, and in any other form: back where the draft is
    const blank = await desk.accept(id, page, '', { samePerson: '' });
    expect([blank.status, blank.text.includes('cochez cette case')]).toEqual([422, true]);
    expect((await desk.accept(id, page, code)).location).toMatch(/document$/);
  });

  /** Until a statement of another connection waits for a lock. */
  async function waitsForLock(): Promise<void> {
    const { sql } = await import('kysely');
    for (;;) {
      const { rows } = await sql<{ n: number }>`
        select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(
        world.ctx.db,
      );
      if ((rows[0]?.n ?? 0) > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
});

test('a draft that another session of the aidant prepared may be accepted from this one', async () => {
  const { aidant, id } = await prepared('josette', { themes: ['loisirs'] });
  const elsewhere = deskOf(await loggedInAs(world, aidant));
  const page = await elsewhere.agent.get(draft(id, '/verification'));
  expect((await elsewhere.accept(id, page, world.newCode(aidant))).status).toBe(303);
});
