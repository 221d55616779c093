import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addComplaint, assignComplaint } from '#audit';
import { changeAuditor } from '#identity';
import type { Mail } from '#platform/mail/mailer.ts';
import { DAY, MINUTE } from '#platform/time/clock.ts';
import { inWords } from '#platform/time/paris.ts';
import type { Agent } from '#support/agent.ts';
import { addTestAuditor, auditorAgent, type TestAuditor } from '#support/auditor.ts';
import { shareCase } from '../../../src/audit/cases/share-case.ts';
import { maskedPerson } from '../../../src/audit/mask.ts';
import { wrongCode } from '../identity/wrong-code.ts';
import { type FollowWorld, followWorld, type MandateRow } from '../mandate/follow-support.ts';

// What auditors are told by mail: that something waits, or was answered; never about whom, by whom, nor why.

const MOTIVE = 'Plusieurs connexions la nuit : savoir si la personne vit encore à cette adresse.';
const REASON = 'Le dossier du mandat suffit pour répondre à cette question.';

let world: FollowWorld;
let mandate: MandateRow;
let asker: TestAuditor;
let second: TestAuditor;
let elsewhere: TestAuditor;
let closed: TestAuditor;
let asking: Agent;

beforeAll(async () => {
  world = await followWorld();
  asker = await addTestAuditor(world, { firstName: 'Hélène', lastName: 'Vasseur' });
  second = await addTestAuditor(world, { firstName: 'Marc', lastName: 'Dubreuil', departements: ['62'] });
  elsewhere = await addTestAuditor(world, { departements: ['2A'] });
  closed = await addTestAuditor(world);
  await changeAuditor(world.ctx, closed.auditorId, { change: 'deactivated' });
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.advance(20 * MINUTE);
  mandate = await world.conclude({ givenName: 'Zéphyrine', email: 'zeph@courriel.example' });
  asking = await auditorAgent(world, asker);
  await world.runJobs();
  world.mailbox.mails.length = 0;
});

const now = () => world.clock.now();

/** What leaves the queue now. Nothing in any of them tells of somebody, or repeats what somebody wrote. */
async function sent(): Promise<Mail[]> {
  await world.runJobs();
  const mails = world.mailbox.mails.splice(0);
  const { id, number, usagerId, journalAlias } = await world.mandate(mandate.id);
  const secrets = [
    ...['Zéphyrine', 'LEFÈVRE', 'zeph@', 'Hélène', 'Vasseur', 'Marc', 'Dubreuil', 'nuit', 'suffit', 'contrôle sur'],
    ...[
      maskedPerson(world.ctx.keys, usagerId),
      world.structure.name,
      'Pas-de-Calais',
      id,
      number,
      usagerId,
      journalAlias,
    ],
  ];
  for (const mail of mails) {
    const said = `${mail.subject}\n${mail.text}\n${mail.html}`;
    for (const secret of secrets) expect(said).not.toContain(secret);
    expect(said).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);
  }
  return mails;
}
const subjects = (mails: readonly Mail[]) => mails.map(({ to, subject }) => [to, subject]);

async function ask(): Promise<{ id: string; lapsesAt: Date }> {
  expect((await asking.post('/auditeur/identites/demande', { mandat: mandate.id, motive: MOTIVE })).status).toBe(303);
  return world.ctx.db
    .selectFrom('unmasking')
    .select(['id', 'lapsesAt'])
    .where('mandateId', '=', mandate.id)
    .executeTakeFirstOrThrow();
}

async function answer(fields: Record<string, string>): Promise<string> {
  const { id } = await ask();
  await sent();
  const agent = await auditorAgent(world, second);
  const posted = await agent.post(`/auditeur/identites/${id}`, { ...fields, code: second.codeAt(now()) });
  expect(posted.status).toBe(303);
  return id;
}

describe('a request of identity', () => {
  test('is told to those who may answer it: until when, and where; to nobody else', async () => {
    const { lapsesAt } = await ask();
    const mails = await sent();
    expect(subjects(mails)).toEqual([[second.email, 'Une demande d’identité attend une réponse']]);
    for (const body of [mails[0]?.text, mails[0]?.html]) {
      expect(body).toContain(inWords(lapsesAt));
      expect(body).toContain(`${world.ctx.config.publicUrl}/auditeur/identites`);
    }
    expect(mails[0]?.text).not.toContain('<');
    for (const { to } of mails) expect([asker.email, elsewhere.email, closed.email]).not.toContain(to);
  });

  test('that nobody may answer is said before it is sent', async () => {
    const page = async () => (await asking.get(`/auditeur/identites/demande?mandat=${mandate.id}`)).text;
    expect(await page()).toContain('reçoivent un e-mail, sans nom ni motif');
    await changeAuditor(world.ctx, second.auditorId, { change: 'limited', departements: ['80'] });
    expect(await page()).toContain('Aucun autre auditeur n’a ce département');
    await changeAuditor(world.ctx, second.auditorId, { change: 'limited', departements: ['62'] });
  });

  test('refused by the page, nothing is queued; nor when it was kept twice', async () => {
    await asking.post('/auditeur/identites/demande', { mandat: mandate.id, motive: 'court' });
    expect(await sent()).toEqual([]);
    await ask();
    await asking.post('/auditeur/identites/demande', { mandat: mandate.id, motive: MOTIVE });
    expect(await sent()).toHaveLength(1);
  });

  test('answered, lapsed or out of scope before the mail leaves, it is not sent', async () => {
    await ask();
    await changeAuditor(world.ctx, second.auditorId, { change: 'limited', departements: ['80'] });
    expect(await sent()).toEqual([]);
    await changeAuditor(world.ctx, second.auditorId, { change: 'limited', departements: ['62'] });
    world.clock.advance(8 * DAY);
    asking = await auditorAgent(world, asker);
    await ask();
    world.clock.advance(7 * DAY);
    expect(await sent()).toEqual([]);
  });

  test('the one who asked is told that it was granted, and until when', async () => {
    const id = await answer({ answer: 'granted' });
    const mails = await sent();
    expect(subjects(mails)).toEqual([[asker.email, 'Votre demande d’identité est acceptée']]);
    const row = await world.ctx.db.selectFrom('unmasking').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    expect(mails[0]?.text).toContain(inWords(row.openUntil ?? now()));
  });

  test('or refused, without the reason', async () => {
    await answer({ answer: 'refused', reason: REASON });
    const mails = await sent();
    expect(subjects(mails)).toEqual([[asker.email, 'Votre demande d’identité est refusée']]);
    expect(mails[0]?.text).not.toContain('jusqu’au');
  });

  test('a wrong code answers nothing, and tells nobody', async () => {
    const { id } = await ask();
    await sent();
    const agent = await auditorAgent(world, second);
    await agent.post(`/auditeur/identites/${id}`, { answer: 'granted', code: wrongCode(second, now()) });
    expect(await sent()).toEqual([]);
  });
});

describe('what is given to an auditor', () => {
  test('a complaint: to the one who has it; given to another, to that one', async () => {
    const about = { mandateNumber: mandate.number, motive: 'never-signed', channel: 'letter' } as const;
    const added = await addComplaint(world.ctx, { ...about, auditorEmail: second.email });
    if (!added.ok) throw new Error(added.reason);
    expect(subjects(await sent())).toEqual([[second.email, 'Une réclamation vous est confiée']]);
    const assigned = { complaintId: added.id, auditorEmail: asker.email };
    await assignComplaint(world.ctx, assigned);
    await assignComplaint(world.ctx, assigned);
    expect(subjects(await sent())).toEqual([[asker.email, 'Une réclamation vous est confiée']]);
    const refused = await addComplaint(world.ctx, { ...about, auditorEmail: second.email });
    expect([refused.ok, await sent()]).toEqual([false, []]);
  });

  test('a case that its owner shares', async () => {
    const opened = await asking.post(`/auditeur/dossiers/ajouter?mandat=${mandate.id}`, {
      ...{ into: 'nouveau', subject: 'Un contrôle sur Zéphyrine' },
    });
    const caseId = /[0-9a-f-]{36}/.exec(opened.location ?? '')?.[0] ?? '';
    expect(await sent()).toEqual([]);
    const who = { ...asker, departements: null, sessionIdHash: Buffer.alloc(32) };
    expect(await shareCase(world.ctx, who, { caseId, email: second.email })).toEqual({ ok: true });
    const mails = await sent();
    expect(subjects(mails)).toEqual([[second.email, 'Un dossier de contrôle vous est ouvert']]);
    expect(mails[0]?.text).toContain(`${world.ctx.config.publicUrl}/auditeur/dossiers`);
  });
});
