import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { domainsTold } from '#app/wiring.ts';
import { addComplaint, eraseAuditAtTerm } from '#audit';
import { changeAuditor } from '#identity';
import {
  checkJournal,
  erasePeriod,
  exportErasures,
  liftHold,
  listHolds,
  placeHold,
  record,
  replayErasures,
} from '#journal';
import { eraseFilesAgain } from '#mandate';
import { openDatabase } from '#platform/db/database.ts';
import { projectRoot } from '#platform/root.ts';
import { DAY, MINUTE } from '#platform/time/clock.ts';
import { monthsBefore } from '#platform/time/months.ts';
import type { Agent } from '#support/agent.ts';
import { addTestAuditor, auditorAgent, type TestAuditor } from '#support/auditor.ts';
import { tamper } from '#support/database.ts';
import { sealWorld, sequenceWorld } from '#support/seal.ts';
import { batchEvent } from '../../../src/journal/erase/index.ts';
import { proveNode } from '../../../src/journal/prove-node.ts';
import { newId } from '../journal/fixture.ts';
import { recordedAt } from '../journal/retention-support.ts';
import { type FollowWorld, followWorld, type MandateRow } from '../mandate/follow-support.ts';

// What auditors keep of their work goes at its term (decisions, §11; decision 0020): not the day before, on the day after, never
// under a hold; each batch is told in the journal, and what the journal could open of it goes too.

const MOTIVE = 'Plusieurs connexions la nuit : savoir si la personne vit encore à cette adresse.';
const REASON = 'Le dossier du mandat suffit pour répondre à cette question.';

let world: FollowWorld;
let mandate: MandateRow;
let auditor: TestAuditor;
let second: TestAuditor;
let agent: Agent;

beforeAll(async () => {
  world = await followWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  // terms are looked at by the clock of the database too: what reaches one here began nine years ago
  world.clock.set(monthsBefore(new Date(), 110));
  await erase();
  mandate = await world.conclude();
  auditor = await addTestAuditor(world, { firstName: 'Hélène', lastName: 'Vasseur' });
  second = await addTestAuditor(world, { firstName: 'Marc', lastName: 'Dubreuil' });
  agent = await auditorAgent(world, auditor);
});

const now = () => world.clock.now();
/** What is at its term was sealed long ago. */
async function erase(): Promise<number> {
  await sequenceWorld(world);
  return eraseAuditAtTerm(world.workerCtx);
}
/** The last entry of a kind is sealed, and as if the database had recorded it at the clock's hour: what was closed counts from there. */
async function dated(kind: string): Promise<void> {
  await sequenceWorld(world);
  const { rows } = await sql<{ id: string }>`
    select id from journal.entry_index where kind = ${kind} order by id desc limit 1`.execute(world.ctx.db);
  await recordedAt(world, rows[0]?.id ?? '', now());
}
/** The day before so many months after an instant, and the day after. */
const dayBefore = (from: Date, months: number) =>
  world.clock.set(new Date(monthsBefore(from, -months).getTime() - DAY));
const dayAfter = (from: Date, months: number) => world.clock.set(new Date(monthsBefore(from, -months).getTime() + DAY));
const batches = async (rule: string) =>
  (await world.journal({ kinds: ['retention.applied'] })).filter(({ clear }) => clear.rule === rule);
const opened = async (kind: string, member: string, id: string) =>
  (await world.journal({ kinds: [kind] })).filter(({ clear }) => clear[member] === id).map((entry) => entry.opened);
async function there(table: string, id: string, column = 'id'): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from ${sql.table(table)} where ${sql.ref(column)} = ${id}::uuid`.execute(
    world.ctx.db,
  );
  return rows[0]?.count ?? -1;
}

/** Nothing the day before; on the day after it goes, told once, and a second night finds nothing. */
async function goesAfter(months: number, from: Date, rule: string, isThere: () => Promise<number>): Promise<void> {
  const before = (await batches(rule)).length;
  dayBefore(from, months);
  await erase();
  expect([await isThere(), (await batches(rule)).length]).toEqual([1, before]);
  dayAfter(from, months);
  await erase();
  expect(await isThere()).toBe(0);
  const told = await batches(rule);
  expect(told).toHaveLength(before + 1);
  expect(told.at(-1)).toMatchObject({ log: 'actes', clear: { rule, rows: 1, persons: 0 } });
  expect(told.at(-1)?.leaf.toString()).not.toContain(mandate.usagerId);
  await erase();
  expect(await batches(rule)).toHaveLength(before + 1);
}

async function ask(): Promise<string> {
  expect((await agent.post('/auditeur/identites/demande', { mandat: mandate.id, motive: MOTIVE })).status).toBe(303);
  const rows = world.ctx.db.selectFrom('unmasking').select('id').where('usagerId', '=', mandate.usagerId);
  return (await rows.executeTakeFirstOrThrow()).id;
}
async function answered(fields: Record<string, string>): Promise<string> {
  const id = await ask();
  const other = await auditorAgent(world, second);
  const posted = await other.post(`/auditeur/identites/${id}`, { ...fields, code: second.codeAt(now()) });
  expect(posted.status).toBe(303);
  await dated(`unmasking.${fields.answer}`);
  return id;
}
async function caseOn(): Promise<string> {
  const opening = await agent.post(`/auditeur/dossiers/ajouter?mandat=${mandate.id}`, {
    ...{ into: 'nouveau', subject: 'Un contrôle de Martine' },
  });
  const id = /[0-9a-f-]{36}/.exec(opening.location ?? '')?.[0] ?? '';
  expect(
    (await agent.post(`/auditeur/dossiers/${id}/note`, { note: 'La signature est celle de Martine.' })).status,
  ).toBe(303);
  return id;
}
async function decide(id: string): Promise<void> {
  const fields = { decision: 'nothing-found', reasons: 'Rien à redire.' };
  expect((await agent.post(`/auditeur/dossiers/${id}/decision`, fields)).status).toBe(303);
  await dated('case.decided');
}
async function decideAlert(id: string): Promise<void> {
  const fields = { decision: 'normal', reasons: 'Un essai du service.' };
  expect((await agent.post(`/auditeur/alertes/${id}`, fields)).status).toBe(303);
  await dated('alert.decided');
}
async function complain(): Promise<string> {
  const about = { mandateNumber: mandate.number, motive: 'never-signed', channel: 'letter' } as const;
  const added = await addComplaint(world.ctx, { ...about, auditorEmail: auditor.email });
  if (!added.ok) throw new Error(added.reason);
  return added.id;
}
async function answerComplaint(id: string): Promise<void> {
  const fields = { answer: 'confirmed', code: auditor.codeAt(now()) };
  expect((await agent.post(`/auditeur/identites/plaintes/${id}`, fields)).status).toBe(303);
  await dated('complaint.closed');
}
async function changeAccount(id: string, change: 'activated' | 'deactivated'): Promise<void> {
  expect(await changeAuditor(world.ctx, id, { change })).toEqual({ ok: true, changed: true });
  await dated('auditor.changed');
}
async function alertOn(entryIds: readonly string[]): Promise<string> {
  const id = newId();
  await world.workerCtx.db
    .insertInto('alert')
    .values({
      ...{
        id,
        rule: 'E1',
        organisationId: world.structure.id,
        urgent: false,
        explanation: 'Une connexion après la fin.',
      },
      ...{ facts: Buffer.from(id.replaceAll('-', '').repeat(2), 'hex'), entries: entryIds.length, raisedAt: now() },
    })
    .execute();
  for (const entryId of entryIds)
    await world.workerCtx.db.insertInto('alertEntry').values({ alertId: id, entryId }).execute();
  return id;
}
const entryOfMandate = async () => (await world.journal({ mandateAlias: mandate.journalAlias }))[0]?.id ?? '';
let samples = 0;
async function sampleOf(entryIds: string[]): Promise<string> {
  const id = newId();
  samples += 1;
  const month = `2016-${String(samples).padStart(2, '0')}`;
  await world.ctx.db
    .insertInto('auditSample')
    .values({
      ...{
        id,
        period: month,
        scope: 'departement:62',
        population: 'mandats',
        checkpointSize: 1,
        root: Buffer.alloc(32),
      },
      ...{ cosignatures: [], populationSize: 1, structures: [], positions: entryIds.map((_, at) => at), entryIds },
      ...{ drawnBy: auditor.auditorId, drawnAt: now() },
    })
    .execute();
  return id;
}

describe('requests of identity, 12 months after they closed, as the journal of accesses', () => {
  test('unanswered: from when it lapsed; its motive cannot be opened any more', async () => {
    const id = await ask();
    const lapses = new Date(now().getTime() + 7 * DAY);
    expect(await opened('unmasking.asked', 'unmasking', id)).toEqual([{ motive: MOTIVE }]);
    await goesAfter(12, lapses, 'audit-identities', () => there('unmasking', id));
    expect(await opened('unmasking.asked', 'unmasking', id)).toEqual([{}]);
  });

  test('granted: from when the identity closed again', async () => {
    const id = await answered({ answer: 'granted' });
    await goesAfter(12, new Date(now().getTime() + 7 * DAY), 'audit-identities', () => there('unmasking', id));
  });

  test('refused: from the answer; the reason goes with it', async () => {
    const id = await answered({ answer: 'refused', reason: REASON });
    expect(await opened('unmasking.refused', 'unmasking', id)).toEqual([{ reason: REASON }]);
    await goesAfter(12, now(), 'audit-identities', () => there('unmasking', id));
    expect(await opened('unmasking.refused', 'unmasking', id)).toEqual([{}]);
  });
});

test('a complaint goes 36 months after its answer, never before it has one', async () => {
  const id = await complain();
  world.clock.set(monthsBefore(now(), -40));
  await erase();
  expect(await there('complaint', id)).toBe(1);
  agent = await auditorAgent(world, auditor);
  await answerComplaint(id);
  await goesAfter(36, now(), 'audit-complaints', () => there('complaint', id));
});

describe('a case', () => {
  test('goes 36 months after its decision, with notes, entries and what the journal opens; undecided, it stays', async () => {
    const id = await caseOn();
    world.clock.set(monthsBefore(now(), -50));
    await erase();
    expect(await there('audit_case', id)).toBe(1);
    agent = await auditorAgent(world, auditor);
    await decide(id);
    const kinds = ['case.opened', 'case.noted', 'case.decided'];
    for (const kind of kinds) expect(Object.keys((await opened(kind, 'case', id))[0] ?? {})).toHaveLength(1);
    await goesAfter(36, now(), 'audit-cases', () => there('audit_case', id));
    for (const kind of kinds) expect(await opened(kind, 'case', id)).toEqual([{}]);
    for (const table of ['audit_case_note', 'audit_case_entry', 'audit_case_share', 'audit_case_export'])
      expect(await there(table, id, 'case_id')).toBe(0);
    expect((await batches('audit-cases')).at(-1)?.clear.openings).toBe(3);
  });

  test('another case, that is not at its term, keeps all of it', async () => {
    const [old, young] = [await caseOn(), await caseOn()];
    await decide(old);
    const from = now();
    world.clock.set(monthsBefore(from, -35));
    agent = await auditorAgent(world, auditor);
    await decide(young);
    dayAfter(from, 36);
    await erase();
    expect([await there('audit_case', old), await there('audit_case', young)]).toEqual([0, 1]);
    expect(await there('audit_case_note', young, 'case_id')).toBe(1);
    expect(await opened('case.opened', 'case', young)).toEqual([{ subject: 'Un contrôle de Martine' }]);
  });
});

describe('alerts', () => {
  test('go 12 months after the decision, with the hash of its reasons', async () => {
    const id = await alertOn([await entryOfMandate()]);
    await decideAlert(id);
    expect(Object.keys((await opened('alert.decided', 'alert', id))[0] ?? {})).toEqual(['sha256']);
    await goesAfter(12, now(), 'audit-alerts', () => there('alert', id));
    expect(await opened('alert.decided', 'alert', id)).toEqual([{}]);
    expect(await there('alert_entry', id, 'alert_id')).toBe(0);
  });

  test('that nobody decided, 36 months after they were raised', async () => {
    const id = await alertOn([]);
    await goesAfter(36, now(), 'audit-alerts-undecided', () => there('alert', id));
  });
});

test('a sample goes 36 months after it was drawn', async () => {
  const id = await sampleOf([await entryOfMandate()]);
  await goesAfter(36, now(), 'audit-samples', () => there('audit_sample', id));
});

describe('an account', () => {
  test('goes 12 months after it was closed, with the key of what the journal opens; open, it never goes', async () => {
    await changeAccount(second.auditorId, 'deactivated');
    await changeAccount(second.auditorId, 'activated');
    world.clock.set(monthsBefore(now(), -30));
    await erase();
    expect(await there('auditor', second.auditorId)).toBe(1);
    await changeAccount(second.auditorId, 'deactivated');
    expect(Object.keys((await opened('auditor.added', 'auditor', second.auditorId))[0] ?? {})).toHaveLength(3);
    await goesAfter(12, now(), 'auditor-accounts', () => there('auditor', second.auditorId));
    expect(await opened('auditor.added', 'auditor', second.auditorId)).toEqual([{}]);
    const { rows } = await sql`select from journal.subject_key where subject_id = ${second.auditorId}`.execute(
      world.workerCtx.db,
    );
    expect(rows).toEqual([]);
  });

  test('whose files are kept stays until the last of them goes', async () => {
    const id = await caseOn();
    await decide(id);
    const closed = now();
    await changeAccount(auditor.auditorId, 'deactivated');
    dayAfter(closed, 30);
    await erase();
    expect(await there('auditor', auditor.auditorId)).toBe(1);
    dayAfter(closed, 36);
    await erase();
    expect([await there('audit_case', id), await there('auditor', auditor.auditorId)]).toEqual([0, 0]);
  });
});

describe('a legal hold', () => {
  async function everything() {
    const alert = await alertOn([await entryOfMandate()]);
    const sample = await sampleOf([await entryOfMandate()]);
    const identity = await answered({ answer: 'refused', reason: REASON });
    const dossier = await caseOn();
    await decide(dossier);
    return async () =>
      (await there('alert', alert)) +
      (await there('audit_sample', sample)) +
      (await there('unmasking', identity)) +
      (await there('audit_case', dossier));
  }

  test.each(['usagerId', 'mandateId'] as const)('by %s, keeps all that is about it; lifted, it goes', async (on) => {
    const left = await everything();
    const target = on === 'usagerId' ? { usagerId: mandate.usagerId } : { mandateId: mandate.id };
    const hold = await placeHold(world.workerCtx, { target, ground: 'litigation' });
    world.clock.set(monthsBefore(now(), -60));
    await erase();
    expect(await left()).toBe(4);
    await liftHold(world.workerCtx, hold.ok ? hold.holdId : '');
    await erase();
    expect(await left()).toBe(0);
  });

  test('on a month of the journal, keeps what its entries tell, and holds back nothing else', async () => {
    const left = await everything();
    const other = await alertOn([]);
    const month = new Date().toISOString().slice(0, 7);
    const hold = await placeHold(world.workerCtx, { target: { first: month, last: month }, ground: 'audit' });
    world.clock.set(monthsBefore(now(), -60));
    await erase();
    expect([await left(), await there('alert', other)]).toEqual([4, 0]);
    expect(world.logs.join('\n')).toContain('at its term, and kept');
    await liftHold(world.workerCtx, hold.ok ? hold.holdId : '');
    await erase();
    expect(await left()).toBe(0);
  });
});

test('many workers at once: each batch is told once and counts what went', async () => {
  for (let n = 0; n < 5; n += 1) await alertOn([]);
  world.clock.set(monthsBefore(now(), -40));
  const sum = async () =>
    (await batches('audit-alerts-undecided')).reduce((all, { clear }) => all + Number(clear.rows), 0);
  const before = await sum();
  const done = await Promise.all([erase(), erase(), erase()]);
  expect(done.reduce((all, one) => all + one, 0)).toBeGreaterThanOrEqual(5);
  expect((await sum()) - before).toBe(5);
});

test('what went stays gone after a backup, once the list is applied again; proofs and the full check hold', async () => {
  const id = await answered({ answer: 'refused', reason: REASON });
  const superuser = openDatabase(world.database.superuserUrl, { max: 1, onError: () => undefined });
  const owner = openDatabase(world.database.ownerUrl, { max: 2, onError: () => undefined });
  const openings = await sql<Record<string, unknown>>`
    select o.* from journal.opening o join journal.entry_index i on i.id = o.entry_id where i.kind like 'unmasking.%'`.execute(
    superuser,
  );
  dayAfter(now(), 12);
  await erase();
  const list = await exportErasures(world.workerCtx.db);
  expect(list).not.toContain(mandate.usagerId);
  await tamper(world, async (db) => {
    for (const row of openings.rows)
      await db
        .insertInto('journal.opening' as never)
        .values(row as never)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
  });
  expect(await opened('unmasking.refused', 'unmasking', id)).toEqual([{ reason: REASON }]);
  await replayErasures({ ...world.workerCtx, db: owner }, list, eraseFilesAgain);
  expect(await opened('unmasking.refused', 'unmasking', id)).toEqual([{}]);
  await Promise.all([superuser.destroy(), owner.destroy()]);
  await sealWorld(world);
  for (const log of ['actes', 'acces'] as const) {
    const { inWords } = await checkJournal(world.workerCtx, { log, ...domainsTold });
    // the hours that `dated` sets
    expect(inWords.filter((line) => !line.includes('l’horloge du serveur'))).toEqual([]);
  }
});

/** As a job that holds the key of the node would erase these, if the function let it. */
const forged = (
  rule: Parameters<typeof batchEvent>[0]['rule'],
  ids: readonly string[],
  told: { before?: Date; rows?: number } = {},
) =>
  world.workerCtx.db.transaction().execute(async (trx) => {
    const { before = now(), rows = ids.length } = told;
    const [erasure = ''] = await record(world.ctx, trx, batchEvent({ rule, before, rows }, 0));
    await proveNode(world.ctx.keys, trx, erasure);
    await sql`select erase_audit(${erasure}::uuid, ${ids}::uuid[])`.execute(trx);
  });

describe('rights', () => {
  test('nothing is closed before it began, and no beginning is anybody’s to change: a date of long ago brings no term nearer', async () => {
    const { db } = world.ctx;
    const granted = await answered({ answer: 'granted' });
    const decided = await caseOn();
    await decide(decided);
    mandate = await world.conclude();
    const tables = {
      ...{ unmasking: await ask(), audit_case: await caseOn(), complaint: await complain() },
      ...{ alert: await alertOn([]), auditor: second.auditorId },
    };
    const long = `'2001-01-01'`;
    const decision = `decision_sealed = '\\x00', decided_by = '${second.auditorId}', decided_at = ${long}`;
    const answer = `answered_by = '${second.auditorId}', answered_at`;
    for (const [table, change, refusal] of [
      [
        'unmasking',
        `answer = 'granted', ${answer} = asked_at, open_until = ${long}`,
        'unmasking_is_open_from_its_answer',
      ],
      [
        'unmasking',
        `answer = 'refused', ${answer} = ${long}, refusal_sealed = '\\x00'`,
        'unmasking_is_answered_no_sooner_than_asked',
      ],
      ['audit_case', `decision = 'nothing-found', ${decision}`, 'case_is_decided_no_sooner_than_opened'],
      ['alert', `decision = 'normal', ${decision}`, 'alert_is_decided_no_sooner_than_raised'],
      ['complaint', `closed_at = ${long}, answer = 'confirmed'`, 'complaint_is_closed_no_sooner_than_received'],
      ['auditor', `active = false, closed_at = ${long}`, 'auditor_is_closed_no_sooner_than_created'],
    ] as const) {
      const backdated = sql.raw(`update ${table} set ${change} where id = '${tables[table]}'`).execute(db);
      await expect(backdated, change).rejects.toThrow(refusal);
    }
    for (const [table, column] of [
      ...(['asked_at', 'lapses_at'] as const).map((name) => ['unmasking', name]),
      ...[
        ['audit_case', 'opened_at'],
        ['alert', 'raised_at'],
        ['complaint', 'received_at'],
        ['auditor', 'created_at'],
        ['audit_sample', 'drawn_at'],
      ],
    ])
      for (const role of [db, world.workerCtx.db])
        await expect(sql.raw(`update ${table} set ${column} = ${long}`).execute(role), column).rejects.toThrow(
          'permission denied',
        );
    await erase();
    for (const [table, id] of [...Object.entries(tables), ['unmasking', granted], ['audit_case', decided]] as const)
      expect(await there(table, id), table).toBe(1);
  });

  test('nothing goes without its entry, before its term, uncounted, or by another role', async () => {
    const id = await alertOn([]);
    const younger = new Date(now().getTime() - MINUTE);
    await expect(forged('audit-alerts-undecided', [id], { before: younger })).rejects.toThrow('not at its term');
    world.clock.advance(DAY);
    await expect(forged('audit-alerts-undecided', [id], { rows: 2 })).rejects.toThrow('are erased');
    await expect(forged('auditor-accounts', [auditor.auditorId])).rejects.toThrow('not at its term');
    const later = new Date(Date.now() + DAY);
    await expect(forged('audit-alerts-undecided', [id], { before: later })).rejects.toThrow('a date to come');
    const silent = sql`select erase_audit(${newId()}::uuid, ${[id]}::uuid[])`;
    await expect(silent.execute(world.workerCtx.db)).rejects.toThrow('without the entry that tells it');
    for (const db of [world.ctx.db, world.ctx.readerDb])
      await expect(silent.execute(db)).rejects.toThrow('permission denied');
    for (const table of ['alert', 'unmasking', 'complaint', 'audit_case', 'audit_case_note', 'audit_sample', 'auditor'])
      for (const db of [world.ctx.db, world.workerCtx.db])
        await expect(sql`delete from ${sql.table(table)}`.execute(db)).rejects.toThrow('permission denied');
    expect(await there('alert', id)).toBe(1);
  });
});

test('which transaction closed what was closed before comes from the journal (0020)', async () => {
  const unmasking = await answered({ answer: 'granted' });
  mandate = await world.conclude();
  const ids = { unmasking, complaint: await complain(), audit_case: await caseOn(), alert: await alertOn([]) };
  await answerComplaint(ids.complaint);
  await decide(ids.audit_case);
  for (const change of ['deactivated', 'activated', 'deactivated'] as const)
    await changeAuditor(world.ctx, second.auditorId, { change });
  await sequenceWorld(world);
  // it has no place yet
  await agent.post(`/auditeur/alertes/${ids.alert}`, { decision: 'normal', reasons: 'Un essai du service.' });
  const all = { ...ids, auditor: second.auditorId };
  const text = readFileSync(join(projectRoot(), 'migrations/0020_proven_closings.sql'), 'utf8');
  const [filling = ''] =
    /create function journal\.member_of[\s\S]*journal\.closings, journal\.member_of;/.exec(text) ?? [];
  await tamper(world, async (db) => {
    const transactions = async () => {
      const found: unknown[] = [];
      for (const [table, id] of Object.entries(all))
        found.push(
          ...(await sql`select closing_xid, told_at(t) from ${sql.table(table)} t where id = ${id}::uuid`.execute(db))
            .rows,
        );
      return found;
    };
    const trigger = async (what: 'enable' | 'disable') => {
      for (const table of Object.keys(all))
        await sql.raw(`alter table ${table} ${what} trigger closing_is_marked`).execute(db);
    };
    const written = await transactions();
    await trigger('disable');
    for (const table of Object.keys(all)) await sql`update ${sql.table(table)} set closing_xid = null`.execute(db);
    await sql.raw(filling).execute(db);
    await trigger('enable');
    expect(await transactions()).toEqual(written);
    const sealed = { closingXid: expect.any(String), toldAt: expect.any(Date) };
    expect(written).toEqual([sealed, sealed, sealed, { ...sealed, toldAt: Number.POSITIVE_INFINITY }, sealed]);
  });
});

describe('an end that the password of the site sets', () => {
  const bySite = (statement: string) => sql.raw(statement).execute(world.ctx.db);
  const early = (column: string) => `${column} - interval '24 hours'`;
  const byHand = {
    unmasking: () =>
      `answer = 'refused', answered_by = '${second.auditorId}', answered_at = ${early('asked_at')}, refusal_sealed = '\\x00'`,
    complaint: () => `answer = 'confirmed', closed_at = ${early('received_at')}`,
    audit_case: () =>
      `decision = 'nothing-found', decision_sealed = '\\x00', decided_by = '${second.auditorId}', decided_at = ${early('opened_at')}`,
    alert: () =>
      `decision = 'normal', decision_sealed = '\\x00', decided_by = '${second.auditorId}', decided_at = ${early('raised_at')}`,
    auditor: () => `active = false, closed_at = ${early('created_at')}`,
  };
  type Table = keyof typeof byHand;
  const TABLES = Object.keys(byHand) as Table[];
  const close = (table: Table, id: string) => bySite(`update ${table} set ${byHand[table]()} where id = '${id}'`);
  const left = async (ids: Partial<Record<Table, string>>) => {
    const found: string[] = [];
    for (const [table, id] of Object.entries(ids)) if ((await there(table, id)) === 1) found.push(table);
    return found;
  };
  /** What the journal tells of these, in their order; `as`: if that of another one had been their transaction. */
  const toldAt = async (table: Table, ids: readonly string[], as?: RawBuilder<unknown>) => {
    const found: (Date | null)[] = [];
    await tamper(world, async (db) => {
      for (const id of ids) {
        const { rows } = await sql<{ at: Date | null }>`
          select told_at(jsonb_populate_record(t, jsonb_build_object('closing_xid', coalesce(${as ?? sql`null`}, t.closing_xid)))) as at
          from ${sql.table(table)} t where id = ${id}::uuid`.execute(db);
        found.push(rows[0]?.at ?? null);
      }
    });
    return found;
  };
  const liftAll = async () => {
    for (const { id } of await listHolds(world.ctx.db)) await liftHold(world.workerCtx, id);
  };

  test('on what waits, brings its term no nearer: nothing goes without the entry that tells it', async () => {
    const from = now();
    const unmasking = await ask();
    const third = await addTestAuditor(world, { firstName: 'Anne', lastName: 'Caron' });
    mandate = await world.conclude();
    const ids = {
      ...{ unmasking, complaint: await complain(), audit_case: await caseOn() },
      ...{ alert: await alertOn([]), auditor: third.auditorId },
    };
    for (const table of TABLES) await close(table, ids[table]);
    await liftAll();
    world.clock.set(new Date(monthsBefore(from, -12).getTime() + DAY));
    await erase();
    expect(await left(ids)).toEqual(TABLES);
    // as if nobody had answered
    dayAfter(new Date(from.getTime() + 7 * DAY), 12);
    await erase();
    dayBefore(from, 36);
    await erase();
    expect(await left(ids)).toEqual(['complaint', 'audit_case', 'alert', 'auditor']);
    dayAfter(from, 36);
    await erase();
    dayAfter(from, 100);
    await erase();
    expect(await left(ids)).toEqual(['complaint', 'audit_case', 'auditor']);
    expect(await opened('case.opened', 'case', ids.audit_case)).toEqual([{ subject: 'Un contrôle de Martine' }]);
    expect(await opened('auditor.added', 'auditor', ids.auditor)).toMatchObject([{ lastName: 'Caron' }]);
    expect(await opened('unmasking.asked', 'unmasking', ids.unmasking)).toEqual([{}]);
  });

  test('on an alert is none; a decision that waits for its place in the tree is one', async () => {
    const [alert, other] = [await alertOn([]), await alertOn([])];
    const from = now();
    world.clock.set(monthsBefore(from, -35));
    agent = await auditorAgent(world, auditor);
    await sequenceWorld(world);
    const fields = { decision: 'normal', reasons: 'Un essai du service.' };
    expect((await agent.post(`/auditeur/alertes/${alert}`, fields)).status).toBe(303);
    await close('alert', other);
    dayAfter(from, 36);
    await eraseAuditAtTerm(world.workerCtx);
    expect([await there('alert', alert), await there('alert', other)]).toEqual([1, 0]);
  });

  test('on what was closed, is refused: it is written once; it goes at its term', async () => {
    const granted = await answered({ answer: 'granted' });
    mandate = await world.conclude();
    const ids = {
      unmasking: granted,
      complaint: await complain(),
      audit_case: await caseOn(),
      alert: await alertOn([]),
    };
    await answerComplaint(ids.complaint);
    await decide(ids.audit_case);
    await decideAlert(ids.alert);
    await liftAll();
    for (const [table, column] of [
      ['unmasking', 'answered_at'],
      ['unmasking', 'open_until'],
      ['complaint', 'closed_at'],
      ['audit_case', 'decided_at'],
      ['alert', 'decided_at'],
    ] as const) {
      const where = `where id = '${ids[table]}'`;
      for (const value of [`${column} - interval '1 hour'`, `${column} + interval '1 hour'`, 'null'])
        await expect(bySite(`update ${table} set ${column} = ${value} ${where}`), value).rejects.toThrow(
          'written once',
        );
      await expect(bySite(`update ${table} set closing_xid = '3' ${where}`)).rejects.toThrow('permission denied');
      const byWorker = sql.raw(`update ${table} set ${column} = ${column} ${where}`).execute(world.workerCtx.db);
      await expect(byWorker).rejects.toThrow('permission denied');
    }
    dayBefore(now(), 12);
    await erase();
    expect(await left(ids)).toHaveLength(4);
    dayAfter(now(), 60);
    await erase();
    expect(await left(ids)).toEqual([]);
  });

  test('is not told by a copy of what told another closing, nor by what no node signed, nor by what is not sealed', async () => {
    await changeAccount(second.auditorId, 'deactivated');
    const { rows } = await sql<{ id: string; leaf: Buffer; nodeSig: Buffer; node: string }>`
      select e.id, e.leaf, e.node_sig, e.node from journal.entry e join journal.entry_index i on i.id = e.id
      where i.kind = 'auditor.changed' order by i.id desc limit 1`.execute(world.workerCtx.db);
    const [closing] = rows;
    if (!closing) throw new Error('nothing tells it');
    await changeAccount(second.auditorId, 'activated');
    const dossier = await caseOn();
    const strange = JSON.stringify({ clear: { case: dossier }, type: 'case.decided' });
    await world.ctx.db.transaction().execute(async (trx) => {
      await sql.raw(`update auditor set ${byHand.auditor()} where id = '${second.auditorId}'`).execute(trx);
      await sql.raw(`update audit_case set ${byHand.audit_case()} where id = '${dossier}'`).execute(trx);
      await sql`insert into journal.entry (id, log_id, node, leaf, node_sig)
        values (${closing.id}, 1, ${closing.node}, ${closing.leaf}, ${closing.nodeSig}),
          (${newId()}, 1, ${closing.node}, ${Buffer.from(strange)}, ${closing.nodeSig})`.execute(trx);
    });
    await liftAll();
    const ids = { auditor: second.auditorId, audit_case: dossier };
    dayAfter(now(), 60);
    await eraseAuditAtTerm(world.workerCtx);
    expect(await left(ids)).toEqual(['auditor', 'audit_case']);
    await erase();
    expect(await left(ids)).toEqual(['auditor', 'audit_case']);
    expect([...(await toldAt('auditor', [second.auditorId])), ...(await toldAt('audit_case', [dossier]))]).toEqual([
      null,
      null,
    ]);
    await expect(forged('audit-cases', [dossier])).rejects.toThrow('not at its term');
    await expect(forged('auditor-accounts', [second.auditorId])).rejects.toThrow('not at its term');
  });

  test('on the case of a complaint, does not let the complaint go', async () => {
    const [complaint, dossier] = [await complain(), await caseOn()];
    await answerComplaint(complaint);
    await tamper(world, (db) =>
      db.updateTable('auditCase').set({ complaintId: complaint }).where('id', '=', dossier).execute(),
    );
    await close('audit_case', dossier);
    await liftAll();
    const from = now();
    dayAfter(from, 40);
    await erase();
    expect(await left({ complaint, audit_case: dossier })).toEqual(['complaint', 'audit_case']);
    await tamper(world, async (db) => {
      await sql`alter table audit_case disable trigger closing_is_marked`.execute(db);
      await sql`update audit_case set decision = null, decision_sealed = null, decided_by = null, decided_at = null, closing_xid = null
        where id = ${dossier}`.execute(db);
      await sql`alter table audit_case enable trigger closing_is_marked`.execute(db);
    });
    world.clock.set(from);
    agent = await auditorAgent(world, auditor);
    await decide(dossier);
    dayAfter(from, 40);
    await erase();
    expect(await left({ complaint, audit_case: dossier })).toEqual([]);
  });

  test('is told by its own entry alone: not by that of another thing, nor by another one about it', async () => {
    const [decided, waiting] = [await caseOn(), await caseOn()];
    await decide(decided);
    await close('audit_case', waiting);
    const its = (kind: string) => sql`(select e.xid from journal.entry e join journal.entry_index i on i.id = e.id
      where i.kind = ${kind} order by i.id desc limit 1)`;
    expect(await toldAt('audit_case', [decided, waiting], its('case.decided'))).toEqual([now(), null]);
    expect(await toldAt('audit_case', [waiting], its('case.opened'))).toEqual([null]);
    await changeAccount(second.auditorId, 'deactivated');
    expect(await toldAt('auditor', [second.auditorId])).toEqual([now()]);
    await changeAccount(second.auditorId, 'activated');
    expect(await toldAt('auditor', [second.auditorId], its('auditor.changed'))).toEqual([null]);
  });

  test('whose entry went with its month: what was closed before that counts from its date, nothing else does', async () => {
    const [decided, waiting] = [await caseOn(), await caseOn()];
    await decide(decided);
    await liftAll();
    await sealWorld(world);
    const month = now().toISOString().slice(0, 7);
    expect(await erasePeriod(world.workerCtx, { log: 'actes', month, ground: 'court' })).toMatchObject({ ok: true });
    await close('audit_case', waiting);
    expect(await toldAt('audit_case', [decided, waiting])).toEqual([now(), null]);
    const isThere = async () => [await there('audit_case', decided), await there('audit_case', waiting)];
    dayBefore(now(), 36);
    await erase();
    expect(await isThere()).toEqual([1, 1]);
    dayAfter(now(), 37);
    await erase();
    expect(await isThere()).toEqual([0, 1]);
  });
});

describe('with rows of a stranger', () => {
  /** Under the id of the entry that tells a request which waits: bytes that tell another one. */
  const twin = (unmasking: string, leaf: Buffer) =>
    sql`insert into journal.entry (id, log_id, node, leaf, node_sig)
      select o.entry_id, i.log_id, 'x', ${leaf}, ${Buffer.alloc(64, 1)}
      from journal.opening o join journal.entry_index i on i.id = o.entry_id
      where i.kind = 'unmasking.asked' and i.usager_id = (select u.usager_id from unmasking u where u.id = ${unmasking}::uuid)`.execute(
      world.ctx.db,
    );

  test('what waits keeps its motive, what is at its term goes, and bytes that do not read stop nothing', async () => {
    const old = await answered({ answer: 'refused', reason: REASON });
    dayAfter(now(), 12);
    mandate = await world.conclude();
    agent = await auditorAgent(world, auditor);
    const waiting = await ask();
    await sequenceWorld(world);
    const clear = { unmasking: old };
    expect(await twin(waiting, Buffer.from(JSON.stringify({ clear, type: 'unmasking.asked' })))).toMatchObject({
      numAffectedRows: 1n,
    });
    await twin(waiting, Buffer.from('fffe', 'hex'));
    await erase();
    expect(await there('unmasking', old)).toBe(0);
    expect(await there('unmasking', waiting)).toBe(1);
    const { rows } = await sql<{ name: string }>`
      select o.name from journal.opening o join journal.entry_index i on i.id = o.entry_id
      where i.kind = 'unmasking.asked' and i.usager_id = ${mandate.usagerId}::uuid`.execute(world.ctx.db);
    expect(rows).toEqual([{ name: 'motive' }]);
  });

  test('a rule that fails is told, and stops no other', async () => {
    const [id, sample] = [await answered({ answer: 'refused', reason: REASON }), await sampleOf([])];
    dayAfter(now(), 40);
    await tamper(world, async (db) => {
      await sql`create trigger stuck before delete on unmasking for each row execute function journal.refuse_change()`.execute(
        db,
      );
    });
    await expect(erase()).rejects.toThrow(/^audit-identities could not be applied$/);
    expect([await there('unmasking', id), await there('audit_sample', sample)]).toEqual([1, 0]);
    await tamper(world, async (db) => {
      await sql`drop trigger stuck on unmasking`.execute(db);
    });
    await erase();
    expect(await there('unmasking', id)).toBe(0);
  });
});
