import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { domainsTold, events } from '#app/wiring.ts';
import { eraseTokens, selectMandates, verifyConsent } from '#consent';
import {
  checkJournal,
  eraseField,
  eraseOldAccesses,
  exportErasures,
  goneValues,
  journalRegistry,
  liftHold,
  makeSelectionExport,
  openEntries,
  placeHold,
  record,
  replayErasures,
} from '#journal';
import { archiveMandates, endMandate, eraseFilesAgain, eraseMandateFiles, erasePerson, eraseUses } from '#mandate';
import { inTransaction } from '#platform/context.ts';
import { openDatabase } from '#platform/db/database.ts';
import { DAY } from '#platform/time/clock.ts';
import { monthsBefore } from '#platform/time/months.ts';
import { tamper } from '#support/database.ts';
import { journalOf } from '#support/journal.ts';
import { sealWorld, sequenceWorld } from '#support/seal.ts';
import { complaintClosed } from '../../../src/audit/complaint/complaint.events.ts';
import { batchEvent, eraseOpenings, inErasure } from '../../../src/journal/erase/index.ts';
import { proveNode } from '../../../src/journal/prove-node.ts';
import { expireDueMandates } from '../../../src/mandate/follow/expire.jobs.ts';
import { useChosen } from '../../../src/mandate/use/use.events.ts';
import { type FollowWorld, followWorld, type MandateRow } from '../mandate/follow-support.ts';
import {
  changed,
  check,
  failing,
  keeping,
  remanifested,
  resummed,
  unchecked,
  unpacked,
  verified,
  without,
} from './export-support.ts';
import { newId } from './fixture.ts';
import { pagesOf, recordedAt, writeOld } from './retention-support.ts';

// Periods of retention (decisions, §11), each job under the worker's own role; and row 27 for whole files: a person erased
// before term, a backup restored from before the erasure, the list applied again.

let world: FollowWorld;
beforeAll(async () => {
  world = await followWorld();
});
afterAll(() => world.close());
// terms are looked at by the clock of the database too: what reaches one here began nine years ago
beforeEach(() => world.clock.set(monthsBefore(new Date(), 110)));

const superuser = () => openDatabase(world.database.superuserUrl, { max: 1, onError: () => undefined });
async function count(what: string): Promise<number> {
  const db = superuser();
  const { rows } = await sql<{ count: number }>`select count(*) from ${sql.raw(what)}`.execute(db);
  await db.destroy();
  return rows[0]?.count ?? -1;
}
const told = (kinds: readonly string[]) => world.journal({ kinds });
const batches = async (rule: string) => (await told(['retention.applied'])).filter(({ clear }) => clear.rule === rule);

/** A mandate of a day, which reached its term. */
async function ended(
  person: Parameters<FollowWorld['conclude']>[0] = {},
  meanwhile: (mandate: MandateRow) => Promise<unknown> = async () => undefined,
): Promise<MandateRow> {
  const mandate = await world.conclude(person, { duration: 'SHORT' });
  await meanwhile(mandate);
  world.clock.advance(2 * DAY);
  await expireDueMandates(world.workerCtx);
  return world.mandate(mandate.id);
}
const monthsLater = (mandate: MandateRow, months: number, more = DAY) =>
  world.clock.set(new Date(monthsBefore(mandate.endedAt ?? mandate.endsAt, -months).getTime() + more));

async function useOf(mandate: MandateRow): Promise<string> {
  const id = newId();
  const [authorisation] = await world.authorisations(mandate.id);
  await inTransaction(world.ctx, async (trx) => {
    await trx
      .insertInto('use')
      .values({
        ...{ id, authorisationId: authorisation?.id ?? '', mandateId: mandate.id, usagerId: mandate.usagerId },
        ...{
          organisationId: mandate.organisationId,
          aidantId: mandate.aidantId,
          theme: 'famille',
          site: 'caf.example',
        },
        ...{ clientId: 'franceconnect', factorAt: world.clock.now(), chosenAt: world.clock.now() },
      })
      .execute();
    const { entryCount } = await trx
      .updateTable('mandate')
      .set((eb) => ({ entryCount: eb('entryCount', '+', 1) }))
      .where('id', '=', mandate.id)
      .returning('entryCount')
      .executeTakeFirstOrThrow();
    const event = useChosen.event({
      actor: { aidantId: mandate.aidantId, organisationId: mandate.organisationId },
      about: { usagerId: mandate.usagerId, mandateId: mandate.id },
      mandate: { alias: mandate.journalAlias, mn: entryCount },
      theme: 'famille',
      result: 'ok',
      clear: { use: id, client: 'franceconnect' },
      committed: { site: 'caf.example' },
      subject: { kind: 'usager', id: mandate.usagerId },
    });
    await record(world.ctx, trx, event);
  });
  return id;
}
/** The file of a mandate, of a person who has no other, as the job would erase what ended before an instant. */
const eraseFile = ({ id, usagerId }: MandateRow, before: Date) =>
  inErasure(world.workerCtx, async (trx) => {
    const batch = { rule: 'mandate-file', before, rows: 1, persons: 1 } as const;
    const what = { persons: [usagerId], mandates: [id] };
    const { erasureId } = await eraseOpenings(world.ctx, trx, what, (openings) => batchEvent(batch, openings));
    await proveNode(world.ctx.keys, trx, erasureId);
    await sql`select public.erase_mandate_files(${erasureId}::uuid, ${[usagerId]}::uuid[])`.execute(trx);
  });
const mandateIsThere = (id: string) => count(`mandate where id = '${id}'`);

describe('mandates are archived, then erased', () => {
  test('at the end of their 36 months they leave everyday pages, and are told as one batch', async () => {
    const mandate = await ended({ givenName: 'Archibalde' });
    monthsLater(mandate, 36, -DAY);
    expect(await archiveMandates(world.workerCtx)).toBe(0);
    monthsLater(mandate, 36);
    const before = (await batches('mandate-archive')).length;
    expect(await archiveMandates(world.workerCtx)).toBe(1);
    expect(await archiveMandates(world.workerCtx)).toBe(0);
    expect(await world.mandate(mandate.id)).toMatchObject({ archivedAt: world.clock.now(), endedAt: mandate.endedAt });
    const entries = await batches('mandate-archive');
    expect(entries).toHaveLength(before + 1);
    expect(entries.at(-1)?.clear).toMatchObject({ rows: 1, persons: 0, openings: 0 });
    expect(entries.at(-1)?.leaf.toString()).not.toContain(mandate.id);
  });

  test('the file goes after 36 months more: rows, person, openings; entries and their proofs stay', async () => {
    const mandate = await ended({}, useOf);
    const usager = mandate.usagerId;
    monthsLater(mandate, 36);
    await archiveMandates(world.workerCtx);
    monthsLater(mandate, 72, -DAY);
    await eraseMandateFiles(world.workerCtx);
    expect(await mandateIsThere(mandate.id)).toBe(1);
    const entriesBefore = (await world.journal({ mandateAlias: mandate.journalAlias })).map(({ id, leaf }) => ({
      id,
      leaf,
    }));
    await sealWorld(world);

    monthsLater(mandate, 72);
    expect(await eraseMandateFiles(world.workerCtx)).toBeGreaterThan(0);
    for (const table of ['consent_evidence', 'authorisation', 'use', 'mandate_draft'])
      expect(await count(`${table} where mandate_id = '${mandate.id}'`), table).toBe(0);
    expect(await mandateIsThere(mandate.id)).toBe(0);
    expect(await count(`mandate_draft where id = '${mandate.draftId}'`)).toBe(0);
    expect(await count(`usager where id = '${usager}'`)).toBe(0);
    expect(await count(`journal.subject_key where subject_id = '${usager}'`)).toBe(0);
    expect(await count(`journal.entry_index where usager_id = '${usager}'`)).toBe(0);
    const entriesAfter = await world.journal({ mandateAlias: mandate.journalAlias });
    expect(entriesAfter.map(({ id, leaf }) => ({ id, leaf }))).toEqual(entriesBefore);
    expect(entriesAfter.every(({ opened }) => Object.keys(opened).length === 0)).toBe(true);
    const [batch] = (await batches('mandate-file')).slice(-1);
    expect(batch?.clear).toMatchObject({ persons: expect.any(Number), openings: expect.any(Number) });
    await sealWorld(world);
    for (const log of ['actes', 'acces'] as const) {
      const { inWords } = await checkJournal(world.workerCtx, { log, ...domainsTold });
      expect(inWords).toEqual([]);
    }
  });

  test('a person who has another mandate stays, with it; of the one that goes, nothing opens', async () => {
    const identity = {
      sub: newId(),
      familyName: `DURAND${newId()
        .replace(/[^a-f]/g, 'x')
        .toUpperCase()}`,
    };
    const first = await ended(identity);
    monthsLater(first, 71);
    const second = await world.conclude(identity, { duration: 'SHORT' });
    expect(second.usagerId).toBe(first.usagerId);
    await archiveMandates(world.workerCtx);
    monthsLater(first, 72);
    await eraseMandateFiles(world.workerCtx);
    expect(await mandateIsThere(first.id)).toBe(0);
    expect(await mandateIsThere(second.id)).toBe(1);
    expect(await count(`usager where id = '${first.usagerId}'`)).toBe(1);
    const [gone, kept] = await Promise.all(
      [first, second].map(({ journalAlias }) =>
        world.journal({ mandateAlias: journalAlias, kinds: ['mandate.concluded'] }),
      ),
    );
    expect(gone?.[0]).toMatchObject({ opened: {}, about: { usagerId: null } });
    expect(kept?.[0]).toMatchObject({ opened: { number: second.number }, about: { usagerId: first.usagerId } });
  });

  test('in everyday pages an archived mandate is nowhere; its paper can still be checked', async () => {
    const mandate = await ended({ givenName: 'Lointaine' });
    monthsLater(mandate, 36);
    await archiveMandates(world.workerCtx);
    const db = superuser();
    await sql`update aidant set last_totp_step = 0`.execute(db);
    await db.destroy();
    const { logIn, page } = pagesOf(world);
    await logIn();
    expect((await page(`/usagers/${mandate.usagerId}`)).status).toBe(404);
    expect((await page(`/mandats/${mandate.id}/document`)).status).toBe(404);
    expect((await page(`/usagers?etat=expires`)).text).not.toContain('Lointaine');
    expect((await page(`/verifier/${mandate.number}`)).text).toContain('termin');
  });
});

describe('a legal hold stops retention', () => {
  test.each(['usagerId', 'mandateId'] as const)(
    'by %s, archiving and erasing; both go on once it is lifted',
    async (on) => {
      const mandate = await ended({}, useOf);
      const target = on === 'usagerId' ? { usagerId: mandate.usagerId } : { mandateId: mandate.id };
      const hold = await placeHold(world.workerCtx, { target, ground: 'litigation' });
      monthsLater(mandate, 80);
      await Promise.all([archiveMandates, eraseTokens, eraseUses].map((job) => job(world.workerCtx)));
      await eraseMandateFiles(world.workerCtx);
      expect(await world.mandate(mandate.id)).toMatchObject({ archivedAt: null });
      expect(await count(`use where mandate_id = '${mandate.id}'`)).toBe(1);
      expect(await count(`consent_evidence where mandate_id = '${mandate.id}' and tokens_erased_at is null`)).toBe(1);
      await liftHold(world.workerCtx, hold.ok ? hold.holdId : '');
      await archiveMandates(world.workerCtx);
      await eraseMandateFiles(world.workerCtx);
      expect(await mandateIsThere(mandate.id)).toBe(0);
    },
  );

  test('on months of the journal: the mandates whose entries are there stay, the others go', async () => {
    const [mandate, month] = [await ended(), new Date().toISOString().slice(0, 7)];
    const hold = await placeHold(world.workerCtx, { target: { first: month, last: month }, ground: 'audit' });
    monthsLater(mandate, 80);
    await archiveMandates(world.workerCtx);
    await eraseMandateFiles(world.workerCtx);
    expect(await mandateIsThere(mandate.id)).toBe(1);
    await liftHold(world.workerCtx, hold.ok ? hold.holdId : '');
    await eraseMandateFiles(world.workerCtx);
    expect(await mandateIsThere(mandate.id)).toBe(0);
  });
});

/** A complaint that nothing holds. */
async function complaintOf(mandate: MandateRow): Promise<{ complaintId: string; auditorId: string }> {
  const db = superuser();
  const [auditorId, complaintId] = [newId(), newId()];
  await sql`insert into auditor (id, email, first_name, last_name, totp_secret, created_at)
    values (${auditorId}, ${`${auditorId}@audit.example`}, 'A', 'B', '', now())`.execute(db);
  await sql`insert into complaint (id, mandate_id, usager_id, organisation_id, auditor_id, motive, channel, received_at)
    values (${complaintId}, ${mandate.id}, ${mandate.usagerId}, ${mandate.organisationId}, ${auditorId}, 'never-signed', 'letter', ${mandate.startsAt})`.execute(
    db,
  );
  await db.destroy();
  return { complaintId, auditorId };
}
const answered = { answer: 'confirmed' } as const;

test('a complaint that waits for its answer keeps the file, hold or not; answered, it goes with it', async () => {
  const [mandate, neighbour] = [await ended(), await ended()];
  const { complaintId, auditorId } = await complaintOf(mandate);
  monthsLater(neighbour, 80);
  await archiveMandates(world.workerCtx);
  await eraseMandateFiles(world.workerCtx);
  expect([await mandateIsThere(mandate.id), await mandateIsThere(neighbour.id)]).toEqual([1, 0]);
  await inTransaction(world.ctx, async (trx) => {
    const closed = { ...answered, closedAt: world.clock.now() };
    await trx.updateTable('complaint').set(closed).where('id', '=', complaintId).execute();
    const clear = { ...answered, complaint: complaintId, auditor: auditorId };
    await record(world.ctx, trx, complaintClosed.event({ actor: {}, result: 'ok', clear }));
  });
  await sequenceWorld(world);
  await eraseMandateFiles(world.workerCtx);
  expect(await mandateIsThere(mandate.id)).toBe(0);
  expect(await count(`complaint where id = '${complaintId}'`)).toBe(0);
});

test('what the password of the site alone closed still waits: a complaint, or a case, keeps the file', async () => {
  const mandates = [await ended(), await ended(), await ended()];
  const [complained, looked, neighbour] = mandates as [MandateRow, MandateRow, MandateRow];
  const { complaintId, auditorId } = await complaintOf(complained);
  const closed = { ...answered, closedAt: complained.startsAt };
  await world.ctx.db.updateTable('complaint').set(closed).where('id', '=', complaintId).execute();
  const opening = {
    number: newId()
      .slice(-8)
      .toUpperCase()
      .replaceAll(/[ILOU]/g, '0'),
    origin: 'mandate',
  };
  await world.ctx.db
    .insertInto('auditCase')
    .values({
      ...{ ...opening, id: newId(), ownerId: auditorId, subjectSealed: Buffer.alloc(1), mandateId: looked.id },
      ...{ openedAt: looked.startsAt, decision: 'nothing-found', decisionSealed: Buffer.alloc(1) },
      ...{ decidedBy: auditorId, decidedAt: looked.startsAt },
    })
    .execute();
  monthsLater(neighbour, 80);
  await archiveMandates(world.workerCtx);
  await eraseMandateFiles(world.workerCtx);
  expect(await Promise.all(mandates.map(({ id }) => mandateIsThere(id)))).toEqual([1, 1, 0]);
  for (const { journalAlias: mandateAlias } of [complained, looked]) {
    const [concluded] = await world.journal({ mandateAlias, kinds: ['mandate.concluded'] });
    expect(Object.keys(concluded?.opened ?? {})).toHaveLength(8);
  }
  // else they stop the batches of the other tests
  const db = superuser();
  await sql`delete from complaint where id = ${complaintId}`.execute(db);
  await sql`delete from audit_case where mandate_id = ${looked.id}`.execute(db);
  await db.destroy();
  await eraseMandateFiles(world.workerCtx);
  expect(await Promise.all(mandates.map(({ id }) => mandateIsThere(id)))).toEqual([0, 0, 0]);
});

describe('several workers at once', () => {
  test('each file goes once, and the batches count them all', async () => {
    const mandates: MandateRow[] = [];
    for (let n = 0; n < 6; n += 1) mandates.push(await ended());
    monthsLater(mandates.at(-1) as MandateRow, 80);
    const rows = async (rule: string) => (await batches(rule)).reduce((sum, { clear }) => sum + Number(clear.rows), 0);
    const [archived, erased] = [await rows('mandate-archive'), await rows('mandate-file')];
    const twice = async (job: typeof archiveMandates) => {
      const done = await Promise.all([job(world.workerCtx), job(world.workerCtx), job(world.workerCtx)]);
      return done.reduce((sum, one) => sum + one, 0);
    };
    const total = await twice(archiveMandates);
    expect(total).toBeGreaterThanOrEqual(6);
    expect(await rows('mandate-archive')).toBe(archived + total);
    const gone = await twice(eraseMandateFiles);
    expect(gone).toBeGreaterThanOrEqual(6);
    expect(await rows('mandate-file')).toBe(erased + gone);
    for (const { id } of mandates) expect(await mandateIsThere(id)).toBe(0);
  });
});

describe('traces of the federation', () => {
  test('after 36 months tokens and connections go; terms, text and entries stay, and the verification says so', async () => {
    let use = '';
    const mandate = await ended({}, async (open) => {
      use = await useOf(open);
    });
    world.clock.set(new Date(monthsBefore(mandate.createdAt, -36).getTime() - DAY));
    await eraseTokens(world.workerCtx);
    await eraseUses(world.workerCtx);
    expect(await count(`use where id = '${use}'`)).toBe(1);
    await sequenceWorld(world);
    monthsLater(mandate, 36);
    expect(await eraseTokens(world.workerCtx)).toBeGreaterThan(0);
    expect(await eraseTokens(world.workerCtx)).toBe(0);
    expect(await eraseUses(world.workerCtx)).toBeGreaterThan(0);
    expect(await eraseUses(world.workerCtx)).toBe(0);
    expect(await count(`use where id = '${use}'`)).toBe(0);
    const [chosen] = await world.journal({ mandateAlias: mandate.journalAlias, kinds: ['use.chosen'] });
    expect(chosen).toMatchObject({ clear: { use }, opened: {}, about: { usagerId: mandate.usagerId } });
    const verified = await verifyConsent(world.ctx, mandate.number);
    const verdicts = Object.fromEntries((verified?.checks ?? []).map(({ name, verdict }) => [name, verdict]));
    expect(verdicts).toEqual({
      'Le texte lu par la personne': 'pass',
      'Les jetons de FranceConnect': 'unverifiable',
      'Le contenu du mandat': 'pass',
      'Le sceau du mandat': 'pass',
      'Les empreintes au journal': 'pass',
    });
    expect((await batches('federation-traces')).map(({ clear }) => clear.rows)).toEqual(expect.arrayContaining([1, 1]));
    await expectTokensExplained(mandate);
  });

  /** An export says which tokens are gone, and brings the entry that says why: without it, their absence is a failure. */
  async function expectTokensExplained({ number }: MandateRow): Promise<void> {
    const { policy } = await sealWorld(world);
    const selected = await selectMandates(world.ctx, [number]);
    const made = await makeSelectionExport(world.ctx, { log: 'actes', open: 'everything', ...selected });
    const files = unpacked(made.pieces);
    expect([made.manifest.gone, [...files.keys()].filter((path) => path.endsWith('.jwt'))]).toEqual([[number], []]);
    const report = verified(files, policy);
    expect([failing(report), unchecked(report)]).toEqual([[], expect.arrayContaining(['consent'])]);
    const said = check(report, 'consent')?.details.join() ?? '';
    expect(said).toMatch(/le jeton d’identité.*n’est plus gardé \(effacé à son terme, dit l’entrée \d+\)/);
    const [, place = ''] = /dit l’entrée (\d+)/.exec(said) ?? [];
    const leaf = files.get(`leaves/${place}.json`)?.toString() ?? '';
    expect(leaf).toContain('"rule":"federation-traces"');
    const about = `consent/${number}/about.json`;
    expect(files.get(about)?.toString()).toContain('"idpId":"","acr":""');
    const claimed = changed(files, about, (bytes) => bytes.toString().replace('"acr":""', '"acr":"eidas2"'));
    expect(failing(verified(resummed(claimed), policy))).toEqual(['consent']);
    // that of the connections tells the same term
    const tellers = [...files].flatMap(([path, bytes]) =>
      bytes.includes('"rule":"federation-traces"') ? (/^leaves\/(\d+)\.json$/.exec(path)?.[1] ?? []) : [],
    );
    const untold = tellers.reduce(
      (left, one) => without(without(left, `leaves/${one}.json`), `proofs/${one}.tlog-proof`),
      files,
    );
    const left = changed(
      untold,
      'node-signatures.jsonl',
      keeping((line) => !tellers.some((one) => line.startsWith(`{"index":"${one}",`))),
    );
    const forged = remanifested(left, ({ beside }) => ({
      beside: beside.filter((one) => !tellers.includes(String(one))),
    }));
    expect(failing(verified(resummed(forged), policy))).toEqual(['consent']);
  }
});

describe('the journal of accesses', () => {
  test('months at their term go once a published checkpoint covers them; the current ones never', async () => {
    const real = new Date();
    const [old, young] = [monthsBefore(real, 14), monthsBefore(real, 11)];
    await writeOld(world, [old, young]);
    world.clock.set(real);
    expect(await eraseOldAccesses(world.workerCtx)).toBe(0);
    await sealWorld(world);
    const before = await count('journal.entry where log_id = 2');
    expect(await eraseOldAccesses(world.workerCtx)).toBe(1);
    expect(await eraseOldAccesses(world.workerCtx)).toBe(0);
    expect(await count('journal.entry where log_id = 2')).toBe(before - 1);
    const month = old.toISOString().slice(0, 7);
    expect((await told(['erasure.period'])).at(-1)?.clear).toMatchObject({
      log: 'acces',
      month,
      ground: 'retention',
      entries: 1,
    });
    await sealWorld(world);
    expect((await checkJournal(world.workerCtx, { log: 'acces', closing: [] })).inWords).toEqual([]);
  });
});

describe('what is gone without an erasure, and whose an entry is', () => {
  const inWords = async () => (await checkJournal(world.workerCtx, { log: 'actes', ...domainsTold })).inWords;
  const as = async (...statements: string[]) => {
    const db = superuser();
    for (const statement of statements) await sql.raw(statement).execute(db);
    await db.destroy();
  };
  const rowsOf = async (query: string) => {
    const db = superuser();
    const { rows } = await sql.raw<{ row: string }>(`select to_jsonb(r)::text as row from ${query} r`).execute(db);
    await db.destroy();
    return rows.map(({ row }) => row);
  };
  let mandate: MandateRow;
  let entry = '';
  beforeAll(async () => {
    world.clock.set(monthsBefore(new Date(), 109));
    mandate = await world.conclude({}, { duration: 'SHORT' });
    await useOf(mandate);
    await sealWorld(world);
    entry = (await world.journal({ mandateAlias: mandate.journalAlias, kinds: ['mandate.concluded'] }))[0]?.id ?? '';
  });

  test('openings that a hand removed are named; every way to erase that came before explains its own', async () => {
    expect(await inWords()).toEqual([]);
    const kept = await rowsOf(`(select * from journal.opening where entry_id = '${entry}')`);
    expect(kept).toHaveLength(8);
    await as(`delete from journal.opening where entry_id = '${entry}'`);
    expect(await inWords()).toEqual([
      expect.stringMatching(
        /aucun effacement ne le dit.*\(number, snapshot, terms, shownTexts, salt, idToken, userinfo, jwks\)$/,
      ),
    ]);
    const missing = [{ entryId: entry, names: ['number'], of: 'usager' }] as const;
    expect((await goneValues(world.workerCtx.db, missing)).get(entry)?.get('number')).toEqual({ why: 'untold' });
    for (const row of kept)
      await as(
        `insert into journal.opening select * from jsonb_populate_record(null::journal.opening, '${row}'::jsonb)`,
      );
    const field = await eraseField(world.workerCtx, { entryId: entry, field: 'terms', ground: 'court' });
    expect(await inWords()).toEqual([]);
    const gone = await goneValues(world.workerCtx.db, [{ entryId: entry, names: ['terms', 'salt'], of: 'usager' }]);
    expect(gone.get(entry)?.get('terms')).toMatchObject({
      ...{ why: 'erased', ground: 'court', erasureId: field.ok && field.value.erasureId },
    });
    expect(gone.get(entry)?.get('salt')).toEqual({ why: 'untold' });
  });

  test.each([
    ['usager_id = gen_random_uuid()', /personne, clé/],
    ['usager_id = null', /personne, clé/],
    ['mandate_id = gen_random_uuid()', /mandat/],
    ['mandate_id = null', /mandat/],
  ])('an index that says of another whose entry it is is named: %s', async (change, words) => {
    const [use = ''] = await rowsOf(
      `(select id, usager_id, mandate_id from journal.entry_index where mandate_id = '${mandate.id}' and kind = 'use.chosen')`,
    );
    const was = JSON.parse(use) as { id: string; usager_id: string; mandate_id: string };
    await as(`update journal.entry_index set ${change} where id = '${was.id}'`);
    const named = (await inWords()).filter((line) => line.includes('de quel mandat, ou de quelle personne'));
    expect(named).toEqual([expect.stringMatching(words)]);
    await as(
      `update journal.entry_index set usager_id = '${was.usager_id}', mandate_id = '${was.mandate_id}' where id = '${was.id}'`,
    );
    expect(await inWords()).toEqual([]);
  });
});

describe('rights', () => {
  test('uses and tokens go with their entry alone: never those of a held person, nor of a date to come, nor uncounted', async () => {
    let use = '';
    const mandate = await ended({}, async (open) => {
      use = await useOf(open);
    });
    const { db } = world.workerCtx;
    const tell = (clear: object) => ({ rule: 'federation-traces', persons: 0, openings: 0, ...clear });
    const past = { before: monthsBefore(new Date(), 1).toISOString() };
    const attempt = async (clear: object, call: 'uses' | 'tokens') =>
      db.transaction().execute(async (trx) => {
        const id = newId();
        const node = world.ctx.keys.journalNode[0].kid;
        const leaf = JSON.stringify({ clear: tell(clear), id, log: 'actes', node, r: 'ok', type: 'retention.applied' });
        await sql`insert into journal.entry (id, log_id, node, leaf, node_sig)
          values (${id}, 1, ${node}, ${Buffer.from(leaf)}, ${Buffer.alloc(64, 7)})`.execute(trx);
        await proveNode(world.ctx.keys, trx, id);
        if (call === 'uses') await sql`select public.erase_uses(${id}::uuid, array[${use}::uuid])`.execute(trx);
        else
          await sql`select public.erase_tokens(${id}::uuid, array[${mandate.id}::uuid], array['\\x00'::bytea])`.execute(
            trx,
          );
      });
    for (const call of ['uses', 'tokens'] as const) {
      await expect(attempt(past, call), call).rejects.toThrow('the entry tells of no');
      await expect(attempt({ ...past, rows: 2 }, call), call).rejects.toThrow('the entry tells of 2');
      await expect(attempt({ before: '2999-01-01T00:00:00Z', rows: 1 }, call), call).rejects.toThrow('a date to come');
      await expect(attempt({ rows: 1 }, call), call).rejects.toThrow('a date to come');
      for (const target of [{ usagerId: mandate.usagerId }, { mandateId: mandate.id }]) {
        const hold = await placeHold(world.workerCtx, { target, ground: 'litigation' });
        await expect(attempt({ ...past, rows: 1 }, call), call).rejects.toThrow('a legal hold forbids it');
        await liftHold(world.workerCtx, hold.ok ? hold.holdId : '');
      }
    }
    await expect(sql`update consent_evidence set sealed = '\\x00'`.execute(db)).rejects.toThrow(/permission denied/);
    await expect(sql`update consent_evidence set tokens_erased_at = now()`.execute(db)).rejects.toThrow(
      /permission denied/,
    );
    expect(await count(`use where id = '${use}'`)).toBe(1);
    expect(await count(`consent_evidence where mandate_id = '${mandate.id}' and tokens_erased_at is null`)).toBe(1);
  });

  test('no end precedes its beginning, which nobody changes: a date of long ago does not bring a term nearer', async () => {
    const mandate = await world.conclude();
    const use = await useOf(mandate);
    const night = async () => [
      await archiveMandates(world.workerCtx),
      ...[await eraseMandateFiles(world.workerCtx), await eraseUses(world.workerCtx)],
    ];
    await night();
    const ended = `ended_at = '2001-01-01', end_cause = 'expired', end_known_at = '2001-01-01'`;
    for (const { db } of [world.ctx, world.workerCtx]) {
      const backdated = sql.raw(`update mandate set ${ended} where id = '${mandate.id}'`).execute(db);
      await expect(backdated).rejects.toThrow('mandate_ends_no_sooner_than_it_starts');
      for (const change of ['mandate set starts_at', 'mandate set ends_at', 'use set chosen_at', 'use set factor_at'])
        await expect(sql.raw(`update ${change} = '2001-01-01'`).execute(db), change).rejects.toThrow(
          /permission denied/,
        );
      await expect(sql`update consent_evidence set created_at = '2001-01-01'`.execute(db)).rejects.toThrow(
        /permission denied/,
      );
    }
    expect(await night()).toEqual([0, 0, 0]);
    expect([await mandateIsThere(mandate.id), await count(`use where id = '${use}'`)]).toEqual([1, 1]);
  });

  test('the file of a mandate goes when it ended before the date that its entry tells, not later', async () => {
    const mandate = await ended();
    const at = mandate.endedAt ?? mandate.endsAt;
    await expect(eraseFile(mandate, at)).rejects.toThrow('a mandate is not at its term');
    expect(await mandateIsThere(mandate.id)).toBe(1);
    expect(await eraseFile(mandate, new Date(at.getTime() + 1))).toMatchObject({ ok: true });
    expect(await mandateIsThere(mandate.id)).toBe(0);
  });

  test('no role removes a mandate, a person or a use by itself, nor what the list does not name', async () => {
    const mandate = await ended();
    for (const ctx of [world.ctx, world.workerCtx]) {
      for (const table of ['mandate', 'usager', 'use', 'authorisation', 'consent_evidence', 'client_subject']) {
        await expect(sql.raw(`delete from ${table}`).execute(ctx.db), table).rejects.toThrow(/permission denied/);
      }
    }
    const erase = sql`select public.erase_mandate_files(gen_random_uuid(), '{}')`;
    await expect(erase.execute(world.ctx.db)).rejects.toThrow(/permission denied/);
    await expect(erase.execute(world.workerCtx.db)).rejects.toThrow(/not on the list/);
    expect(await mandateIsThere(mandate.id)).toBe(1);
  });

  test('every table that refers to a mandate, a use or a person is known to what erases them', async () => {
    const db = superuser();
    const { rows } = await sql<{ reference: string }>`
      select conrelid::regclass || ' → ' || confrelid::regclass || case confdeltype when 'n' then ' (set null)' else '' end as reference
      from pg_constraint where contype = 'f' and confrelid in ('mandate'::regclass, 'usager'::regclass, 'use'::regclass)
      order by 1`.execute(db);
    await db.destroy();
    expect(rows.map(({ reference }) => reference).sort()).toEqual([
      'audit_case → mandate (set null)',
      'authorisation → mandate',
      'authorisation → usager',
      'complaint → mandate',
      'complaint → usager',
      'consent_evidence → mandate',
      'mandate → usager',
      'mandate_draft → mandate',
      'mandate_draft → usager',
      'unmasking → mandate',
      'unmasking → usager',
      'use → mandate',
      'use → usager',
    ]);
  });
});

describe('row 27: a person before their term, and a backup from before', () => {
  test('not while a mandate is open, nor under a hold; then all of it, and a restored backup brings nothing back', async () => {
    world.clock.set(new Date('2027-03-01T09:00:00.000Z'));
    const mandate = await world.conclude({ givenName: 'Effacée' }, { duration: 'SHORT' });
    const asked = { usagerId: mandate.usagerId, ground: 'request' } as const;
    expect(await erasePerson(world.workerCtx, asked)).toEqual({ ok: false, reason: 'open-mandate' });
    world.clock.advance(2 * DAY);
    await expireDueMandates(world.workerCtx);
    const hold = await placeHold(world.workerCtx, { target: { mandateId: mandate.id }, ground: 'complaint' });
    expect(await erasePerson(world.workerCtx, asked)).toEqual({ ok: false, reason: 'held' });
    await liftHold(world.workerCtx, hold.ok ? hold.holdId : '');

    const backup = await backUp();
    expect(await erasePerson(world.workerCtx, asked)).toMatchObject({ ok: true, value: { mandates: 1 } });
    expect(await erasePerson(world.workerCtx, asked)).toEqual({ ok: false, reason: 'nothing' });
    expect(await count(`usager where id = '${mandate.usagerId}'`)).toBe(0);
    const list = await exportErasures(world.workerCtx.db);
    expect(list).not.toContain(mandate.usagerId);
    expect(list).not.toContain('Effacée');

    const restored = openDatabase(backup.ownerUrl, { max: 2, onError: () => undefined });
    const all = openDatabase(backup.superuserUrl, { max: 2, onError: () => undefined });
    const there = async (what: string) =>
      (await sql<{ count: number }>`select count(*) from ${sql.raw(what)}`.execute(all)).rows[0]?.count;
    try {
      expect(await there(`usager where id = '${mandate.usagerId}'`)).toBe(1);
      const [concluded] = await journalOf(all, {
        keys: world.ctx.keys,
        mandateAlias: mandate.journalAlias,
        kinds: ['mandate.concluded'],
      });
      expect(concluded?.opened.number).toBe(mandate.number);
      const kept = await there('journal.entry');

      const ctx = { ...world.workerCtx, db: restored };
      const cut = replayErasures(ctx, list.slice(0, -2), eraseFilesAgain);
      await expect(cut).rejects.toThrow();
      const done = await replayErasures(ctx, list, eraseFilesAgain);
      expect(done).toMatchObject({ ok: true, value: { persons: 1, erasures: list.split('\n').length - 2 } });
      for (const what of [
        `usager where id = '${mandate.usagerId}'`,
        `mandate where id = '${mandate.id}'`,
        `consent_evidence where mandate_id = '${mandate.id}'`,
        `journal.subject_key where subject_id = '${mandate.usagerId}'`,
        `journal.entry_index where usager_id = '${mandate.usagerId}'`,
      ])
        expect(await there(what), what).toBe(0);
      expect((await openEntries(world.ctx, all, [concluded?.id ?? ''])).get(concluded?.id ?? '')).toBeUndefined();
      expect(await there('journal.entry')).toBe(Number(kept) + 1);
      const entries = await journalOf(all, { kinds: ['erasure.replayed'], registry: journalRegistry(events) });
      expect(entries.at(-1)?.clear).toMatchObject({ erasures: list.split('\n').length - 2 });
      expect(await exportErasures(restored)).toBe(list);
      expect(await replayErasures(ctx, list, eraseFilesAgain)).toMatchObject({
        value: { persons: 0, openings: 0, entries: 0 },
      });
    } finally {
      await Promise.all([restored.destroy(), all.destroy()]);
      await backup.drop();
    }
  });
});

/** A copy of the database as it is, as a backup restored beside it would be. */
async function backUp() {
  const { superuserPassword, port } = inject('testCluster');
  const name = `${world.database.name}_backup`;
  const admin = new pg.Client({
    connectionString: `postgres://postgres:${superuserPassword}@127.0.0.1:${port}/postgres`,
  });
  await admin.connect();
  const original = world.database.name;
  await admin.query(`alter database ${original} allow_connections false`);
  await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${original}'`);
  for (;;) {
    const { rowCount } = await admin.query(`select from pg_stat_activity where datname = '${original}'`);
    if (rowCount === 0) break;
  }
  await admin.query(`create database ${name} template ${original} strategy file_copy`);
  await admin.query(`alter database ${original} allow_connections true`);
  return {
    ownerUrl: world.database.ownerUrl.replace(original, name),
    superuserUrl: world.database.superuserUrl.replace(original, name),
    async drop() {
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.end();
    },
  };
}

describe('an end set back, with the password of the site or of the worker', () => {
  /** As far back as the constraints let it. */
  const setBack = ({ db }: typeof world.ctx, { id, startsAt }: MandateRow) =>
    db
      .updateTable('mandate')
      .set({
        endedAt: new Date(startsAt.getTime() - DAY),
        endCause: 'deceased',
        endKnownAt: startsAt,
        endChannel: 'job',
      })
      .where('id', '=', id)
      .execute();
  /** Of one that was ended, which was possible once. */
  async function setBackOnce(mandate: MandateRow): Promise<void> {
    for (const ctx of [world.ctx, world.workerCtx])
      await expect(setBack(ctx, mandate)).rejects.toThrow('what ended stays ended');
    await tamper(world, async (db) => {
      await sql`set session_replication_role = replica`.execute(db);
      await setBack({ ...world.ctx, db }, mandate);
    });
  }
  const nightly = async (from: Date, more: number) => {
    world.clock.set(new Date(monthsBefore(from, -72).getTime() + more));
    await archiveMandates(world.workerCtx);
    await eraseMandateFiles(world.workerCtx);
  };
  const endOf = async ({ journalAlias: mandateAlias }: MandateRow) =>
    (await world.journal({ mandateAlias, kinds: ['mandate.ended'] }))[0]?.id ?? '';
  async function told(): Promise<MandateRow> {
    const { id: mandateId } = await world.conclude({}, { duration: 'LONG' });
    world.clock.advance(100 * DAY);
    const { aidantId, organisationId } = world.aidant;
    const end = { cause: 'revoked-by-usager', knownAt: undefined } as const;
    expect(await endMandate(world.ctx, { aidantId, organisationId, mandateId, end })).toMatchObject({ ok: true });
    return world.mandate(mandateId);
  }

  test.each(['ctx', 'workerCtx'] as const)(
    'of a mandate in force: its file waits for its whole duration (%s)',
    async (role) => {
      const mandate = await world.conclude({}, { duration: 'LONG' });
      await setBack(world[role], mandate);
      for (const [from, more, left] of [
        [mandate.startsAt, DAY, 1],
        [mandate.endsAt, -DAY, 1],
        [mandate.endsAt, DAY, 0],
      ] as const) {
        await nightly(from, more);
        expect(await mandateIsThere(mandate.id)).toBe(left);
      }
    },
  );

  test('of one that was ended: its file goes with the others of that day, counted from what the journal recorded', async () => {
    const [honest, mandate] = [await told(), await told()];
    await sequenceWorld(world);
    const at = { honest: honest.endedAt ?? honest.endsAt, mandate: mandate.endedAt ?? mandate.endsAt };
    await recordedAt(world, await endOf(honest), at.honest);
    await recordedAt(world, await endOf(mandate), at.mandate);
    await setBackOnce(mandate);
    const there = async () => [await mandateIsThere(honest.id), await mandateIsThere(mandate.id)];
    await nightly(at.honest, -DAY);
    expect(await there()).toEqual([1, 1]);
    // the table has the other one end before this one
    await nightly(at.honest, DAY);
    expect(await there()).toEqual([0, 1]);
    await nightly(at.mandate, -DAY);
    expect(await there()).toEqual([0, 1]);
    await nightly(at.mandate, DAY);
    expect(await there()).toEqual([0, 0]);
  });

  test('what nobody sealed proves no end, nor does what tells of another mandate', async () => {
    const [mandate, other] = [await told(), await told()];
    const [own, stranger] = [await endOf(mandate), await endOf(other)];
    await recordedAt(world, own, mandate.startsAt);
    await setBackOnce(mandate);
    const db = superuser();
    await nightly(mandate.startsAt, 30 * DAY);
    expect(await mandateIsThere(mandate.id)).toBe(1);
    await sequenceWorld(world);
    await recordedAt(world, stranger, mandate.startsAt);
    const index = (entry: string, about: string) =>
      sql`update journal.entry_index set mandate_alias = ${about} where id = ${entry}`.execute(db);
    await index(own, other.journalAlias);
    await index(stranger, mandate.journalAlias);
    await eraseMandateFiles(world.workerCtx);
    expect(await mandateIsThere(mandate.id)).toBe(1);
    await index(own, mandate.journalAlias);
    await index(stranger, other.journalAlias);
    await eraseMandateFiles(world.workerCtx);
    expect(await mandateIsThere(mandate.id)).toBe(0);
    await db.destroy();
  });

  test.each([
    ['no text', Buffer.from('ff00fe', 'hex')],
    ['no JSON', Buffer.from('{"m":"')],
    ['a character that no column takes', Buffer.from('{"type":"mandate.ended","m":"\\u0000"}')],
  ])('sealed bytes that do not read (%s) stop nothing', async (_what, leaf) => {
    const mandate = await world.conclude({}, { duration: 'LONG' });
    await setBack(world.ctx, mandate);
    const db = superuser();
    const asked = await db.connection().execute(async (one) => {
      await sql`begin`.execute(one);
      const id = newId();
      await sql`insert into journal.entry (id, log_id, node, leaf, node_sig) values (${id}, 1, 'x', ${leaf}, ${Buffer.alloc(64, 1)})`.execute(
        one,
      );
      await sql`insert into journal.entry_index (id, log_id, kind, result, mandate_alias) values (${id}, 1, 'mandate.ended', 'ok', ${mandate.journalAlias})`.execute(
        one,
      );
      await sql`insert into journal.leaf (log_id, idx, entry_id, leaf_hash) values (1, 999999, ${id}, sha256('\\x00'::bytea || ${leaf}))`.execute(
        one,
      );
      const { rows } = await sql<{ soon: boolean; late: boolean }>`
        select mandate_ended_before(${mandate.id}, ${mandate.startsAt}::timestamptz + interval '1 day') as soon,
          mandate_ended_before(${mandate.id}, ${mandate.endsAt}::timestamptz + interval '1 day') as late`.execute(one);
      await sql`rollback`.execute(one);
      return rows[0];
    });
    await db.destroy();
    expect(asked).toEqual({ soon: false, late: true });
  });

  test('an end that was put back after a restore counts as it was recorded, without the mandate in the index', async () => {
    const mandate = await told();
    const at = mandate.endedAt ?? mandate.endsAt;
    await sequenceWorld(world);
    await recordedAt(world, await endOf(mandate), at);
    const db = superuser();
    await sql`update journal.entry_index set mandate_id = null, usager_id = null where id = ${await endOf(mandate)}`.execute(
      db,
    );
    await db.destroy();
    await nightly(at, -DAY);
    expect(await mandateIsThere(mandate.id)).toBe(1);
    await nightly(at, DAY);
    expect(await mandateIsThere(mandate.id)).toBe(0);
  });

  test('rows that a password plants under its alias bring nothing nearer, and no more than a hundred are read', async () => {
    const mandate = await told();
    const at = mandate.endedAt ?? mandate.endsAt;
    await sequenceWorld(world);
    await recordedAt(world, await endOf(mandate), at);
    const plant = (rows: number) =>
      sql`insert into journal.entry_index (id, log_id, kind, result, mandate_id, mandate_alias)
        select gen_random_uuid(), 1, 'mandate.ended', 'ok', ${mandate.id}, ${mandate.journalAlias}
        from generate_series(1, ${rows}::integer)`.execute(world.ctx.db);
    const asked = async () => {
      const db = superuser();
      const answer = await db.transaction().execute(async (trx) => {
        const { rows } = await sql<{ is: boolean }>`
          select mandate_ended_before(${mandate.id}, ${at}::timestamptz + interval '1 day') as is`.execute(trx);
        const read = await sql<{ byIndex: number; scans: number }>`
          select idx_tup_fetch as by_index, seq_scan as scans from pg_stat_xact_user_tables
          where schemaname = 'journal' and relname = 'entry_index'`.execute(trx);
        return { is: rows[0]?.is, ...read.rows[0] };
      });
      await db.destroy();
      return answer;
    };
    await plant(99);
    expect(await asked()).toEqual({ is: true, byIndex: 100, scans: 0 });
    await plant(20_000);
    await nightly(at, DAY);
    expect([await asked(), await mandateIsThere(mandate.id)]).toEqual([{ is: false, byIndex: 101, scans: 0 }, 1]);
    // its duration, at the latest
    await nightly(mandate.endsAt, DAY);
    expect(await mandateIsThere(mandate.id)).toBe(0);
  });

  test('the function that erases looks at it too: a job that counts from the table is refused', async () => {
    const mandate = await world.conclude({}, { duration: 'LONG' });
    await setBack(world.workerCtx, mandate);
    await expect(eraseFile(mandate, new Date(mandate.startsAt.getTime() + DAY))).rejects.toThrow(
      'a mandate is not at its term',
    );
    await expect(eraseFile(mandate, mandate.endsAt)).rejects.toThrow('a mandate is not at its term');
    expect(await eraseFile(mandate, new Date(mandate.endsAt.getTime() + 1))).toMatchObject({ ok: true });
    for (const db of [world.ctx.db, world.ctx.readerDb])
      await expect(sql`select mandate_ended_before(${newId()}, now())`.execute(db)).rejects.toThrow(
        'permission denied',
      );
  });
});

// the last one: what else reads this world would stumble over the rows that it leaves
test('a row of a stranger under the entry of a connection takes no other site along, and stops nothing', async () => {
  const [one, other] = [await world.conclude(), await world.conclude()];
  const use = await useOf(one);
  world.clock.advance(DAY);
  const later = await useOf(one);
  const elsewhere = await useOf(other);
  const chosen = (await told(['use.chosen'])).filter(({ clear }) => clear.use !== use);
  const entry = chosen.find(({ clear }) => clear.use === later)?.id ?? '';
  await sequenceWorld(world);
  for (const leaf of [Buffer.from(JSON.stringify({ clear: { use }, type: 'use.chosen' })), Buffer.from('fffe', 'hex')])
    await sql`insert into journal.entry (id, log_id, node, leaf, node_sig)
      values (${entry}::uuid, 1, 'x', ${leaf}, ${Buffer.alloc(64, 1)})`.execute(world.ctx.db);
  world.clock.set(new Date(monthsBefore(world.clock.now(), -36).getTime() - DAY / 2));
  expect(await eraseUses(world.workerCtx)).toBeGreaterThan(0);
  expect(await count(`use where id in ('${use}', '${later}', '${elsewhere}')`)).toBe(2);
  expect(await count(`journal.opening where entry_id = '${entry}' and name = 'site'`)).toBe(1);
  world.clock.advance(DAY);
  expect(await eraseUses(world.workerCtx)).toBe(2);
  expect(await count(`journal.opening where entry_id = '${entry}' and name = 'site'`)).toBe(0);
});
