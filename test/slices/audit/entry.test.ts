import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeCrypto } from '#journal';
import { leafHash, parsePolicy, verifyTlogProof } from '#journal/verify';
import { inGroups } from '#platform/ids/ids.ts';
import type { Agent } from '#support/agent.ts';
import type { JournalledEntry } from '#support/journal.ts';
import { type Sealed, sealWorld, sequenceWorld } from '#support/seal.ts';
import { maskedPerson } from '../../../src/audit/mask.ts';
import { askPath } from '../../../src/audit/unmask/unmask.paths.ts';
import { newId } from '../journal/fixture.ts';
import { wordsOf } from '../mandate/follow-support.ts';
import { ALL_HOLDS, type AuditWorld, auditWorld } from './search-support.ts';

let world: AuditWorld;
let sealed: Sealed;
let here: Awaited<ReturnType<AuditWorld['conclude']>>;
let there: Awaited<ReturnType<AuditWorld['conclude']>>;

beforeAll(async () => {
  world = await auditWorld();
  here = await world.conclude({ familyName: 'LEFÈVRE', givenName: 'Martine' });
  there = await world.conclude({ familyName: 'HUGO' }, { by: world.elsewhere.aidant });
  await world.browser.get(`/usagers/${here.usagerId}`);
  sealed = await sealWorld(world);
});
afterAll(() => world?.close());

const path = ({ id }: { id: string }) => `/auditeur/entrees/${id}`;
const reads = () => world.journal({ kinds: ['audit.entry-read'] });

async function entryOf(kind: string, mandateId: string | null = here.id): Promise<JournalledEntry> {
  const found = (await world.journal()).find(
    (one) => one.kind === kind && (!mandateId || one.about.mandateId === mandateId),
  );
  if (!found) throw new Error(`no ${kind}`);
  return found;
}

async function page(entry: { id: string }, agent: Agent = world.here) {
  const { status, text } = await agent.get(path(entry));
  expect(status).toBe(200);
  return { text, words: wordsOf(text), verdicts: verdictsOf(text) };
}

/** What the server found of each check. */
function verdictsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/<li data-check="([^"]+)" data-verdict="(\w+)"/g)].map(([, name, is]) => [name, is]),
  );
}

async function asSuperuser(statement: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: world.database.superuserUrl });
  await client.connect();
  try {
    await client.query(statement, values);
  } finally {
    await client.end();
  }
}

/** What the owner of the database can do, and what no trigger survives. */
const WITHOUT_GUARDS = `do $$ declare part regclass; begin
  for part in select inhrelid::regclass from pg_inherits where inhparent = 'journal.entry'::regclass loop
    execute format('alter table %s disable trigger all', part);
  end loop; end $$`;

describe('the page of an entry', () => {
  test('tells what happened, where, by whom, for whom, under which mandate, and where it stands', async () => {
    const entry = await entryOf('mandate.concluded');
    const { words, text, verdicts } = await page(entry);
    expect(words).toContain(`Le mandat ${inGroups(here.number).replaceAll('\u00a0', ' ')} est conclu`);
    expect(words).toContain('Structure CCAS d’Arras (62)');
    expect(words).toContain('Aidant Claire Martin');
    expect(words).toContain(maskedPerson(world.ctx.keys, here.usagerId));
    expect(text).toContain(`href="/auditeur/mandats/${here.id}"`);
    expect(words).toMatch(
      /Cosignée Elle a la place n° \d+ dans l’arbre\. Elle l’a prise (entre le|au plus tard le) \d\d\//,
    );
    expect(words).toContain('d’après 2 témoins');
    expect(verdicts).toEqual(ALL_HOLDS);
    expect(words).toContain('Tout est vrai, d’après ce serveur');
    expect(words).toMatch(/Il a signé ce point de contrôle le \d\d\/\d\d\/\d{4} à \d\d:\d\d:\d\d\./);
    expect(text).toContain(entry.leaf.toString('hex').slice(0, 64));
    expect(words).toContain('node journal-verify.mjs');
  });

  test('what may name a person stays masked, even in the sentence; what was erased is said', async () => {
    const added = (await world.journal({ kinds: ['usager.added'] })).find(
      (one) => one.about.usagerId === here.usagerId,
    );
    const { words } = await page(added as JournalledEntry);
    expect(words).toContain('Première identification d’un usager par FranceConnect.');
    expect(words).toContain('Nom de naissance Masqué : peut nommer une personne.');
    expect(words).not.toMatch(/LEF.VRE|Martine/);
    const take = 'delete from journal.opening where entry_id = $1 and name = $2';
    await asSuperuser(take, [added?.id, 'email']);
    const optional = await page(added as JournalledEntry);
    expect(optional.words).toContain('Adresse e-mail Jamais donné, ou retiré sans effacement inscrit');
    expect(optional.words).not.toContain('Prévenez l’exploitant');
    await asSuperuser(take, [added?.id, 'birthplace']);
    const taken = await page(added as JournalledEntry);
    expect(taken.words).toContain('Commune de naissance Retiré sans effacement inscrit');
    expect(taken.words).toContain('elle a été retirée. Prévenez l’exploitant.');
  });

  test('an identity that is open to this auditor is shown, and the journal says so', async () => {
    const added = (await world.journal({ kinds: ['usager.added'] })).find(
      (one) => one.about.usagerId === there.usagerId,
    );
    const complaint = { id: '019cadc6-9a80-7626-b03d-36ab4d289619', receivedAt: world.clock.now() };
    await world.ctx.db
      .insertInto('complaint')
      .values({
        ...{ ...complaint, mandateId: there.id, usagerId: there.usagerId, organisationId: there.organisationId },
        ...{ auditorId: world.national.auditorId, motive: 'never-signed', channel: 'letter' },
      })
      .execute();
    const { words } = await page(added as JournalledEntry, world.everywhere);
    expect(words).toContain('HUGO');
    expect(words).toContain('Voir son identité');
    expect((await reads()).at(-1)).toMatchObject({
      clear: { shown: 'page', identity: true },
      about: { usagerId: there.usagerId },
    });
    await world.ctx.db.updateTable('complaint').set({ closedAt: world.clock.now(), answer: 'contested' }).execute();
    const closed = await page(added as JournalledEntry, world.everywhere);
    expect(closed.words).not.toContain('HUGO');
    expect(closed.words).toContain('Demander à voir son identité');
    expect((await reads()).at(-1)?.clear).toMatchObject({ identity: false });
  });

  test('the entries of one mandate follow each other', async () => {
    const concluded = await entryOf('mandate.concluded');
    const { rows } = await sql<{
      id: string;
    }>`select id from journal.entry_index where mandate_id = ${here.id} order by id`.execute(world.ctx.db);
    const ids = rows.map(({ id }) => id);
    const at = ids.indexOf(concluded.id);
    const { text } = await page(concluded);
    expect(text.includes(`href="${path({ id: ids[at + 1] ?? 'none' })}" rel="next"`)).toBe(at + 1 < ids.length);
    expect(text.includes(`href="${path({ id: ids[at - 1] ?? 'none' })}" rel="prev"`)).toBe(at > 0);
    expect(ids.length).toBeGreaterThan(0);
  });

  test('an entry that waits, then one that is sealed and not published yet, say what they lack', async () => {
    const mandate = await world.conclude();
    const entry = await entryOf('mandate.concluded', mandate.id);
    const waiting = await page(entry);
    expect(waiting.words).toMatch(/En attente Écrite le \d\d\/\d\d\/\d{4} à \d\d:\d\d:\d\d/);
    expect(waiting.verdicts).toEqual({ form: 'pass', 'leaf-hash': 'absent', node: 'pass', inclusion: 'absent' });
    expect(waiting.text).not.toContain('/preuve"');
    await sequenceWorld(world);
    const placed = await page(entry);
    expect(placed.words).toContain('Aucun point de contrôle publié ne la contient encore.');
    expect(placed.verdicts).toMatchObject({ 'leaf-hash': 'pass', inclusion: 'absent' });
    await sealWorld(world);
    const proven = await page(entry);
    expect(proven.verdicts).toMatchObject({ inclusion: 'pass', quorum: 'pass' });
    expect(proven.words).toMatch(/Elle l’a prise entre le .+ et le .+, d’après 2 témoins\./);
  });

  test('each reading, and each proof taken, is an entry of acces', async () => {
    const entry = await entryOf('mandate.concluded');
    const before = (await reads()).length;
    await page(entry);
    const { status, text } = await world.here.get(`${path(entry)}/preuve`);
    expect(status).toBe(200);
    const policy = parsePolicy(sealed.policy);
    if (!policy.ok) throw new Error(policy.fault);
    const verified = verifyTlogProof(nodeCrypto, policy.policy, text, leafHash(nodeCrypto.sha256, entry.leaf));
    expect(verified).toMatchObject({ ok: true, checkpoint: { origin: `${world.ctx.config.journal.origin}/actes` } });
    const written = (await reads()).slice(before);
    expect(written.map(({ clear }) => clear.shown)).toEqual(['page', 'proof']);
    for (const one of written) {
      expect(one).toMatchObject({
        log: 'acces',
        mandateAlias: here.journalAlias,
        clear: { entry: entry.id, identity: false },
        about: { usagerId: here.usagerId, mandateId: here.id },
      });
      expect(one.leaf.toString()).not.toContain(here.usagerId);
    }
  });
});

describe('what does not hold is named', () => {
  test('a leaf that was changed: its hash, its place and its signature', async () => {
    const entry = (await world.journal({ kinds: ['use.chosen', 'aidant.added'] }))[0] as JournalledEntry;
    const changed = Buffer.from(entry.leaf.toString().replace('"r":"ok"', '"r":"refused"'));
    const set = 'update journal.entry set leaf = $1 where id = $2';
    await asSuperuser(WITHOUT_GUARDS);
    await asSuperuser(set, [changed, entry.id]);
    const { verdicts, words } = await page(entry, world.everywhere);
    await asSuperuser(set, [entry.leaf, entry.id]);
    expect(verdicts).toMatchObject({ form: 'pass', 'leaf-hash': 'fail', node: 'fail', inclusion: 'fail', log: 'pass' });
    expect(words).toContain('Quelque chose est faux');
    expect(words).toContain('Recalculée d’après les octets, ce n’est pas celle qui est dans l’arbre');
  });

  test('an index that gives the entry to another person, or mandate: the page goes by the leaf, and says so', async () => {
    const entry = await entryOf('mandate.concluded');
    const mine = maskedPerson(world.ctx.keys, here.usagerId);
    for (const change of [`usager_id = '${there.usagerId}'`, `mandate_id = '${newId()}'`]) {
      await asSuperuser(`update journal.entry_index set ${change} where id = $1`, [entry.id]);
      const { words, text } = await page(entry);
      expect(words).toContain(mine);
      expect(text).toContain(`href="/auditeur/mandats/${here.id}"`);
      expect(words).toContain('L’index de recherche dit que cette entrée est d’une autre personne');
      const ask = await world.here.get(askPath({ entryId: entry.id }));
      expect(wordsOf(ask.text)).toContain(mine);
      await asSuperuser('update journal.entry_index set usager_id = $2, mandate_id = $3 where id = $1', [
        ...[entry.id, here.usagerId, here.id],
      ]);
    }
    expect((await page(entry)).words).not.toContain('L’index de recherche dit');
  });

  test('an opening that was changed is not shown', async () => {
    const entry = await entryOf('mandate.concluded');
    const kept = await sql<{ sealed: Buffer }>`
      select sealed from journal.opening where entry_id = ${entry.id} and name = 'number'`.execute(world.ctx.db);
    const set = 'update journal.opening set sealed = $1 where entry_id = $2 and name = $3';
    await asSuperuser(set, [Buffer.alloc(200), entry.id, 'number']);
    const { words } = await page(entry);
    await asSuperuser(set, [kept.rows[0]?.sealed, entry.id, 'number']);
    expect(words).toContain('Changé depuis : n’est pas montré');
    expect(words).toContain('Prévenez l’exploitant');
    expect(words).not.toContain(`Le mandat ${here.number.slice(0, 4)}`);
  });
});

describe('who may see it', () => {
  test('another département’s, one of no structure, one that does not exist: not found, nothing written', async () => {
    const node = await entryOf('node.registered', null);
    const before = (await world.journal()).length;
    for (const id of [
      (await entryOf('mandate.concluded', there.id)).id,
      node.id,
      '00000000-0000-0000-0000-000000000000',
      'x',
      '%00',
      'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
      "'%20or%201=1--",
      'a'.repeat(3000),
    ]) {
      expect([id, (await world.here.get(path({ id }))).status]).toEqual([id, 404]);
      expect([id, (await world.here.get(`${path({ id })}/preuve`)).status]).toEqual([id, 404]);
    }
    expect((await world.journal()).length).toBe(before);
    expect((await page(node, world.everywhere)).words).toContain('est inscrit : il peut écrire dans le journal');
  });

  test('nobody without an auditor’s session', async () => {
    const entry = await entryOf('mandate.concluded');
    for (const agent of [world.visitor(), world.browser]) {
      for (const address of [path(entry), `${path(entry)}/preuve`])
        expect((await agent.get(address)).location).toMatch(/^\/auditeur\/connexion\?suite=/);
    }
  });
});
