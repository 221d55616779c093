import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addComplaint, assignComplaint } from '#audit';
import { changeAuditor } from '#identity';
import { listHolds, placeHold } from '#journal';
import { inGroups } from '#platform/ids/ids.ts';
import { DAY, MINUTE } from '#platform/time/clock.ts';
import type { Agent } from '#support/agent.ts';
import { addTestAuditor, auditorAgent, type TestAuditor } from '#support/auditor.ts';
import { expectNoPersonalData } from '#support/journal.ts';
import { complaintsOf } from '../../../src/audit/complaint/complaint.queries.ts';
import { maskedPerson } from '../../../src/audit/mask.ts';
import { identitiesOpenTo } from '../../../src/audit/unmask/open-identities.queries.ts';
import { wrongCode } from '../identity/wrong-code.ts';
import { type FollowWorld, followWorld, type MandateRow } from '../mandate/follow-support.ts';

let world: FollowWorld;
let mandate: MandateRow;
let auditor: TestAuditor;
let agent: Agent;

beforeAll(async () => {
  world = await followWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.advance(20 * MINUTE);
  mandate = await world.conclude({ givenName: 'Zéphyrine' });
  auditor = await addTestAuditor(world, { departements: ['62'] });
  agent = await auditorAgent(world, auditor);
});

const now = () => world.clock.now();
const add = (given: Partial<Parameters<typeof addComplaint>[1]> = {}) =>
  addComplaint(world.ctx, {
    mandateNumber: mandate.number,
    motive: 'never-signed',
    channel: 'letter',
    auditorEmail: auditor.email,
    ...given,
  });
async function added(): Promise<string> {
  const outcome = await add();
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.id;
}
const complaint = (id: string) =>
  world.ctx.db.selectFrom('complaint').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const entries = async (...kinds: string[]) =>
  (await world.journal({ kinds })).filter(({ about }) => about.usagerId === mandate.usagerId);
const whoOf = ({ auditorId }: TestAuditor) => ({ auditorId, departements: ['62'] });
const isOpenTo = async (who: TestAuditor) =>
  (await identitiesOpenTo(world.ctx.db, whoOf(who), [mandate.usagerId], now())).size === 1;
const pathOf = (id: string) => `/auditeur/identites/plaintes/${id}`;

describe('receiving', () => {
  test('opens the file to one auditor, without a second, and says so in the journal without saying who', async () => {
    expect(await isOpenTo(auditor)).toBe(false);
    const outcome = await add({ mandateNumber: inGroups(mandate.number).toLowerCase() });
    if (!outcome.ok) throw new Error(outcome.reason);
    expect(await complaint(outcome.id)).toMatchObject({
      ...{ mandateId: mandate.id, usagerId: mandate.usagerId, organisationId: mandate.organisationId },
      ...{ auditorId: auditor.auditorId, motive: 'never-signed', channel: 'letter', receivedAt: now(), closedAt: null },
    });
    expect(await isOpenTo(auditor)).toBe(true);
    expect(await isOpenTo(await addTestAuditor(world))).toBe(false);
    expect((await complaintsOf(world.ctx.db, whoOf(auditor))).map(({ id }) => id)).toEqual([outcome.id]);
    const [entry, ...others] = await entries('complaint.received');
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      log: 'actes',
      mandateAlias: mandate.journalAlias,
      clear: { complaint: outcome.id, auditor: auditor.auditorId, motive: 'never-signed', channel: 'letter' },
    });
    expect(entry?.sentence).toContain('je n’ai jamais signé');
    expectNoPersonalData(entry?.leaf ?? Buffer.alloc(0), [mandate.usagerId, mandate.number, 'Zéphyrine']);
  });

  test('is refused for what does not hold, and writes nothing', async () => {
    const elsewhere = await addTestAuditor(world, { departements: ['2A'] });
    const closed = await addTestAuditor(world);
    await changeAuditor(world.ctx, closed.auditorId, { change: 'deactivated' });
    const reasons = [
      await add({ mandateNumber: '0000000000000000' }),
      await add({ mandateNumber: '' }),
      await add({ auditorEmail: 'personne@controle.example' }),
      await add({ auditorEmail: elsewhere.email }),
      await add({ auditorEmail: closed.email }),
    ].map((outcome) => !outcome.ok && outcome.reason);
    expect(reasons).toEqual([
      'unknown-mandate',
      'unknown-mandate',
      'unknown-auditor',
      'out-of-scope',
      'closed-account',
    ]);
    expect(await entries('complaint.received')).toEqual([]);
  });

  test('five times at once about one mandate: one', async () => {
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => add()));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await entries('complaint.received')).toHaveLength(1);
  });

  test('no page of an auditor opens one', async () => {
    for (const path of ['/auditeur/identites/plaintes', '/auditeur/plaintes', '/auditeur/identites']) {
      const answer = await agent.post(path, { mandate: mandate.number, motive: 'never-signed' });
      expect(answer.status).toBe(404);
    }
  });
});

test('nothing of the mandate is erased until the complaint is answered; a hold that stood already stays', async () => {
  const holds = async () => (await listHolds(world.ctx.db)).filter(({ mandateId }) => mandateId === mandate.id);
  const path = pathOf(await added());
  expect((await holds()).map(({ ground }) => ground)).toEqual(['complaint']);
  await agent.post(path, { answer: 'confirmed', code: auditor.codeAt(now()) });
  expect(await holds()).toEqual([]);

  await placeHold(world.ctx, { target: { mandateId: mandate.id }, ground: 'litigation' });
  const id = await added();
  expect((await complaint(id)).holdId).toBeNull();
  world.clock.advance(MINUTE);
  await agent.post(pathOf(id), { answer: 'confirmed', code: auditor.codeAt(now()) });
  expect((await complaint(id)).answer).toBe('confirmed');
  expect((await holds()).map(({ ground }) => ground)).toEqual(['litigation']);
});

test('the queue, which is the worker’s, runs in this transaction and can do nothing as the node', async () => {
  const own = { ...world.workerCtx };
  const elsewhere = await world.conclude();
  const kept = await placeHold(own, { target: { mandateId: elsewhere.id }, ground: 'complaint' });
  const [before] = (
    await sql<{ definition: string }>`
      select pg_get_functiondef('graphile_worker.add_job'::regproc) as definition`.execute(own.db)
  ).rows;
  if (!before || !kept.ok) throw new Error('no queue, or no hold');
  await sql`create table graphile_worker.seen (proof text, what text)`.execute(own.db);
  const evil = `$function$
    declare
      e uuid := gen_random_uuid();
    begin
      insert into journal.entry (id, log_id, node, leaf, node_sig)
        select e, 1, k.key_id, convert_to(json_build_object('clear', json_build_object('hold', '${kept.holdId}'), 'id', e, 'log', 'actes',
          'node', k.key_id, 'r', 'ok', 'type', 'hold.lifted', 'v', 1)::text, 'UTF8'), decode(repeat('ab', 64), 'hex')
        from journal.node_key k limit 1;
      perform journal.lift_hold('${kept.holdId}', e);
      return null;
    exception when others then
      insert into graphile_worker.seen values (coalesce(current_setting('journal.node_proof', true), ''), sqlerrm);
      return null;
    end $function$`;
  await sql.raw(before.definition.replace(/\$function\$[\s\S]*\$function\$/, () => evil)).execute(own.db);
  const id = await added();
  const { rows } = await sql<{ proof: string; what: string }>`select * from graphile_worker.seen`.execute(own.db);
  expect(rows).toEqual([{ proof: '', what: expect.stringContaining('without the key of the node') }]);
  await sql.raw(before.definition).execute(own.db);
  await sql`drop table graphile_worker.seen`.execute(own.db);
  const holds = (await listHolds(world.ctx.db)).map(({ id: hold }) => hold);
  expect(holds).toContain(kept.holdId);
  expect(holds).toContain((await complaint(id)).holdId);
});

describe('the auditor who has it', () => {
  test('reads it, sees who the person is, and each of these is told; nobody else does', async () => {
    const path = pathOf(await added());
    expect((await agent.get('/auditeur/identites')).text).toContain(maskedPerson(world.ctx.keys, mandate.usagerId));
    const page = await agent.get(path);
    expect(page.text).toContain('Je n’ai jamais signé');
    expect(page.text).not.toContain('Zéphyrine');
    expect((await agent.get(`${path}/personne`)).text).toContain('Zéphyrine');
    expect(
      (await entries('complaint.read', 'identity.shown')).map(({ kind, log, clear }) => [kind, log, clear.by]),
    ).toEqual([
      ['complaint.read', 'acces', undefined],
      ['identity.shown', 'acces', 'complaint'],
    ]);
    const other = await addTestAuditor(world);
    const stranger = await auditorAgent(world, other);
    for (const each of [path, `${path}/personne`]) expect((await stranger.get(each)).status).toBe(404);
    const sent = await stranger.post(path, { answer: 'confirmed', code: other.codeAt(now()) });
    expect(sent.status).toBe(404);
    expect((await stranger.get('/auditeur/identites')).text).toContain('Aucune réclamation');
  });

  test('has it as long as it is not answered, whatever the time; not outside their départements', async () => {
    const path = pathOf(await added());
    world.clock.advance(90 * DAY);
    agent = await auditorAgent(world, auditor);
    expect((await agent.get(`${path}/personne`)).status).toBe(200);
    await changeAuditor(world.ctx, auditor.auditorId, { change: 'limited', departements: ['59'] });
    for (const each of [path, `${path}/personne`]) expect((await agent.get(each)).status).toBe(404);
    expect((await agent.post(path, { answer: 'confirmed', code: auditor.codeAt(now()) })).status).toBe(404);
  });

  test('closes it with a code and an answer: the file is closed to them at once', async () => {
    const id = await added();
    const path = pathOf(id);
    const wrong = wrongCode(auditor, now());
    expect((await agent.post(path, { code: auditor.codeAt(now()) })).text).toContain('id="answer-erreur"');
    expect((await agent.post(path, { answer: 'confirmed', code: wrong })).text).toContain('id="code-erreur"');
    expect((await agent.post(path, { answer: 'constructor', code: auditor.codeAt(now()) })).status).toBe(422);
    expect(await entries('complaint.read')).toHaveLength(3);
    expect(await isOpenTo(auditor)).toBe(true);
    const answer = await agent.post(path, { answer: 'contested', code: auditor.codeAt(now()) });
    expect([answer.status, answer.location]).toEqual([303, path]);
    expect(await complaint(id)).toMatchObject({ answer: 'contested', closedAt: now() });
    expect((await agent.get(path)).text).toContain('la personne a raison');
    expect((await agent.get(`${path}/personne`)).status).toBe(404);
    expect(await isOpenTo(auditor)).toBe(false);
    const [entry, ...others] = await entries('complaint.closed');
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      log: 'actes',
      clear: { complaint: id, auditor: auditor.auditorId, answer: 'contested' },
    });
    // another complaint about the same mandate may come
    expect((await add({ motive: 'not-recognised', channel: 'phone' })).ok).toBe(true);
  });

  test('closed in ten tabs at once: one entry', async () => {
    const path = pathOf(await added());
    const code = auditor.codeAt(now());
    const sent = await Promise.all(Array.from({ length: 10 }, () => agent.post(path, { answer: 'confirmed', code })));
    expect(sent.map(({ status }) => status)).not.toContain(500);
    expect(await entries('complaint.closed')).toHaveLength(1);
  });
});

describe('giving it to another', () => {
  test('closes the file for the first and opens it to the second', async () => {
    const id = await added();
    const second = await addTestAuditor(world, { departements: ['62'] });
    const assign = (auditorEmail: string) => assignComplaint(world.ctx, { complaintId: id, auditorEmail });
    expect(await assign(second.email)).toEqual({ ok: true, changed: true });
    expect(await assign(second.email)).toEqual({ ok: true, changed: false });
    expect([await isOpenTo(auditor), await isOpenTo(second)]).toEqual([false, true]);
    expect((await agent.get(pathOf(id))).status).toBe(404);
    const [entry, ...others] = await entries('complaint.assigned');
    expect(others).toEqual([]);
    expect(entry?.clear).toEqual({ complaint: id, auditor: second.auditorId, before: auditor.auditorId });
    const elsewhere = await addTestAuditor(world, { departements: ['2A'] });
    expect(await assign(elsewhere.email)).toEqual({ ok: false, reason: 'out-of-scope' });
    expect(await assignComplaint(world.ctx, { complaintId: 'x', auditorEmail: second.email })).toEqual({
      ok: false,
      reason: 'not-open',
    });
  });

  test('while it is being closed: closed by the first, or given to the second', async () => {
    for (let round = 0; round < 4; round += 1) {
      mandate = await world.conclude();
      const id = await added();
      const second = await addTestAuditor(world);
      world.clock.advance(MINUTE);
      const code = auditor.codeAt(now());
      const [, assigned] = await Promise.all([
        agent.post(pathOf(id), { answer: 'confirmed', code }),
        assignComplaint(world.ctx, { complaintId: id, auditorEmail: second.email }),
      ]);
      const { closedAt, auditorId } = await complaint(id);
      const expected = closedAt ? auditor.auditorId : second.auditorId;
      expect(auditorId).toBe(expected);
      expect(assigned.ok).toBe(closedAt === null);
      expect(await entries('complaint.closed')).toHaveLength(closedAt ? 1 : 0);
    }
  });
});
