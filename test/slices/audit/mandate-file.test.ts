import { unzipSync } from 'fflate';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eraseField } from '#journal';
import { leafHash } from '#journal/verify';
import { erasePerson } from '#mandate';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Db } from '#platform/db/database.ts';
import { inGroups } from '#platform/ids/ids.ts';
import { expectNoPersonalData } from '#support/journal.ts';
import { sealWorld } from '#support/seal.ts';
import { signLeaf } from '../../../src/journal/sign-leaf.ts';
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
let policy: string;

beforeAll(async () => {
  ({ world, mandate, policy } = await sealedFilesWorld(async (there, concluded) => {
    await there.connected(concluded, { refused: true });
    await there.paper(concluded, { paper: 'none', reason: 'other', note: 'Madame Josette tremble trop' });
  }));
});
afterAll(() => world?.close());

/** What no trigger survives. */
async function withoutGuards(db: Db): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select inhrelid::regclass::text as name from pg_inherits where inhparent = 'journal.entry'::regclass`.execute(db);
  for (const { name } of rows) await sql`alter table ${sql.raw(name)} disable trigger all`.execute(db);
}

const path = (id = mandate.id) => `/auditeur/mandats/${id}`;
const fileOf = async (id?: string, agent = world.mine.agent) => {
  const answer = await agent.get(path(id));
  return { ...answer, words: wordsOf(answer.text) };
};
const reads = () => world.told({ kinds: ['audit.mandate-read'] });

describe('the file of a mandate', () => {
  test('says the essential, from the leaves, and never who the person is', async () => {
    const { status, text, words } = await fileOf();
    expect(status).toBe(200);
    expect(words).toContain('Toutes les vérifications tiennent');
    expect(words).toContain('6 actes, aucun ne manque');
    expect(words).toMatch(/Personne [0-9A-Z]{4}-[0-9A-Z]{4}/);
    expect(words).toContain('par le compte « demo-idp »');
    expect(words).toContain('Sur l’appareil de l’aidant');
    expect(words).toContain('FranceConnect a signé que la personne du mandat était identifiée chez lui');
    expect(words).toContain('Claire Martin, pour CCAS d’Arras');
    expect(words).toContain('Site déclaré par l’aidant');
    expect(words).toContain('CAF du Pas-de-Calais');
    expect(words).toContain('Une connexion au nom de la personne a été refusée');
    expect(words).toContain('Aucune fin n’est écrite au journal');
    expect(words).toContain('Cosigné');
    expect(words).toContain('Oui, j’autorise la structure CCAS d’Arras');
    expect(words).toContain('Elle s’est identifiée avec FranceConnect pour dire oui');
    const row = await world.ctx.db
      .selectFrom('usager')
      .selectAll()
      .where('id', '=', mandate.usagerId)
      .executeTakeFirstOrThrow();
    for (const secret of [row.familyName, row.givenName, row.email ?? '', mandate.usagerId, 'tremble'])
      expect(text).not.toContain(secret);
  });

  test('says exactly what it does not prove', async () => {
    const { words } = await fileOf();
    const [, limits = ''] = words.split('Ce que ceci ne prouve pas');
    expect(limits).toContain('attesté par le service, qui l’a produit, et par l’aidant');
    expect(limits).toContain('une session déjà ouverte dans ce navigateur a pu suffire');
    expect(limits).toContain('le site est celui que l’aidant a déclaré');
    expect(limits).toContain('Une connexion n’est pas un acte');
    expect(limits).toContain('peut connecter un second site sans passer par nous');
    expect(limits).toContain('tant que la fin du mandat n’est pas écrite');
  });

  test('each reading is in the log acces, before the page, and says nothing of the person', async () => {
    const before = (await reads()).length;
    await fileOf();
    const after = await reads();
    expect(after).toHaveLength(before + 1);
    const read = after.at(-1);
    expect(read).toMatchObject({
      log: 'acces',
      mandateAlias: mandate.journalAlias,
      clear: { auditor: world.mine.auditor.auditorId, identity: false },
      about: { mandateId: mandate.id, usagerId: mandate.usagerId },
    });
    expect(read?.sentence).toBe('Un auditeur a consulté le dossier du mandat, sans l’identité de la personne.');
    if (read) expectNoPersonalData(read.leaf, [mandate.usagerId, mandate.id, mandate.number]);
  });

  test('once their identity is asked for, leads to the request that waits instead of asking again', async () => {
    const { agent, auditor } = world.colleague;
    expect((await fileOf(undefined, agent)).words).toContain('Demander à voir son identité');
    const motive = 'La personne dit ne pas avoir donné ce mandat.';
    expect((await agent.post('/auditeur/identites/demande', { mandat: mandate.id, motive })).status).toBe(303);
    const waiting = await world.ctx.db
      .selectFrom('unmasking')
      .select('id')
      .where('askedBy', '=', auditor.auditorId)
      .where('answer', 'is', null)
      .executeTakeFirstOrThrow();
    const { text, words } = await fileOf(undefined, agent);
    expect(words).toContain('Votre demande attend une réponse');
    expect(text).toContain(`href="/auditeur/identites/${waiting.id}"`);
    expect(words).not.toContain('Demander à voir son identité');
    const [told] = await world.told({ kinds: ['mandate.concluded'], mandateAlias: mandate.journalAlias });
    const entry = wordsOf((await agent.get(`/auditeur/entrees/${told?.id}`)).text);
    expect(entry).toContain('Votre demande attend une réponse');
    expect((await fileOf()).words).toContain('Demander à voir son identité');
    // on a narrow screen the date stands with the name, before what scrolls
    expect((await agent.get('/auditeur/identites')).text).toMatch(
      /<th scope="row"><span><a [^>]*>[^<]*<\/a><br\/>Demandée le <time/,
    );
    const exporting = (await agent.get(`${path()}/export`)).text;
    expect(exporting).toContain(
      `<h1>Exporter le dossier du mandat <span class="title-number">${inGroups(mandate.number).replaceAll('\u00a0', ' ')}</span></h1>`,
    );
  });

  test('is found by the number too, with its spaces and in small letters', async () => {
    const typed = encodeURIComponent(inGroups(mandate.number).replaceAll('\u00a0', ' ').toLowerCase());
    expect((await fileOf(typed)).status).toBe(200);
  });

  test.each([
    'x',
    '0000000000000000',
    '00000000-0000-0000-0000-000000000000',
    "'%20or%201=1--",
    '%00',
    'a'.repeat(3000),
  ])('nobody has %s', async (id) => {
    const before = (await reads()).length;
    expect((await fileOf(id)).status).toBe(404);
    expect(await reads()).toHaveLength(before);
  });

  test('does not exist for an auditor of another département, who leaves no trace in the file', async () => {
    const before = (await reads()).length;
    expect((await fileOf(undefined, world.elsewhere.agent)).status).toBe(404);
    expect((await fileOf(mandate.number, world.elsewhere.agent)).status).toBe(404);
    expect(await reads()).toHaveLength(before);
  });

  test('an end is told with who, why and since when; later refusals have no number', async () => {
    const other = await world.concluded('marcel');
    await world.ended(other);
    const { words } = await fileOf(other.id);
    expect(words).toContain('Le mandat est terminé : la personne l’a demandé.');
    expect(words).toContain('Écrit par Claire Martin');
    expect(words).toContain('La structure le savait depuis le');
    expect(words).toContain('4 actes, aucun ne manque');
    expect(words).not.toContain('tant que la fin du mandat n’est pas écrite');
    expect(words).toContain('En attente');
  });

  test('asks the database the same number of questions, however long the life of the mandate', async () => {
    const other = await world.concluded('mohamed');
    const short = await queriesOf(() => fileOf(other.id));
    expect(short).toBeGreaterThan(10);
    expect(short).toBeLessThanOrEqual(40);
    for (let index = 0; index < 12; index += 1) await world.connected(other);
    expect(await queriesOf(() => fileOf(other.id))).toBe(short);
  });
});

describe('an entry that was changed after it was cosigned is false everywhere it is shown', () => {
  const chosen = async () => {
    const found = (await world.told({ kinds: ['use.chosen'], mandateAlias: mandate.journalAlias }))[0];
    if (!found) throw new Error('no use.chosen');
    return found;
  };
  const changed = (leaf: Buffer) => Buffer.from(leaf.toString().replace('"famille"', '"justice"'));

  /** Puts other bytes in the place of an entry while `look` looks, guards down; `also` is what else the cheat changes. */
  async function withLeaf<T>(
    { id, leaf }: { id: string; leaf: Buffer },
    look: () => Promise<T>,
    also: { resigned?: Buffer; rehashed?: boolean } = {},
  ): Promise<T> {
    const kept = await sql<{ nodeSig: Buffer; leafHash: Buffer }>`
      select e.node_sig, l.leaf_hash from journal.entry e join journal.leaf l on l.entry_id = e.id
      where e.id = ${id}`.execute(world.ctx.readerDb);
    const [{ nodeSig, leafHash: hash } = { nodeSig: null, leafHash: null }] = kept.rows;
    const put = (bytes: Buffer, signature: Buffer | null, hashed: Uint8Array | null) =>
      world.tamper(async (db) => {
        await sql`set session_replication_role = replica`.execute(db);
        await withoutGuards(db);
        await sql`update journal.entry set leaf = ${bytes}, node_sig = ${signature} where id = ${id}`.execute(db);
        await sql`alter table journal.leaf disable trigger all`.execute(db);
        await sql`update journal.leaf set leaf_hash = ${hashed} where entry_id = ${id}`.execute(db);
        await sql`alter table journal.leaf enable trigger all`.execute(db);
      });
    const other = changed(leaf);
    await put(other, also.resigned ?? nodeSig, also.rehashed ? leafHash(sha256, other) : hash);
    try {
      return await look();
    } finally {
      await put(leaf, nodeSig, hash);
    }
  }

  const lineOf = (text: string, id: string) =>
    wordsOf(text.split('<li class="entry-row">').find((one) => one.includes(`/auditeur/entrees/${id}`)) ?? '');

  test('in the file: the box is red, the entry is named, and nothing that it says is believed', async () => {
    const entry = await chosen();
    const { text, words } = await withLeaf(entry, () => fileOf());
    expect(words).not.toContain('Toutes les vérifications tiennent');
    expect(words).toContain('Des vérifications ne tiennent pas');
    expect(words).toMatch(/Entrée du .{16,30}, place n° \d+ du journal « actes » : Ses octets ont été changés/);
    expect(words).toContain('Chaque entrée du journal');
    expect(words).toMatch(/manque n° \d/);
    expect(lineOf(text, entry.id)).toContain('Fausse');
    expect(lineOf(text, entry.id)).not.toContain('Cosignée');
    const [, connections = ''] = words.split('Connexions au nom de la personne');
    expect(connections.split('Refus')[0]).not.toContain('Justice');
    expect((await fileOf()).words).toContain('Toutes les vérifications tiennent');
  });

  test('in a search and in a case: never « cosignée »', async () => {
    const entry = await chosen();
    const { agent } = world.colleague;
    const opened = await agent.post(`/auditeur/dossiers/ajouter?entrees=${entry.id}`, {
      into: 'nouveau',
      subject: 'x',
    });
    const found = await agent.post('/auditeur/recherche', { mandat: mandate.number, quoi: 'tout' });
    const pages = [found.location ?? '', opened.location ?? ''];
    for (const page of pages) {
      expect(lineOf((await agent.get(page)).text, entry.id)).toContain('Cosignée');
      const line = lineOf(await withLeaf(entry, async () => (await agent.get(page)).text), entry.id);
      expect(line).toContain('Fausse');
      expect(line).toContain('leur empreinte n’est plus celle qui est dans l’arbre');
      expect(line).not.toContain('Cosignée');
    }
  });

  test('whoever also changes the hash beside the tree, or has the key of a node, is seen by the signature, then by the place', async () => {
    const entry = await chosen();
    const unsigned = await withLeaf(entry, () => fileOf(), { rehashed: true });
    expect(unsigned.words).toContain('Aucun serveur inscrit n’a signé ces octets');
    const node = world.ctx.keys.journalNode[0];
    const resigned = await signLeaf(node, changed(entry.leaf));
    const signed = await withLeaf(entry, () => fileOf(), { rehashed: true, resigned });
    expect(signed.words).toContain('Sa place ne mène pas à l’arbre que les témoins ont cosigné');
    expect(signed.words).not.toContain('Toutes les vérifications tiennent');
    expect(lineOf(signed.text, entry.id)).toContain('Fausse');
  });

  test('verifying each entry takes a constant number of questions', async () => {
    const one = await queriesOf(() => fileOf());
    await fileOf();
    expect(await queriesOf(() => fileOf())).toBe(one);
    expect(one).toBeLessThanOrEqual(50);
  });
});

describe('what an operator who cheats would do shows', () => {
  let victim: Mandate;

  beforeEach(async () => {
    victim = await world.concluded('mohamed');
    await world.connected(victim);
  });

  const entryOf = async (kind: string) => {
    const told = await world.told({ kinds: [kind], mandateAlias: victim.journalAlias });
    return told[0]?.id ?? '';
  };
  test('an act that is gone from the journal leaves a hole in the numbers', async () => {
    const id = await entryOf('use.chosen');
    await removeLeaf(id);
    const { words } = await fileOf(victim.id);
    expect(words).toContain('Des vérifications ne tiennent pas');
    expect(words).toContain('3 actes : manque n° 2');
    expect(words).toContain('Les numéros des actes ne se suivent pas.');
    expect(words).not.toContain('Il n’en manque pas entre la première et la dernière');
  });

  test('the last act gone: the database has given more numbers than the journal has', async () => {
    await removeLeaf(await entryOf('use.identity-given'));
    expect((await fileOf(victim.id)).words).toContain('2 actes : la base en annonce 3');
  });

  test('another text in the stored copy is not shown, and is said to be false', async () => {
    await world.tamper((db) =>
      db
        .updateTable('mandate')
        .set({ snapshot: victim.snapshot.replaceAll('gratuitement', 'contre paiement') })
        .where('id', '=', victim.id)
        .execute(),
    );
    const { words } = await fileOf(victim.id);
    expect(words).toContain('Le texte n’est pas montré');
    expect(words).not.toContain('contre paiement');
    expect(words).toContain('Le sceau du mandat : ne tient pas.');
    expect(words).not.toContain('Le mandat n’a pas été changé depuis ce jour-là');
  });

  test('another site beside the entry that committed to the true one is not shown', async () => {
    const [mine, other] = [await entryOf('use.chosen'), (await world.told({ kinds: ['use.chosen'] }))[0]?.id ?? ''];
    const put = (sealed: Buffer | undefined) =>
      world.tamper((db) =>
        sql`update journal.opening set sealed = ${sealed} where entry_id = ${mine} and name = 'site'`.execute(db),
      );
    const sealedOf = async (id: string) => {
      const opening = world.ctx.db.selectFrom('journal.opening').select('sealed').where('entryId', '=', id);
      return (await opening.where('name', '=', 'site').executeTakeFirst())?.sealed;
    };
    const kept = await sealedOf(mine);
    await put(await sealedOf(other));
    const { words } = await fileOf(victim.id);
    await put(kept);
    expect(words).toContain('n’est pas ce à quoi elle s’est engagée');
    expect(words).toContain('Inconnu : l’entrée qui le disait ne peut pas être crue.');
  });

  test('an act of another mandate filed under this one is shown apart, and counted nowhere', async () => {
    const id = await entryOf('mandate.concluded');
    await world.tamper((db) =>
      sql`update journal.entry_index set mandate_id = ${mandate.id}, mn = 99 where id = ${id}`.execute(db),
    );
    const { words } = await fileOf();
    expect(words).toContain('Entrées rangées sous ce mandat, auxquelles il ne faut pas se fier');
    expect(words).toContain('6 actes, aucun ne manque');
  });

  test('an index that does not name the mandate any more: its acts are found by its alias all the same', async () => {
    const id = await entryOf('mandate.concluded');
    await world.tamper((db) => sql`update journal.entry_index set mandate_id = null where id = ${id}`.execute(db));
    const { words } = await fileOf(victim.id);
    expect(words).toContain('3 actes, aucun ne manque');
  });

  test('openings that were taken by hand: not verifiable, and said to be taken, never erased', async () => {
    await world.tamper((db) =>
      sql`delete from journal.opening where entry_id in (select id from journal.entry_index where mandate_id = ${victim.id})`.execute(
        db,
      ),
    );
    const { status, words } = await fileOf(victim.id);
    expect(status).toBe(200);
    expect(words).toContain('Les empreintes au journal : ne peut plus être vérifié, ni dans un sens ni dans l’autre.');
    expect(words).not.toContain('ne tient pas.');
    expect(words).toMatch(/Entrée du .+ : des valeurs en ont été retirées sans effacement inscrit \(Site déclaré\)/);
    expect(words).toMatch(/retirées sans effacement inscrit \(Numéro du mandat, Empreinte du texte du mandat, /);
    expect(words).toContain('Retiré sans effacement inscrit');
    expect(words).not.toContain('Effacé');
  });

  /** The row of the entry, guards down: the index and the openings stay. */
  async function removeLeaf(id: string): Promise<void> {
    await world.tamper(async (db) => {
      await withoutGuards(db);
      await sql`delete from journal.entry where id = ${id}`.execute(db);
    });
  }
});

describe('what was erased is said with its date and its ground', () => {
  const entryPage = async (id: string) => {
    const { status, text } = await world.mine.agent.get(`/auditeur/entrees/${id}`);
    expect(status).toBe(200);
    return { text, words: wordsOf(text) };
  };
  const WHEN = '[a-z]+ (?:1er|\\d+) [a-zéû]+ \\d{4} à \\d+ h \\d\\d';

  test('one value: on the page of its entry, in the connections and under the act', async () => {
    const one = await world.concluded('marcel');
    await world.connected(one, { site: 'impots.gouv.fr' });
    const [chosen] = await world.told({ kinds: ['use.chosen'], mandateAlias: one.journalAlias });
    const entryId = chosen?.id ?? '';
    const erased = await eraseField(world.workerCtx, { entryId, field: 'site', ground: 'unlawful' });
    if (!erased.ok) throw new Error(erased.reason);
    const rows = await sql`select ground, field from journal.erasure where id = ${erased.value.erasureId}`.execute(
      world.ctx.db,
    );
    expect(rows.rows).toEqual([{ ground: 'unlawful', field: 'site' }]);
    const said = new RegExp(`Effacé le ${WHEN}, motif : cette donnée n’aurait pas dû être écrite`);
    const page = await entryPage(entryId);
    expect(page.words).toMatch(said);
    expect(page.words).not.toContain('Retiré sans effacement inscrit');
    const { words } = await fileOf(one.id);
    expect(words.split('Connexions au nom de la personne').at(-1)).toMatch(said);
    expect(words).toMatch(new RegExp(`Des valeurs en sont effacées, le ${WHEN}`));
    expect(words).toContain('Toutes les vérifications tiennent');
  });

  test('a value that the leaf says was never given is said so', async () => {
    const one = await world.concluded('marcel');
    await world.paper(one, { paper: 'signed' });
    const [paper] = await world.told({ kinds: ['mandate.paper-recorded'], mandateAlias: one.journalAlias });
    expect((await entryPage(paper?.id ?? '')).words).toContain('Raison, dans les mots de l’aidant Jamais donné');
  });

  test('a person: the file of each mandate opens from its entries, and these lead to one another', async () => {
    const one = await world.concluded('dominique');
    await world.connected(one, { site: 'Caisse de Béthune' });
    await world.ended(one);
    await sealWorld(world);
    const before = await world.told({ log: 'actes', mandateAlias: one.journalAlias });
    const erased = await erasePerson(world.workerCtx, { usagerId: one.usagerId, ground: 'request' });
    expect(erased).toMatchObject({ ok: true, value: { mandates: 1 } });
    expect(await world.ctx.db.selectFrom('mandate').select('id').where('id', '=', one.id).execute()).toEqual([]);

    const said = new RegExp(`La personne a été effacée le ${WHEN}, motif : la personne l’a demandé`);
    const { status, words, text } = await fileOf(one.id);
    expect(status).toBe(200);
    expect(words).toContain('Dossier d’un mandat effacé');
    expect(words).toContain('CCAS d’Arras (62)');
    expect(words).toMatch(said);
    expect(words).toContain('Chaque entrée qui reste se vérifie');
    expect(words).toContain('6 actes, aucun ne manque');
    expect(words).toContain('Le mandat est terminé : la personne l’a demandé.');
    expect(words).toMatch(new RegExp(`Effacé le ${WHEN}, motif : la personne l’a demandé`));
    for (const { id } of before) expect(text).toContain(`/auditeur/entrees/${id}`);
    for (const secret of [one.usagerId, one.number, 'Béthune'])
      expect(text.split('Connexions').at(-1)).not.toContain(secret);
    expect((await reads()).at(-1)).toMatchObject({
      mandateAlias: one.journalAlias,
      clear: { auditor: world.mine.auditor.auditorId, identity: false },
    });

    const identified = before.find(({ kind }) => kind === 'consent.identified')?.id ?? '';
    const concluded = before.find(({ kind }) => kind === 'mandate.concluded')?.id ?? '';
    const draft = await entryPage(identified);
    expect(draft.text).toContain(`href="/auditeur/entrees/${concluded}" rel="next"`);
    expect(draft.text).toContain(`href="/auditeur/mandats/${one.id}`);
    const page = await entryPage(concluded);
    expect(page.text).toContain(`href="/auditeur/entrees/${identified}" rel="prev"`);
    expect(page.words).toContain('Effacé, il n’a plus de numéro');
    expect(page.words).toMatch(new RegExp(`Numéro du mandat Effacé le ${WHEN}, motif : la personne l’a demandé`));

    expect((await fileOf(one.id, world.elsewhere.agent)).status).toBe(404);
    expect((await fileOf(one.number)).status).toBe(404);
  });
});

describe('the sealed export', () => {
  test('masked: the entries with their proofs, without what names the person; its hash is in the journal', async () => {
    const { status, headers, body } = await world.mine.raw(`${path()}/export`);
    expect(status).toBe(200);
    expect(headers.get('content-disposition')).toBe(`attachment; filename="mandat-${mandate.number}.zip"`);
    const report = verified(unpacked(body), policy);
    expect(failing(report)).toEqual([]);
    expect(check(report, 'counters')?.status).toBe('pass');
    expect(Object.keys(unzipSync(body)).some((name) => name.startsWith('consent/'))).toBe(false);
    const everything = textInside(body);
    const { familyName, givenName } = await world.ctx.db
      .selectFrom('usager')
      .select(['familyName', 'givenName'])
      .where('id', '=', mandate.usagerId)
      .executeTakeFirstOrThrow();
    for (const secret of [familyName, givenName, mandate.usagerId, 'tremble']) expect(everything).not.toContain(secret);
    const told = (await world.told({ kinds: ['audit.mandate-exported'] })).at(-1);
    expect(told).toMatchObject({
      log: 'actes',
      mandateAlias: mandate.journalAlias,
      clear: { auditor: world.mine.auditor.auditorId, evidence: false },
      opened: { sha256: sha256(body).toString('hex') },
    });
  });

  test('does not exist elsewhere, and says why when nothing is published yet', async () => {
    const before = (await world.told({ kinds: ['audit.mandate-exported'] })).length;
    expect((await world.elsewhere.raw(`${path()}/export`)).status).toBe(404);
    const fresh = await world.concluded('marcel');
    const early = await world.mine.raw(`${path(fresh.id)}/export`);
    expect(early.status).toBe(422);
    expect(wordsOf(early.body.toString())).toContain('Aucune de ces entrées n’est encore publiée');
    expect((await world.told({ kinds: ['audit.mandate-exported'] })).length).toBe(before);
  });

  test('with the checkpoint that the auditor kept: the published program proves that nothing changed since', async () => {
    const kept = checkpointOf((await world.mine.raw(`${path()}/export`)).body);
    await world.concluded('nadia');
    await sealWorld(world);
    await neverSigned(world, mandate); // their identity is then open, and the evidence travels
    const pasted = `  ${kept.replaceAll('\n', '\r\n')}\r\n`; // as a browser sends it
    const { status, body } = await world.mine.raw(`${path()}/export`, { kept: pasted });
    expect(status).toBe(200);
    const told = (await world.told({ kinds: ['audit.mandate-exported'] })).at(-1);
    expect(told).toMatchObject({ clear: { evidence: true }, opened: { sha256: sha256(body).toString('hex') } });
    const { code, out } = await runVerifier({ 'export.zip': body, 'policy.txt': policy, 'kept.txt': kept });
    expect(out).toMatch(/PASS +consistency.*: celui que vous avez gardé\./);
    expect([code, out]).toEqual([0, expect.not.stringMatching(/FAIL|NOT CHECKED/)]);
    const without = await world.mine.raw(`${path()}/export`);
    const unable = await runVerifier({ 'export.zip': without.body, 'policy.txt': policy, 'kept.txt': kept });
    expect(unable.out).toMatch(/NOT CHECKED +consistency/);
  });

  test('a checkpoint that does not do is refused beside its field, what was pasted is kept, and nothing is exported', async () => {
    const kept = checkpointOf((await world.mine.raw(`${path()}/export`)).body);
    const acces = (
      await sql<{ note: string }>`
      select note from journal.publication where log_id = 2 order by size desc limit 1`.execute(world.ctx.db)
    ).rows[0]?.note;
    const unknown = kept
      .replaceAll(world.ctx.config.journal.origin, 'ailleurs.example')
      .replaceAll(/— temoin.*\n/g, '');
    const before = (await world.told({ kinds: ['audit.mandate-exported'] })).length;
    for (const [text, message] of [
      ['bonjour', 'Ce texte n’est pas un point de contrôle entier.'],
      [kept.split('\n\n')[0] ?? '', 'Ce texte n’est pas un point de contrôle entier.'],
      [kept.replace(/\n\d+\n/, '\n7\n'), 'est fausse : ce texte a été changé depuis qu’il a été signé.'],
      [unknown, 'Aucune clé publiée de nos journaux'],
      [acces ?? '', 'Ce point de contrôle est celui du journal « acces ».'],
    ] as const) {
      const { status, body } = await world.mine.raw(`${path()}/export`, { kept: text });
      const page = body.toString();
      expect([text, status]).toEqual([text, 422]);
      expect(wordsOf(page)).toContain(message);
      expect(page).toContain('href="#kept"');
      expect(page).toMatch(/<textarea id="kept"[^>]*aria-invalid="true"/);
      expect(page).toContain(text.split('\n')[0]);
    }
    expect((await world.told({ kinds: ['audit.mandate-exported'] })).length).toBe(before);
  });
});
