import { fromBase64, readDecimal, toBase64, utf8Text } from './bytes.ts';
import { type CheckedNote, type CheckFault, type Crypto, checkNote } from './check-note.ts';
import { verifyInclusion } from './merkle.ts';
import { LONGEST_NOTE } from './note.ts';
import type { Policy } from './policy.ts';

/** One entry's place, its inclusion proof, and a cosigned checkpoint as it stands. `extra` is not authenticated by anything. */
export type TlogProof = { index: bigint; proof: Uint8Array[]; checkpoint: string; extra?: Uint8Array };

export type TlogProofFault =
  | 'proof-too-long'
  | 'not-utf-8'
  | 'not-a-tlog-proof'
  | 'bad-extra'
  | 'bad-index'
  | 'bad-proof-line'
  | 'no-checkpoint';

/** A tree of 2^63 leaves has proofs of 63 hashes. */
const LONGEST_PROOF = 63;
const HEADER = 'c2sp.org/tlog-proof@v1';

/** Writes a `.tlog-proof` (C2SP tlog-proof, Format); the signed checkpoint goes in verbatim. */
export function formatTlogProof({ index, proof, checkpoint, extra }: TlogProof): string {
  const lines = [HEADER, ...(extra ? [`extra ${toBase64(extra)}`] : []), `index ${index}`, ...proof.map(toBase64)];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** Reads a `.tlog-proof`, strictly. Says nothing of its truth: the checkpoint is not even read. */
export function parseTlogProof(
  text: string | Uint8Array,
): { ok: true; proof: TlogProof } | { ok: false; fault: TlogProofFault } {
  if (text.length > 2 * LONGEST_NOTE) return { ok: false, fault: 'proof-too-long' };
  const whole = typeof text === 'string' ? text : utf8Text(text);
  if (!whole?.isWellFormed()) return { ok: false, fault: 'not-utf-8' };
  const blank = whole.indexOf('\n\n');
  const [header, ...lines] = whole.slice(0, Math.max(blank, 0)).split('\n');
  if (!whole.startsWith(`${HEADER}\n`)) return { ok: false, fault: 'not-a-tlog-proof' };
  if (header !== HEADER || blank + 2 === whole.length) return { ok: false, fault: 'no-checkpoint' };
  const extra = lines[0]?.startsWith('extra ') ? fromBase64(lines.shift()?.slice('extra '.length) ?? '') : null;
  if (extra === undefined) return { ok: false, fault: 'bad-extra' };
  const index = /^index /.test(lines[0] ?? '') ? readDecimal(lines.shift()?.slice('index '.length) ?? '') : undefined;
  if (index === undefined) return { ok: false, fault: 'bad-index' };
  if (lines.length > LONGEST_PROOF) return { ok: false, fault: 'proof-too-long' };
  const proof = lines.map(fromBase64).filter((hash) => hash?.length === 32) as Uint8Array[];
  if (proof.length < lines.length) return { ok: false, fault: 'bad-proof-line' };
  return { ok: true, proof: { index, proof, checkpoint: whole.slice(blank + 2), ...(extra ? { extra } : {}) } };
}

/**
 * Whether a `.tlog-proof` proves, under a policy, that the leaf with this hash is in the log: the checkpoint is valid and
 * the inclusion proof leads to its root. The caller compares `checkpoint.origin` with the log it means.
 */
export function verifyTlogProof(
  crypto: Crypto,
  policy: Policy,
  text: string | Uint8Array,
  leafHash: Uint8Array,
): ({ ok: true; index: bigint } & CheckedNote) | { ok: false; fault: TlogProofFault | CheckFault | 'not-included' } {
  const parsed = parseTlogProof(text);
  if (!parsed.ok) return parsed;
  const { index, proof, checkpoint: note } = parsed.proof;
  const checked = checkNote(crypto, policy, note);
  if (!checked.ok) return checked;
  const { size, root } = checked.checkpoint;
  if (!verifyInclusion(crypto.sha256, { index, size, leafHash, proof, root }))
    return { ok: false, fault: 'not-included' };
  return { ...checked, index };
}
