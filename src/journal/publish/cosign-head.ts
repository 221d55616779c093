import type { AppContext } from '#platform/context.ts';
import { after, MINUTE, systemClock } from '#platform/time/clock.ts';
import type { LogName } from '../event.ts';
import type { SealingProblem } from '../seal/sealing-state.ts';
import { type PolicyWitness, parseNote, parseSignatureLine, verifySignature } from '../verify/index.ts';
import { nodeCrypto } from '../witness/signing-key.ts';
import { type Asked, sendCheckpoint } from './ask.ts';
import {
  addCosignatureRow,
  consistencyProof,
  lastCosigned,
  problemTold,
  readProgress,
  type SignedHead,
} from './publish.queries.ts';

type WitnessProblem = SealingProblem<`witness:${string}`>;

/** How often a witness may answer with another size before we wait for the next round. */
const TRIES = 3;
/** How far in the future a witness may date its signature. */
const EARLY = 5 * MINUTE;

/**
 * Asks one witness to cosign a checkpoint and keeps its cosignature. It is asked from the size it last cosigned; behind, it
 * gets a proof from where it is. One that remembers less than it cosigned is refused and told of; asked again, it is brought
 * forward, as after a recovery from an older checkpoint. Gives what went wrong, in English; undefined when all is well.
 */
export async function cosignHead(
  ctx: AppContext,
  log: LogName,
  { vkey, url }: PolicyWitness,
  checkpoint: SignedHead,
): Promise<WitnessProblem | undefined> {
  if (url === undefined) return 'no-address: its line of the policy has no address to ask it at';
  const { name } = vkey;
  const known = await lastCosigned(ctx.db, log, name);
  if (known >= checkpoint.size) return undefined; // another worker was faster
  let oldSize = known;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const proof = await consistencyProof(ctx.db, log, oldSize, checkpoint.size);
    const asked = await sendCheckpoint({ url }, '/add-checkpoint', { oldSize, proof, note: checkpoint.note });
    if (asked.ok) return keep(ctx, log, { vkey, checkpoint, body: asked.body });
    if (asked.fault !== 'other-size') return problemOf(asked);
    if (asked.size < known && !(await wasTold(ctx.db, log, name))) return wentBack(asked.size, known);
    if (asked.size > checkpoint.size) return aheadProblem(ctx, log, asked.size);
    oldSize = asked.size;
  }
  return 'bad-answer: it changes its mind about the size it cosigned';
}

const ROLLED_BACK = 'rolled-back';

function wentBack(size: bigint, known: bigint): WitnessProblem {
  return `${ROLLED_BACK}: it cosigned ${known} entries and now remembers ${size}: its memory was lost or replaced`;
}

/** Whether people were told already that this witness went back. */
async function wasTold(db: AppContext['db'], log: LogName, name: string): Promise<boolean> {
  return (await problemTold(db, log, `witness:${name}`))?.startsWith(`${ROLLED_BACK}: `) === true;
}

/** A larger tree that our tables have was sent by another worker; one that they have not is a sign of a restored database. */
async function aheadProblem({ db }: AppContext, log: LogName, size: bigint): Promise<WitnessProblem | undefined> {
  const { head } = await readProgress(db, log);
  if (head && head.size >= size) return undefined;
  return `ahead: it has seen ${size} entries and the database has ${head?.size ?? 0n}: it was taken back to an older state`;
}

async function keep(
  { db }: AppContext,
  log: LogName,
  { vkey, checkpoint, body }: { vkey: PolicyWitness['vkey']; checkpoint: SignedHead; body: string },
): Promise<WitnessProblem | undefined> {
  const note = parseNote(checkpoint.note);
  const lines = body.split('\n').flatMap((line) => parseSignatureLine(line) ?? []);
  const theirs = lines.find(({ name, keyId }) => name === vkey.name && keyId === vkey.keyId);
  if (!note.ok || !theirs) return 'unknown-key: it did not sign with the key that the policy says';
  const time = verifySignature(nodeCrypto, vkey, note.note.text, theirs.signature);
  if (time === undefined) return 'wrong-signature: its signature of this checkpoint is false';
  if (time * 1000n > BigInt(after(systemClock.now(), EARLY).getTime()))
    return 'wrong-clock: its signature is dated later than now';
  await addCosignatureRow(db, log, { size: checkpoint.size, witness: vkey.name, line: theirs.line, time });
  return undefined;
}

function problemOf(asked: Exclude<Asked, { ok: true } | { fault: 'other-size' }>): WitnessProblem {
  const { fault, detail } = asked;
  if (fault === 'inconsistent')
    return 'inconsistent: it says that this tree does not contain the one it cosigned before: one of both shows two histories';
  if (fault === 'refused' && detail === '403') return 'refused: it does not know the key that signs the log (403)';
  if (fault === 'refused' && detail === '404') return 'refused: it does not know this log (404)';
  return `${fault}: ${detail}`;
}
