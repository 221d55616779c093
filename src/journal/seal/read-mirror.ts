import { entriesPath, readBundle, readLeaf, TILE_WIDTH } from '../verify/index.ts';
import { signaturesPath } from './mirror.ts';
import { readWidest } from './mirror-files.ts';

/** An entry as the mirror keeps it, with what its leaf says. */
export type MirroredLeaf = {
  id: string;
  leaf: Uint8Array;
  node: string;
  nodeSig: Buffer;
  /** UTC, to the microsecond. */
  recordedAt: string;
  members: Record<string, unknown>;
};

/**
 * The entries of a bundle from place `from` to `width`; undefined when the mirror has not that many. Throws when a file is
 * damaged, or when one of them was erased: those leave a hole of no bytes, which only what stands before `from` may be.
 */
export async function readBundleAt(
  folder: string,
  n: bigint,
  width: number,
  from = 0,
): Promise<MirroredLeaf[] | undefined> {
  const [bundle, signatures] = await Promise.all([
    readWidest(folder, entriesPath(n, TILE_WIDTH), width),
    readWidest(folder, signaturesPath(n, TILE_WIDTH), width),
  ]);
  if (!bundle || !signatures) return undefined;
  const read = readBundle(bundle);
  if (!read.ok) throw new Error(`bundle ${n} of the mirror is ${read.fault}`);
  const lines = Buffer.from(signatures).toString().split('\n');
  if (read.leaves.length < width || lines.length <= width) throw new Error(`bundle ${n} of the mirror is too short`);
  return read.leaves
    .slice(from, width)
    .map((leaf, at) => entryOf(leaf, lines[from + at] ?? '', `${n}, entry ${from + at}`));
}

function entryOf(leaf: Uint8Array, line: string, where: string): MirroredLeaf {
  const read = readLeaf(leaf);
  const [, signature = '', recordedAt = ''] =
    /^([A-Za-z0-9+/]{86}==) (\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)$/.exec(line) ?? [];
  if (!read.ok || !signature) throw new Error(`bundle ${where} of the mirror is damaged`);
  const { id, node } = read.leaf;
  if (typeof id !== 'string' || typeof node !== 'string') throw new Error(`bundle ${where} of the mirror is damaged`);
  return { id, leaf, node, nodeSig: Buffer.from(signature, 'base64'), recordedAt, members: read.leaf };
}
