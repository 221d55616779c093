import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportSelection, makeRangeExport, makeSelectionExport, readEntries } from '#journal';
import {
  checkNote,
  hashRange,
  leafHash,
  parseManifest,
  parsePolicy,
  parseTilePath,
  readBundle,
  rootOf,
  sameBytes,
  verifyTlogProof,
} from '#journal/verify';
import { sha256 } from '#platform/crypto/hashes.ts';
import { journalOf } from '#support/journal.ts';
import { sealWorld } from '#support/seal.ts';
import { createWorld, type World } from '#support/world.ts';
import { nodeTools } from '../../../src/app/journal-verify/node-tools.ts';
import { check, failing, unchecked, unpacked, verified, writeEntries } from './export-support.ts';
import { newId } from './fixture.ts';

let world: World;
let policy: string;
let ids: string[];
/** The checkpoint that the auditor kept, and the size it tells. */
let kept: { note: string; size: bigint };

beforeAll(async () => {
  world = await createWorld();
  ids = await writeEntries(world, 600);
  await sealWorld(world);
  kept = await published();
  ids.push(...(await writeEntries(world, 300)));
  ({ policy } = await sealWorld(world));
});
afterAll(() => world.close());

async function published() {
  const row = await world.ctx.readerDb
    .selectFrom('journal.publication')
    .select(['note', 'size'])
    .where('logId', '=', 1)
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return { note: row.note, size: BigInt(row.size) };
}

const exported = async () => (await journalOf(world.database.readerUrl, { kinds: ['journal.exported'] })).at(-1);

describe('a range', () => {
  test('the whole log: everything passes against the checkpoint that was kept', async () => {
    const made = await makeRangeExport(world.ctx, { log: 'actes', from: 0n });
    const files = unpacked(made.pieces);
    const report = verified(files, policy, kept.note);
    expect([failing(report), unchecked(report), report.exit]).toEqual([[], [], 0]);
    expect(report.notice).toMatch(/^PLAGE COMPLÈTE/);
    expect(made.manifest).toMatchObject({ kind: 'range', from: 0n, to: made.manifest.size, disclosures: 0 });
    expect(made.manifest.entries).toBe(Number(made.manifest.size));
    expect(files.get('checkpoint')?.toString()).toBe((await published()).note);
  });

  test('without a kept checkpoint, what was not compared is said, and the status tells it', async () => {
    const report = verified(unpacked((await makeRangeExport(world.ctx, { log: 'actes', from: 0n })).pieces), policy);
    expect([failing(report), unchecked(report), report.exit]).toEqual([[], ['consistency'], 10]);
    expect(check(report, 'consistency')?.line).toContain('--previous');
  });

  test('is always the same bytes, and is told in the log of accesses', async () => {
    const [one, other] = [
      await makeRangeExport(world.ctx, { log: 'actes', from: 300n, to: 400n }),
      await makeRangeExport(world.ctx, { log: 'actes', from: 300n, to: 400n, by: { auditorId: ids[0] ?? '' } }),
    ];
    expect(Buffer.concat(other.pieces).equals(Buffer.concat(one.pieces))).toBe(true);
    const told = await exported();
    expect(told).toMatchObject({
      log: 'acces',
      clear: {
        ...{ by: 'auditor', auditor: ids[0], log: 'actes', what: 'range', from: 256, to: 512, entries: 256 },
        h1: other.h1,
      },
    });
    expect(unpacked(other.pieces).get('SHA256SUMS')?.toString()).toContain(other.h1);
  });

  test('a part: whole bundles around what was asked, tied to the root, the registration of the node beside', async () => {
    const made = await makeRangeExport(world.ctx, { log: 'actes', from: 300n, to: 400n });
    const files = unpacked(made.pieces);
    expect(made.manifest).toMatchObject({ asked: { from: 300n, to: 400n }, from: 256n, to: 512n, entries: 256 });
    expect(made.manifest.beside).toEqual([0n]);
    expect([...files.keys()].filter((path) => path.startsWith('tile/entries/'))).toEqual(['tile/entries/001']);
    const report = verified(files, policy);
    expect([failing(report), report.exit]).toEqual([[], 10]);
    expect(check(report, 'node-signatures')).toMatchObject({
      status: 'pass',
      line: expect.stringContaining('inscrit'),
    });
  });

  test('from where the last one stopped: the tiles that are there tie it to the kept checkpoint', async () => {
    const report = verified(
      unpacked((await makeRangeExport(world.ctx, { log: 'actes', from: kept.size })).pieces),
      policy,
      kept.note,
    );
    expect([failing(report), unchecked(report), report.exit]).toEqual([[], [], 0]);
  });

  test('asked with a kept checkpoint: it travels with what ties it', async () => {
    const without = unpacked((await makeRangeExport(world.ctx, { log: 'actes', from: 0n, to: 10n })).pieces);
    expect(unchecked(verified(without, policy, kept.note))).toEqual(['consistency']);
    const asked = unpacked(
      (await makeRangeExport(world.ctx, { log: 'actes', from: 0n, to: 10n, previous: kept.note })).pieces,
    );
    expect(asked.get('checkpoint.old')?.toString()).toBe(kept.note);
    expect(verified(asked, policy, kept.note).exit).toBe(0);
    expect(verified(asked, policy).exit).toBe(10);
  });

  test('what may be opened is opened, and only that', async () => {
    const some = new Set(ids.slice(300, 310));
    const made = await makeRangeExport(world.ctx, { log: 'actes', from: 256n, to: 512n, open: some });
    expect(made.manifest.disclosures).toBe(10);
    const files = unpacked(made.pieces);
    expect(verified(files, policy).exit).toBe(10);
    expect(files.get('README.txt')?.toString()).toContain('données personnelles');
    const all = await makeRangeExport(world.ctx, { log: 'actes', from: 256n, to: 512n, open: 'everything' });
    expect(all.manifest.disclosures).toBe(256);
    expect((await exported())?.clear).toMatchObject({ disclosures: 256 });
  });

  test('the log of accesses too, which tells its own exports', async () => {
    await sealWorld(world);
    const acces = unpacked((await makeRangeExport(world.ctx, { log: 'acces', from: 0n })).pieces);
    const report = verified(acces, policy);
    expect([failing(report), unchecked(report)]).toEqual([[], ['consistency']]);
    expect(check(report, 'node-signatures')?.line).toContain('inscrit au journal «\u00a0actes\u00a0»');
  });
});

/** Reads an export by the rules of C2SP alone: checkpoint, tiles and bundles, by their paths. */
test('another tool for tlog-tiles reads it: paths, bundles, tiles, root, proofs', async () => {
  const files = unpacked((await makeRangeExport(world.ctx, { log: 'actes', from: 0n })).pieces);
  const known = parsePolicy(policy);
  if (!known.ok) throw new Error(known.fault);
  const checked = checkNote(nodeTools(), known.policy, files.get('checkpoint') ?? '');
  if (!checked.ok) throw new Error(checked.fault);
  const { size, root } = checked.checkpoint;
  const tiles = new Map<string, Uint8Array>();
  for (const [path, bytes] of files) {
    const tile = parseTilePath(path);
    if (tile) tiles.set(`${tile.level}/${tile.n}`, bytes);
  }
  expect(tiles.size).toBe(5);
  const tileAt = (level: number, n: bigint) => tiles.get(`${level}/${n}`) ?? new Uint8Array();
  expect(sameBytes(hashRange(sha256, { begin: 0n, end: size }, tileAt), root)).toBe(true);
  const bundles = [...files].filter(([path]) => path.startsWith('tile/entries/')).sort();
  const leaves = bundles.flatMap(([, bytes]) => {
    const read = readBundle(bytes);
    return read.ok ? read.leaves : [];
  });
  expect(
    sameBytes(
      rootOf(
        sha256,
        leaves.map((leaf) => leafHash(sha256, leaf)),
      ),
      root,
    ),
  ).toBe(true);
});

describe('a selection', () => {
  test('chosen entries with a proof each, said not to be complete', async () => {
    const chosen = [ids[700], ids[3], ids[3], ids[400]] as string[];
    const made = await makeSelectionExport(world.ctx, { log: 'actes', ids: chosen, open: 'everything' });
    expect(made.manifest).toMatchObject({ kind: 'selection', entries: 3, disclosures: 3, leftOut: 0, mandates: [] });
    const files = unpacked(made.pieces);
    const report = verified(files, policy);
    expect([failing(report), unchecked(report)]).toEqual([[], ['consistency']]);
    expect(report.notice).toContain('RIEN NE PROUVE');
    expect(files.get('README.txt')?.toString()).toContain('RIEN NE PROUVE');
    const known = parsePolicy(policy);
    const [entry] = await readEntries(world.ctx, [ids[400] ?? '']);
    const proof = files.get(`proofs/${entry?.index}.tlog-proof`);
    if (!known.ok || !entry || !proof) throw new Error('no proof');
    const hash = leafHash(sha256, files.get(`leaves/${entry.index}.json`) ?? new Uint8Array());
    expect(verifyTlogProof(nodeTools(), known.policy, proof, hash)).toMatchObject({ ok: true, index: entry.index });
    expect(files.get(`leaves/${entry.index}.json`)?.equals(entry.leaf)).toBe(true);
  });

  test('against a kept checkpoint, when it was asked with it', async () => {
    const chosen = ids.slice(0, 2);
    const zip = await exportSelection(world.ctx, { log: 'actes', ids: chosen, previous: kept.note });
    expect(verified(unpacked(zip), policy, kept.note).exit).toBe(0);
    const bare = await exportSelection(world.ctx, { log: 'actes', ids: chosen });
    expect(unchecked(verified(unpacked(bare), policy, kept.note))).toEqual(['consistency']);
  });

  test('what is not published yet is left out, and counted', async () => {
    const late = await writeEntries(world, 2);
    const made = await makeSelectionExport(world.ctx, { log: 'actes', ids: [ids[1] ?? '', ...late] });
    expect(made.manifest).toMatchObject({ entries: 1, leftOut: 2 });
    const files = unpacked(made.pieces);
    expect(files.get('README.txt')?.toString()).toContain('2 entrées demandées n’y sont pas');
    expect(failing(verified(files, policy))).toEqual([]);
  });
});

describe('is refused, and nothing is told', () => {
  test.each([
    [
      'a place that is not published',
      () => makeRangeExport(world.ctx, { log: 'actes', from: 0n, to: 100_000n }),
      'outside',
    ],
    ['no place at all', () => makeRangeExport(world.ctx, { log: 'actes', from: 5n, to: 5n }), 'outside'],
    ['a negative one', () => makeRangeExport(world.ctx, { log: 'actes', from: -1n }), 'outside'],
    ['nothing chosen', () => exportSelection(world.ctx, { log: 'actes', ids: [] }), 'nothing-chosen'],
    ['an unknown entry', () => exportSelection(world.ctx, { log: 'actes', ids: [newId()] }), 'unknown-entry'],
    ['another log', () => exportSelection(world.ctx, { log: 'acces', ids: [ids[0] ?? ''] }), 'unknown-entry'],
    [
      'too many',
      () => exportSelection(world.ctx, { log: 'actes', ids: Array.from({ length: 10_001 }, newId) }),
      'too-many',
    ],
    [
      'a kept checkpoint that is none',
      () => makeRangeExport(world.ctx, { log: 'actes', from: 0n, previous: 'oui' }),
      'bad-previous',
    ],
  ])('%s', async (_case, work, reason) => {
    const before = (await journalOf(world.database.readerUrl, { kinds: ['journal.exported'] })).length;
    await expect(work()).rejects.toMatchObject({ reason });
    expect((await journalOf(world.database.readerUrl, { kinds: ['journal.exported'] })).length).toBe(before);
  });

  test('a log that published nothing', async () => {
    const empty = await createWorld();
    await expect(makeRangeExport(empty.ctx, { log: 'actes', from: 0n })).rejects.toMatchObject({
      reason: 'nothing-published',
    });
    await empty.close();
  });
});

test('the manifest is read only as it is written', async () => {
  const files = unpacked((await makeRangeExport(world.ctx, { log: 'actes', from: 0n, to: 300n })).pieces);
  const bytes = files.get('manifest.json') ?? Buffer.alloc(0);
  expect(parseManifest(bytes)).toBeDefined();
  const text = bytes.toString();
  for (const other of [
    '',
    '{}',
    'null',
    '[]',
    `${text} `,
    text.replace('"to": "512"', '"to": "0512"'),
    text.replace('"entries": ', '"entries":  '),
  ]) {
    expect(parseManifest(Buffer.from(other)), other.slice(0, 40)).toBeUndefined();
  }
});
