import { fromBase64url } from '../base64url.ts';
import { fromBase64 } from '../bytes.ts';
import { FILES } from './layout.ts';
import { isInstant, LINES, readLines } from './lines.ts';
import type { Files } from './sums.ts';

/** A node's public key. Times in milliseconds since 1970, as the export gives them: entries tell whether they are true. */
export type NodeKey = { ed25519: Uint8Array; registeredAt: number; revokedAt: number | undefined };

export type NodeKeys = ReadonlyMap<string, NodeKey>;

/** Public keys of nodes by their ids; undefined when the file is not what it should be. */
export function readNodeKeys(files: Files): NodeKeys | undefined {
  const lines = readLines(files.get(FILES.nodeKeys), LINES.nodeKeys);
  const keys = new Map<string, NodeKey>();
  for (const { node = '', ed25519 = '', registeredAt = '', revokedAt = '' } of lines ?? []) {
    const key = fromBase64url(ed25519);
    if (key?.length !== 32 || keys.has(node) || !isInstant(registeredAt) || (revokedAt && !isInstant(revokedAt)))
      return undefined;
    const revoked = revokedAt ? Date.parse(revokedAt) : undefined;
    keys.set(node, { ed25519: key, registeredAt: Date.parse(registeredAt), revokedAt: revoked });
  }
  return lines && keys;
}

/** What a node signed of an entry. `recordedAt`: when the database took it, milliseconds since 1970. */
export type Signed = { node: string; signature: Uint8Array; recordedAt: number };

export type Signatures = ReadonlyMap<bigint, Signed>;

/** Signatures by the places of their entries; undefined when the file is not what it should be. */
export function readNodeSignatures(files: Files): Signatures | undefined {
  const lines = readLines(files.get(FILES.nodeSignatures), LINES.nodeSignatures);
  const signatures = new Map<bigint, Signed>();
  for (const { index = '', node = '', recordedAt = '', signature = '' } of lines ?? []) {
    const read = fromBase64(signature);
    if (!/^(0|[1-9][0-9]{0,18})$/.test(index) || !read || !isInstant(recordedAt) || signatures.has(BigInt(index)))
      return undefined;
    signatures.set(BigInt(index), { node, signature: read, recordedAt: Date.parse(recordedAt) });
  }
  return lines && signatures;
}
