import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
  const rogue = `insert into journal.quarantine (entry_id, log_id, recorded_at, reason, found_at) values (gen_random_uuid(), 1, now(), 'x', now())`;
  await superuser.query(rogue);
  await checked(['leaf 3: the bytes do not have this hash'], world.clock.now());
  await superuser.query(
    `insert into journal.sealing_state (log_id, part, problem, seen_at) values (2, 'signer', 'the signer answered 409', now())
     on conflict (log_id, part) do update set problem = excluded.problem`,
  );
  const bad = await header();
  const { text } = await world.everywhere.get('/auditeur/recherche');
  expect(text, 'what a program answered is said to be in English').toContain(
    '<span lang="en">signer: the signer answered 409</span>',
  );
  expect(bad).toContain('Journal des actes : 1 entrée est mise à l’écart.');
  expect(bad).toContain('« leaf 3: the bytes do not have this hash »');
  expect(bad).toContain('Journal des accès : le scellement signale un problème.');
  expect(bad).toContain('Attention, le journal a 3 problèmes.');
});
