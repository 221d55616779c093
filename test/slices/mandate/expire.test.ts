import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endMandate, followPutBack } from '#mandate';
import { inTransaction } from '#platform/context.ts';
import { openDatabase } from '#platform/db/database.ts';
import { DAY, MINUTE, SECOND } from '#platform/time/clock.ts';
import { tamper } from '#support/database.ts';
import { printUsagerCopy } from '../../../src/mandate/document/print-usager-copy.ts';
import { stopByCode } from '../../../src/mandate/document/stop-by-code.ts';
import { openStopCode } from '../../../src/mandate/document/stop-code.ts';
import { lockMandate } from '../../../src/mandate/follow/end.queries.ts';
import { expireDueMandates } from '../../../src/mandate/follow/expire.jobs.ts';
import { type FollowWorld, followWorld, type MandateRow } from './follow-support.ts';

let world: FollowWorld;

beforeAll(async () => {
  world = await followWorld();
});
afterAll(() => world.close());

/** The job, under the worker's own role. */
const expire = () => expireDueMandates(world.workerCtx);
const actsOf = async ({ journalAlias }: MandateRow) =>
  (await world.journal({ mandateAlias: journalAlias, log: 'actes' })).filter(({ mn }) => mn !== undefined);
const mailsTo = (address: string) =>
  world.mailbox.mails.filter(({ to, subject }) => to === address && /terminé/.test(subject));

describe('the job that writes the term', () => {
  test('writes the end at its hour, once, with the closing entry, and tells the person', async () => {
    const mandate = await world.conclude(
      { email: 'terme@courriel.example' },
      { duration: 'SHORT', themes: ['famille', 'social'] },
    );
    world.clock.set(new Date(mandate.endsAt.getTime() - 1));
    await expire();
    expect(await world.mandate(mandate.id)).toMatchObject({ endedAt: null, entryCount: 1 });

    world.clock.set(new Date(mandate.endsAt.getTime() + 40 * SECOND));
    expect(await expire()).toBe(1);
    expect(await expire()).toBe(0);

    expect(await world.mandate(mandate.id)).toMatchObject({
      endedAt: mandate.endsAt,
      endCause: 'expired',
      endKnownAt: world.clock.now(),
      endChannel: 'job',
      endedByAidantId: null,
      entryCount: 2,
    });
    expect(await world.authorisations(mandate.id)).toMatchObject([
      { endedAt: mandate.endsAt, endCause: 'expired' },
      { endedAt: mandate.endsAt, endCause: 'expired' },
    ]);
    expect(await actsOf(mandate)).toMatchObject([
      { kind: 'mandate.concluded', mn: 1 },
      {
        kind: 'mandate.ended',
        mn: 2,
        clear: { cause: 'expired', channel: 'job', endedAt: mandate.endsAt.toISOString() },
      },
    ]);
    await world.runJobs();
    const [mail, ...more] = mailsTo('terme@courriel.example');
    expect(mail?.text).toContain('La durée que vous aviez choisie est écoulée.');
    expect(mail?.text).not.toContain('Vous ne vouliez pas cela');
    expect(more).toEqual([]);
  });

  test('a theme that ended before keeps its own end', async () => {
    const mandate = await world.conclude({}, { duration: 'SHORT', themes: ['famille', 'social'] });
    const end = { cause: 'revoked-by-usager', knownAt: undefined } as const;
    const { aidantId, organisationId } = world.aidant;
    await endMandate(world.ctx, { aidantId, organisationId, mandateId: mandate.id, theme: 'social', end });
    const earlier = world.clock.now();
    world.clock.advance(DAY);
    await expire();
    expect(await world.authorisations(mandate.id)).toMatchObject([
      { theme: 'famille', endedAt: mandate.endsAt, endCause: 'expired' },
      { theme: 'social', endedAt: earlier, endCause: 'revoked-by-usager' },
    ]);
    expect((await actsOf(mandate)).map(({ kind, mn }) => [kind, mn])).toEqual([
      ['mandate.concluded', 1],
      ['authorisation.ended', 2],
      ['mandate.ended', 3],
    ]);
  });

  test('a suspended mandate ends at its term all the same', async () => {
    const mandate = await world.conclude({}, { duration: 'SHORT' });
    const suspended = { suspendedAt: world.clock.now() };
    await world.ctx.db.updateTable('mandate').set(suspended).where('id', '=', mandate.id).execute();
    world.clock.advance(DAY);
    await expire();
    expect(await world.mandate(mandate.id)).toMatchObject({ endedAt: mandate.endsAt, endCause: 'expired' });
  });

  test('what somebody else holds is skipped, not waited for, and taken the next time', async () => {
    const held = await world.conclude({}, { duration: 'SHORT' });
    const free = await world.conclude({}, { duration: 'SHORT' });
    world.clock.advance(DAY);
    await inTransaction(world.ctx, async (trx) => {
      await lockMandate(trx, { mandateId: held.id, organisationId: held.organisationId });
      expect(await expire()).toBe(1);
    });
    expect((await world.mandate(held.id)).endedAt).toBeNull();
    expect((await world.mandate(free.id)).endedAt).toEqual(free.endsAt);
    expect(await expire()).toBe(1);
  });

  test('a row that cannot be written holds back no other, and is logged', async () => {
    const broken = await world.conclude({}, { duration: 'SHORT' });
    const sound = await world.conclude({}, { duration: 'SHORT' });
    // its next number is taken already: the journal refuses the closing entry
    const counting = (entryCount: number) =>
      tamper(world, (db) => db.updateTable('mandate').set({ entryCount }).where('id', '=', broken.id).execute());
    await counting(0);
    world.clock.set(sound.endsAt);
    expect(await expire()).toBe(1);
    expect((await world.mandate(broken.id)).endedAt).toBeNull();
    expect((await world.mandate(sound.id)).endedAt).toEqual(sound.endsAt);
    expect(world.logs.join('')).toContain('a mandate could not be expired');
    await counting(1);
    expect(await expire()).toBe(1);
  });

  test('several workers at once, more mandates than a batch: each ends once', async () => {
    const mandates: MandateRow[] = [];
    const one = await world.conclude({}, { duration: 'SHORT' });
    mandates.push(one);
    await copies(one, 450);
    world.clock.set(one.endsAt);
    const ended = await Promise.all([expire(), expire(), expire()]);
    expect(ended.reduce((sum, count) => sum + count, 0)).toBe(451);
    const open = await world.ctx.db.selectFrom('mandate').select('id').where('endedAt', 'is', null).execute();
    expect(open).toEqual([]);
    const closing = await world.ctx.db
      .selectFrom('journal.entryIndex')
      .select('mandateId')
      .where('kind', '=', 'mandate.ended')
      .where('mandateId', 'is not', null)
      .execute();
    expect(new Set(closing.map(({ mandateId }) => mandateId)).size).toBe(closing.length);
  });
});

/** Rows like this one, for the same person, made in bulk as the owner of the tables. */
async function copies({ id, draftId }: MandateRow, count: number): Promise<void> {
  const db = openDatabase(world.database.superuserUrl, { max: 1, onError: () => undefined });
  await sql`
    with draft as (
      insert into mandate_draft (id, aidant_id, organisation_id, journal_alias, created_at, updated_at, expires_at,
        closed_at, closed_cause, wiped_at)
      select gen_random_uuid(), aidant_id, organisation_id, gen_random_uuid(), created_at, updated_at, expires_at,
        closed_at, 'abandoned', wiped_at
      from mandate_draft, generate_series(1, ${count}::int) where id = ${draftId} returning id
    )
    insert into mandate (id, number, organisation_id, usager_id, aidant_id, draft_id, duration, consent_level, starts_at,
      ends_at, snapshot, snapshot_jws, journal_alias, entry_count, created_at)
    select gen_random_uuid(), upper(substr(md5(draft.id::text), 1, 16)), organisation_id, usager_id, aidant_id, draft.id,
      duration, consent_level, starts_at, ends_at, snapshot, snapshot_jws, gen_random_uuid(), 1, created_at
    from draft, mandate where mandate.id = ${id}`.execute(db);
  await db.destroy();
}

describe('several ends at once', () => {
  const rounds = [1, 2, 3, 4, 5, 6];

  async function due() {
    const mandate = await world.conclude(
      { sub: `race-${Math.random()}` },
      { duration: 'SHORT', themes: ['famille', 'social'] },
    );
    const { aidantId, organisationId } = world.aidant;
    await printUsagerCopy(world.ctx, { aidantId, organisationId, mandateId: mandate.id });
    const { stopCodeSealed } = await world.mandate(mandate.id);
    return { mandate, code: openStopCode(world.ctx, mandate.id, stopCodeSealed as Buffer) };
  }

  const byAidant = (mandate: MandateRow, theme?: string) =>
    endMandate(world.ctx, {
      aidantId: world.aidant.aidantId,
      organisationId: world.aidant.organisationId,
      mandateId: mandate.id,
      theme,
      end: { cause: 'revoked-by-usager', knownAt: undefined },
    });

  async function expectOneEnd(mandate: MandateRow) {
    const row = await world.mandate(mandate.id);
    const acts = await actsOf(mandate);
    expect(acts.filter(({ kind }) => kind === 'mandate.ended')).toHaveLength(1);
    expect(acts.map(({ mn }) => mn)).toEqual(acts.map((_act, index) => index + 1));
    expect(acts.at(-1)).toMatchObject({
      kind: 'mandate.ended',
      mn: row.entryCount,
      clear: { cause: row.endCause, channel: row.endChannel },
    });
    expect(row.endedAt).not.toBeNull();
    for (const { endedAt } of await world.authorisations(mandate.id)) expect(endedAt).not.toBeNull();
    return row;
  }

  test.each(rounds)('at the term: job, aidant and stop code — the term wins, at its hour (%i)', async () => {
    const { mandate, code } = await due();
    world.clock.set(mandate.endsAt);
    await Promise.all([
      expire(),
      byAidant(mandate),
      stopByCode(world.ctx, { number: mandate.number, code }),
      expire(),
      byAidant(mandate, 'social'),
    ]);
    expect(await expectOneEnd(mandate)).toMatchObject({ endedAt: mandate.endsAt, endCause: 'expired' });
  });

  test.each(rounds)('before the term: aidant, another click, stop code — one of them, once (%i)', async () => {
    const { mandate, code } = await due();
    world.clock.advance(MINUTE);
    await Promise.all([
      byAidant(mandate),
      stopByCode(world.ctx, { number: mandate.number, code }),
      byAidant(mandate),
      byAidant(mandate, 'famille'),
      byAidant(mandate, 'social'),
      expire(),
    ]);
    const row = await expectOneEnd(mandate);
    expect(row.endCause).toBe('revoked-by-usager');
    expect(row.endedAt).toEqual(world.clock.now());
    const themes = (await actsOf(mandate))
      .filter(({ kind }) => kind === 'authorisation.ended')
      .map(({ theme }) => theme);
    expect(themes.toSorted()).toEqual(['famille', 'social']);
  });

  test.each(rounds)(
    'a new mandate that replaces it, an aidant who ends it, the person who stops it (%i)',
    async (round) => {
      const person = { sub: `replacing-${round}`, familyName: `REMPLACE${'ABCDEFG'[round]}` };
      const first = await world.conclude(person, { themes: ['famille', 'social'] });
      const { aidantId, organisationId } = world.aidant;
      await printUsagerCopy(world.ctx, { aidantId, organisationId, mandateId: first.id });
      const { stopCodeSealed } = await world.mandate(first.id);
      const code = openStopCode(world.ctx, first.id, stopCodeSealed as Buffer);
      world.clock.advance(MINUTE);
      // the page may have changed under the aidant: the conclusion is then refused, and nothing is half done
      const [second] = await Promise.allSettled([
        world.conclude(person, { themes: ['famille', 'social'] }),
        byAidant(first),
        stopByCode(world.ctx, { number: first.number, code }),
      ]);
      const row = await expectOneEnd(first);
      expect(['replaced', 'revoked-by-usager']).toContain(row.endCause);
      if (second.status === 'rejected') expect(String(second.reason)).toContain('changed');
      const live = await world.ctx.db
        .selectFrom('authorisation')
        .select(['theme', 'mandateId'])
        .where('usagerId', '=', first.usagerId)
        .where('endedAt', 'is', null)
        .execute();
      const expected = second.status === 'fulfilled' ? [second.value.id, second.value.id] : [];
      expect(live.map(({ mandateId }) => mandateId)).toEqual(expected);
    },
  );

  test('a term that passes while a new mandate is concluded: expired, not replaced', async () => {
    const person = { sub: 'expired-then-new', familyName: 'NOUVEAU' };
    const first = await world.conclude(person, { themes: ['famille'], duration: 'SHORT' });
    world.clock.set(first.endsAt);
    await Promise.all([world.conclude(person, { themes: ['famille'] }), expire()]);
    expect(await expectOneEnd(first)).toMatchObject({ endCause: 'expired', endedAt: first.endsAt });
  });
});

describe('after acts were put back in the journal', () => {
  test('what the index alone says of a mandate changes nothing of it: it has to be sealed', async () => {
    const [told, ended] = [await world.conclude(), await world.conclude()];
    const owner = openDatabase(world.database.ownerUrl, { max: 1, onError: () => undefined });
    const putBack = async ({ journalAlias }: MandateRow, mn: number, kind: string) =>
      sql`insert into journal.entry_index (id, log_id, kind, result, mandate_alias, mn)
        values (gen_random_uuid(), 1, ${kind}, 'ok', ${journalAlias}::text, ${mn})`.execute(owner);
    await putBack(told, 3, 'use.chosen');
    await putBack(ended, 2, 'mandate.ended');
    const nothing = { counting: 0, ended: [], lost: [], failed: [], drafts: 0 };
    expect(await inTransaction({ db: owner }, (trx) => followPutBack(world.ctx, trx))).toEqual(nothing);
    expect(await world.mandate(told.id)).toMatchObject({ entryCount: 1 });
    expect(await world.mandate(ended.id)).toMatchObject({ endedAt: null, entryCount: 1 });
    await owner.destroy();
  });
});
