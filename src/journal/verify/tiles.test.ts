import { hash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  consistencyRanges,
  emptyRoot,
  hashRange,
  inclusionRanges,
  leafHash,
  newTiles,
  nodeHash,
  type Range,
  rootOf,
  rootRange,
  type TileAddress,
  tilePath,
  tilesFor,
  tileWidth,
  verifyConsistency,
  verifyInclusion,
} from './index.ts';
import { LARGER_ROOTS } from './merkle.vectors.ts';

const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');
const sameTile = (one: TileAddress, level: number, n: bigint) => one.level === level && one.n === n;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('the tiles of a tree of 70 000 leaves', () => {
  const hashes: Uint8Array[] = [];
  let tiles: Map<string, Uint8Array>;
  beforeAll(() => {
    for (let index = 0; index < 70_000; index += 1) hashes.push(leafHash(sha256, Buffer.from(`leaf ${index}`)));
    tiles = builtTiles(hashes);
  });

  test.each(LARGER_ROOTS)('at %i leaves: the root, from leaves and from tiles', (size, root) => {
    expect(hex(rootOf(sha256, hashes.slice(0, size)))).toBe(root);
    const range = rootRange(BigInt(size));
    const cut = builtTiles(hashes.slice(0, size));
    expect(hex(hashRange(sha256, range, only(cut, tilesFor([range], BigInt(size)))))).toBe(root);
  });

  test('are as tlog-tiles says', () => {
    const paths = [...tiles.keys()];
    expect(paths).toHaveLength(273 + 1 + 1 + 1 + 1);
    const edges = ['tile/0/273.p/112', 'tile/1/000', 'tile/1/001.p/17', 'tile/2/000.p/1'];
    expect(paths.filter((path) => !/^tile\/0\/...$/.test(path))).toEqual(edges);
    expect(newTiles(0n, 70_000n).map(tilePath)).toEqual(paths);
  });

  test('grow: only what is new is written, and the partial tiles of the new size', () => {
    expect(newTiles(0n, 0n)).toEqual([]);
    expect(newTiles(7n, 7n)).toEqual([]);
    expect(newTiles(0n, 256n).map(tilePath)).toEqual(['tile/0/000', 'tile/1/000.p/1']);
    expect(newTiles(256n, 257n).map(tilePath)).toEqual(['tile/0/001.p/1']);
    expect(newTiles(255n, 513n).map(tilePath)).toEqual([
      'tile/0/000',
      'tile/0/001',
      'tile/0/002.p/1',
      'tile/1/000.p/2',
    ]);
    expect(newTiles(65_535n, 65_536n).map(tilePath)).toEqual(['tile/0/255', 'tile/1/000', 'tile/2/000.p/1']);
    expect(newTiles(69_999n, 70_000n).map(tilePath)).toEqual(['tile/0/273.p/112']);
  });

  test('give proofs that verify, across full and partial tiles', () => {
    const size = 70_000n;
    const root = rootOf(sha256, hashes);
    for (const index of [0n, 1n, 255n, 256n, 65_535n, 65_536n, 69_887n, 69_888n, 69_998n, 69_999n]) {
      const ranges = inclusionRanges(index, size);
      const needed = tilesFor(ranges, size);
      expect(needed.length).toBeLessThanOrEqual(5);
      const proof = ranges.map((range) => hashRange(sha256, range, only(tiles, needed)));
      const leaf = hashes[Number(index)] ?? new Uint8Array();
      expect(verifyInclusion(sha256, { index, size, leafHash: leaf, proof, root }), `${index}`).toBe(true);
    }
    for (const oldSize of [1n, 255n, 256n, 257n, 65_535n, 65_536n, 65_537n, 69_888n, 69_999n]) {
      const ranges = consistencyRanges(oldSize, size);
      const proof = ranges.map((range) => hashRange(sha256, range, only(tiles, tilesFor(ranges, size))));
      const oldRoot = hashRange(sha256, rootRange(oldSize), (level, n) => {
        return tiles.get(tilePath({ level, n, width: tileWidth(level, n, size) })) ?? new Uint8Array();
      });
      const claim = { oldSize, oldRoot, newSize: size, newRoot: root, proof };
      expect(verifyConsistency(sha256, claim), `${oldSize}`).toBe(true);
    }
  });

  test('a full tile serves for a partial one; a missing, short or changed one never gives the root', () => {
    const size = 69_990n;
    const root = hex(rootOf(sha256, hashes.slice(0, Number(size))));
    const range = rootRange(size);
    const wider = (level: number, n: bigint) => tiles.get(tilePath({ level, n, width: tileWidth(level, n, 70_000n) }));
    expect(hex(hashRange(sha256, range, (level, n) => wider(level, n) ?? new Uint8Array()))).toBe(root);
    for (const missing of tilesFor([range], size)) {
      const needed = missing.width * 32;
      for (const kept of [0, 1, 31, 32, needed - 32, needed - 1].filter((length) => length < needed)) {
        const short = (level: number, n: bigint) =>
          (wider(level, n) ?? new Uint8Array()).subarray(0, sameTile(missing, level, n) ? kept : undefined);
        expect(hashRange(sha256, range, short), `${tilePath(missing)} cut to ${kept}`).toHaveLength(0);
      }
      const changed = (level: number, n: bigint) => {
        const bytes = Uint8Array.from(wider(level, n) ?? new Uint8Array());
        if (sameTile(missing, level, n)) bytes[0] = (bytes[0] ?? 0) ^ 1;
        return bytes;
      };
      expect(hex(hashRange(sha256, range, changed)), tilePath(missing)).not.toBe(root);
    }
  });
});

describe('ranges that are no subtree have no hash', () => {
  const tile = new Uint8Array(8192);
  const impossible: Range[] = [
    { begin: 1n, end: 3n },
    { begin: 3n, end: 2n },
    { begin: -1n, end: 4n },
    { begin: 5n, end: 5n },
    { begin: 2n, end: 8n },
    { begin: 0n, end: 2n ** 64n },
  ];
  test.each(impossible)('[$begin, $end)', (range) => {
    expect(hashRange(sha256, range, () => tile)).toHaveLength(0);
    expect(tilesFor([range], 8n)).toEqual([]);
  });

  test('but the empty tree has its root, and no tile', () => {
    expect(hashRange(sha256, rootRange(0n), () => tile)).toEqual(emptyRoot(sha256));
    expect(tilesFor([rootRange(0n)], 0n)).toEqual([]);
  });
});

/** A tree of any size: every leaf is alike but one, so that a subtree's hash is one of two per height. */
class AlmostUniformTree {
  readonly #special: bigint;
  readonly #uniform: Uint8Array[] = [leafHash(sha256, Buffer.from('alike'))];
  readonly #odd = new Map<number, Uint8Array>([[0, leafHash(sha256, Buffer.from('the one'))]]);

  constructor(special: bigint) {
    this.#special = special;
    for (let height = 0; height < 63; height += 1) {
      const below = this.#uniform[height] ?? new Uint8Array();
      this.#uniform.push(nodeHash(sha256, below, below));
    }
  }

  subtree(height: number, index: bigint): Uint8Array {
    if (this.#special >> BigInt(height) !== index) return this.#uniform[height] ?? new Uint8Array();
    const known = this.#odd.get(height);
    if (known) return known;
    const [left, right] = [this.subtree(height - 1, index * 2n), this.subtree(height - 1, index * 2n + 1n)];
    const hash = nodeHash(sha256, left, right);
    this.#odd.set(height, hash);
    return hash;
  }

  /** A leaf hash that does not stand at this index. */
  other(index: bigint): Uint8Array {
    return this.subtree(0, index === this.#special ? index + 1n : this.#special);
  }

  /** By the recursive definition of RFC 9162 §2.1.1, from perfect subtrees only. */
  root(size: bigint, begin = 0n): Uint8Array {
    const height = size.toString(2).length - 1;
    const width = 1n << BigInt(height);
    const left = this.subtree(height, begin / width);
    return width === size ? left : nodeHash(sha256, left, this.root(size - width, begin + width));
  }

  tiles(named: readonly TileAddress[]) {
    return (level: number, n: bigint): Uint8Array => {
      const address = named.find((one) => sameTile(one, level, n)) ?? expect.fail(`tile ${level}/${n} was not named`);
      const hashes = Array.from({ length: address.width }, (_, at) => this.subtree(8 * level, n * 256n + BigInt(at)));
      return Buffer.concat(hashes);
    };
  }
}

/** Sizes and indices that a number could not hold, on a tree whose leaves are all alike but one. */
const HUGE = [2n ** 31n, 2n ** 32n, 2n ** 53n, 256n ** 2n, 256n ** 4n, 256n ** 5n, 256n ** 7n, 2n ** 63n - 2n];

describe.each(HUGE.flatMap((size) => [size - 1n, size, size + 1n]))('a tree of %s leaves', (size) => {
  const special = (size * 5n) / 7n;
  const tree = new AlmostUniformTree(special);

  test('has inclusion proofs, read from tiles of exactly the width they have', () => {
    const root = tree.root(size);
    const places = [0n, 255n, size / 2n, special - 1n, special, special ^ 1n, size - 2n, size - 1n];
    for (const index of places.filter((one) => one >= 0n && one < size)) {
      const ranges = inclusionRanges(index, size);
      const proof = ranges.map((range) => hashRange(sha256, range, tree.tiles(tilesFor(ranges, size))));
      const claim = { index, size, leafHash: tree.subtree(0, index), proof, root };
      expect(verifyInclusion(sha256, claim), `${index}`).toBe(true);
      expect(verifyInclusion(sha256, { ...claim, leafHash: tree.other(index) }), `${index}`).toBe(false);
      expect(verifyInclusion(sha256, { ...claim, proof: proof.slice(1) }), `${index}`).toBe(false);
      expect(verifyInclusion(sha256, { ...claim, index: index + size }), `${index}`).toBe(false);
    }
  });

  test('has consistency proofs, read from tiles of exactly the width they have', () => {
    const newRoot = tree.root(size);
    for (const oldSize of [1n, 256n, size / 2n, special, special + 1n, size - 1n, size]) {
      const ranges = consistencyRanges(oldSize, size);
      const proof = ranges.map((range) => hashRange(sha256, range, tree.tiles(tilesFor(ranges, size))));
      const claim = { oldSize, oldRoot: tree.root(oldSize), newSize: size, newRoot, proof };
      expect(verifyConsistency(sha256, claim), `${oldSize}`).toBe(true);
      if (oldSize === size) continue;
      expect(verifyConsistency(sha256, { ...claim, oldRoot: newRoot }), `${oldSize}`).toBe(false);
      expect(verifyConsistency(sha256, { ...claim, proof: proof.slice(0, -1) }), `${oldSize}`).toBe(false);
    }
  });

  test('has its root in its tiles', () => {
    const range = rootRange(size);
    expect(hashRange(sha256, range, tree.tiles(tilesFor([range], size)))).toEqual(tree.root(size));
  });
});

/** All tiles of the tree of these leaves, by path: level by level, from the full tiles below. */
function builtTiles(leaves: readonly Uint8Array[]): Map<string, Uint8Array> {
  const tiles = new Map<string, Uint8Array>();
  for (let level = 0, row = leaves; row.length > 0; level += 1) {
    const above: Uint8Array[] = [];
    for (let n = 0; n * 256 < row.length; n += 1) {
      const part = row.slice(n * 256, (n + 1) * 256);
      tiles.set(tilePath({ level, n: BigInt(n), width: part.length }), Buffer.concat(part));
      if (part.length === 256) above.push(rootOf(sha256, part));
    }
    row = above;
  }
  return tiles;
}

/** Only the tiles named: asking for another one is a fault of `tilesFor`. */
function only(tiles: ReadonlyMap<string, Uint8Array>, named: readonly TileAddress[]) {
  return (level: number, n: bigint): Uint8Array => {
    const address = named.find((one) => sameTile(one, level, n));
    return (address && tiles.get(tilePath(address))) ?? expect.fail(`tile ${level}/${n} was not named`);
  };
}
