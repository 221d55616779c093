import { sha256 } from '#platform/crypto/hashes.ts';
import { entriesPath, fromBase64, leafHash, readBundle, readLeaf, TILE_WIDTH, tilePath } from '../verify/index.ts';
import { signaturesPath } from './mirror.ts';
import { readWidest } from './mirror-files.ts';

/** What the mirror keeps of an entry. */
export type MirroredLeaf = {
  leaf: Uint8Array;
  nodeSig: Buffer;
  /** UTC, to the microsecond. */
  recordedAt: string;
  /** What the leaf says; undefined when these bytes are no leaf: the root alone says whether they were sealed so. */
  members: Record<string, unknown> | undefined;
};

/** A place of the tree as the mirror keeps it: of an erased entry, the hash alone. */
export type MirroredPlace = { hash: Uint8Array; entry: MirroredLeaf | undefined };

const HASH = 32;

/** Which places of bundle `n` are read: those from `from` to `width`. `isErased`: by the place in the log. */
type Asked = { n: bigint; from?: number; width: number; isErased?: (index: bigint) => boolean };

/**
 * The places of a bundle; undefined when the mirror has not all of them. Of erased entries it never gives the bytes, even where
 * a bundle still has them: their hashes come from the tile. Throws when a file is damaged; bytes that are missing without an
 * erasure that says so (a hole in the bundle) are damage.
 */
export async function readPlaces(
  folder: string,
  { n, from = 0, width, isErased = () => false }: Asked,
): Promise<MirroredPlace[] | undefined> {
  const offsets = Array.from({ length: width - from }, (_, at) => from + at);
  const erased = new Set(offsets.filter((at) => isErased(n * BigInt(TILE_WIDTH) + BigInt(at))));
  const hashes = erased.size > 0 ? await readWidest(folder, tilePath({ level: 0, n, width: TILE_WIDTH }), width) : NONE;
  const entryAt = erased.size < offsets.length ? await readEntries(folder, n, width) : () => undefined;
  if (!hashes || !entryAt) return undefined;
  if (erased.size > 0 && hashes.length < width * HASH) throw new Error(`tile ${n} of the mirror is too short`);
  return offsets.map((at) => {
    const entry = erased.has(at) ? undefined : entryAt(at);
    return { entry, hash: entry ? leafHash(sha256, entry.leaf) : hashes.slice(at * HASH, (at + 1) * HASH) };
  });
}

const NONE = new Uint8Array();

/** How to read one entry of a bundle; undefined when the mirror has not that many. */
async function readEntries(
  folder: string,
  n: bigint,
  width: number,
): Promise<((at: number) => MirroredLeaf) | undefined> {
  const [bundle, signatures] = await Promise.all([
    readWidest(folder, entriesPath(n, TILE_WIDTH), width),
    readWidest(folder, signaturesPath(n, TILE_WIDTH), width),
  ]);
  if (!bundle || !signatures) return undefined;
  const read = readBundle(bundle);
  if (!read.ok) throw new Error(`bundle ${n} of the mirror is ${read.fault}`);
  const lines = Buffer.from(signatures).toString().split('\n');
  if (read.leaves.length < width || lines.length <= width) throw new Error(`bundle ${n} of the mirror is too short`);
  return (at) => entryOf(read.leaves[at] ?? NONE, lines[at] ?? '', `${n}, entry ${at}`);
}

function entryOf(leaf: Uint8Array, line: string, where: string): MirroredLeaf {
  const [, signed = '', recordedAt = ''] = /^(\S+) (\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)$/.exec(line) ?? [];
  const signature = fromBase64(signed);
  if (leaf.length === 0)
    throw new Error(`bundle ${where} of the mirror is a hole, and no erasure that is known made it`);
  if (!signature?.length) throw new Error(`bundle ${where} of the mirror is damaged`);
  const read = readLeaf(leaf);
  return { leaf, nodeSig: Buffer.from(signature), recordedAt, members: read.ok ? read.leaf : undefined };
}
