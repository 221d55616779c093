import { nodeCrypto, together } from '#journal';
import {
  type CheckedNoteAnswer,
  type Checkpoint,
  checkNote,
  NO_WITNESS,
  type Policy,
  sameBytes,
} from '#journal/verify';
import { StartError } from './fail-to-start.ts';

/** A checkpoint that was handed in, by the name of its file. */
export type HandedIn = { file: string; note: Buffer };

type Held = HandedIn & { checkpoint: Checkpoint; cosigners: string[] };

/**
 * The newest checkpoint that the policy believes, of notes of one log. A witness shows the note with its own cosignature alone:
 * notes of one text count as one with all their signatures. `left`: what is newer and was not taken, in words. Throws a StartError
 * for a note that no key of the log signed, for two histories, and when no note meets the quorum.
 */
export function newestCosigned(
  policy: Policy,
  handedIn: readonly HandedIn[],
): { checkpoint: Checkpoint; note: string; left: string[] } {
  const held = handedIn.map((one) => signedByTheLog(policy, one));
  assertOneHistory(held);
  const believed = together(handedIn.map(({ note }) => note.toString('utf8'))).flatMap((note) => {
    const checked = checkNote(nodeCrypto, policy, note);
    return checked.ok ? [{ checkpoint: checked.checkpoint, note }] : [];
  });
  const [newest] = believed.sort((one, other) => (one.checkpoint.size > other.checkpoint.size ? -1 : 1));
  if (!newest) throw new StartError(tooFew(policy, held));
  const newer = held.filter(({ checkpoint }) => checkpoint.size > newest.checkpoint.size);
  return { ...newest, left: newer.map((one) => `${inWords(one)}: too few, not taken`) };
}

function signedByTheLog(policy: Policy, { file, note }: HandedIn): Held {
  const checked: CheckedNoteAnswer = checkNote(nodeCrypto, { ...policy, quorum: NO_WITNESS }, note);
  if (!checked.ok) throw new StartError(`${file}: ${checked.fault}${checked.key ? ` (${checked.key})` : ''}`);
  return { file, note, checkpoint: checked.checkpoint, cosigners: checked.cosigners.map(({ witness }) => witness) };
}

function assertOneHistory(held: readonly Held[]): void {
  for (const [at, one] of held.entries())
    for (const other of held.slice(at + 1)) {
      const [{ origin, size, root }, twin] = [one.checkpoint, other.checkpoint];
      if (origin !== twin.origin)
        throw new StartError(`${one.file} is of ${origin}, ${other.file} of ${twin.origin}: one log at a time`);
      if (size === twin.size && !sameBytes(root, twin.root))
        throw new StartError(
          `two-histories: ${one.file} and ${other.file} have two roots for ${size} entries of ${origin}, and the log signed both. ` +
            'Nothing was taken. Keep both notes: they are the proof of it',
        );
    }
}

function tooFew({ quorum }: Policy, held: readonly Held[]): string {
  return (
    `quorum-not-met: ${held.map(inWords).join('; ')}; the policy wants « ${quorum} ». A witness shows its own cosignature alone: give ` +
    'the notes of as many witnesses, of one size, each with its own --recover-from; or else the last checkpoint that was published, ' +
    'PUBLIC_URL/journal/actes/checkpoint (or acces), which has them all'
  );
}

function inWords({ file, checkpoint, cosigners }: Held): string {
  return `${file}: ${checkpoint.size} entries, cosigned by ${cosigners.join(', ') || 'nobody of the policy'}`;
}
