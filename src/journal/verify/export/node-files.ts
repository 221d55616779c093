import { fromBase64url } from '../base64url.ts';
import { fromBase64, readDecimal } from '../bytes.ts';
import { type ByPlace, placeKey } from './by-place.ts';
import { NODE_ID } from './entries.ts';
import { FILES } from './layout.ts';
import { isInstant, LINES, readLines } from './lines.ts';
import type { Files } from './sums.ts';

/** A node's public key. Times in milliseconds since 1970, as the export gives them: entries tell whether they are true. */
export type NodeKey = { ed25519: Uint8Array; revokedAt: number | undefined };

export type NodeKeys = ReadonlyMap<string, NodeKey>;

/** Public keys of nodes by their ids, in the order of these; undefined when the file is not what it should be. */
export function readNodeKeys(files: Files): NodeKeys | undefined {
  const lines = readLines(files.get(FILES.nodeKeys), LINES.nodeKeys);
  const keys = new Map<string, NodeKey>();
  let before = '';
  for (const { node = '', ed25519 = '', revokedAt = '' } of lines ?? []) {
    const key = fromBase64url(ed25519);
    if (key?.length !== 32 || !NODE_ID.test(node) || node <= before || (revokedAt && !isInstant(revokedAt)))
      return undefined;
    const revoked = revokedAt ? Date.parse(revokedAt) : undefined;
    keys.set(node, { ed25519: key, revokedAt: revoked });
    before = node;
  }
  return lines && keys;
}

/** What a node signed of an entry. */
export type Signed = { index: bigint; node: string; signature: Uint8Array };

export type Signatures = ByPlace<Signed>;

/** Signatures by the places of their entries, as they stand; undefined when the file is not what it should be. */
export function readNodeSignatures(files: Files): Signatures | undefined {
  const lines = readLines(files.get(FILES.nodeSignatures), LINES.nodeSignatures);
  const signatures = new Map<string, Signed>();
  for (const { index = '', node = '', signature = '' } of lines ?? []) {
    const read = fromBase64(signature);
    const place = readDecimal(index);
    if (place === undefined || !read || signatures.has(placeKey(place))) return undefined;
    signatures.set(placeKey(place), { index: place, node, signature: read });
  }
  return lines && signatures;
}
