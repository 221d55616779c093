import { formatNote } from '../verify/index.ts';
import { type CheckpointRequest, type Obstacle, obstacleTo, readUnsigned } from '../witness/checkpoint-request.ts';
import type { HeadStore } from '../witness/head-store.ts';
import { type SigningKey, signNote } from '../witness/signing-key.ts';

/** A signer: the private keys of the logs, several for one log during a rotation, and the last head it signed of each. */
export type Signer = { keys: readonly SigningKey[]; heads: HeadStore };

export type SignAnswer =
  | { ok: true; origin: string; size: bigint; lines: string[] }
  | ({ ok: false; origin?: string } & (Obstacle | { fault: 'malformed' | 'unknown-log' | 'overtaken' }));

/**
 * Signs a tree head that only adds to the last one signed for this log, with every key of the log. The head is on the disk
 * before the answer, so that whoever did not hear it asks again and gets the same signatures. `overtaken`: another process
 * signed meanwhile; nothing was signed here.
 */
export async function signCheckpoint({ keys, heads }: Signer, request: CheckpointRequest): Promise<SignAnswer> {
  const checkpoint = readUnsigned(request.note);
  if (!checkpoint) return { ok: false, fault: 'malformed' };
  const { origin, size, root } = checkpoint;
  const ring = keys.filter(({ vkey }) => vkey.name === origin);
  if (ring.length === 0) return { ok: false, fault: 'unknown-log' };
  const head = await heads.latest(origin);
  const obstacle = obstacleTo(request, checkpoint, head);
  if (obstacle) return { ok: false, origin, ...obstacle };
  const lines = ring.map((key) => signNote(key, request.note));
  const note = formatNote(request.note, lines);
  if (note !== head.note && !(await heads.replace(origin, head, { size, root, note })))
    return { ok: false, origin, fault: 'overtaken' };
  return { ok: true, origin, size, lines };
}
