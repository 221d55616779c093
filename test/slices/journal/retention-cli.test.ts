import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '#app/cli/run-cli.ts';
import { record } from '#journal';
import { inTransaction } from '#platform/context.ts';
import { parseKeyring } from '#platform/crypto/keys.ts';
import { openDatabase } from '#platform/db/database.ts';
import { inGroups } from '#platform/ids/ids.ts';
import { DAY } from '#platform/time/clock.ts';
import { TEST_JOURNAL } from '#support/context-parts.ts';
import { expireDueMandates } from '../../../src/mandate/follow/expire.jobs.ts';
import { type CliWorld, createCliWorld } from '../cli/cli-world.ts';
import { followWorld } from '../mandate/follow-support.ts';
import { environmentOf } from '../platform/program.ts';
import { newId, openedBy } from './fixture.ts';

// The commands of erasure and checking, as somebody types them.

let world: CliWorld;
let superuser: ReturnType<typeof openDatabase>;
beforeAll(async () => {
  world = await createCliWorld();
  superuser = openDatabase(world.database.superuserUrl, { max: 2, onError: () => undefined });
  expect((await world.cli(['journal', 'register-node'])).status).toBe(0);
});
afterAll(async () => {
  await superuser.destroy();
  await world.database.drop();
});

async function entryAbout(usagerId: string): Promise<string> {
  const keys = parseKeyring(world.env.ENTREMISE_KEYS ?? '');
  const [id = ''] = await inTransaction({ db: superuser }, (trx) => record({ keys }, trx, openedBy('Zoé', usagerId)));
  return id;
}
const openings = async (id: string) =>
  (await sql`select name from journal.opening where entry_id = ${id}`.execute(superuser)).rows.length;

test('journal erase-field, erase-person: refused with the reason in French, done once, listed', async () => {
  const usagerId = newId();
  const [id, other] = [await entryAbout(usagerId), await entryAbout(usagerId)];
  const bad = await world.cli(['journal', 'erase-field', id, '--field', 'name', '--ground', 'parce que']);
  expect(bad).toMatchObject({ status: 1, said: expect.stringContaining('--ground') });
  const typo = await world.cli(['journal', 'erase-field', id, '--field', 'nmae', '--ground', 'unlawful']);
  expect(typo).toMatchObject({ status: 1, said: expect.stringMatching(/pas de valeur « nmae ».*encore : name\.$/) });
  const nobody = await world.cli(['journal', 'erase-field', newId(), '--field', 'name', '--ground', 'unlawful']);
  expect(nobody).toMatchObject({ status: 1, said: 'Aucune entrée n’a cet identifiant.' });
  const done = await world.cli(['journal', 'erase-field', id, '--field', 'name', '--ground', 'unlawful']);
  expect(done).toMatchObject({ status: 0, said: expect.stringContaining('n’est pas un miroir de ce journal') });
  expect(await openings(id)).toBe(0);
  const again = await world.cli(['journal', 'erase-field', id, '--field', 'name', '--ground', 'unlawful']);
  expect(again).toMatchObject({ status: 1, said: expect.stringContaining('rien à effacer') });

  const held = await world.cli(['journal', 'hold', '--person', usagerId, '--ground', 'litigation']);
  const [hold = ''] = held.out;
  expect((await world.cli(['journal', 'holds'])).out).toEqual([expect.stringContaining(usagerId)]);
  const refused = await world.cli(['journal', 'erase-person', usagerId, '--ground', 'request']);
  expect(refused).toMatchObject({ status: 1, said: expect.stringContaining('Un gel l’interdit') });
  expect(await openings(other)).toBe(1);
  expect((await world.cli(['journal', 'lift-hold', hold])).status).toBe(0);
  expect((await world.cli(['journal', 'lift-hold', hold])).status).toBe(1);
  const erased = await world.cli(['journal', 'erase-person', usagerId, '--ground', 'request']);
  expect(erased.said).toContain('1 valeur(s)');
  expect(await openings(other)).toBe(0);

  const folder = await mkdtemp(join(tmpdir(), 'entremise-erasures-'));
  const file = join(folder, 'liste.jsonl');
  expect((await world.cli(['journal', 'erasures', 'export', '--out', file])).status).toBe(0);
  expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(4);
  expect(await readFile(file, 'utf8')).not.toContain(usagerId);
  const replayed = await world.cli(['journal', 'erasures', 'replay', file]);
  expect(replayed).toMatchObject({ status: 0, said: expect.stringContaining('2 effacement(s)') });
  expect(await world.cli(['journal', 'erasures', 'replay', join(folder, 'absent')])).toMatchObject({ status: 1 });
});

test('what is not a person, a month, a log, a hold is told', async () => {
  for (const [args, said] of [
    [['journal', 'erase-person', 'ABCD', '--ground', 'request'], '« ABCD » ne désigne personne. Il faut : identifiant'],
    [['journal', 'erase-person', 'ABCD EFGH JKMN PQRS', '--ground', 'request'], 'ou le mandat a été effacé'],
    [['journal', 'hold', '--person', 'Zoé', '--ground', 'audit'], '« Zoé » ne désigne personne'],
    [['journal', 'hold', '--mandate', 'ABCD', '--ground', 'audit'], 'ou le mandat a été effacé'],
    [['journal', 'lift-hold', '2025-10'], '« 2025-10 » n’est pas l’identifiant d’un gel'],
    [['journal', 'lift-hold', newId()], 'ce gel n’existe pas'],
    [['consent', 'verify', 'ABCD EFGH JKMN PQRS'], 'ou le mandat a été effacé'],
    [['journal', 'erase-period', '2025-13', '--log', 'acces', '--ground', 'retention'], 'n’est pas un mois'],
    [['journal', 'erase-period', '2025-12', '--log', 'tout', '--ground', 'retention'], 'n’est pas un journal'],
    [['journal', 'erase-period', '2020-12', '--log', 'acces', '--ground', 'retention'], 'rien à effacer'],
    [['journal', 'hold', '--ground', 'audit'], '--person'],
    [['journal', 'hold', '--from', '2025-10', '--to', '2025-09', '--ground', 'audit'], 'avant'],
    [['journal', 'hold', '--from', '2999-01', '--ground', 'audit'], 'rien n’est encore écrit en 2999-01'],
    [['journal', 'check', '--log', 'x'], 'n’est pas un journal'],
    [['journal', 'check', '--since', '-1'], '--since'],
  ] as const) {
    expect(await world.cli(args)).toMatchObject({ status: 1, said: expect.stringContaining(said) });
  }
});

test('what a command takes for a person, a mandate, a hold is in its help', async () => {
  for (const [name, said] of [
    ['erase-person', /^ {2}PERSONNE +identifiant de la personne \(un UUID\), ou numéro d’un de ses mandats$/m],
    ['hold', /^ {2}--person … +identifiant de la personne \(un UUID\), ou numéro d’un de ses mandats$/m],
    ['hold', /^ {2}--mandate … +numéro du mandat$/m],
    [
      'lift-hold',
      /^ {2}GEL +identifiant du gel \(un UUID\) : « journal hold » l’a donné, « journal holds » le montre$/m,
    ],
  ] as const) {
    const { status, out } = await world.cli(['help', 'journal', name]);
    expect([status, out.join('\n')]).toEqual([0, expect.stringMatching(said)]);
  }
});

test('a person is named by their mandate, however its number is typed; once they are erased it names nobody', async () => {
  const service = await followWorld();
  const mandate = await service.conclude();
  const typed = inGroups(mandate.number).toLowerCase();
  const type = async (...args: string[]) => {
    const said: string[] = [];
    const [out, say] = [(line: string) => said.push(line), (line: string) => said.push(line)];
    const status = await runCli(args, { env: environmentOf(service, 0), out, say });
    return { status, said: said.join('\n') };
  };
  try {
    for (const target of ['--person', '--mandate']) {
      const held = await type('journal', 'hold', target, typed, '--ground', 'audit');
      expect(held).toMatchObject({ status: 0, said: expect.stringContaining('Gelé') });
    }
    const { rows } = await sql<{ usagerId: string | null; mandateId: string | null }>`
      select usager_id, mandate_id from journal.hold order by usager_id nulls last`.execute(service.workerCtx.db);
    expect(rows).toEqual([
      { usagerId: mandate.usagerId, mandateId: null },
      { usagerId: null, mandateId: mandate.id },
    ]);
    const holds = (await type('journal', 'holds')).said.split('\n').map((line) => line.split('\t')[0] ?? '');
    for (const id of holds)
      expect(await type('journal', 'lift-hold', ` ${id.toUpperCase()} `)).toMatchObject({ status: 0 });
    const erase = () => type('journal', 'erase-person', typed, '--ground', 'request');
    expect(await erase()).toMatchObject({ status: 1, said: expect.stringContaining('un mandat en cours') });
    service.clock.advance(400 * DAY);
    await expireDueMandates(service.workerCtx);
    expect(await erase()).toMatchObject({ status: 0, said: expect.stringMatching(/^1 mandat/) });
    const gone = await service.ctx.db.selectFrom('usager').select('id').where('id', '=', mandate.usagerId).execute();
    expect(gone).toEqual([]);
    expect(await erase()).toMatchObject({ status: 1, said: expect.stringContaining('ou le mandat a été effacé') });
    const verified = await type('consent', 'verify', typed);
    expect(verified).toMatchObject({ status: 1, said: expect.stringContaining('ou le mandat a été effacé') });
  } finally {
    await service.close();
  }
});

test('journal hold on months: once; journal holds names them, and mandates by their number', async () => {
  const hold = ['journal', 'hold', '--from', '2025-10', '--to', '2025-11', '--ground', 'audit'];
  const [id = ''] = (await world.cli(hold)).out;
  expect(await world.cli(hold)).toMatchObject({ status: 1, said: 'C’est déjà gelé.' });
  expect((await world.cli(['journal', 'holds'])).out).toEqual([expect.stringContaining('de 2025-10 à 2025-11\taudit')]);
  expect((await world.cli(['journal', 'lift-hold', id])).status).toBe(0);
  const [again = ''] = (await world.cli(hold)).out;
  expect((await world.cli(['journal', 'lift-hold', again])).status).toBe(0);
});

test('journal check: non-zero as soon as something is wrong, and it is written', async () => {
  const clean = await world.cli(['journal', 'check']);
  expect(clean).toMatchObject({ status: 0, out: [] });
  const stranger = newId();
  await sql`insert into journal.entry (id, log_id, node, leaf, node_sig)
    values (${stranger}, 1, 'personne', '{}', decode(repeat('00', 64), 'hex'))`.execute(superuser);
  const checkAll = () => world.cli(['journal', 'check']);
  await sql`insert into journal.log (log_id, origin, created_at) values (1, ${`${TEST_JOURNAL.origin}/actes`}, now()) on conflict do nothing`.execute(
    superuser,
  );
  await sql`insert into journal.quarantine (entry_id, recorded_at, log_id, reason, found_at)
    select id, recorded_at, 1, 'unknown-node', now() from journal.entry where id = ${stranger}`.execute(superuser);
  const known = await checkAll();
  expect(known).toMatchObject({ status: 3, said: expect.stringContaining('(0 anomalie(s) ; mises à l’écart : 1)') });
  expect(known.out).toEqual([expect.stringMatching(new RegExp(`^information.*${stranger}.*aucun serveur inscrit`))]);
  await sql`update journal.entry_index set recorded_at = recorded_at, kind = kind`.execute(superuser);
  await sql`insert into journal.entry_index (id, log_id, kind, result) values (gen_random_uuid(), 1, 'a.b', 'ok')`.execute(
    superuser,
  );
  const checked = await world.cli(['journal', 'check', '--log', 'actes']);
  expect(checked.status).toBe(1);
  expect(checked.out[0]).toContain('une entrée qui n’existe pas');
  const { rows } = await sql<{
    problems: string[];
  }>`select problems from journal.full_check where log_id = 1 order by ended_at desc limit 1`.execute(superuser);
  expect(rows[0]?.problems).toEqual(checked.out.slice(0, 1)); // information is not a problem
});
