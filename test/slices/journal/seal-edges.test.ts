import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { mirror, sequence } from '#journal';
import { hashRange, leafHash, nodeHash, rootRange, type Sha256 } from '#journal/verify';
import { sha256 as hashOf } from '#platform/crypto/hashes.ts';
import { emptyFrontier, grow, partialWidths, rootOfFrontier } from '../../../src/journal/seal/frontier.ts';
import { originOf } from '../../../src/journal/seal/log.ts';
import { type Bed, headsOf, makeBed, sealedOf, tamper } from './seal-bed.ts';

// Trees of every size that something could go wrong at. The expected roots are computed by the core, from tiles.

vi.setConfig({ testTimeout: 240_000 }); // processes and servers of their own, on a machine that may be busy

const sha256: Sha256 = (data) => hashOf(data);
const hashes = (count: number) => Array.from({ length: count }, () => randomBytes(32));

describe('row 30: a frontier in memory', () => {
  test('row 30: has the root of the core at every size from 0 to 1100, grown one by one or all at once', () => {
    const leaves = hashes(1100);
    const tiles = new Map<string, Buffer>();
    const tileAt = (level: number, n: bigint) => tiles.get(`${level}/${n}`) ?? Buffer.concat(partial(level, n));
    let frontier = emptyFrontier;
    const partial = (level: number, _n: bigint) => [...(frontier.partials[level] ?? [])];
    for (const [at, leaf] of leaves.entries()) {
      const grown = grow(frontier, [leaf]);
      frontier = grown.frontier;
      for (const { level, n, hashes: bytes } of grown.full) tiles.set(`${level}/${n}`, Buffer.from(bytes));
      const core = hashRange(sha256, rootRange(BigInt(at + 1)), tileAt);
      expect(Buffer.from(rootOfFrontier(frontier)).equals(Buffer.from(core)), `size ${at + 1}`).toBe(true);
    }
    expect(rootOfFrontier(grow(emptyFrontier, leaves).frontier)).toEqual(rootOfFrontier(frontier));
    expect(rootOfFrontier(emptyFrontier)).toEqual(sha256(new Uint8Array()));
  });

  test('row 30: growing costs one hash for each leaf, whatever the size, and never changes the frontier before', () => {
    const before = grow(emptyFrontier, hashes(255)).frontier;
    const root = rootOfFrontier(before);
    expect(grow(before, hashes(1)).full.map(({ level, n }) => [level, n])).toEqual([[0, 0n]]);
    expect(grow(before, hashes(0)).frontier).toEqual(before);
    expect(rootOfFrontier(before)).toEqual(root);
    expect(partialWidths(2n ** 53n + 257n)).toEqual([1, 1, 0, 0, 0, 0, 32]);
  });
});

describe('row 30: the tables at sizes that nobody will see', () => {
  let bed: Bed;
  beforeAll(async () => {
    bed = await makeBed();
    await sql`insert into journal.log (log_id, origin, created_at)
      values (2, ${originOf(bed.ctx, 'acces')}, clock_timestamp())`.execute(bed.superuser);
  });
  afterAll(() => bed?.close());

  /** Makes the right edge of a tree of this size out of chance: the only part of it that is ever read to let it grow. */
  async function pretend(size: bigint): Promise<Map<string, Buffer[]>> {
    for (const table of ['leaf', 'tile', 'tree_head']) {
      await tamper(bed.superuser, `journal.${table}`, `delete from journal.${table} where log_id = 2`);
    }
    const edge = new Map<string, Buffer[]>();
    for (const [level, width] of partialWidths(size).entries()) {
      const end = size >> BigInt(8 * level);
      const partial = hashes(width);
      edge.set(`${level}/${end / 256n}`, partial);
      const first = end - BigInt(width);
      if (level === 0) await fillLeaves(first, partial);
      else await fillTiles(level - 1, first, partial);
    }
    // the highest leaf is what tells how many there are
    if (size % 256n === 0n) await fillLeaves(size - 1n, hashes(1));
    const tileAt = (level: number, n: bigint) => Buffer.concat(edge.get(`${level}/${n}`) ?? []);
    const root = hashRange(sha256, rootRange(size), tileAt);
    await sql`
      insert into journal.tree_head (log_id, size, root, last_xid, last_id, system_identifier)
      select 2, ${String(size)}::bigint, ${Buffer.from(root)}, coalesce(max(xid)::text, '3')::xid8,
        'ffffffff-ffff-ffff-ffff-ffffffffffff', (select system_identifier::text from pg_control_system())
      from journal.entry where log_id = 2`.execute(bed.superuser);
    return edge;
  }

  async function fillLeaves(first: bigint, partial: readonly Buffer[]): Promise<void> {
    await sql`
      insert into journal.leaf (log_id, idx, entry_id, leaf_hash)
      select 2, ${String(first)}::bigint + n - 1, gen_random_uuid(), hash
      from unnest(${partial}::bytea[]) with ordinality as l (hash, n)`.execute(bed.superuser);
  }

  async function fillTiles(level: number, first: bigint, roots: readonly Buffer[]): Promise<void> {
    await sql`
      insert into journal.tile (log_id, level, n, hashes, root)
      select 2, ${level}, ${String(first)}::bigint + n - 1, ${Buffer.alloc(8192)}, root
      from unnest(${roots}::bytea[]) with ordinality as t (root, n)`.execute(bed.superuser);
  }

  const M = 256n;
  test.each([
    ['256² − 1', M ** 2n - 1n],
    ['256³ − 2', M ** 3n - 2n],
    ['256³ + 1', M ** 3n + 5n],
    ['2³¹ − 3', 2n ** 31n - 3n],
    ['2³²', 2n ** 32n],
    ['256⁴ + 1', M ** 4n + 1n],
    ['256⁵ − 1', M ** 5n - 1n],
    ['2⁵³ − 3', 2n ** 53n - 3n],
    ['256⁷ − 2', M ** 7n - 2n],
    ['2⁶³ − 300', 2n ** 63n - 300n],
  ])('row 30: at %s the next entries get exact indices, and the root is that of the core', async (_name, size) => {
    const edge = await pretend(size);
    await bed.write(4, 'acces');
    expect(await sequence(bed.another(), 'acces')).toMatchObject({ size: size + 4n, added: 4 });
    const added = (await sealedOf(bed.superuser, 'acces')).slice(-4);
    expect(added.map(({ index }) => index)).toEqual([0n, 1n, 2n, 3n].map((at) => size + at));
    const root = rootWith(
      edge,
      size,
      added.map(({ leaf }) => Buffer.from(leafHash(sha256, leaf))),
    );
    const last = (await headsOf(bed.superuser, 'acces')).at(-1);
    expect(last?.size).toBe(size + 4n);
    expect(last?.root.equals(Buffer.from(root))).toBe(true);
    // a new program reads the same frontier back from the tables
    await bed.write(1, 'acces');
    expect(await sequence(bed.another(), 'acces')).toMatchObject({ size: size + 5n, added: 1 });
  });

  /** The root with these leaves more: tiles filled by hand, level after level, then read by the core. */
  function rootWith(edge: Map<string, Buffer[]>, size: bigint, leaves: readonly Buffer[]): Uint8Array {
    const tiles = new Map([...edge].map(([at, partial]) => [at, [...partial]]));
    const add = (level: number, index: bigint, hash: Buffer) => {
      const at = `${level}/${index / M}`;
      const tile = tiles.get(at) ?? [];
      tiles.set(at, [...tile, hash]);
      if (tile.length + 1 < 256) return;
      const half = (begin: bigint) =>
        hashRange(sha256, { begin, end: begin + 128n }, () => Buffer.concat([...tile, hash]));
      add(level + 1, index / M, Buffer.from(nodeHash(sha256, half(0n), half(128n))));
    };
    for (const [at, leaf] of leaves.entries()) add(0, size + BigInt(at), leaf);
    return hashRange(sha256, rootRange(size + BigInt(leaves.length)), (level, n) =>
      Buffer.concat(tiles.get(`${level}/${n}`) ?? []),
    );
  }

  test('row 30: a mirror that would have to begin in the middle says so, and writes nothing', async () => {
    await expect(mirror(bed.ctx, 'acces', '/nowhere')).rejects.toThrow('a leaf between 0 and 4096 is missing');
  });
});
