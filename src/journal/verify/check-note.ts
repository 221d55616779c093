import { utf8 } from './bytes.ts';
import { type Checkpoint, type CheckpointFault, parseCheckpoint } from './checkpoint.ts';
import { cosignedMessage, parseCosignature } from './cosignature.ts';
import type { Sha256 } from './hashes.ts';
import { type NoteFault, type NoteSignature, parseNote } from './note.ts';
import { type Policy, quorumMet } from './policy.ts';
import { COSIGNATURE_V1, type Vkey } from './vkey.ts';

/** What cannot be written without a library, handed in. `ed25519Verify` answers false for a key or signature that is none. */
export type Crypto = {
  sha256: Sha256;
  ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
};

/** `name`: the witness key's name; `witness`: its name in the policy; `time`: seconds since 1970, as the witness signed it. */
export type Cosigner = { name: string; keyId: number; witness: string; time: bigint };

/** `log`: the key that signed; during a rotation the first of those that did, in the policy's order. */
export type CheckedNote = { checkpoint: Checkpoint; noteText: string; log: Vkey; cosigners: Cosigner[] };

export type CheckFault = NoteFault | CheckpointFault | 'bad-signature' | 'no-log-signature' | 'quorum-not-met';

/** `key`: the name of the key whose signature is bad. */
export type CheckedNoteAnswer = ({ ok: true } & CheckedNote) | { ok: false; fault: CheckFault; key?: string };

/**
 * Whether a signature by this key is true for a note's text: Ed25519 over the text, or cosignature/v1 with its time. The
 * answer is the signed time for a cosignature, 0 for a plain signature, undefined when it is not true. Never throws.
 */
export function verifySignature(
  { ed25519Verify }: Crypto,
  vkey: Vkey,
  noteText: string,
  signature: Uint8Array,
): bigint | undefined {
  try {
    if (vkey.type !== COSIGNATURE_V1) {
      return signature.length === 64 && ed25519Verify(vkey.publicKey, utf8(noteText), signature) ? 0n : undefined;
    }
    const read = parseCosignature(signature);
    if (!read || !ed25519Verify(vkey.publicKey, cosignedMessage(read.time, noteText), read.signature)) return undefined;
    return read.time;
  } catch {
    return undefined;
  }
}

/**
 * Whether a signed checkpoint is valid under a policy (C2SP signed-note, tlog-checkpoint, tlog-policy): a log of the policy
 * whose key bears the origin's name signed it, and the quorum of witnesses cosigned it. Signatures by unknown keys are
 * ignored; a known key whose signature is false rejects the whole note. The caller compares `checkpoint.origin` with the log
 * it asked for: a policy may know several.
 */
export function checkNote(crypto: Crypto, policy: Policy, note: string | Uint8Array): CheckedNoteAnswer {
  const parsed = parseNote(note);
  if (!parsed.ok) return parsed;
  const { text: noteText, signatures } = parsed.note;
  const read = parseCheckpoint(noteText);
  if (!read.ok) return read;
  const { checkpoint } = read;
  const heard = new Map<Vkey, (bigint | undefined)[]>();
  for (const vkey of [...policy.logs, ...policy.witnesses.map((witness) => witness.vkey)]) {
    const times = signatures.filter(isBy(vkey)).map((one) => verifySignature(crypto, vkey, noteText, one.signature));
    if (times.includes(undefined)) return { ok: false, fault: 'bad-signature', key: vkey.name };
    if (times.length > 0) heard.set(vkey, times);
  }
  const log = policy.logs.find((vkey) => vkey.name === checkpoint.origin && heard.has(vkey));
  if (!log) return { ok: false, fault: 'no-log-signature' };
  const cosigners = policy.witnesses.flatMap(({ name: witness, vkey }) => {
    const time = earliest(heard.get(vkey) ?? []);
    return time === undefined ? [] : [{ name: vkey.name, keyId: vkey.keyId, witness, time }];
  });
  const cosigned = cosigners.map(({ witness }) => witness);
  if (!quorumMet(policy, cosigned)) return { ok: false, fault: 'quorum-not-met' };
  return { ok: true, checkpoint, noteText, log, cosigners };
}

function isBy({ name, keyId }: Vkey): (signature: NoteSignature) => boolean {
  return (signature) => signature.name === name && signature.keyId === keyId;
}

function earliest(times: readonly (bigint | undefined)[]): bigint | undefined {
  return times.reduce((first, time) => (first === undefined || (time ?? first) < first ? time : first), undefined);
}
