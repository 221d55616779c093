import type { Sealing } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import type { LogName } from '../event.ts';
import { type SealingProblem, tell } from '../seal/sealing-state.ts';
import { checkNote, formatNote, MOST_SIGNATURES, type Policy, parseNote } from '../verify/index.ts';
import { nodeCrypto } from '../witness/signing-key.ts';
import { cosignHead } from './cosign-head.ts';
import { readLogPolicy, readWitnesses } from './log-policy.ts';
import { type Patience, patienceOf } from './patience.ts';
import {
  addPublicationRow,
  cosignatureLines,
  type Progress,
  readProgress,
  type SignedHead,
} from './publish.queries.ts';
import { signHead } from './sign-head.ts';

/**
 * Takes the tree of a log from sealed to published: the last head is signed (at most every `checkpointEvery` ms), the
 * witnesses are asked at once, and as soon as those who cosigned meet the policy the checkpoint is shown to the world. Each
 * step is kept before the next, so that it goes on after any crash; any number of workers may call it, as often as they like.
 * What a part met is in `sealing_state`. `upTo`: the size of the tree that the mirror has, nothing beyond is signed. Waits
 * for the slowest witness, 5 s at most for each question.
 */
export async function publish(ctx: AppContext, log: LogName, sealing: Sealing, upTo?: bigint): Promise<void> {
  const waits = patienceOf(ctx, log, { every: sealing.checkpointEvery });
  const progress = await readProgress(ctx.db, log, upTo);
  const { head, checkpoint } = progress;
  const isDue = !checkpoint || waits.isOver(checkpoint.signedAt);
  let isSigned = false;
  if (head && head.size > (checkpoint?.size ?? 0n) && isDue) {
    isSigned = await waits.asking('signer', async () => {
      const problem = await signHead(ctx, log, sealing, upTo);
      await tell(ctx, log, 'signer', problem);
      return problem === undefined;
    });
  }
  await cosignAndShow(ctx, log, { waits, progress: isSigned ? await readProgress(ctx.db, log) : progress });
}

async function cosignAndShow(
  ctx: AppContext,
  log: LogName,
  { waits, progress }: { waits: Patience; progress: Progress },
): Promise<void> {
  const { checkpoint, cosigned, publishedSize } = progress;
  if (!checkpoint) return;
  let isShown = publishedSize >= checkpoint.size;
  let problem: SealingProblem<'policy'> | undefined;
  const showIfMet = async () => {
    if (isShown) return;
    problem = await show(ctx, log, checkpoint);
    isShown ||= problem === undefined;
  };
  await showIfMet(); // a crash may have come between the last cosignature and the publication
  const missing = (readWitnesses(ctx)?.witnesses ?? []).filter(({ vkey }) => !cosigned.includes(vkey.name));
  await Promise.all(
    missing.map(async (witness) => {
      const part = `witness:${witness.vkey.name}` as const;
      const hasCosigned = await waits.asking(part, async () => {
        const fault = await cosignHead(ctx, log, witness, checkpoint);
        await tell(ctx, log, part, fault);
        return fault === undefined;
      });
      if (hasCosigned) await showIfMet();
    }),
  );
  await tell(ctx, log, 'policy', isShown ? undefined : problem);
}

/**
 * Publishes the checkpoint if its signatures meet the policy; else gives why not. Whoever reads it afterwards needs nothing
 * but the policy.
 */
async function show(
  ctx: AppContext,
  log: LogName,
  { size, note }: SignedHead,
): Promise<SealingProblem<'policy'> | undefined> {
  const read = await readLogPolicy(ctx);
  if (!read.ok) return `bad-policy: line ${read.line}: ${read.fault}`;
  const whole = await cosignedNote(ctx, log, { size, note, policy: read.policy });
  const checked = checkNote(nodeCrypto, read.policy, whole);
  if (!checked.ok) {
    const code = checked.fault === 'quorum-not-met' ? checked.fault : (`bad-checkpoint: ${checked.fault}` as const);
    return `${code}: the checkpoint of ${size} entries waits`;
  }
  await addPublicationRow(ctx, log, size, whole);
  return undefined;
}

/** The checkpoint with the lines of the policy’s witnesses: as many as a note may have. */
async function cosignedNote(
  { db }: AppContext,
  log: LogName,
  { size, note, policy }: { size: bigint; note: string; policy: Policy },
): Promise<string> {
  const parsed = parseNote(note);
  if (!parsed.ok) throw new Error(`the checkpoint of ${size} entries cannot be read: ${parsed.fault}`);
  const { text, signatures } = parsed.note;
  const own = signatures.map(({ line }) => line);
  const names = new Set(policy.witnesses.map(({ vkey }) => `— ${vkey.name} `));
  const theirs = (await cosignatureLines(db, log, size)).filter((line) =>
    [...names].some((name) => line.startsWith(name)),
  );
  return formatNote(text, [...own, ...theirs].slice(0, MOST_SIGNATURES));
}
