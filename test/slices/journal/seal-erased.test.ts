import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { checkJournal, erasePeriod, LOGS, type LogName, sequence } from '#journal';
import { readBundle, writeBundle } from '#journal/verify';
import { writeLeaves } from '../../../src/journal/record.ts';
import { mirrorErasures } from '../../../src/journal/seal/index.ts';
import { newId } from './fixture.ts';
import { eventOf, expectOneRootPerSize, tamper } from './seal-bed.ts';
import { makeSealedService, type SealedService } from './sealed-service.ts';

// Row 27 and row 18 together: a month was erased, and the database is taken back to a backup. What is lost comes back from the
// mirror, to the very root that was cosigned; what was erased does not.

vi.setConfig({ testTimeout: 240_000 }); // a server of its own, on a machine that may be busy

let service: SealedService;
beforeAll(async () => {
  service = await makeSealedService();
});
afterAll(() => service?.close());

const now = new Date();
/** The middle of the month before last. */
const old = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 2, 15));
const month = old.toISOString().slice(0, 7);

/** Entries of `acces` as they would have been written in that month: their ids. */
async function writeOld(count: number): Promise<string[]> {
  const { bed } = service;
  const written = await writeLeaves(
    bed,
    Array.from({ length: count }, () => eventOf('acces')),
  );
  const partition = `entry_${month.replace('-', '_')}`;
  await sql
    .raw(
      `do $$ begin if to_regclass('journal.${partition}') is null then set local role entremise_owner;
       perform journal.make_partition('${partition}', '${month}-01'), journal.attach_partition('${partition}', '${month}-01'); end if; end $$`,
    )
    .execute(bed.superuser);
  await sql`
    insert into journal.entry (id, recorded_at, log_id, node, leaf, node_sig)
    select e.id, ${old}, 2, ${bed.keys.journalNode[0].kid}, e.leaf, e.sig
    from unnest(${written.map(({ id }) => id)}::uuid[], ${written.map(({ leaf }) => leaf)}::bytea[],
      ${written.map(({ signature }) => signature)}::bytea[]) as e (id, leaf, sig)`.execute(bed.superuser);
  return written.map(({ id }) => id);
}

/** Which of these entries have bytes: in the database, and in the mirror. */
async function thereOf(ids: readonly string[]): Promise<{ rows: string[]; mirrored: string[] }> {
  const { rows } = await sql<{ id: string }>`
    select id from journal.entry where id = any(${[...ids]}::uuid[])`.execute(service.bed.superuser);
  const folder = join(service.sealing.mirror, 'acces', 'tile', 'entries');
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const texts = await Promise.all(files.map((one) => readFile(join(one.parentPath, one.name), 'latin1')));
  return {
    rows: rows.map(({ id }) => id),
    mirrored: ids.filter((id) => texts.some((text) => text.includes(id))),
  };
}

const trees = async () => ({ actes: await service.treeOf('actes'), acces: await service.treeOf('acces') });
/** Leaf hashes and the root, whatever the entries are. */
const hashesOf = (tree: Awaited<ReturnType<typeof trees>>) =>
  LOGS.map((log) => ({ last: tree[log].last, hashes: tree[log].leaves.map(({ hash }) => hash.toString('hex')) }));

async function problems(log: LogName): Promise<string[]> {
  const { bed, sealing, like } = service;
  return (await checkJournal(like(bed.another()), { log, mirror: sealing.mirror, closing: [] })).inWords;
}

let beforeErasure: string;
let afterErasure: string;
let erased: string[];
let before: Awaited<ReturnType<typeof trees>>;

test('a month is erased; tiles and roots stay, the mirror forgets', async () => {
  const { bed, sealing } = service;
  await bed.write(20, 'acces');
  erased = await writeOld(100);
  await service.settle();
  erased.push(...(await writeOld(30))); // the backup has them, without a place
  beforeErasure = await service.backUp();
  await service.settle();
  erased.push(...(await writeOld(400)));
  await service.settle();
  await bed.write(150, 'acces');
  await service.settle();
  const done = await erasePeriod(bed.another(), { log: 'acces', month, ground: 'retention' });
  expect(done).toMatchObject({ ok: true, value: { entries: 530 } });
  await service.settle();
  await mirrorErasures(bed.another(), sealing.mirror);
  expect(await thereOf(erased)).toEqual({ rows: [], mirrored: [] });
  afterErasure = await service.backUp();
  await bed.write(60, 'acces');
  await bed.write(10);
  await service.settle();
  before = await trees();
});

test('a backup from after the erasure, from which the hashes are gone too: --whole puts all back but the month', async () => {
  const { bed } = service;
  await service.takeBack(afterErasure);
  await tamper(bed.superuser, 'journal.leaf', 'delete from journal.leaf where log_id = 2 and idx between 90 and 570');
  await tamper(bed.superuser, 'journal.tile', 'delete from journal.tile where log_id = 2');
  const done = await service.cli(['journal', 'reconcile', '--whole']);
  expect(done).toMatchObject({ status: 0, out: expect.any(Array) });
  expect(done.said).toContain('acces : 530 entrées restent effacées');
  expect(done.said).not.toContain('erasures replay');
  expect(done.out).toHaveLength(70); // what was written after the backup
  expect(hashesOf(await trees())).toEqual(hashesOf(before));
  expect(await thereOf(erased)).toEqual({ rows: [], mirrored: [] });
  await service.settle();
  for (const log of LOGS) {
    await expectOneRootPerSize(bed.superuser, log);
    expect(await problems(log)).toEqual([]);
  }
});

test('a backup from before the erasure, with entries that had no place yet: nothing erased comes from the mirror, and the list takes what came back with the backup', async () => {
  const { bed, sealing, like } = service;
  const again = await trees();
  await service.takeBack(beforeErasure);
  expect((await thereOf(erased)).rows).toHaveLength(130);
  expect(await service.problemOf('acces')).toContain('journal reconcile --log acces');
  const done = await service.cli(['journal', 'reconcile', '--whole']);
  expect(done).toMatchObject({ status: 0 });
  expect(done.said).toContain('acces : 530 entrées restent effacées');
  expect(done.said).toContain('journal erasures replay');
  expect(hashesOf(await trees())).toEqual(hashesOf(again));
  const back = await thereOf(erased);
  expect([back.rows.length, back.mirrored]).toEqual([130, []]);

  // somebody starts a worker too early: the mirror does not learn again what it forgot
  await bed.write(3, 'acces');
  await service.settle();
  expect((await thereOf(erased)).mirrored).toEqual([]);
  expect(await sequence(like(bed.another()), 'acces')).toMatchObject({ added: 0 });

  const list = join(sealing.mirror, 'erasures.jsonl');
  expect(await service.cli(['journal', 'erasures', 'replay', list])).toMatchObject({ status: 0 });
  expect(await thereOf(erased)).toEqual({ rows: [], mirrored: [] });
  expect(await mirrorErasures(bed.another(), sealing.mirror)).toEqual({ unknown: 0 });
  await service.settle();
  for (const log of LOGS) {
    await expectOneRootPerSize(bed.superuser, log);
    expect(await problems(log)).toEqual([]);
  }
  const repeated = await service.putBack('acces', { whole: true });
  expect(repeated).toMatchObject({ lost: [], erased: 530n, toReplay: 0 });
});

test('bytes that are missing from the mirror without an erasure that says so: refused, nothing is put back', async () => {
  const { bed, sealing } = service;
  const other = `${sealing.mirror}-other`;
  await cp(sealing.mirror, other, { recursive: true });
  await rm(join(other, 'erasures.jsonl'));
  const sealed = await trees();
  await tamper(bed.superuser, 'journal.erasure', 'delete from journal.erasure');
  expect(await service.putBack('acces', { whole: true, mirror: other })).toEqual({
    refused: expect.stringMatching(/no erasure that is known made it: nothing was put back/),
  });
  expect(await trees()).toEqual(sealed);
});

test('files of the mirror that say what no program wrote: refused in words, nothing is put back', async () => {
  const { sealing } = service;
  const other = `${sealing.mirror}-hostile`;
  await cp(sealing.mirror, other, { recursive: true });
  const sealed = await trees();
  const list = join(other, 'erasures.jsonl');
  const whole = await readFile(list);
  await writeFile(list, whole.subarray(0, -20));
  const putBack = () => service.putBack('actes', { whole: true, mirror: other });
  expect(await putBack()).toEqual({ refused: 'erasures.jsonl of the mirror is damaged: nothing was put back' });
  await writeFile(list, whole);
  const folder = join(other, 'actes', 'tile', 'entries');
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const bundles = await Promise.all(
    files.map(async (one) => ({
      path: join(one.parentPath, one.name),
      bytes: await readFile(join(one.parentPath, one.name)),
    })),
  );
  const id = newId();
  for (const change of [{ aid: 'x' }, { org: 7 }, { mn: 'x' }, { type: null }, { clear: null }]) {
    for (const { path, bytes } of bundles) {
      const read = readBundle(bytes);
      if (!read.ok) throw new Error(read.fault);
      const [first, ...rest] = read.leaves;
      const members = { ...JSON.parse(Buffer.from(first ?? '{}').toString()), id, ...change };
      const hostile = JSON.stringify(Object.fromEntries(Object.entries(members).sort()));
      await writeFile(path, writeBundle([Buffer.from(hostile), ...rest]));
    }
    expect(await putBack(), JSON.stringify(change)).toEqual({
      refused: expect.stringMatching(/nothing was put back$/),
    });
  }
  expect(await trees()).toEqual(sealed);
});
