import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeRangeExport, makeSelectionExport, parseSigningKey, proveEntry, sequence } from '#journal';
import { type ExportReport, parseTlogProof, verifyExport, verifyInclusion } from '#journal/verify';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Reply } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { projectRoot } from '#platform/root.ts';
import { verifyCheckpoint } from '#support/c2sp-client.ts';
import type { SucceedGiven } from '#support/succeed-child.ts';
import { nodeTools } from '../../../src/app/journal-verify/node-tools.ts';
import { closedCheckpointPage, closedTilePage } from '../../../src/journal/publish/tree.page.ts';
import { remanifested, resummed, type Unpacked, unpacked, without } from './export-support.ts';
import { expectMirrored, expectSound, headsOf, sealAll, sealedOf, sizeOf, stateOf, tamper, until } from './seal-bed.ts';
import { makeSuccessionBed, ORIGIN, type SuccessionBed } from './succession-bed.ts';

// Row 20, rehearsed from end to end: a log that cannot go on under its name is closed, and another one goes on in its place.

vi.setConfig({ testTimeout: 240_000 }); // processes and a server of their own, on a machine that may be busy

let service: SuccessionBed;
/** What an auditor kept from before. */
let kept: { policy: string; first: string; last: string; proof: string };
let first: bigint;
let last: bigint;
let before: Awaited<ReturnType<typeof sealedOf>>;

beforeAll(async () => {
  service = await makeSuccessionBed();
  const { bed } = service;
  await bed.write(300);
  await bed.write(20, 'acces');
  await service.settle();
  first = await sizeOf(bed.superuser, 'actes', 'publication');
  await bed.write(400);
  await service.settle();
  last = await sizeOf(bed.superuser, 'actes', 'publication');
  before = await sealedOf(bed.superuser, 'actes');
  const notes = await service.notes('actes');
  const proof = await proveEntry(service.program(), before[100]?.id ?? '');
  kept = {
    policy: await service.policy(),
    first: notes.find(({ size }) => size === Number(first))?.note ?? '',
    last: notes.at(-1)?.note ?? '',
    proof: proof?.proof ?? '',
  };
});
afterAll(() => service?.close());

const succeeding = (...more: string[]) =>
  service.cli(['journal', 'succeed', '--log', 'actes', '--because', 'tree-lost', ...more]);

/** Whatever a refusal must leave as it is. */
async function state() {
  const { bed } = service;
  const { rows } = await sql<{ tables: string[]; entries: number; successions: number }>`
    select (select array_agg(relname::text order by relname) from pg_class
        where relnamespace = 'journal'::regnamespace and relkind in ('r', 'p')) as tables,
      (select count(*)::int from journal.entry) as entries, (select count(*)::int from journal.succession) as successions`.execute(
    bed.superuser,
  );
  return { ...rows[0], leaves: await sealedOf(bed.superuser, 'actes'), heads: await headsOf(bed.superuser, 'actes') };
}

describe('row 20: leaves are lost, and the mirror with them', () => {
  test('row 20: sealing refuses and names the command; acts go on', async () => {
    const { bed, mirror } = service;
    await tamper(bed.superuser, 'journal.leaf', `delete from journal.leaf where log_id = 1 and idx >= ${first + 57n}`);
    await rm(join(mirror, 'actes'), { recursive: true });
    await bed.write(30);
    const refused = await sequence(service.program(), 'actes');
    expect(refused).toEqual({ refused: expect.stringContaining('npm run cli -- journal succeed --log actes') });
    expect(await stateOf(bed.superuser, 'actes', 'sequencer')).toContain('journal succeed');
    const reconciled = await service.cli(['journal', 'reconcile', '--log', 'actes']);
    expect(reconciled).toMatchObject({ status: 1, said: expect.stringContaining('journal succeed --log actes') });
  });

  test('row 20: a checkpoint that is not the last one, of another log, or tampered with, is refused and changes nothing', async () => {
    const was = await state();
    const file = join(service.folder, 'closed');
    const [acces] = (await service.notes('acces')).slice(-1);
    for (const [note, why] of [
      [kept.first, 'a later checkpoint than the one handed in'],
      [acces?.note ?? '', `it is of « ${ORIGIN}/acces »`],
      [kept.last.replace(`\n${last}\n`, `\n${last + 1n}\n`), 'bad-signature'],
      ['nothing', 'is not one of'],
    ] as const) {
      await writeFile(file, note);
      const refused = await succeeding('--closed', file, '--confirm', `${ORIGIN}/actes`);
      expect([refused.status, refused.said]).toEqual([1, expect.stringContaining(why)]);
    }
    for (const [args, why] of [
      [['--confirm', `${ORIGIN}/acces`], 'is not the log that is to end'],
      [[], `--confirm ${ORIGIN}/actes`],
    ] as const) {
      const refused = await succeeding(...args);
      expect([refused.status, refused.said]).toEqual([1, expect.stringContaining(why)]);
    }
    const because = await service.cli(['journal', 'succeed', '--log', 'actes', '--because', 'Mme X']);
    expect([because.status, because.said]).toEqual([
      1,
      expect.stringContaining('« Mme X » n’est pas de la liste : tree-lost, key-lost, two-histories'),
    ]);
    expect(await state()).toEqual(was);
  });

  test('row 20: refused while a sealer holds the lock', async () => {
    const was = await state();
    await service
      .program()
      .db.transaction()
      .execute(async (trx) => {
        await sql`set local idle_in_transaction_session_timeout = 0`.execute(trx); // whatever the command takes
        await sql`select pg_advisory_xact_lock(${0x6a6f75}::int, 1)`.execute(trx);
        const refused = await succeeding('--confirm', `${ORIGIN}/actes`);
        expect(refused).toMatchObject({ status: 1, said: expect.stringContaining('stop the workers first') });
      });
    expect(await state()).toEqual(was);
  });

  test('row 20: killed in the middle, it leaves the log as it was', async () => {
    const { bed } = service;
    const was = await state();
    const given: SucceedGiven = {
      databaseUrl: bed.cluster.ownerUrl,
      keys: bed.keysText,
      journal: service.journal(),
      sealing: service.sealing(),
      confirmed: `${ORIGIN}/actes`,
    };
    await service
      .program()
      .db.transaction()
      .execute(async (trx) => {
        await sql`set local idle_in_transaction_session_timeout = 0`.execute(trx); // the other program starts slowly
        // a reader of the last table that is set aside: the others are by then
        await sql`select from journal.publication limit 1`.execute(trx);
        const script = join(projectRoot(), 'test/support/succeed-child.ts');
        const child = spawn(process.execPath, [script, JSON.stringify(given)], {
          stdio: ['ignore', 'ignore', 'inherit'],
        });
        const gone = once(child, 'exit');
        await until(async () => {
          const { rows } = await sql`
          select from pg_locks where not granted and relation = 'journal.publication'::regclass`.execute(bed.superuser);
          return rows.length > 0 || child.exitCode !== null;
        });
        expect(child.exitCode).toBeNull();
        child.kill('SIGKILL');
        await gone;
      });
    await until(async () => {
      const { rows } = await sql`
        select from pg_stat_activity where usename = 'entremise_owner' and state is distinct from 'idle'`.execute(
        bed.superuser,
      );
      return rows.length === 0;
    });
    expect(await state()).toEqual(was);
  });

  test('row 20: it succeeds: what witnesses cosigned and is left stays in place, then the entry that tells it, then the rest', async () => {
    const { bed } = service;
    const plan = await succeeding();
    expect(plan.said).toContain(`${ORIGIN}/actes/2 continuerait avec ses ${first} premières entrées`);
    const { rows: written } = await sql<{ ids: string[] }>`
      select array_agg(id order by xid, id) as ids from journal.entry where log_id = 1`.execute(bed.superuser);
    let isOver = false;
    const acting = (async () => {
      for (; !isOver; await bed.write(1)); // fails the test if one is refused
    })();
    const done = await succeeding('--confirm', `${ORIGIN}/actes`);
    isOver = true;
    await acting;
    expect([done.status, done.said]).toEqual([0, expect.stringContaining('JOURNAL_SHARDS')]);
    const after = await sealedOf(bed.superuser, 'actes');
    expect(after.slice(0, Number(first))).toEqual(before.slice(0, Number(first)));
    const teller = JSON.parse(after[Number(first)]?.leaf.toString() ?? '{}');
    const [, , root = ''] = kept.last.split('\n');
    expect(teller).toMatchObject({
      ...{ type: 'journal.succeeded', log: 'actes', r: 'ok' },
      clear: {
        ...{ closed: `${ORIGIN}/actes`, size: Number(last), seen: Number(last) },
        ...{ root: Buffer.from(root, 'base64').toString('base64url'), origin: `${ORIGIN}/actes/2` },
        ...{ kept: Number(first), reason: 'tree-lost' },
      },
    });
    const again = after.slice(Number(first) + 1).map(({ id }) => id);
    const leftInOldTree = before.slice(Number(first), Number(first) + 57).map(({ id }) => id);
    expect(again.slice(0, 57)).toEqual(leftInOldTree);
    expect(after.map(({ id }) => id)).toEqual(expect.arrayContaining(written[0]?.ids ?? []));
    // acts of meanwhile may wait
    await expectSound(bed.superuser, 'actes', { complete: false });
    await expectSound(bed.superuser, 'acces');
  });
});

describe('row 20: the log that goes on', () => {
  test('row 20: what was set aside is whole, and nobody changes it or adds to it', async () => {
    const { bed } = service;
    const { rows } = await sql<{ leaves: number; notes: string[] }>`
      select (select count(*)::int from journal.closed_1_leaf where log_id = 1) as leaves,
        (select array_agg(note order by size) from journal.closed_1_publication where log_id = 1) as notes`.execute(
      bed.superuser,
    );
    expect(rows[0]?.leaves).toBe(Number(first) + 57);
    expect(rows[0]?.notes).toEqual(expect.arrayContaining([kept.first, kept.last]));
    const owner = service.program('owner').db;
    for (const statement of [
      'update journal.closed_1_leaf set idx = idx + 1 where log_id = 1',
      'delete from journal.closed_1_publication',
      'truncate journal.closed_1_tile',
      'update journal.succession set kept = 0',
      'delete from journal.succession',
    ])
      await expect(sql.raw(statement).execute(owner), statement).rejects.toThrow('the journal is never changed');
    const added =
      "insert into journal.closed_1_leaf values (1, 999999, gen_random_uuid(), decode(repeat('00', 32), 'hex'))";
    await expect(sql.raw(added).execute(service.program().db)).rejects.toThrow('permission denied');
    const forged = added
      .replace('closed_1_leaf', 'leaf')
      .replace('values', 'select')
      .replace('(1,', '1,')
      .replace(/\)$/, '');
    expect(forged).toContain('journal.leaf'); // the worker may add to the tree that goes on
    await expect(
      service
        .program()
        .db.transaction()
        .execute(async (trx) => {
          await sql.raw(forged).execute(trx);
          throw new Error('it may');
        }),
    ).rejects.toThrow('it may');
  });

  test('row 20: a second run, and a program that was not told, are refused and say what to set', async () => {
    const again = await succeeding('--confirm', `${ORIGIN}/actes`);
    expect(again).toMatchObject({ status: 1, said: expect.stringContaining('JOURNAL_SHARDS to actes=2') });
    expect(await sequence(service.program(), 'actes')).toEqual({
      refused: expect.stringContaining('set JOURNAL_SHARDS to actes=2 in every program'),
    });
    service.env.JOURNAL_SHARDS = 'actes=2';
    const early = await succeeding('--confirm', `${ORIGIN}/actes/2`);
    expect(early).toMatchObject({ status: 1, said: expect.stringContaining('nothing to close') });
  });

  test('row 20: with a new key, announced, all is signed, cosigned and published under the new name', async () => {
    const { bed } = service;
    await takeKey('actes');
    await bed.write(5);
    await service.settle();
    const policy = await service.policy();
    expect(policy).toContain(`closed at ${last} entries, succeeded by ${ORIGIN}/actes/2`);
    expect(policy).toContain('/journal/closed/1\n');
    const size = await sizeOf(bed.superuser, 'actes', 'tree_head');
    expect(size).toBe(BigInt(await expectSound(bed.superuser, 'actes')));
    const [newest] = (await service.notes('actes')).slice(-1);
    expect(verifyCheckpoint(policy, newest?.note ?? '')).toMatchObject({
      origin: `${ORIGIN}/actes/2`,
      size: Number(size),
    });
    await expectMirrored(bed.superuser, 'actes', service.mirror);
    const problems = await sql<{ part: string; problem: string | null }>`
      select part, problem from journal.sealing_state where log_id = 1 and problem is not null
        and part not in ('horizon', 'sweeper')`.execute(bed.superuser);
    expect(problems.rows).toEqual([]);
    const checked = await service.cli(['journal', 'check']);
    expect([checked.status, checked.out]).toEqual([0, []]);
  });

  test('row 20: the full check sees what somebody changes in what was set aside, and in who succeeds whom', async () => {
    const { superuser } = service.bed;
    const leaf =
      'update journal.closed_1_leaf set leaf_hash = set_byte(leaf_hash, 3, get_byte(leaf_hash, 3) # 1) where log_id = 1 and idx = 5';
    const reason = (word: string) => `update journal.succession set reason = '${word}' where n = 1`;
    await tamper(superuser, 'journal.closed_1_leaf', leaf);
    await tamper(superuser, 'journal.succession', reason('key-lost'));
    await sql`grant insert on journal.closed_1_tile to entremise_worker`.execute(superuser);
    const checked = await service.cli(['journal', 'check', '--log', 'actes']);
    expect([checked.status, checked.out]).toEqual([
      1,
      [
        expect.stringContaining('entremise_worker a le droit INSERT sur journal.closed_1_tile'),
        expect.stringContaining('l’entrée qui dit qu’un journal succède à un autre manque'),
        expect.stringMatching(/^actes, entrée 5.*l’arbre d’un journal clos n’est plus celui/),
      ],
    ]);
    await sql`revoke insert on journal.closed_1_tile from entremise_worker`.execute(superuser);
    await tamper(superuser, 'journal.succession', reason('tree-lost'));
    await tamper(superuser, 'journal.closed_1_leaf', leaf); // the same bit again
  });

  test('row 20: the closed log is served at an address of its own, as far as its places were kept', async () => {
    const ctx = service.program();
    const page = (path: string) => ({ ctx, path }) as unknown as PageRequest<null>;
    const note = await closedCheckpointPage(page('/journal/closed/1/checkpoint'));
    expect(bodyOf(note).toString()).toContain(`${ORIGIN}/actes\n${last}\n`);
    const tile = bodyOf(await closedTilePage(page(`/journal/closed/1/tile/0/001.p/${first - 256n}`)));
    expect(tile).toEqual(Buffer.concat(before.slice(256, Number(first)).map(({ hash }) => hash)));
    for (const path of [`1/tile/0/001.p/${first - 255n}`, '2/checkpoint', '01/checkpoint', '1/tile/entries/000', '1/x'])
      await expect(closedTilePage(page(`/journal/closed/${path}`)), path).rejects.toThrow();
  });

  test('row 20: an entry’s proof from before still verifies by the policy that was kept, and by the new one', async () => {
    const parsed = parseTlogProof(kept.proof);
    if (!parsed.ok) throw new Error(parsed.fault);
    const { index, proof, checkpoint } = parsed.proof;
    for (const policy of [kept.policy, await service.policy()]) {
      const { size, root, origin } = verifyCheckpoint(policy, checkpoint);
      expect(origin).toBe(`${ORIGIN}/actes`);
      const hash = before[100]?.hash ?? Buffer.alloc(0);
      expect(verifyInclusion(sha256, { index, size: BigInt(size), leafHash: hash, proof, root })).toBe(true);
    }
  });

  test('row 20: exports verify; against a checkpoint of the closed log, they say plainly what became of it', async () => {
    const ctx = service.program();
    const policy = await service.policy();
    const whole = unpacked((await makeRangeExport(ctx, { log: 'actes', from: 0n })).pieces);
    const report = (files: Unpacked, previous: string) => verify(files, policy, previous);
    const same = await service.notes('actes');
    expect(report(whole, same.at(-1)?.note ?? '')).toMatchObject({ exit: 0 });
    const going = report(whole, kept.first);
    expect(going).toMatchObject({ exit: 0 });
    expect(lineOf(going, 'consistency')).toMatch(
      new RegExp(
        `^JOURNAL CLOS ET CONTINUÉ. ${ORIGIN}/actes a été clos à ${last} entrées.*l’entrée ${first} le dit.*commence par tout celui de taille ${first}`,
      ),
    );
    const lost = report(whole, kept.last);
    expect(lost).toMatchObject({ exit: 10 });
    expect(lineOf(lost, 'consistency')).toMatch(
      new RegExp(`^JOURNAL CLOS ET CONTINUÉ.*Les places ${first} à ${last - 1n} .*RIEN NE PROUVE ICI`),
    );
    const chosen = { log: 'actes' as const, ids: [before[3]?.id ?? ''], previous: kept.first };
    const selection = unpacked((await makeSelectionExport(ctx, chosen)).pieces);
    expect(report(selection, kept.first)).toMatchObject({ exit: 0 });
    expect(lineOf(report(selection, kept.last), 'consistency')).toContain('JOURNAL CLOS ET CONTINUÉ');
    // without the entry that tells it, the old checkpoint is of another log, as before
    const [manifest] = [...selection.keys()].filter((path) => path === `leaves/${first}.json`);
    const untold = remanifested(
      without(without(selection, manifest ?? ''), `proofs/${first}.tlog-proof`),
      ({ beside }) => ({
        beside: beside.filter((index) => index !== first),
      }),
    );
    const silent = report(resummed(untold), kept.first);
    expect(silent).toMatchObject({ exit: 20 });
    expect(lineOf(silent, 'consistency')).toContain('est d’un autre journal');
  });
});

describe('row 20: the key of a log is lost, and its witnesses take no other', () => {
  test('row 20: nothing that was sealed changes its place; it goes on with its mirror', async () => {
    const { bed } = service;
    await bed.write(7, 'acces');
    await sealAll(service.program(), 'acces'); // sealed, never signed: the key is gone
    const old = await sealedOf(bed.superuser, 'acces');
    const [newest] = (await service.notes('acces')).slice(-1);
    await bed.write(2, 'acces');
    const args = ['journal', 'succeed', '--log', 'acces', '--because', 'key-lost', '--confirm', `${ORIGIN}/acces`];
    expect(await service.cli(args)).toMatchObject({ status: 0 });
    service.env.JOURNAL_SHARDS = 'actes=2,acces=2';
    await takeKey('acces');
    await service.settle();
    const now = await sealedOf(bed.superuser, 'acces');
    expect(now.slice(0, old.length)).toEqual(old);
    expect(JSON.parse(now[old.length]?.leaf.toString() ?? '{}')).toMatchObject({
      ...{ type: 'journal.succeeded-acces', log: 'acces' },
      clear: {
        size: newest?.size,
        seen: newest?.size,
        kept: old.length,
        reason: 'key-lost',
        origin: `${ORIGIN}/acces/2`,
      },
    });
    expect(now).toHaveLength(old.length + 3);
    await expectSound(bed.superuser, 'acces');
    await expectSound(bed.superuser, 'actes');
    await expectMirrored(bed.superuser, 'acces', service.mirror);
    const ctx = service.program();
    const whole = unpacked((await makeRangeExport(ctx, { log: 'acces', from: 0n })).pieces);
    const report = verify(whole, await service.policy(), newest?.note ?? '');
    expect(report).toMatchObject({ exit: 0 });
    expect(lineOf(report, 'consistency')).toContain('JOURNAL CLOS ET CONTINUÉ');
    const checked = await service.cli(['journal', 'check']);
    expect([checked.status, checked.out]).toEqual([0, []]);
  });
});

describe('row 20: a second time', () => {
  test('row 20: the tail is gone as in an old backup: the witnesses know where the log ended, and the chain is told', async () => {
    const { bed, mirror } = service;
    const [oldest] = await service.notes('acces');
    const size = await sizeOf(bed.superuser, 'acces', 'publication');
    await bed.write(9, 'acces');
    await service.settle('acces');
    const end = await sizeOf(bed.superuser, 'acces', 'publication');
    for (const table of ['cosignature', 'publication', 'checkpoint', 'tree_head'])
      await tamper(
        bed.superuser,
        `journal.${table}`,
        `delete from journal.${table} where log_id = 2 and size > ${size}`,
      );
    await tamper(bed.superuser, 'journal.leaf', `delete from journal.leaf where log_id = 2 and idx >= ${size}`);
    const args = ['journal', 'succeed', '--log', 'acces', '--because', 'tree-lost', '--confirm', `${ORIGIN}/acces/2`];
    const early = await service.cli(args);
    expect(early).toMatchObject({ status: 1, said: expect.stringContaining(`says that it has ${end} entries`) });
    await writeFile(join(mirror, 'acces', 'head.json'), 'damaged');
    expect(await service.cli(args)).toMatchObject({ status: 1, said: expect.stringContaining('cannot be read') });
    await rename(join(mirror, 'acces'), join(mirror, 'acces-closed'));
    expect(await service.cli(args)).toMatchObject({ status: 0 });
    service.env.JOURNAL_SHARDS = 'actes=2,acces=3';
    await takeKey('acces');
    await service.settle();
    const now = await sealedOf(bed.superuser, 'acces');
    expect(JSON.parse(now[Number(size)]?.leaf.toString() ?? '{}')).toMatchObject({
      clear: { closed: `${ORIGIN}/acces/2`, size: Number(end), kept: Number(size), origin: `${ORIGIN}/acces/3` },
    });
    await expectSound(bed.superuser, 'acces');
    const whole = unpacked((await makeRangeExport(service.program(), { log: 'acces', from: 0n })).pieces);
    const report = verify(whole, await service.policy(), oldest?.note ?? '');
    expect(report).toMatchObject({ exit: 0 });
    expect(lineOf(report, 'consistency')).toContain(`JOURNAL CLOS ET CONTINUÉ. ${ORIGIN}/acces a été clos`);
    const checked = await service.cli(['journal', 'check']);
    expect([checked.status, checked.out]).toEqual([0, []]);
  });
});

describe('row 20: two histories were cosigned', () => {
  test('row 20: it stops, and shows both; people choose one, and its end is told: whoever kept the other one has evidence', async () => {
    const { bed, mirror } = service;
    await bed.write(3);
    await service.settle('actes');
    const [shown = { size: 0, note: '' }] = (await service.notes('actes')).slice(-1);
    const old = await sealedOf(bed.superuser, 'actes');
    const other = service.signed('actes', { size: BigInt(shown.size), root: sha256(Buffer.from('another history')) });
    await writeFile(join(mirror, 'actes', 'checkpoint'), other);
    const files = { true: join(service.folder, 'true'), other: join(service.folder, 'other') };
    await writeFile(files.true, shown.note);
    await writeFile(files.other, other);
    const run = (reason: string, ...more: string[]) =>
      service.cli(['journal', 'succeed', '--log', 'actes', '--because', reason, ...more]);
    const was = await state();
    for (const args of [
      ['two-histories'],
      ['tree-lost', '--closed', files.true],
      ['key-lost', '--closed', files.other],
    ] as const) {
      const [reason, ...more] = args;
      const refused = await run(reason, ...more, '--confirm', `${ORIGIN}/actes/2`);
      expect([refused.status, refused.said]).toEqual([1, expect.stringContaining('believes two roots')]);
      for (const note of [shown.note, other]) expect(refused.said).toContain(note.split('\n')[2]);
    }
    // the other one is not that of the tables: less is kept, and the mirror says so
    const chosen = await run('two-histories', '--closed', files.other);
    expect([chosen.status, chosen.said]).toEqual([1, expect.stringContaining('the mirror of « actes » says')]);
    const plan = await run('two-histories', '--closed', files.true);
    expect(plan.said).toContain(`${ORIGIN}/actes/3 continuerait avec ses ${shown.size} premières entrées`);
    expect(await state()).toEqual(was);

    const done = await run('two-histories', '--closed', files.true, '--confirm', `${ORIGIN}/actes/2`);
    expect(done).toMatchObject({ status: 0 });
    service.env.JOURNAL_SHARDS = 'actes=3,acces=3';
    await takeKey('actes');
    await service.settle();
    const now = await sealedOf(bed.superuser, 'actes');
    expect(now.slice(0, shown.size)).toEqual(old);
    expect(JSON.parse(now[shown.size]?.leaf.toString() ?? '{}')).toMatchObject({
      ...{ type: 'journal.succeeded', log: 'actes' },
      clear: { closed: `${ORIGIN}/actes/2`, origin: `${ORIGIN}/actes/3`, kept: shown.size, reason: 'two-histories' },
    });
    await expectSound(bed.superuser, 'actes');
    await expectMirrored(bed.superuser, 'actes', mirror);
    const whole = unpacked((await makeRangeExport(service.program(), { log: 'actes', from: 0n })).pieces);
    const policy = await service.policy();
    const going = verify(whole, policy, shown.note);
    expect(going).toMatchObject({ exit: 0 });
    expect(lineOf(going, 'consistency')).toContain('il a montré deux histoires');
    const forked = verify(whole, policy, other);
    expect(forked).toMatchObject({ exit: 20 });
    expect(lineOf(forked, 'consistency')).toContain('une autre racine');
    const checked = await service.cli(['journal', 'check']);
    expect([checked.status, checked.out]).toEqual([0, []]);
  });
});

/** As an operator does it: a key from the command, in place of the lost one, begun by signer and witnesses, then announced. */
async function takeKey(log: 'actes' | 'acces'): Promise<void> {
  const made = await service.cli(['journal', 'keys', '--log', log]);
  const privateKey = made.out.find((line) => line.startsWith('SIGNER_KEYS='))?.slice('SIGNER_KEYS='.length) ?? '';
  const publicKey = parseSigningKey(privateKey).vkey.text;
  expect(made.said).toContain(`--key ${publicKey}`);
  await service.newKey(log, privateKey, publicKey);
  expect(await service.cli(['journal', 'announce-keys', '--key', publicKey])).toMatchObject({ status: 0 });
}

function verify(files: Unpacked, policy: string, previous: string): ExportReport {
  const report = verifyExport(nodeTools(), { files, policy, previous });
  if (report.exit === 30) throw new Error('fault' in report ? report.fault : 'it cannot be read');
  return report as ExportReport;
}

function bodyOf(reply: Reply): Buffer {
  if (reply.kind !== 'bytes') throw new Error('not bytes');
  return Buffer.from(reply.body as Buffer);
}

function lineOf({ checks }: ExportReport, name: string): string {
  return (checks.find((check) => check.name === name)?.line ?? '').replaceAll('\u00a0', ' ');
}
