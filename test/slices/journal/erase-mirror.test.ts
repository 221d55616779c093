import { mkdir, mkdtemp, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  checkJournal,
  eraseField,
  erasePeriod,
  exportErasures,
  keepErasuresMirrored,
  record,
  replayErasures,
} from '#journal';
import { readBundle } from '#journal/verify';
import { carryErasures, mirrorErasures } from '../../../src/journal/seal/index.ts';
import { mirror } from '../../../src/journal/seal/mirror.ts';
import { erasedPlaces } from '../../../src/journal/seal/mirrored-erasures.ts';
import { readPlaces } from '../../../src/journal/seal/read-mirror.ts';
import { type EraseFixture, eraseFixture, looked, middleOf, newId, openedBy } from './erase-support.ts';

// Row 27, outside the database: the mirror forgets too, and keeps the list that a restored backup needs.

let fixture: EraseFixture;
let folder: string;
beforeAll(async () => {
  fixture = await eraseFixture();
  folder = await mkdtemp(join(tmpdir(), 'entremise-mirror-'));
});
afterAll(async () => {
  await fixture.close();
  await rm(folder, { recursive: true });
});

const month = '2025-01';
const text = async () => {
  const files = (await readdir(join(folder, 'acces'), { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  );
  return Promise.all(
    files.map(
      async (one) =>
        [join(one.parentPath, one.name), await readFile(join(one.parentPath, one.name), 'latin1')] as const,
    ),
  );
};
const bundle = async (path: string) => {
  const read = readBundle(await readFile(join(folder, 'acces/tile/entries', path)));
  return read.ok ? read.leaves.map(({ length }) => length > 0) : [];
};

test('bundles lose the bytes of an erased month and nothing else; the list stands beside them; tiles stay', async () => {
  const old: string[] = [];
  for (let n = 0; n < 300; n += 1) old.push(await fixture.writeAt(middleOf(month), looked()));
  await fixture.writeAt(middleOf(month), openedBy('Zoé', newId()));
  await fixture.seal();
  const [young = ''] = await fixture.act((trx) => record(fixture, trx, ...Array.from({ length: 100 }, () => looked())));
  await fixture.seal();
  await mirror(fixture.ctx, 'acces', folder);
  await mirrorErasures(fixture.ctx, folder);
  expect(await readFile(join(folder, 'erasures.jsonl'), 'utf8')).toBe('{"list":"entremise-erasures","v":1}\n');
  expect((await text()).some(([, content]) => content.includes(old[7] ?? ''))).toBe(true);
  const tiles = (await text()).filter(([path]) => /tile\/[0-9]/.test(path));

  expect(await erasePeriod(fixture.ctx, { log: 'acces', month, ground: 'retention' })).toMatchObject({
    ok: true,
    value: { entries: 300 },
  });
  await Promise.all([mirrorErasures(fixture.ctx, folder), mirrorErasures(fixture.ctx, folder)]);
  const after = await text();
  for (const id of old) expect(after.some(([, content]) => content.includes(id))).toBe(false);
  expect(after.some(([, content]) => content.includes(young))).toBe(true);
  expect(after.filter(([path]) => /tile\/[0-9]/.test(path))).toEqual(tiles);
  expect(after.some(([path]) => path.endsWith('tile/entries/000'))).toBe(false);
  const holes = await bundle('001.p/144');
  expect([holes.filter((there) => !there).length, holes.filter(Boolean).length]).toEqual([44, 100]);
  expect(await readFile(join(folder, 'erasures.jsonl'), 'utf8')).toBe(await exportErasures(fixture.reader));

  const before = await text();
  await mirrorErasures(fixture.ctx, folder);
  expect(await text()).toEqual(before);

  await fixture.act((trx) => record(fixture, trx, looked(), looked()));
  await fixture.seal();
  await mirror(fixture.ctx, 'acces', folder);
  const grown = await bundle('001.p/146');
  expect([grown.slice(0, 44).some(Boolean), grown.slice(44).every(Boolean)]).toEqual([false, true]);
  const at = (from: number) => readPlaces(join(folder, 'acces'), { n: 1n, from, width: 146 });
  expect(await at(44)).toHaveLength(102);
  await expect(at(43)).rejects.toThrow('no erasure that is known made it');
});

test('the list is never shortened: a database restored from before an erasure is told, until the list is applied again', async () => {
  const file = join(folder, 'erasures.jsonl');
  const before = await readFile(file, 'utf8');
  const id = newId();
  const line = JSON.stringify({ ...JSON.parse(before.split('\n')[1] ?? ''), id, month: '2024-12-01' });
  await writeFile(file, `${before}${line}\n`);
  expect(await mirrorErasures(fixture.ctx, folder)).toEqual({ unknown: 1 });
  expect(await readFile(file, 'utf8')).toContain(id);
  const problem = async () => {
    const { rows } = await sql<{ problem: string | null }>`
      select problem from journal.sealing_state where part = 'erasures'`.execute(fixture.reader);
    return rows[0]?.problem;
  };
  const told = keepErasuresMirrored(fixture.ctx, folder);
  await expect.poll(problem).toContain('journal erasures replay');
  await told.stop();

  // the mirror is away, then back: it is asked again before the next minute
  const away = `${file}.away`;
  await rename(file, away);
  await mkdir(file);
  const failing = keepErasuresMirrored(fixture.ctx, folder);
  await expect.poll(problem).toMatch(/^not-written: /);
  await rmdir(file);
  await rename(away, file);
  await expect.poll(problem, { timeout: 55_000 }).toContain('journal erasures replay');
  await failing.stop();

  await replayErasures({ ...fixture.ctx, db: fixture.owner }, await readFile(file, 'utf8'), async () => undefined);
  expect(await mirrorErasures(fixture.ctx, folder)).toEqual({ unknown: 0 });
  const again = keepErasuresMirrored(fixture.ctx, folder);
  await expect.poll(problem).toBeNull();
  await again.stop();
});

test.each([
  ['cut short', (list: string) => list.slice(0, -9)],
  ['without its header', (list: string) => list.slice(list.indexOf('\n') + 1)],
  ['emptied', () => ''],
  ['with a line that is no object', (list: string) => `${list}null\n`],
  ['with a line that says nothing', (list: string) => `${list}{"kind":"period","log_id":1,"id":"x"}\n`],
])('a list %s is named by the check, and nothing is put back by it', async (_what, damage) => {
  const file = join(folder, 'erasures.jsonl');
  const before = await readFile(file, 'utf8');
  await writeFile(file, damage(before));
  await expect(erasedPlaces(fixture.superuser, 'acces', folder)).rejects.toThrow(
    'erasures.jsonl of the mirror is damaged',
  );
  const { problems } = await checkJournal(fixture.ctx, { log: 'actes', closing: [], mirror: folder });
  expect(problems.map(({ code }) => code)).toContain('erasure-list-differs');
  await writeFile(file, before);
});

describe('an erasure of the last minute', () => {
  const list = () => readFile(join(folder, 'erasures.jsonl'), 'utf8');
  const eraseOne = async () => {
    const [id = ''] = await fixture.act((trx) => record(fixture, trx, openedBy('Zoé', newId())));
    const done = await eraseField(fixture.ctx, { entryId: id, field: 'name', ground: 'request' });
    if (!done.ok) throw new Error(done.reason);
    return done.value.erasureId;
  };

  test('is in the list once the worker has stopped', async () => {
    const kept = keepErasuresMirrored(fixture.ctx, folder);
    await expect.poll(list).toContain('"period"');
    const erasure = await eraseOne();
    await kept.stop();
    expect(await list()).toContain(erasure);
  });

  test('is in the list before the entry that tells it is in the mirror, so before it is published', async () => {
    const erasure = await eraseOne();
    await fixture.seal();
    expect(await list()).not.toContain(erasure);
    await mirror(fixture.ctx, 'actes', folder);
    expect(await list()).toContain(erasure);
  });

  test('is carried over by the command itself, into a folder that is a mirror; two at once lose no line', async () => {
    const erasures = await Promise.all(Array.from({ length: 8 }, () => eraseOne()));
    const done = await Promise.all(erasures.map(() => carryErasures(fixture.ctx, folder)));
    expect(done).toEqual(erasures.map(() => ({ ok: true })));
    for (const erasure of erasures) expect(await list()).toContain(erasure);
    expect(await carryErasures(fixture.ctx, undefined)).toEqual({ ok: false, reason: 'unknown' });
    expect(await carryErasures(fixture.ctx, join(folder, 'ailleurs'))).toEqual({ ok: false, reason: 'not-a-mirror' });
  });

  test('row without entry was seen; entry without row is too: told at once by the worker, and by the check', async () => {
    const erasure = await eraseOne();
    await fixture.seal();
    const [row] = (
      await sql<{ row: string }>`select to_jsonb(e)::text as row from journal.erasure e where id = ${erasure}`.execute(
        fixture.superuser,
      )
    ).rows;
    const behind = async (statement: ReturnType<typeof sql>) =>
      fixture.superuser.transaction().execute(async (trx) => {
        await sql`alter table journal.erasure disable trigger all`.execute(trx);
        await statement.execute(trx);
        for (const name of ['erasure_is_never_changed', 'erasure_is_never_emptied'])
          await sql`alter table journal.erasure enable always trigger ${sql.ref(name)}`.execute(trx);
      });
    const codes = async () =>
      (await checkJournal(fixture.ctx, { log: 'actes', closing: [] })).problems.map(
        ({ code, detail }) => `${code} ${detail}`,
      );
    await behind(sql`delete from journal.erasure where id = ${erasure}`);
    expect(await codes()).toEqual([`erasure-forgotten erasure.field, ${erasure}`]);
    const kept = keepErasuresMirrored(fixture.ctx, folder);
    const problem = async () =>
      (
        await sql<{ problem: string }>`select problem from journal.sealing_state where part = 'erasures'`.execute(
          fixture.reader,
        )
      ).rows[0]?.problem;
    await expect.poll(problem).toContain(erasure);
    await kept.stop();
    await behind(
      sql`insert into journal.erasure select * from jsonb_populate_record(null::journal.erasure, ${row?.row}::jsonb)`,
    );
    expect(await codes()).toEqual([]);
  });
});
