import type { Clock } from '#platform/time/clock.ts';
import { type Crypto, formatNote, parseCheckpoint, parseNote, type Vkey, verifySignature } from '../verify/index.ts';
import { type CheckpointRequest, type Obstacle, obstacleTo } from './checkpoint-request.ts';
import type { HeadStore } from './head-store.ts';
import { cosignNote, nodeCrypto, type SigningKey } from './signing-key.ts';

/** A witness: its key, the keys of the logs it knows, and what it remembers of them. */
export type Witness = { key: SigningKey; logs: readonly Vkey[]; heads: HeadStore; clock: Clock };

export type CosignAnswer =
  | { ok: true; origin: string; size: bigint; line: string }
  | ({ ok: false; origin?: string } & (Obstacle | { fault: 'malformed' | 'unknown-log' | 'not-signed' | 'busy' }));

/** How many others may be faster before we say that we are busy. */
const TRIES = 8;

/**
 * Cosigns a checkpoint that a known log signed and that only adds to the last one cosigned (C2SP tlog-witness,
 * add-checkpoint). What it will remember is on the disk before the answer. `busy`: others changed the head all the time.
 */
export async function addCheckpoint(witness: Witness, request: CheckpointRequest): Promise<CosignAnswer> {
  const read = readSigned(witness.logs, request.note);
  if (!read.ok) return read;
  const { noteText, origin, signatures } = read;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const head = await witness.heads.latest(origin);
    const obstacle = obstacleTo(request, read, head);
    if (obstacle) return { ok: false, origin, ...obstacle };
    const line = cosignNote(witness.key, noteText, witness.clock.now());
    const note = formatNote(noteText, [...signatures, line]);
    const { size, root } = read;
    if (await witness.heads.replace(origin, head, { size, root, note })) return { ok: true, origin, size, line };
  }
  return { ok: false, origin, fault: 'busy' };
}

type Signed = { ok: true; noteText: string; origin: string; size: bigint; root: Uint8Array; signatures: string[] };

/** The checkpoint of a note that its log signed. Signatures of unknown keys are ignored; a false one of a known key rejects it. */
function readSigned(logs: readonly Vkey[], note: string): Signed | (CosignAnswer & { ok: false }) {
  const parsed = parseNote(note);
  const checkpoint = parsed.ok ? parseCheckpoint(parsed.note.text) : parsed;
  if (!parsed.ok || !checkpoint.ok) return { ok: false, fault: 'malformed' };
  const { origin, size, root } = checkpoint.checkpoint;
  const keys = logs.filter(({ name }) => name === origin);
  if (keys.length === 0) return { ok: false, fault: 'unknown-log' };
  const { text: noteText, signatures } = parsed.note;
  const theirs = signatures.filter(({ name, keyId }) => keys.some((key) => key.name === name && key.keyId === keyId));
  const isTrue = (one: (typeof theirs)[number]) => keys.some((key) => isBy(nodeCrypto, key, noteText, one));
  if (theirs.length === 0 || !theirs.every(isTrue)) return { ok: false, origin, fault: 'not-signed' };
  return { ok: true, noteText, origin, size, root, signatures: theirs.map(({ line }) => line) };
}

function isBy(
  crypto: Crypto,
  key: Vkey,
  noteText: string,
  { name, keyId, signature }: { name: string; keyId: number; signature: Uint8Array },
): boolean {
  return key.name === name && key.keyId === keyId && verifySignature(crypto, key, noteText, signature) !== undefined;
}
