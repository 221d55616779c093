import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uuidv7 } from '#platform/ids/ids.ts';
import { auditorAgent } from '#support/auditor.ts';
import { sealWorld } from '#support/seal.ts';
import { wordsOf } from '../mandate/follow-support.ts';
import { type AuditWorld, auditWorld } from './search-support.ts';

let world: AuditWorld;
let superuser: pg.Client;

beforeAll(async () => {
  world = await auditWorld();
  await world.conclude();
  superuser = new pg.Client({ connectionString: world.database.superuserUrl });
  await superuser.connect();
});
afterAll(async () => {
  await superuser?.end();
  await world?.close();
});

async function header(path = '/auditeur/recherche', agent = world.everywhere): Promise<string> {
  const { text } = await agent.get(path);
  const [, section = ''] = /<section class="journal-status"[^>]*>(.*?)<\/section>/s.exec(text) ?? [];
  return wordsOf(section);
}

const checked = (problems: string[], at: Date) =>
  superuser.query(
    `insert into journal.full_check (id, log_id, size, problems, started_at, ended_at)
     select gen_random_uuid(), log_id, 1, $1, $2, $2 from journal.log`,
    [problems, at],
  );

test('stands on every page of an auditor, forms that come back included, and on no other', async () => {
  expect(await header()).toContain('Journal des actes');
  expect(await header('/auditeur/identites')).toContain('Journal des accès');
  const refused = await world.everywhere.post('/auditeur/recherche', { mandat: 'x' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('journal-status');
  expect((await world.visitor().get('/auditeur/connexion')).text).not.toContain('journal-status');
  expect((await world.browser.get('/mandats')).text).not.toContain('journal-status');
});

test('stands on the page of what is not found too, with the auditor, their menu and their advice', async () => {
  const nothing = ['/auditeur/zzz', '/auditeur/dossiers/zzz', `/auditeur/mandats/${randomUUID()}`];
  for (const path of nothing) {
    const { status, text } = await world.here.get(path);
    expect([path, status]).toEqual([path, 404]);
    const words = wordsOf(text);
    expect(words).toContain('Paul Roux');
    expect(words).toContain('Se déconnecter');
    expect(words).toContain('Journal des actes');
    expect(words).toContain('Ce qui est d’un autre département que les vôtres ne vous est pas ouvert.');
    expect(words).not.toMatch(/référent|bonne structure|Mes mandats/);
    expect(text, 'what is said first to who cannot see the page').toContain('<h1 data-annonce="true" tabindex="-1">');
    expect(text).toContain('href="/auditeur/tirages"');
  }
  const nobody = await world.visitor().get('/auditeur/zzz');
  expect([nobody.status, nobody.location]).toEqual([303, '/auditeur/connexion?suite=%2Fauditeur%2Fzzz']);
  const aidant = await world.browser.get('/zzz');
  expect(aidant.status).toBe(404);
  expect(aidant.text).not.toContain('journal-status');
});

test('tells what waits, then what is published and by how many witnesses, then each failure', async () => {
  expect(await header()).toContain('Aucun point de contrôle publié');
  world.clock.set(new Date()); // the witnesses sign with the real time
  world.everywhere = await auditorAgent(world, world.national);
  await sealWorld(world);
  await checked([], world.clock.now());
  const well = await header();
  expect(well).toMatch(/Dernier point de contrôle il y a \d+ secondes?, \d+ entrées. 2 témoins sur 2/);
  expect(well).toContain('rien à signaler');
  expect(well).not.toContain('Attention');

  await world.conclude();
  world.clock.advance(120_000);
  const late = await header();
  expect(late).toContain('et des entrées attendent');
  expect(late).toMatch(/Journal des actes .*\d+ entrées? en attente/);

  await sealWorld(world);
  await checked(['leaf 3: the bytes do not have this hash'], world.clock.now());
  await met('signer', 'unreachable: ECONNREFUSED');
  const bad = await header();
  expect(bad, 'what a program answered is for the operator').not.toMatch(/unreachable|ECONNREFUSED|anglais/);
  expect(bad).toContain('« leaf 3: the bytes do not have this hash »');
  expect(bad).toContain('Journal des accès : le programme qui signe ne répond pas.');
  expect(bad).toContain('Attention, le journal a 2 problèmes.');
  await checked([], new Date(world.clock.now().getTime() + 1_000));
});

const met = (part: string, problem: string | null) =>
  superuser.query(
    `insert into journal.sealing_state (log_id, part, problem, seen_at) values (2, $1, $2, now())
     on conflict (log_id, part) do update set problem = excluded.problem, seen_at = excluded.seen_at`,
    [part, problem],
  );

test('a witness that is away is named with since when; back, its line on what is published, it is not silent', async () => {
  await met('witness:temoin-deux.test', 'unreachable: ECONNREFUSED');
  const away = await header();
  expect(away).toContain('Journal des accès : le témoin « temoin-deux.test » ne répond pas.');
  expect(away).toMatch(/Journal des accès : .* 1 témoin sur 2, « temoin-deux.test » ne signe plus depuis le \d/);
  await met('witness:temoin-deux.test', null);
  await superuser.query(
    `alter table journal.cosignature disable trigger all;
     update journal.cosignature set witnessed_at = witnessed_at - interval '1 hour' where witness = 'temoin-deux.test';
     alter table journal.cosignature enable trigger all`,
  );
  const back = await header();
  expect(back.match(/2 témoins sur 2/g)).toHaveLength(2);
  expect(back).not.toContain('ne signe plus');
});

test('nobody tells anything any more: that is said once, with what lasts; what passes by itself is not', async () => {
  await met('signer', 'unreachable: ECONNREFUSED');
  await met('witness:temoin-deux.test', 'inconsistent: two histories');
  await superuser.query(`update journal.sealing_state set seen_at = seen_at - interval '4 minutes'`);
  const silent = await header();
  expect(silent).toContain('Attention, le journal a 2 problèmes.');
  expect(silent).toMatch(
    /Les deux journaux : le programme qui scelle ne donne pas de nouvelles\. .* Dernière nouvelle le \S+ à \d\d:\d\d\./,
  );
  expect(silent).toMatch(/« temoin-deux.test » refuse de signer\. .* Dernière nouvelle le \S+ à \d\d:\d\d\./);
  await met('signer', null);
  await met('witness:temoin-deux.test', null);
  await superuser.query('update journal.sealing_state set seen_at = now()');
  expect(await header()).not.toContain('nouvelle');
  await superuser.query('delete from journal.sealing_state');
  expect(await header(), 'a worker that never told anything').toContain('ne donne pas de nouvelles');
  await superuser.query(`insert into journal.sealing_state select log_id, 'sequencer', null, now() from journal.log`);
});

test('an entry that was put aside is red until an auditor has decided of its alert, then a plain line', async () => {
  const rogue = async () => {
    await superuser.query(
      `insert into journal.entry (id, log_id, node, leaf, node_sig)
       select $1, 1, node, leaf, node_sig from journal.entry where log_id = 1 limit 1`,
      [uuidv7(world.clock.now())],
    );
    await sealWorld(world);
  };
  const RED = 'Journal des actes : 1 entrée est mise à l’écart. Aucun serveur inscrit ne l’a signée';
  await rogue();
  expect(await header()).toContain(RED);
  const [told] = (await world.journal({ kinds: ['journal.rogue-entry'] })).slice(-1);
  const alert = randomUUID();
  await superuser.query(
    `insert into alert (id, rule, facts, urgent, explanation, entries, raised_at) values ($1, 'I1', $2, true, 'x', 1, now())`,
    [alert, randomBytes(32)],
  );
  await superuser.query('insert into alert_entry (alert_id, entry_id) values ($1, $2)', [alert, told?.id]);
  expect(await header()).toContain(RED);
  await superuser.query(
    `update alert set decision = 'normal', decision_sealed = 'x', decided_by = $2, decided_at = now() where id = $1`,
    [alert, world.national.auditorId],
  );
  const plain = await header();
  expect(plain).not.toContain('Attention');
  expect(plain).toMatch(/Journal des actes : .*1 entrée mise à l’écart, déjà examinée\./);
  await rogue();
  const again = await header();
  expect(again).toContain(RED);
  expect(again).toContain('1 entrée mise à l’écart, déjà examinée.');
});
