import { sameBytes } from './bytes.ts';
import { type CheckFault, type Crypto, checkNote } from './check-note.ts';
import { NO_WITNESS, type Policy } from './policy.ts';

export type Fork = {
  origin: string;
  size: bigint;
  /** The two roots, in the order of the notes. */
  roots: [Uint8Array, Uint8Array];
  /** Names of the witness keys that cosigned both: they lied too, or their keys are in other hands. */
  cosignedBoth: string[];
};

export type ForkAnswer = { ok: true; fork: Fork | undefined } | { ok: false; fault: CheckFault; note: 'one' | 'other' };

/**
 * Whether two signed checkpoints prove that a log showed two histories: both signed by the log's keys in the policy, same
 * origin and size, different roots. The quorum is not asked: a log that signs twice is guilty without witnesses. Two sizes
 * prove nothing by themselves: ask `verifyConsistency`. A note that is not signed by a log of the policy is no evidence.
 */
export function forkOf(
  crypto: Crypto,
  policy: Policy,
  one: string | Uint8Array,
  other: string | Uint8Array,
): ForkAnswer {
  const anyCosigners: Policy = { ...policy, quorum: NO_WITNESS };
  const first = checkNote(crypto, anyCosigners, one);
  if (!first.ok) return { ok: false, fault: first.fault, note: 'one' };
  const second = checkNote(crypto, anyCosigners, other);
  if (!second.ok) return { ok: false, fault: second.fault, note: 'other' };
  const [{ origin, size, root }, twin] = [first.checkpoint, second.checkpoint];
  if (origin !== twin.origin || size !== twin.size || sameBytes(root, twin.root)) return { ok: true, fork: undefined };
  const names = new Set(second.cosigners.map(({ name }) => name));
  const cosignedBoth = first.cosigners.map(({ name }) => name).filter((name) => names.has(name));
  return { ok: true, fork: { origin, size, roots: [root, twin.root], cosignedBoth } };
}
