import { sha256 } from '#platform/crypto/hashes.ts';
import {
  type Checkpoint,
  checkpointText,
  emptyRoot,
  fromBase64,
  parseCheckpoint,
  readDecimal,
  sameBytes,
  toBase64,
  verifyConsistency,
} from '../verify/index.ts';
import type { Head } from './head-store.ts';

/** What add-checkpoint carries (C2SP tlog-witness): from which size to which note, and the proof between them. */
export type CheckpointRequest = { oldSize: bigint; proof: Uint8Array[]; note: string };

/** A tree of 2^63 leaves has consistency proofs of at most 63 hashes. */
const LONGEST_PROOF = 63;

/** The longest body that is read, in bytes: a proof and a note of the longest kind. */
export const LONGEST_REQUEST = 110_000;

/** Writes the body of add-checkpoint. */
export function writeCheckpointRequest({ oldSize, proof, note }: CheckpointRequest): string {
  return `old ${oldSize}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${note}`;
}

/** Reads the body of add-checkpoint; undefined when it is not exactly of that form. The note is not read. */
export function readCheckpointRequest(body: string): CheckpointRequest | undefined {
  const blank = body.indexOf('\n\n');
  if (blank < 0) return undefined;
  const [first = '', ...lines] = body.slice(0, blank).split('\n');
  const oldSize = first.startsWith('old ') ? readDecimal(first.slice('old '.length)) : undefined;
  const proof = lines.map(fromBase64).filter((hash) => hash?.length === 32) as Uint8Array[];
  if (oldSize === undefined || proof.length < lines.length || lines.length > LONGEST_PROOF) return undefined;
  return { oldSize, proof, note: body.slice(blank + 2) };
}

/** What stands between a head that was signed and a checkpoint to sign. */
export type Obstacle = { fault: 'size-goes-back' } | { fault: 'other-size'; size: bigint } | { fault: 'inconsistent' };

/** Whether the checkpoint only adds to the head (C2SP tlog-witness, add-checkpoint); what is wrong otherwise. */
export function obstacleTo(
  { oldSize, proof }: CheckpointRequest,
  { size, root }: Pick<Checkpoint, 'size' | 'root'>,
  head: Head,
): Obstacle | undefined {
  if (oldSize > size) return { fault: 'size-goes-back' };
  if (oldSize !== head.size) return { fault: 'other-size', size: head.size };
  if (size === 0n && !sameBytes(root, emptyRoot(sha256))) return { fault: 'inconsistent' };
  const consistent = verifyConsistency(sha256, { oldSize, oldRoot: head.root, newSize: size, newRoot: root, proof });
  return consistent ? undefined : { fault: 'inconsistent' };
}

/** The tree head that a text without a signature says, or undefined when it is not one that we would sign: no extension. */
export function readUnsigned(noteText: string): Checkpoint | undefined {
  const read = parseCheckpoint(noteText);
  return read.ok && checkpointText(read.checkpoint) === noteText ? read.checkpoint : undefined;
}
