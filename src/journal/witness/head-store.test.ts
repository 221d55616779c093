import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkpointText, formatNote } from '../verify/index.ts';
import {
  beginHeads,
  type Head,
  type HeadFolder,
  HeadStoreError,
  openHeads,
  originHash,
  recoverHead,
} from './head-store.ts';

const ORIGIN = 'journal.entremise.test/actes';
let where: HeadFolder;

beforeEach(async () => {
  where = { folder: await mkdtemp(join(tmpdir(), 'entremise-heads-')), keeper: 'witness' };
});
afterEach(() => rm(where.folder, { recursive: true, force: true }));

const folder = () => join(where.folder, `witness-${originHash(ORIGIN)}`);

function head(size: number, fill = size): Head {
  const root = new Uint8Array(32).fill(fill);
  return {
    size: BigInt(size),
    root,
    note: formatNote(checkpointText({ origin: ORIGIN, size: BigInt(size), root }), []),
  };
}

async function begun() {
  await beginHeads(where, [ORIGIN]);
  return openHeads(where, [ORIGIN]);
}

test('a head takes the place of the one that was seen, and of no other', async () => {
  const [one, two] = [await begun(), await openHeads(where, [ORIGIN])];
  const seen = await one.latest(ORIGIN);
  expect(seen).toMatchObject({ size: 0n, number: 0 });
  expect(await one.replace(ORIGIN, seen, head(5))).toBe(true);
  expect(await two.replace(ORIGIN, seen, head(6))).toBe(false);
  expect(await two.latest(ORIGIN)).toMatchObject({ ...head(5), number: 1 });
});

test('of many at once, one succeeds', async () => {
  const stores = await Promise.all(Array.from({ length: 8 }, begun));
  for (let round = 1; round < 20; round += 1) {
    const seen = await (stores[0] as (typeof stores)[0]).latest(ORIGIN);
    const done = await Promise.all(stores.map((store, index) => store.replace(ORIGIN, seen, head(round, index))));
    expect(done.filter(Boolean)).toHaveLength(1);
    expect((await (stores[1] as (typeof stores)[0]).latest(ORIGIN)).root[0]).toBe(done.indexOf(true));
  }
});

test('who slept while others went on, and whose place was cleared away, does not succeed', async () => {
  const [sleeper, other] = [await begun(), await begun()];
  const seen = await sleeper.latest(ORIGIN);
  for (let size = 1; size <= 40; size += 1)
    expect(await other.replace(ORIGIN, await other.latest(ORIGIN), head(size))).toBe(true);
  expect(await readdir(folder())).not.toContain('0000000000000001');
  expect(await sleeper.replace(ORIGIN, seen, head(99))).toBe(false);
  expect(await other.latest(ORIGIN)).toMatchObject(head(40));
  expect(await other.replace(ORIGIN, await other.latest(ORIGIN), head(41))).toBe(true);
});

test('what a crash left aside is nobody’s head', async () => {
  const store = await begun();
  await writeFile(join(folder(), '5f3e.new'), 'half of a no');
  expect(await store.latest(ORIGIN)).toMatchObject({ size: 0n });
  expect(await store.replace(ORIGIN, await store.latest(ORIGIN), head(3))).toBe(true);
});

test('memory that is lost, damaged, another’s or another log’s is not taken for a new one', async () => {
  await expect(openHeads(where, [ORIGIN])).rejects.toThrow(HeadStoreError);
  const store = await begun();
  await expect(openHeads({ ...where, keeper: 'signer' }, [ORIGIN])).rejects.toThrow(/no state/);
  await expect(openHeads(where, [ORIGIN, 'other.test/log'])).rejects.toThrow('no state for other.test/log');
  await writeFile(join(folder(), '0000000000000001'), head(3).note.replace(ORIGIN, 'other.test/log'));
  await expect(store.latest(ORIGIN)).rejects.toThrow(/is damaged/);
  await writeFile(join(folder(), '0000000000000001'), '');
  await expect(store.latest(ORIGIN)).rejects.toThrow(/is damaged/);
  await rm(folder(), { recursive: true });
  await expect(store.latest(ORIGIN)).rejects.toThrow(/has lost the state/);
});

test('recovery moves forward only', async () => {
  await recoverHead(where, ORIGIN, head(10));
  const store = await openHeads(where, [ORIGIN]);
  expect(await store.latest(ORIGIN)).toMatchObject(head(10));
  await expect(recoverHead(where, ORIGIN, head(10))).rejects.toThrow(/remembers .* up to 10/);
  await expect(recoverHead(where, ORIGIN, head(9))).rejects.toThrow(HeadStoreError);
  await recoverHead(where, ORIGIN, head(12));
  expect(await store.latest(ORIGIN)).toMatchObject(head(12));
  expect(await beginHeads(where, [ORIGIN])).toEqual([]);
});
