import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listHolds } from '#journal';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Agent } from '#support/agent.ts';
import { addPerson, addStructure, loggedInAs } from '#support/people.ts';
import { sealWorld } from '#support/seal.ts';
import { countExport } from '../../../src/audit/limits.ts';
import { check, failing, unpacked, verified } from '../journal/export-support.ts';
import { wordsOf } from '../mandate/follow-support.ts';
import {
  checkpointOf,
  type FilesWorld,
  type Mandate,
  neverSigned,
  queriesOf,
  runVerifier,
  sealedFilesWorld,
  textInside,
} from './files-support.ts';

let world: FilesWorld;
let mandate: Mandate;

beforeAll(async () => {
  ({ world, mandate } = await sealedFilesWorld());
});
afterAll(() => world?.close());

const NEW = { into: 'nouveau', subject: 'Contrôle de routine' };
const idIn = (location: string | null) => /^\/auditeur\/dossiers\/([0-9a-f-]{36})/.exec(location ?? '')?.[1] ?? '';
const caseRow = (id: string) =>
  world.ctx.db.selectFrom('auditCase').selectAll().where('id', '=', id).executeTakeFirst();
const counts = async () => ({
  cases: (await world.ctx.db.selectFrom('auditCase').select('id').execute()).length,
  entries: (await world.ctx.db.selectFrom('auditCaseEntry').select('entryId').execute()).length,
  notes: (await world.ctx.db.selectFrom('auditCaseNote').select('id').execute()).length,
  shares: (await world.ctx.db.selectFrom('auditCaseShare').select('caseId').execute()).length,
  actes: (await world.told({ log: 'actes' })).length,
});
const told = (caseId: string, kinds: string[]) =>
  world.told({ kinds }).then((entries) => entries.filter(({ clear }) => clear.case === caseId));

async function openOnMandate(agent: Agent = world.mine.agent, subject = NEW.subject): Promise<string> {
  const opened = await agent.post(`/auditeur/dossiers/ajouter?mandat=${mandate.id}`, { ...NEW, subject });
  expect(opened.status).toBe(303);
  return idIn(opened.location);
}

describe('a case', () => {
  test('opens from a mandate with its entries, each step in the journal, its subject sealed', async () => {
    const asked = await world.mine.agent.get(`/auditeur/dossiers/ajouter?mandat=${mandate.id}`);
    expect(wordsOf(asked.text)).toContain('Vous y mettez le mandat');
    const id = await openOnMandate(world.mine.agent, 'Madame LEFÈVRE conteste');
    const row = await caseRow(id);
    expect(row).toMatchObject({
      ownerId: world.mine.auditor.auditorId,
      origin: 'mandate',
      mandateId: mandate.id,
      complaintId: null,
      decidedAt: null,
    });
    expect(row?.subjectSealed.toString('latin1')).not.toContain('conteste');
    const entries = await world.ctx.db.selectFrom('auditCaseEntry').selectAll().where('caseId', '=', id).execute();
    const ofMandate = await world.told({ log: 'actes', mandateAlias: mandate.journalAlias });
    const before = ofMandate.filter(({ kind }) => !kind.startsWith('case.')).map((one) => one.id);
    expect(entries.map(({ entryId }) => entryId).sort()).toEqual(before.sort());
    const [opened, added] = await told(id, ['case.opened', 'case.entry-added']);
    expect(opened).toMatchObject({
      log: 'actes',
      mandateAlias: mandate.journalAlias,
      clear: { auditor: world.mine.auditor.auditorId, case: id, origin: 'mandate' },
      opened: { subject: 'Madame LEFÈVRE conteste' },
      about: { mandateId: mandate.id },
    });
    expect(opened).not.toHaveProperty('mn');
    expect(opened?.leaf.toString()).not.toContain('LEFÈVRE');
    expect([...((added?.clear.entries as string[] | undefined) ?? [])].sort()).toEqual(before.sort());
    const page = await world.mine.agent.get(`/auditeur/dossiers/${id}`);
    const words = wordsOf(page.text);
    expect(words).toContain('Madame LEFÈVRE conteste');
    expect(words).toContain('Ce dossier de contrôle attend une décision');
    expect(words).toContain('Site déclaré : « CAF du Pas-de-Calais »');
    expect(words).toMatch(/Personne [0-9A-Z]{4}-[0-9A-Z]{4}/);
    expect(await told(id, ['case.read'])).toMatchObject([{ log: 'acces' }]);
  });

  test('takes entries from a search, once each, and refuses those that are not of the auditor’s départements', async () => {
    const elsewhere = await addStructure(world, { departement: '59', name: 'Mairie de Lille' });
    const aidant = await addPerson(world, { organisationIds: [elsewhere.id] });
    await loggedInAs(world, aidant);
    const all = await world.told({ log: 'actes' });
    const mine = all.filter(({ kind }) => kind === 'use.chosen').map(({ id }) => id);
    const foreign = all.find(
      ({ kind, clear }) => kind === 'organisation.added' && clear.organisation === elsewhere.id,
    )?.id;
    expect(foreign).toBeDefined();
    const before = await counts();
    const wrong = await world.mine.agent.post(`/auditeur/dossiers/ajouter?entrees=${mine[0]},${foreign}`, NEW);
    expect(wrong.status).toBe(404);
    expect(await counts()).toEqual(before);
    const opened = await world.mine.agent.post(`/auditeur/dossiers/ajouter?entrees=${mine[0]}`, NEW);
    const id = idIn(opened.location);
    expect((await caseRow(id))?.origin).toBe('entry');
    const again = await world.mine.agent.post(`/auditeur/dossiers/ajouter?entrees=${mine[0]}`, { into: id });
    expect(idIn(again.location)).toBe(id);
    expect(await told(id, ['case.entry-added'])).toHaveLength(1);
  });

  test('is its owner’s alone: nobody else reads it, writes in it, or learns that it exists', async () => {
    const id = await openOnMandate();
    const before = await counts();
    for (const agent of [world.colleague.agent, world.elsewhere.agent]) {
      for (const page of ['', '/note', '/decision', '/partage', '/export', '/reponse'])
        expect((await agent.get(`/auditeur/dossiers/${id}${page}`)).status, page).toBe(404);
      expect((await agent.post(`/auditeur/dossiers/${id}/note`, { note: 'x' })).status).toBe(404);
      expect((await agent.post(`/auditeur/dossiers/${id}/export`)).status).toBe(404);
      expect((await agent.post(`/auditeur/dossiers/${id}/partage`, { email: 'a@b.example' })).status).toBe(404);
      const decided = { decision: 'nothing-found', reasons: 'x' };
      expect((await agent.post(`/auditeur/dossiers/${id}/decision`, decided)).status).toBe(404);
      const chosen = (await world.told({ kinds: ['use.chosen'] }))[0]?.id;
      const put = await agent.post(`/auditeur/dossiers/ajouter?entrees=${chosen}`, { into: id });
      expect(put.status).toBe(404);
    }
    expect(await counts()).toEqual(before);
  });

  test('is shared by its owner with an auditor of the same département, who may write; not with one of another', async () => {
    const id = await openOnMandate();
    const share = (email: string, agent = world.mine.agent) =>
      agent.post(`/auditeur/dossiers/${id}/partage`, { email });
    for (const email of [world.elsewhere.auditor.email, 'personne@nulle-part.example', world.mine.auditor.email, 'x'])
      expect((await share(email)).status, email).toBe(422);
    expect(await told(id, ['case.shared'])).toEqual([]);
    expect((await share(world.colleague.auditor.email.toUpperCase())).status).toBe(303);
    expect(wordsOf((await share(world.colleague.auditor.email)).text)).toContain('déjà ouvert');
    expect(await told(id, ['case.shared'])).toMatchObject([
      { log: 'actes', clear: { with: world.colleague.auditor.auditorId, auditor: world.mine.auditor.auditorId } },
    ]);
    expect((await world.colleague.agent.get(`/auditeur/dossiers/${id}`)).status).toBe(200);
    expect((await share(world.mine.auditor.email, world.colleague.agent)).status).toBe(404);
    const noted = await world.colleague.agent.post(`/auditeur/dossiers/${id}/note`, { note: 'Vu.' });
    expect(noted.status).toBe(303);
    expect(await told(id, ['case.noted'])).toMatchObject([{ clear: { auditor: world.colleague.auditor.auditorId } }]);
  });

  test('a note is sealed, its hash committed, and nobody at runtime changes or removes it', async () => {
    const id = await openOnMandate();
    const note = 'Appelé la structure.\r\nElle rappelle demain.';
    await world.mine.agent.post(`/auditeur/dossiers/${id}/note`, { note });
    const kept = 'Appelé la structure.\nElle rappelle demain.';
    const [row] = await world.ctx.db.selectFrom('auditCaseNote').selectAll().where('caseId', '=', id).execute();
    expect(row?.sealed.toString('latin1')).not.toContain('structure');
    const [noted] = await told(id, ['case.noted']);
    expect(noted).toMatchObject({
      clear: { note: row?.id },
      opened: { sha256: sha256(kept).toString('hex') },
    });
    const { text } = await world.mine.agent.get(`/auditeur/dossiers/${id}`);
    expect(text).toContain(kept);
    expect(text).toContain(sha256(kept).toString('hex'));
    const { db } = world.ctx;
    await expect(db.updateTable('auditCaseNote').set({ writtenAt: new Date() }).execute()).rejects.toThrow(
      /permission/,
    );
    await expect(db.deleteFrom('auditCaseNote').execute()).rejects.toThrow(/permission/);
    await expect(
      db.updateTable('auditCase').set({ ownerId: world.colleague.auditor.auditorId }).execute(),
    ).rejects.toThrow(/permission/);
  });

  test('asks the database the same number of questions, however much it holds', async () => {
    const [few, many] = [await openOnMandate(), await openOnMandate()];
    const all = (await world.told({ log: 'actes', mandateAlias: mandate.journalAlias })).map(({ id }) => id);
    await world.mine.agent.post(`/auditeur/dossiers/ajouter?entrees=${all.slice(-40).join(',')}`, { into: many });
    for (const note of ['Une.', 'Deux.']) await world.mine.agent.post(`/auditeur/dossiers/${many}/note`, { note });
    const read = (id: string) => world.mine.agent.get(`/auditeur/dossiers/${id}`);
    await read(many); // what was just done is said once, and forgotten
    const short = await queriesOf(() => read(few));
    expect(short).toBeGreaterThan(10);
    expect(await queriesOf(() => read(many))).toBe(short);
  });

  test.each([
    { note: '' },
    { note: '   \n ' },
    { note: 'a\u0000b' },
    { note: 'x'.repeat(8001) },
    { note: '\u202egnarts' },
  ])('a note is refused: %j', async (form) => {
    const id = await openOnMandate();
    expect((await world.mine.agent.post(`/auditeur/dossiers/${id}/note`, form)).status).toBe(422);
    expect(await told(id, ['case.noted'])).toEqual([]);
  });
});

describe('a decision', () => {
  test('is one of the list, once, with its reasons sealed; then nothing is added, and notes still are', async () => {
    const id = await openOnMandate();
    const decide = (form: Record<string, string>) => world.mine.agent.post(`/auditeur/dossiers/${id}/decision`, form);
    const page = await world.mine.agent.get(`/auditeur/dossiers/${id}/decision`);
    expect(wordsOf(page.text)).toContain('Ce que les preuves établissent');
    expect(page.text).not.toMatch(/name="decision"[^>]*checked/);
    for (const decision of ['', 'guilty', 'mandate-supported'])
      expect((await decide({ decision, reasons: 'Parce que.' })).status, decision).toBe(422);
    expect((await decide({ decision: 'irregular', reasons: ' ' })).status).toBe(422);
    expect((await caseRow(id))?.decision).toBeNull();
    expect((await decide({ decision: 'irregular', reasons: 'Le site ne va pas avec le thème.' })).status).toBe(303);
    const row = await caseRow(id);
    expect(row).toMatchObject({ decision: 'irregular', decidedBy: world.mine.auditor.auditorId });
    expect(await told(id, ['case.decided'])).toMatchObject([
      {
        log: 'actes',
        clear: { decision: 'irregular', auditor: world.mine.auditor.auditorId },
        opened: { sha256: sha256('Le site ne va pas avec le thème.').toString('hex') },
      },
    ]);
    expect((await decide({ decision: 'nothing-found', reasons: 'Finalement non.' })).status).toBe(422);
    const chosen = (await world.told({ kinds: ['use.identity-given'] }))[0]?.id;
    const put = await world.mine.agent.post(`/auditeur/dossiers/ajouter?entrees=${chosen}`, { into: id });
    expect(put.status).toBe(422);
    expect((await world.mine.agent.post(`/auditeur/dossiers/${id}/note`, { note: 'Suite donnée.' })).status).toBe(303);
    expect(wordsOf((await world.mine.agent.get(`/auditeur/dossiers/${id}`)).text)).toContain('Irrégularité constatée');
  });

  test('two auditors at the same moment: one decides, the other is told, the journal has one', async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await openOnMandate();
      await world.mine.agent.post(`/auditeur/dossiers/${id}/partage`, { email: world.colleague.auditor.email });
      const answers = await Promise.all([
        world.mine.agent.post(`/auditeur/dossiers/${id}/decision`, { decision: 'nothing-found', reasons: 'Rien.' }),
        world.colleague.agent.post(`/auditeur/dossiers/${id}/decision`, { decision: 'irregular', reasons: 'Si.' }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([303, 422]);
      const loser = answers.find(({ status }) => status === 422);
      expect(wordsOf(loser?.text ?? '')).toContain('Un autre auditeur vient de décider');
      const decided = await told(id, ['case.decided']);
      expect(decided).toHaveLength(1);
      expect((await caseRow(id))?.decision).toBe(decided[0]?.clear.decision);
    }
  });

  test('an entry that arrives while another decides is in the case before the decision, or refused', async () => {
    const id = await openOnMandate();
    await world.mine.agent.post(`/auditeur/dossiers/${id}/partage`, { email: world.colleague.auditor.email });
    const fresh = (await world.told({ kinds: ['case.opened'] })).at(-1)?.id;
    const [put, decided] = await Promise.all([
      world.colleague.agent.post(`/auditeur/dossiers/ajouter?entrees=${fresh}`, { into: id }),
      world.mine.agent.post(`/auditeur/dossiers/${id}/decision`, { decision: 'nothing-found', reasons: 'Rien.' }),
    ]);
    expect(decided?.status).toBe(303);
    const steps = (await told(id, ['case.entry-added', 'case.decided'])).map(({ kind }) => kind);
    expect(steps).toEqual(
      put?.status === 303
        ? ['case.entry-added', 'case.entry-added', 'case.decided']
        : ['case.entry-added', 'case.decided'],
    );
  });
});

describe('a complaint, « je n’ai jamais signé »', () => {
  let complaint: string;
  let id: string;

  beforeAll(async () => {
    mandate = await world.concluded('marcel');
    await world.connected(mandate, { site: 'Impôts' });
    await sealWorld(world);
    complaint = await neverSigned(world, mandate);
  });

  const address = () => `/auditeur/dossiers/ajouter?plainte=${complaint}`;

  test('has one case, opened by who has it, with the entries of the mandate', async () => {
    expect(wordsOf((await world.mine.agent.get('/auditeur/dossiers')).text)).toContain('Je n’ai jamais signé');
    expect((await world.colleague.agent.get(address())).status).toBe(404);
    const answers = await Promise.all([1, 2, 3].map(() => world.mine.agent.post(address(), NEW)));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    id = idIn(answers[0]?.location ?? null);
    expect(new Set(answers.map(({ location }) => location)).size).toBe(1);
    const rows = await world.ctx.db.selectFrom('auditCase').selectAll().where('complaintId', '=', complaint).execute();
    expect(rows).toMatchObject([{ id, origin: 'complaint', mandateId: mandate.id }]);
    expect((await told(id, ['case.opened'])).map(({ clear }) => clear.origin)).toEqual(['complaint']);
    expect((await world.mine.agent.get(address())).location).toBe(`/auditeur/dossiers/${id}`);
  });

  test('the person’s name is in the file of the mandate for this auditor, who is journaled as having seen it', async () => {
    const { text } = await world.mine.agent.get(`/auditeur/mandats/${mandate.id}`);
    const { familyName } = await world.ctx.db
      .selectFrom('usager')
      .select('familyName')
      .where('id', '=', mandate.usagerId)
      .executeTakeFirstOrThrow();
    expect(text).toContain(familyName);
    expect((await world.told({ kinds: ['audit.mandate-read'] })).at(-1)?.clear.identity).toBe(true);
    const other = await world.colleague.agent.get(`/auditeur/mandats/${mandate.id}`);
    expect(other.text).not.toContain(familyName);
  });

  test('the elements are laid out, and nothing is proposed; then the letter says what is known and what is not', async () => {
    const page = await world.mine.agent.get(`/auditeur/dossiers/${id}/decision`);
    const elements = wordsOf(page.text);
    expect(elements).toContain('C’est vous qui décidez. Rien n’est proposé');
    expect(elements).toContain('1 allée jusqu’au bout, sur 1 commencée');
    expect(page.text).not.toMatch(/name="decision"[^>]*checked/);
    expect((await world.mine.agent.get(`/auditeur/dossiers/${id}/reponse`)).location).toContain('/decision');
    const decided = await world.mine.agent.post(`/auditeur/dossiers/${id}/decision`, {
      decision: 'undecided',
      reasons: 'FranceConnect a bien reçu vos identifiants. Nous ne savons pas qui les a tapés.',
    });
    expect(decided.status).toBe(303);
    const { status, text } = await world.mine.agent.get(`/auditeur/dossiers/${id}/reponse`);
    const letter = wordsOf(text);
    expect(status).toBe(200);
    expect(letter).toContain('Vous dites : « Je n’ai jamais signé »');
    expect(letter).toContain(
      'FranceConnect a signé que quelqu’un s’est identifié, par le compte « demo-idp », avec vos noms, votre date et votre lieu de naissance.',
    );
    expect(letter).toMatch(/Il finira le .+, s’il n’est pas arrêté avant\./);
    expect(letter).not.toContain('Il devait finir');
    expect(letter).toContain('Site, d’après l’aidant : Impôts');
    expect(letter).toContain('Si on vous a vraiment montré le texte. L’aidant et notre service le disent.');
    expect(letter).toContain('ne nous permet pas de dire si vous avez donné ce mandat');
    expect(letter).toContain('Nous ne savons pas qui les a tapés.');
    expect(letter).toContain('Arrêter le mandat tout de suite');
    expect(letter).toContain('CNIL');
  });

  test('the export has what FranceConnect signed, the journal has its hash, and it verifies', async () => {
    const { policy } = await sealWorld(world);
    const exported = await world.mine.raw(`/auditeur/dossiers/${id}/export`);
    expect(exported.headers.get('content-type')).toBe('application/zip');
    expect(exported.headers.get('content-disposition')).toMatch(/attachment; filename="dossier-[0-9A-Z]{8}\.zip"/);
    const files = unzipSync(exported.body);
    expect(Object.keys(files).sort()).toEqual(['LISEZ-MOI.txt', 'actes.zip', 'dossier.json']);
    const written = JSON.parse(strFromU8(files['dossier.json'] ?? new Uint8Array()));
    expect(written).toMatchObject({ id, origin: 'complaint', decision: { code: 'undecided' }, entriesLeftOut: 0 });
    const inside = unpacked(files['actes.zip'] ?? new Uint8Array());
    expect([...inside.keys()]).toContain(`consent/${mandate.number}/userinfo.jwt`);
    const report = verified(inside, policy);
    expect(failing(report)).toEqual([]);
    expect(check(report, 'consent')?.status).toBe('pass');
    const [told1] = await told(id, ['case.exported']);
    expect(told1?.opened.sha256).toBe(sha256(exported.body).toString('hex'));
    const [row] = await world.ctx.db.selectFrom('auditCaseExport').selectAll().where('caseId', '=', id).execute();
    expect(row?.sha256.toString('hex')).toBe(told1?.opened.sha256);
    expect((await world.told({ kinds: ['journal.exported'] })).at(-1)?.clear).toMatchObject({
      by: 'auditor',
      auditor: world.mine.auditor.auditorId,
      evidence: 1,
    });
  });

  test('with the checkpoint that was kept: the published program proves that the log only grew since', async () => {
    const address = `/auditeur/dossiers/${id}/export`;
    const asked = await world.mine.agent.get(address);
    expect(wordsOf(asked.text)).toContain('Le point de contrôle que vous avez gardé');
    const inside = (zip: Buffer) => unzipSync(zip)['actes.zip'] ?? new Uint8Array();
    const kept = checkpointOf(inside((await world.mine.raw(address)).body));
    await world.concluded('nadia');
    const { policy } = await sealWorld(world);
    const { status, body } = await world.mine.raw(address, { keptActes: kept.replaceAll('\n', '\r\n') });
    expect(status).toBe(200);
    const { out } = await runVerifier({ 'export.zip': inside(body), 'policy.txt': policy, 'kept.txt': kept });
    expect(out).toMatch(/PASS +consistency.*: celui que vous avez gardé\./);
    expect(out).not.toContain('FAIL');

    const before = await world.ctx.db.selectFrom('auditCaseExport').select('id').execute();
    const refused = await world.mine.raw(address, { keptActes: 'bonjour' });
    expect(refused.status).toBe(422);
    expect(wordsOf(refused.body.toString())).toContain('Ce texte n’est pas un point de contrôle entier.');
    expect(refused.body.toString()).toMatch(/<textarea id="keptActes"[^>]*>bonjour</);
    expect(await world.ctx.db.selectFrom('auditCaseExport').select('id').execute()).toEqual(before);
  });

  test('shared, the export of the other auditor names nobody', async () => {
    await world.mine.agent.post(`/auditeur/dossiers/${id}/partage`, { email: world.colleague.auditor.email });
    const exported = await world.colleague.raw(`/auditeur/dossiers/${id}/export`);
    const inside = unzipSync(exported.body)['actes.zip'] ?? new Uint8Array();
    expect(Object.keys(unzipSync(inside)).filter((path) => path.startsWith('consent/'))).toEqual([]);
    expect(textInside(inside)).not.toContain(mandate.usagerId);
    expect((await world.told({ kinds: ['journal.exported'] })).at(-1)?.clear).toMatchObject({ evidence: 0 });
  });
});

test('a case about a mandate keeps it from being erased until the last decision about it', async () => {
  const other = await world.concluded('marcel');
  const holds = async () =>
    (await listHolds(world.ctx.db)).filter(({ mandateId }) => mandateId === other.id).map(({ ground }) => ground);
  const address = `/auditeur/dossiers/ajouter?mandat=${other.id}`;
  expect(wordsOf((await world.mine.agent.get(address)).text)).toContain('gèle ce mandat');
  const open = async (agent: Agent) => (await agent.post(address, NEW)).location ?? '';
  const decide = async (agent: Agent, path: string) =>
    (await agent.post(`${path}/decision`, { decision: 'nothing-found', reasons: 'Rien à redire.' })).status;
  const first = await open(world.mine.agent);
  expect(await holds()).toEqual(['audit']);
  expect(wordsOf((await world.mine.agent.get(first)).text)).toContain('Rien de ce mandat n’est effacé');
  const second = await open(world.colleague.agent);
  const complaint = await neverSigned(world, other);
  expect(await holds()).toEqual(['audit']);
  expect(await decide(world.mine.agent, first)).toBe(303);
  expect(await holds()).toEqual(['audit']);
  expect(await decide(world.colleague.agent, second)).toBe(303);
  expect(await holds()).toEqual(['audit']);
  world.clock.advance(60_000);
  const code = world.mine.auditor.codeAt(world.clock.now());
  const closed = await world.mine.agent.post(`/auditeur/identites/plaintes/${complaint}`, {
    answer: 'confirmed',
    code,
  });
  expect(closed.status).toBe(303);
  expect(await holds()).toEqual([]);
  const told = await world.told({ kinds: ['hold.placed', 'hold.lifted'] });
  expect(told.filter(({ about }) => about.mandateId === other.id).map(({ kind }) => kind)).toEqual([
    'hold.placed',
    'hold.lifted',
  ]);
});

test('exports of one auditor have a limit that work does not meet', async () => {
  const { id: auditorId } = { id: world.mine.auditor.auditorId };
  for (let index = 0; index < 60; index += 1) await countExport(world.ctx, { auditorId, departements: null });
  const path = `/auditeur/mandats/${mandate.id}/export`;
  const refused = await world.mine.raw(path);
  expect(refused.status).toBe(429);
  expect(wordsOf(refused.body.toString())).toContain('Limite atteinte : 60 exports en une heure');
  expect((await world.colleague.raw(path)).status).toBe(200);
});

describe('forged addresses', () => {
  test.each(['x', '00000000-0000-0000-0000-000000000000', '%00', '..%2f..%2fetc', 'a'.repeat(3000)])(
    'a case named %s',
    async (id) => {
      for (const page of ['', '/note', '/decision', '/partage', '/export', '/reponse'])
        expect((await world.mine.agent.get(`/auditeur/dossiers/${id}${page}`)).status).toBe(404);
    },
  );

  test.each([
    '',
    '?plainte=x',
    '?mandat=x',
    '?tirage=x',
    '?entrees=',
    '?entrees=x,y',
    `?entrees=${'00000000-0000-0000-0000-000000000000,'.repeat(300)}`,
    '?mandat=00000000-0000-0000-0000-000000000000',
    '?plainte=00000000-0000-0000-0000-000000000000',
    '?entrees=%00',
  ])('something to put in a case: %s', async (query) => {
    expect((await world.mine.agent.get(`/auditeur/dossiers/ajouter${query}`)).status).toBe(404);
    expect((await world.mine.agent.post(`/auditeur/dossiers/ajouter${query}`, NEW)).status).toBe(404);
  });

  test('into a case that is none, or without a subject', async () => {
    const address = `/auditeur/dossiers/ajouter?mandat=${mandate.id}`;
    const opened = () => world.told({ kinds: ['case.form-opened'], mandateAlias: mandate.journalAlias });
    const before = (await opened()).length;
    expect((await world.mine.agent.get(address)).status).toBe(200);
    expect((await world.mine.agent.post(address, { into: 'x' })).status).toBe(422);
    const reads = await opened();
    expect(reads).toHaveLength(before + 2);
    expect(reads.at(-1)).toMatchObject({ log: 'acces', clear: { auditor: world.mine.auditor.auditorId } });
    expect((await world.mine.agent.post(address, { into: '00000000-0000-0000-0000-000000000000' })).status).toBe(404);
    expect((await world.mine.agent.post(address, { into: 'nouveau', subject: '' })).status).toBe(422);
    expect((await world.mine.agent.post(address, { into: 'nouveau', subject: 'x'.repeat(161) })).status).toBe(422);
  });
});
