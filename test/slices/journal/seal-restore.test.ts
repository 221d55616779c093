import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { eraseField, knownSizes, LOGS, type LogName, rebaseline, record, sequence, startSealing } from '#journal';
import { endMandate, giveIdentity } from '#mandate';
import type { Sealing } from '#platform/config/config.ts';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { MINUTE } from '#platform/time/clock.ts';
import { burnTransactions, copyJournal } from '#support/own-cluster.ts';
import { aidantLoggedIn } from '../../../src/identity/identity.events.ts';
import { countFaults } from '../../../src/journal/check/check-counts.ts';
import { BEGINNING } from '../../../src/journal/seal/head.queries.ts';
import { headProblem } from '../../../src/journal/seal/head.rules.ts';
import { nextEntries } from '../../../src/journal/seal/unsealed.queries.ts';
import { printUsagerCopy } from '../../../src/mandate/document/print-usager-copy.ts';
import { stopByCode } from '../../../src/mandate/document/stop-by-code.ts';
import { expireDueMandates } from '../../../src/mandate/follow/expire.jobs.ts';
import type { MandateRow } from '../mandate/follow-support.ts';
import { newId, openedBy } from './fixture.ts';
import { structureOn } from './mandates-taken-back.ts';
import { powersOn } from './powers-taken-back.ts';
import {
  type Bed,
  expectMirrored,
  expectOneRootPerSize,
  expectSound,
  headsOf,
  makeBed,
  sealAll,
  sealedOf,
  sizeOf,
  stateOf,
  tamper,
  unsealedOf,
  until,
} from './seal-bed.ts';
import { makeSealedService, type SealedService } from './sealed-service.ts';

// A database that is not the one it was: changed by its owner, taken back to a backup, restored elsewhere. It is refused,
// with what to do; and what is put right has the very root that the witnesses cosigned.

vi.setConfig({ testTimeout: 240_000 }); // processes and servers of their own, on a machine that may be busy

let bed: Bed;
let sealing: Sealing;
let service: SealedService;
beforeAll(async () => {
  service = await makeSealedService();
  ({ bed, sealing } = service);
  await bed.write(700);
  await bed.write(40, 'acces');
  await settle();
});
afterAll(() => service?.close());

const settle = (ctx?: AppContext) => service.settle(ctx);
const like = (ctx: AppContext) => service.like(ctx);
const problemOf = (log: LogName = 'actes') => service.problemOf(log);
const putBack = (...args: Parameters<SealedService['putBack']>) => service.putBack(...args);
const treeOf = (log: LogName = 'actes') => service.treeOf(log);

/** Somebody else's signature under each entry that waits and tells that others were put back; the same again puts theirs back. */
async function turnSignatures(): Promise<void> {
  const waiting = `select i.id from journal.entry_index i where i.kind = 'journal.reconciled'
    and not exists (select from journal.leaf l where l.entry_id = i.id)`;
  const { rows } = await sql<{ name: string }>`
    select distinct tableoid::regclass::text as name from journal.entry where id in (${sql.raw(waiting)})`.execute(
    bed.superuser,
  );
  for (const { name } of rows)
    await tamper(
      bed.superuser,
      name,
      `update ${name} set node_sig = set_byte(node_sig, 9, get_byte(node_sig, 9) # 1) where id in (${waiting})`,
    );
}

const size = (log: LogName = 'actes') => sizeOf(bed.superuser, log, 'tree_head');

describe('row 18: an erasure of the last minute, and a backup from before it', () => {
  const person = newId();
  const openingsOf = async (entry: string) =>
    (await sql`select from journal.opening where entry_id = ${entry}`.execute(bed.superuser)).rows.length;
  const write = async () => {
    const [id = ''] = await inTransaction({ db: bed.app }, (trx) =>
      record({ keys: bed.keys }, trx, openedBy('Zoé', person)),
    );
    return id;
  };

  const loggedIn = () => {
    const id = newId();
    const event = aidantLoggedIn.event({
      ...{ actor: { aidantId: id }, result: 'ok', clear: { by: 'link' }, committed: { address: '192.0.2.1' } },
      subject: { kind: 'aidant', id },
    });
    return inTransaction({ db: bed.app }, (trx) => record({ keys: bed.keys }, trx, event));
  };

  test('row 18: put back, it is told loudly; the list of the mirror has it, by whichever way; replayed, the data is gone', async () => {
    const [one, other] = [await write(), await write()];
    await settle();
    const backup = await service.backUp();
    const field = await eraseField(bed.another(), { entryId: other, field: 'name', ground: 'unlawful' });
    await loggedIn(); // a kind that always commits to something: what is put back of it has lost that, and nobody took it
    await settle(); // the mirror has it with its entry
    const erased = await service.cli(['journal', 'erase-person', person, '--ground', 'request']);
    expect(erased).toMatchObject({
      status: 0,
      said: expect.stringContaining('La liste du miroir (erasures.jsonl) l’a.'),
    });
    await settle();
    expect([await openingsOf(one), await openingsOf(other)]).toEqual([0, 0]);
    await service.takeBack(backup);
    expect([await openingsOf(one), await openingsOf(other)]).toEqual([1, 1]);

    const done = await service.cli(['journal', 'reconcile']);
    expect(done).toMatchObject({ status: 0, said: expect.stringMatching(/ATTENTION : actes, erasure\.field/) });
    expect(done.said).toMatch(/ATTENTION : actes, erasure\.person.*\n.*journal erasures replay/);
    expect(done.said).not.toContain('ne connaît pas');
    const undone = await service.cli(['journal', 'check']);
    expect(undone.status).toBe(1);
    expect(undone.out.filter((line) => line.includes('dit un effacement que la base ne connaît pas'))).toHaveLength(2);
    expect(undone.out.join('\n')).toContain(field.ok ? field.value.erasureId : 'nothing was erased');

    const replayed = await service.cli(['journal', 'erasures', 'replay', join(sealing.mirror, 'erasures.jsonl')]);
    expect(replayed).toMatchObject({
      ...{ status: 0, said: expect.stringContaining('2 effacement(s) appliqué(s) : 1 personne(s), 2 valeur(s)') },
    });
    expect([await openingsOf(one), await openingsOf(other)]).toEqual([0, 0]);
    expect(await service.cli(['journal', 'check'])).toMatchObject({ status: 0, out: [] }); // no worker has run
    await turnSignatures();
    expect((await service.cli(['journal', 'check'])).out.join('\n')).toMatch(/elle a été retirée \(address\)/);
    await turnSignatures();
    await settle();
    expect(await service.cli(['journal', 'check'])).toMatchObject({ status: 0, out: [] });
  });
});

describe('row 18: mandates that ended after the backup', () => {
  test('row 18: ended again as they were, with the acts that come back; drafts too; nobody uses them; once', async () => {
    const structure = await structureOn(bed);
    const { ctx, aidant, conclude, rows } = structure;
    const { aidantId, organisationId } = aidant;
    const samePerson = { sub: 'same-person', familyName: 'REMPLACE' };
    const whole = await conclude();
    const stopped = await conclude();
    const themes = await conclude();
    const replaced = await conclude({ themes: ['famille'] }, samePerson);
    const expired = await conclude({ duration: 'SHORT' });
    const byNewcomer = await conclude();
    const kept = await conclude();
    await structure.act(whole, 'famille');
    await printUsagerCopy(ctx, { aidantId, organisationId, mandateId: stopped.id });
    const { draft } = structure;
    const [declined, minor, concluded, open] = [await draft(), await draft(), await draft(), await draft()];
    await settle();
    const backup = await service.backUp();

    const ask = (mandateId: string, theme?: string, by = aidantId) => {
      const end = { cause: 'revoked-by-usager', knownAt: undefined } as const;
      return endMandate(ctx, { aidantId: by, organisationId, mandateId, theme, end });
    };
    await structure.act(whole, 'social');
    await ask(whole.id);
    await stopByCode(ctx, { number: stopped.number, code: await structure.stopCodeOf(stopped) });
    await ask(themes.id, 'famille');
    await structure.act(themes, 'social');
    await conclude({ themes: ['famille'] }, samePerson);
    await expireDueMandates({ ...ctx, clock: { now: () => new Date(expired.endsAt.getTime() + MINUTE) } });
    const newcomer = await structure.newcomer();
    await ask(byNewcomer.id, undefined, newcomer.aidantId);
    await structure.decline(declined);
    const ofMinor = structure.conclude({ draftId: minor }, { birthdate: '2020-01-01' });
    await expect(ofMinor).rejects.toThrow('the identity is not kept: minor');
    await structure.conclude({ draftId: concluded });
    await settle();
    const were = await rows();
    await service.takeBack(backup);
    expect((await rows()).mandates.filter(({ endedAt }) => endedAt)).toEqual([]);

    const done = await service.cli(['journal', 'reconcile']);
    expect(done).toMatchObject({ status: 0, said: expect.stringMatching(/du mandat .* \(la personne l’a demandé, /) });
    expect(done.said.match(/Terminé de nouveau/g)).toHaveLength(6); // five mandates, and one theme of another
    expect(done.said).toContain('le thème « Famille - Scolarité » du mandat');
    const lost =
      /^ATTENTION : le mandat conclu .* n’est plus dans la base.* Prévenez la structure « CCAS d’Arras »\.$/gm;
    expect(done.said.match(lost)).toHaveLength(2);
    expect(done.said).toContain('3 préparation(s) de mandat refermée(s)');
    const are = await rows();
    const there = new Set(are.mandates.map(({ id }) => id));
    expect(there.size).toBe(were.mandates.length - 2); // those that were concluded after the backup
    const unknownNow = <Row extends { endedByAidantId: string | null }>(row: Row): Row => {
      return row.endedByAidantId === newcomer.aidantId ? { ...row, endedByAidantId: null } : row;
    };
    expect(are.mandates).toEqual(were.mandates.filter(({ id }) => there.has(id)).map(unknownNow));
    expect(are.themes).toEqual(were.themes.filter(({ mandateId }) => there.has(mandateId)).map(unknownNow));
    expect(are.mandates.filter(({ endedAt }) => !endedAt).map(({ id }) => id)).toEqual([themes.id, kept.id]);
    expect((await structure.drafts()).filter(({ closedAt }) => !closedAt).map(({ id }) => id)).toEqual([open]);
    const closed = { identitySealed: null, attemptSealed: null, mandateId: null };
    for (const row of [
      { id: declined, closedCause: 'declined', failure: null },
      { id: minor, closedCause: 'minor', failure: 'minor' },
      { id: concluded, closedCause: 'abandoned', failure: null },
    ])
      expect(await structure.drafts()).toContainEqual(expect.objectContaining({ ...row, ...closed }));

    for (const [mandate, theme] of [
      [whole, 'famille'],
      [stopped, 'social'],
      [themes, 'famille'],
      [replaced, 'famille'],
    ] as const)
      await expect(structure.act(mandate, theme)).rejects.toThrow('not-open');
    expect(await giveIdentity(ctx, { useId: await structure.lastUse(whole) })).toEqual({
      ...{ ok: false, reason: 'mandate-ended' },
    });
    await structure.act(themes, 'social'); // goes on, with numbers of its own
    const again = await service.cli(['journal', 'reconcile', '--whole']);
    expect(again.status).toBe(0);
    expect(again.said).not.toMatch(/Terminé de nouveau|refermée|continuent/);
    expect((await rows()).themes).toEqual(are.themes);
    expect((await rows()).mandates).toEqual(
      are.mandates.map((row) => (row.id === themes.id ? { ...row, entryCount: row.entryCount + 4 } : row)),
    );
    const list = join(sealing.mirror, 'erasures.jsonl');
    expect(await service.cli(['journal', 'erasures', 'replay', list])).toMatchObject({ status: 0 });
    expect(await service.cli(['journal', 'check'])).toMatchObject({ status: 0, out: [] }); // no worker has run
    await turnSignatures();
    expect((await service.cli(['journal', 'check'])).out.join('\n')).toMatch(/de quel mandat, ou de quelle personne/);
    await turnSignatures();
    await settle();
    expect(await service.cli(['journal', 'check'])).toMatchObject({ status: 0, out: [] });
    await expectCounted(themes);
  });

  /** Of a whole journal: what a hand does to the count of a mandate is named. */
  async function expectCounted({ id: mandateId, journalAlias: alias }: MandateRow): Promise<void> {
    const change = (by: string) =>
      tamper(bed.superuser, 'mandate', `update mandate set entry_count = entry_count ${by} where id = '${mandateId}'`);
    for (const [by, back] of [
      ['+ 3', '- 3'],
      ['- 1', '+ 1'],
    ] as const) {
      await change(by);
      expect(await service.cli(['journal', 'check'])).toMatchObject({
        ...{ status: 1, out: [expect.stringMatching(`ne compte pas d’un mandat autant d’actes.*${alias}`)] },
      });
      await change(back);
    }
    const { entryCount: last } = await bed.superuser
      .selectFrom('mandate')
      .select('entryCount')
      .where('id', '=', mandateId)
      .executeTakeFirstOrThrow();
    const trx = await bed.superuser.startTransaction().execute(); // the month of its acts is erased
    await sql`insert into journal.erasure (id, kind, ground, log_id, month, indices, openings, erased_at)
      values (${newId()}, 'period', 'retention', 1, date_trunc('month', now() at time zone 'UTC'), '{}', 0, now())`.execute(
      trx,
    );
    const counted = (entryCount: number) => countFaults(trx, [{ mandateId, alias, entryCount }]);
    expect([await counted(last + 3), await counted(last)]).toEqual([[], []]);
    expect(await counted(last - 1)).toEqual([{ alias, counted: last - 1, last }]);
    await trx.rollback().execute();
  }
});

describe('row 12: what the sequencer builds upon was edited by the owner of the machine', () => {
  const last = `(select max(idx) from journal.leaf where log_id = 1)`;
  test.each([
    [
      'a leaf hash',
      'journal.leaf',
      `update journal.leaf set leaf_hash = set_byte(leaf_hash, 3, get_byte(leaf_hash, 3) # 1) where log_id = 1 and idx = ${last}`,
    ],
    [
      'the root of a tile',
      'journal.tile',
      'update journal.tile set root = set_byte(root, 3, get_byte(root, 3) # 1) where log_id = 1 and level = 0 and n = 1',
    ],
    [
      'the root of the head',
      'journal.tree_head',
      `update journal.tree_head set root = set_byte(root, 3, get_byte(root, 3) # 1)
       where log_id = 1 and size = (select max(size) from journal.tree_head where log_id = 1)`,
    ],
  ])('row 12: %s: nothing is sealed on it, and the message says where', async (_what, table, edit) => {
    const before = await treeOf();
    await tamper(bed.superuser, table, edit);
    const problem = await problemOf();
    expect(problem).toMatch(
      new RegExp(`the tree of « actes » at ${await size()} is damaged: .*Nothing is sealed on it.*journal check`),
    );
    expect(await stateOf(bed.superuser, 'actes', 'sequencer')).toBe(problem);
    await bed.write(1);
    expect(await sequence(bed.another(), 'actes')).toEqual({ refused: problem });
    await tamper(bed.superuser, table, edit); // the same bit again
    await settle();
    expect((await treeOf()).leaves.slice(0, before.leaves.length)).toEqual(before.leaves);
  });
});

describe('row 14: what was removed', () => {
  test('row 14: the last leaves deleted: seen by the program that runs and by a new one; put back from the mirror', async () => {
    const running = like(bed.another());
    await sealAll(running);
    const before = await treeOf();
    await tamper(bed.superuser, 'journal.leaf', 'delete from journal.leaf where log_id = 1 and idx > 690');
    const refused = { refused: expect.stringContaining('is damaged: the leaves end at 691') };
    expect(await sequence(running, 'actes')).toEqual(refused);
    expect(await sequence(bed.another(), 'actes')).toEqual(refused);
    await tamper(bed.superuser, 'journal.leaf', 'delete from journal.leaf where log_id = 1 and idx = 40');
    const done = await putBack('actes');
    expect(done).toMatchObject({ from: 0n, lost: [] });
    expect(await treeOf()).toEqual(before);
    await settle();
  });

  test('row 14: the tail removed cleanly, checkpoints too: only the signer, the witnesses and the mirror know; sealing waits', async () => {
    const running = like(bed.another());
    await sealAll(running);
    const before = await treeOf();
    const cut = 500;
    await bed.write(1);
    for (const table of ['publication', 'cosignature', 'checkpoint', 'tree_head']) {
      await tamper(
        bed.superuser,
        `journal.${table}`,
        `delete from journal.${table} where log_id = 1 and size > ${cut}`,
      );
    }
    await tamper(
      bed.superuser,
      'journal.leaf',
      'delete from journal.leaf where log_id = 1 and idx >= coalesce((select max(size) from journal.tree_head where log_id = 1), 0)',
    );
    await tamper(
      bed.superuser,
      'journal.tile',
      'delete from journal.tile where log_id = 1 and (n + 1) * 256 > coalesce((select max(size) from journal.tree_head where log_id = 1), 0)',
    );
    const left = await size();
    expect(left).toBeLessThan(before.last?.size ?? 0n);
    expect(await sequence(running, 'actes')).toEqual({
      refused: expect.stringMatching(
        new RegExp(`ends at ${left}, and this program knows it up to ${before.last?.size}`),
      ),
    });
    expect(await problemOf()).toMatch(/ends at \d+, and the signer knows it up to \d+.*journal reconcile --log actes/);
    const sealer = startSealing(like(bed.another()), sealing);
    await bed.write(2, 'acces');
    await until(async () => (await unsealedOf(bed.superuser, 'acces')) === 0); // the other log goes on
    expect(await size()).toBe(left);
    await sealer.stop();
    const done = await putBack('actes');
    expect(done).toMatchObject({ from: left, to: before.last?.size, lost: [] });
    expect(await treeOf()).toEqual(before);
    await settle();
    await expectSound(bed.superuser, 'actes');
  });

  test.each(['truncate', 'drop table'])(
    'row 14: a partition lost (%s): the tree stands, the entries come back from the mirror, as they were',
    async (how) => {
      await settle();
      const before = await treeOf();
      const { rows } = await sql<{ name: string }>`
      select distinct tableoid::regclass::text as name from journal.entry`.execute(bed.superuser);
      const dates = async () =>
        (
          await sql`select id, recorded_at::text, node, node_sig from journal.entry where log_id = 1 order by id`.execute(
            bed.superuser,
          )
        ).rows;
      const recorded = await dates();
      for (const { name } of rows) {
        if (how === 'truncate') await tamper(bed.superuser, name, `truncate ${name}`);
        else await sql.raw(`drop table ${name}`).execute(bed.superuser);
      }
      expect(await problemOf()).toBeUndefined(); // hashes are all there: proofs go on
      for (const log of LOGS) {
        const done = await putBack(log, { whole: true });
        expect('lost' in done && done.lost.length).toBe(Number(await size(log)));
      }
      expect(await treeOf()).toEqual(before);
      expect((await dates()).slice(0, recorded.length)).toEqual(recorded);
      await settle();
      await expectSound(bed.superuser, 'actes');
      await expectSound(bed.superuser, 'acces');
    },
  );

  test('row 14: a table of the tree is gone: an error that is told, nothing signed; the table comes back and all goes on', async () => {
    await sql.raw('alter table journal.tile rename to tile_hidden').execute(bed.superuser);
    await bed.write(3);
    const signed = await sizeOf(bed.superuser, 'actes', 'checkpoint');
    const sealer = startSealing(like(bed.another()), sealing);
    await until(async () => (await stateOf(bed.superuser, 'actes', 'sequencer'))?.includes('journal.tile') === true);
    await sealer.stop();
    expect(await sizeOf(bed.superuser, 'actes', 'checkpoint')).toBe(signed);
    await sql.raw('alter table journal.tile_hidden rename to tile').execute(bed.superuser);
    await settle();
  });
});

describe('row 18: the database is taken back to a backup, or a standby that lagged takes over', () => {
  test('row 18: refused at start; acts go on; put back from the mirror with the same root; sealed, signed and published again', async () => {
    await bed.write(5); // these wait in the backup, and are sealed after it
    const backup = await service.backUp();
    await bed.write(300);
    await bed.write(12, 'acces');
    await settle();
    const before = { actes: await treeOf('actes'), acces: await treeOf('acces') };
    await service.takeBack(backup);
    const old = await size();
    expect(old).toBeLessThan(before.actes.last?.size ?? 0n);

    const sealer = startSealing(like(bed.another()), sealing);
    await bed.write(4);
    await until(
      async () => (await stateOf(bed.superuser, 'actes', 'sequencer'))?.includes('the signer knows it') === true,
    );
    expect(await size()).toBe(old);
    await sealer.stop();

    await refusedReconciliations(old);
    const done = await service.cli(['journal', 'reconcile']);
    expect(done).toMatchObject({ status: 0, said: expect.stringContaining('300 remises à leur place') });
    expect(done.out).toHaveLength(312);
    expect(done.out[0]).toMatch(/^actes\t\d+\t[0-9a-f-]{36}\tdoor\.opened\t\d{4}-/);
    for (const log of LOGS) expect(await treeOf(log)).toEqual(before[log]);

    await settle();
    for (const log of LOGS) {
      await expectSound(bed.superuser, log);
      await expectOneRootPerSize(bed.superuser, log);
      await expectMirrored(bed.superuser, log, sealing.mirror);
    }
    const told = (await sealedOf(bed.superuser, 'actes')).map(({ leaf }) => JSON.parse(leaf.toString()));
    expect(told.filter(({ type }) => type === 'journal.reconciled').at(-2)?.clear).toMatchObject({
      ...{ log: 'actes', from: Number(old), to: Number(before.actes.last?.size) },
    });
    const { rows } = await sql`
      select 1 from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'journal' and t.tgname like '%never%' and t.tgenabled <> 'A'`.execute(bed.superuser);
    expect(rows).toEqual([]); // nothing was switched off for it
  });

  /** A mirror that lacks the end, or says something else, gives nothing. */
  async function refusedReconciliations(old: bigint): Promise<void> {
    const other = join(dirname(sealing.mirror), 'other');
    await cp(sealing.mirror, other, { recursive: true });
    const bundles = join(other, 'actes', 'tile', 'entries');
    const [part] = (await readdir(bundles)).filter((name) => name.endsWith('.p'));
    const file = join(bundles, part ?? '', (await readdir(join(bundles, part ?? '')))[0] ?? '');
    const bytes = await readFile(file);
    const at = bytes.indexOf('"count":1') + '"count":'.length;
    bytes.writeUInt8('2'.charCodeAt(0), at);
    await writeFile(file, bytes);
    expect(await putBack('actes', { mirror: other })).toEqual({
      refused: expect.stringMatching(
        /has not the root that (the witnesses cosigned|the mirror had): nothing was put back/,
      ),
    });
    await writeFile(
      join(other, 'actes', 'head.json'),
      JSON.stringify({ size: String(old), root: Buffer.alloc(32).toString('base64') }),
    );
    expect(await putBack('actes', { mirror: other })).toEqual({
      refused: expect.stringMatching(
        new RegExp(`the mirror ends at ${old}, and the (cosigned checkpoint|signer) goes up to`),
      ),
    });
    expect(await size()).toBe(old);
  }
});

describe('row 18: what acts took away besides mandates', () => {
  test('row 18: taken away again by the last act about it; nothing given again; told; once', async () => {
    const structure = await structureOn(bed);
    const powers = await powersOn(bed, structure);
    const [closed, narrowed, shorter, wider] = [
      await powers.structure(),
      await powers.structure(),
      await powers.structure(),
      await powers.structure(),
    ];
    await powers.organisation(wider, { allowedThemes: ['famille', 'social'], longestDuration: 'SHORT' });
    const [gone, renewed, back, asleep, joins] = [
      await powers.person(),
      await powers.person(),
      await powers.person(),
      await powers.person(),
      await powers.person(),
    ];
    const leaves = await powers.person(closed, wider);
    await powers.aidant(asleep, { change: 'deactivated' });
    const [shut, limited, moved, renewedAuditor] = [
      await powers.auditor(),
      await powers.auditor(['62', '80']),
      await powers.auditor(['62']),
      await powers.auditor(),
    ];
    const [first, second] = [await powers.auditor(), await powers.auditor()];
    const [answered, passed] = [await powers.complain(first), await powers.complain(first)];
    const asked = await powers.ask(first);
    const [node, logKey] = [await powers.node(), await powers.logKey()];
    await structure.act(await structure.conclude(), 'famille'); // somebody is logged in
    const { ctx, aidant } = structure;
    const print = (mandateId: string, now = ctx.clock.now()) =>
      printUsagerCopy({ ...ctx, clock: { now: () => now } }, { ...aidant, mandateId });
    const [coded, uncoded] = [await structure.conclude(), await structure.conclude()];
    await print(coded.id, new Date(ctx.clock.now().getTime() - 2 * MINUTE));
    await settle();
    const backup = await service.backUp();
    const before = await powers.rows();

    await powers.aidant(gone, { change: 'deactivated' });
    await print(coded.id);
    await print(uncoded.id);
    await powers.aidant(leaves, { change: 'left', organisationId: wider });
    await powers.aidant(renewed, { change: 'may-not-conclude' });
    await powers.factor(renewed);
    await powers.aidant(back, { change: 'deactivated' });
    await powers.aidant(back, { change: 'activated' });
    await powers.aidant(asleep, { change: 'activated' });
    await powers.aidant(joins, { change: 'joined', organisationId: wider });
    await powers.organisation(closed, { active: false });
    await powers.organisation(narrowed, { allowedThemes: ['famille'] });
    await powers.organisation(shorter, { longestDuration: 'MONTH' });
    await powers.organisation(wider, { allowedThemes: ['famille', 'argent'], longestDuration: 'LONG' });
    await powers.auditorDoes(shut, { change: 'deactivated' });
    await powers.auditorDoes(limited, { change: 'limited', departements: ['80', '2A'] });
    await powers.auditorDoes(moved, { change: 'limited', departements: ['59'] });
    await powers.auditorFactor(renewedAuditor);
    await powers.answer(answered, first);
    await powers.assign(passed, second);
    await powers.refuse(asked, second);
    await powers.rule('H2', false);
    const months = await powers.hold({ first: '2024-01', last: '2024-02' });
    const ofSomebody = await powers.hold({ usagerId: newId() });
    await powers.revoke(node);
    await powers.retire(logKey);
    await settle();
    const were = await powers.rows();
    await service.takeBack(backup);

    const done = await service.cli(['journal', 'reconcile']);
    expect(done.said.split('\n').filter((line) => /^ATTENTION(?!.*n’est plus dans la base)/.test(line))).toEqual([
      expect.stringMatching(/1 gel\(s\) levé\(s\) sont revenus/),
      expect.stringMatching(
        new RegExp(`la réclamation ${passed.id} est revenue à ${first.email}, elle était à ${second.email}`),
      ),
      expect.stringMatching(/ce gel est perdu, et avec lui ce qu’il protégeait/),
    ]);
    expect(done).toMatchObject({
      status: 3,
      said: expect.stringContaining('2 acte(s) revenu(s) sans que rien ne suive'),
    });
    expect(done.said.match(/^Retiré de nouveau/gm)).toHaveLength(19);
    expect(done.said.match(/^Non rendu/gm)).toHaveLength(7);
    const are = await powers.rows();
    const one = (rows: typeof are, table: string, id: string) =>
      rows(table).find((row) => [row.id, row.code, row.keyId, row.vkey].includes(id));
    for (const [table, id] of [
      ['aidant', gone],
      ['aidant', back],
      ['organisation', closed],
      ['organisation', narrowed],
      ['organisation', shorter],
      ['node', node],
    ] as const)
      expect(one(are, table, id), `${table} ${id}`).toEqual(one(were, table, id));
    const [placedAt, retiredAt] = [expect.any(String), expect.any(String)]; // as their entries say, a moment later
    expect(one(are, 'hold', months)).toEqual({ ...one(were, 'hold', months), placedAt });
    expect(one(are, 'log-key', logKey)).toEqual({ ...one(were, 'log-key', logKey), retiredAt });
    expect(are('membership').filter(({ aidantId }) => aidantId === leaves)).toMatchObject([{ organisationId: closed }]);
    expect(one(are, 'aidant', renewed)).toEqual({
      ...one(before, 'aidant', renewed),
      ...{ mayConclude: false, lastTotpStep: Number.MAX_SAFE_INTEGER },
    });
    expect(one(are, 'aidant', asleep)).toEqual(one(before, 'aidant', asleep)); // nobody opens it again
    expect(are('membership').filter(({ aidantId }) => aidantId === joins)).toHaveLength(1);
    expect(one(are, 'organisation', wider)).toEqual({
      ...one(before, 'organisation', wider),
      allowedThemes: ['famille'],
    });
    expect(one(are, 'auditor', shut.auditorId)).toMatchObject({ active: false, closedAt: expect.any(String) });
    expect(one(are, 'auditor', limited.auditorId)).toMatchObject({ active: true, departements: ['80'] });
    expect(one(are, 'auditor', moved.auditorId)).toMatchObject({ active: false, departements: ['62'] });
    expect(one(are, 'auditor', renewedAuditor.auditorId)).toMatchObject({ lastTotpStep: Number.MAX_SAFE_INTEGER });
    expect(one(are, 'complaint', answered.id)).toMatchObject({
      answer: 'confirmed',
      closedAt: expect.any(String),
    });
    expect(one(are, 'complaint', passed.id)).toEqual(one(before, 'complaint', passed.id));
    expect(one(are, 'unmasking', asked)).toMatchObject({ answer: null });
    expect(String(one(are, 'unmasking', asked)?.lapsesAt) < String(one(before, 'unmasking', asked)?.lapsesAt)).toBe(
      true,
    );
    expect(one(are, 'rule', 'H2')).toMatchObject({ active: false });
    expect(one(are, 'hold', ofSomebody)).toBeUndefined();
    expect(are('session')).toEqual([]);
    const codes = async () => {
      const rows = await bed.superuser.selectFrom('mandate').select(['id', 'stopCodeSealed']).execute();
      return [coded, uncoded].map(({ id }) => rows.find((row) => row.id === id)?.stopCodeSealed);
    };
    expect(await codes()).toEqual([null, null]);

    await powers.aidant(gone, { change: 'activated' }); // somebody decides so: it is the last act now
    await powers.factor(renewed);
    expect(one(await powers.rows(), 'aidant', renewed)).toMatchObject({ lastTotpStep: 0 });
    await structure.act(await structure.conclude(), 'famille');
    const decided = await powers.rows();
    for (const again of [
      ['journal', 'reconcile', '--whole'],
      ['journal', 'reconcile'],
    ]) {
      const told = await service.cli(again);
      expect(told).toMatchObject({ status: 3, said: expect.not.stringMatching(/Retiré de nouveau|session/) });
      expect(told.said.match(/^Non rendu/gm)).toHaveLength(8); // the copy whose code was taken away has none either
      for (const table of [
        'aidant',
        'auditor',
        'membership',
        'organisation',
        'complaint',
        'unmasking',
        'rule',
        'session',
      ])
        expect((await powers.rows())(table)).toEqual(decided(table));
    }
    await powers.assign(passed, second);
    expect((await service.cli(['journal', 'reconcile'])).said).not.toContain(passed.id);
    const held = String(one(are, 'complaint', answered.id)?.holdId);
    expect(await service.cli(['journal', 'lift-hold', held])).toMatchObject({ status: 0 });
    await settle();
    expect(await service.cli(['journal', 'check'])).toMatchObject({ status: 0, out: [] });
    const { rows: untold } = await sql`
      select id from complaint c where closed_at is not null and told_at(c) is null
      union all select id from auditor a where closed_at is not null and told_at(a) is null`.execute(bed.superuser);
    expect(untold).toEqual([]); // their terms count from an entry of the transaction that closed them
  });
});

describe('row 19: restored from a dump into another cluster', () => {
  let copy: Bed;
  afterAll(() => copy?.close());

  test('row 19: without the guard nothing would ever be sealed again; it refuses, and says what to run', async () => {
    await burnTransactions(bed.cluster.superuserUrl, 4000);
    await bed.write(4); // they wait in the dump, with numbers that the new cluster reaches much later
    await bed.write(3, 'acces');
    copy = await makeBed(bed);
    await copyJournal(bed.cluster, copy.cluster);
    await copy.write(6);
    const heads = await headsOf(copy.superuser, 'actes');
    const { rows } = await sql<{ xid: string; id: string }>`
      select last_xid::text as xid, last_id as id from journal.tree_head where log_id = 1 order by tree_head.size desc limit 1`.execute(
      copy.superuser,
    );
    const cursor = rows[0] ?? BEGINNING;
    await copy.ctx.db
      .transaction()
      .execute(async (trx) => expect((await nextEntries(trx, 1, cursor).next()).done).toBe(true));
    for (const log of LOGS) {
      expect(await sequence(copy.ctx, log)).toEqual({
        refused: expect.stringMatching(
          /comes from another PostgreSQL cluster.*restored from a dump.*journal rebaseline --log/,
        ),
      });
    }
    expect(await stateOf(copy.superuser, 'actes', 'sequencer')).toContain('journal rebaseline --log actes');
    expect(await headsOf(copy.superuser, 'actes')).toEqual(heads);
  });

  test('row 19: the same cluster by name, with a cursor from the future, is refused too', () => {
    const head = { size: 3n, root: Buffer.alloc(32), cursor: { xid: '90', id: BEGINNING.id }, systemIdentifier: 'a' };
    const state = { head, cluster: 'a', isAhead: true, leaves: 3n, signed: 0n };
    expect(headProblem('actes', state)).toContain('its last transaction (90) has not happened yet here');
    expect(headProblem('actes', { ...state, isAhead: false })).toBeUndefined();
  });

  test('row 19: a new baseline seals what waited, before and after the dump, and the log goes on as one', async () => {
    const before = await sealedOf(copy.superuser, 'actes');
    const ctx = copy.another('owner');
    ctx.config.journal = bed.ctx.config.journal;
    const known = await knownSizes(ctx, 'actes', sealing);
    if ('refused' in known) throw new Error(known.refused);
    const ahead = [{ who: 'the signer', size: 1_000_000n }];
    expect(await rebaseline(ctx, 'actes', ahead)).toEqual({
      refused: expect.stringContaining('the signer knows it up to 1000000'),
    });
    expect(await rebaseline(ctx, 'actes', known)).toEqual({ sealed: 10, size: BigInt(before.length) + 11n });
    expect(await service.cli(['journal', 'rebaseline', '--log', 'acces'], copy)).toMatchObject({
      ...{ status: 0, said: expect.stringMatching(/^acces : 3 entrées attendaient ; le journal continue à \d+\.$/) },
    });
    expect(await service.cli(['journal', 'rebaseline'], copy)).toMatchObject({
      ...{ status: 1, said: expect.stringContaining('there is nothing to do') },
    });
    expect(await service.cli(['journal', 'reconcile', '--log', 'autre'], copy)).toMatchObject({ status: 1 });
    expect(await rebaseline(ctx, 'actes', known)).toEqual({
      refused: expect.stringContaining('there is nothing to do'),
    });
    await expectSound(copy.superuser, 'actes');
    const after = await sealedOf(copy.superuser, 'actes');
    expect(after.slice(0, before.length)).toEqual(before);
    expect(JSON.parse(after.at(-1)?.leaf.toString() ?? '{}')).toMatchObject({
      type: 'journal.rebaselined',
      clear: { size: before.length + 10 },
    });
  });

  test('row 19: new acts are sealed by the numbers of this cluster, and nothing is sealed twice when they reach the old ones', async () => {
    await copy.write(2);
    expect(await sequence(copy.ctx, 'actes')).toMatchObject({ added: 2 });
    await burnTransactions(copy.cluster.superuserUrl, 8000);
    await copy.write(1);
    expect(await sealAll(copy.another())).toMatchObject({ isMore: false });
    await copy.write(2);
    await sealAll(copy.another());
    await expectSound(copy.superuser, 'actes');
    // the same signer and the same witnesses take it for what it is: the same log, longer
    const ctx = copy.another();
    ctx.config.journal = bed.ctx.config.journal;
    await settle(ctx);
    expect(await sizeOf(copy.superuser, 'actes', 'publication')).toBe(
      await sizeOf(copy.superuser, 'actes', 'tree_head'),
    );
  });
});
