import type { Sealing } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import type { LogName } from '../event.ts';
import { originOf } from '../seal/log.ts';
import type { SealingProblem } from '../seal/sealing-state.ts';
import { checkNote, checkpointText, formatNote, parseSignatureLine, parseVkey } from '../verify/index.ts';
import { nodeCrypto } from '../witness/signing-key.ts';
import { type Asked, sendCheckpoint } from './ask.ts';
import { type LogKey, logKeys } from './log-policy.ts';
import { addCheckpointRow, consistencyProof, readProgress } from './publish.queries.ts';

/** How often the signer may answer with another size before we wait for the next round. */
const TRIES = 3;

/**
 * Has the last tree head signed (of `upTo` at most: what the mirror has) and keeps it as a checkpoint. The signer’s own
 * memory says from where it wants a proof, so that a signature that was lost on the way is asked for again. Gives what went
 * wrong, in English; undefined when all is well.
 */
export async function signHead(
  ctx: AppContext,
  log: LogName,
  sealing: Sealing,
  upTo?: bigint,
): Promise<SealingProblem<'signer'> | undefined> {
  const { head: first, checkpoint } = await readProgress(ctx.db, log, upTo);
  let head = first;
  let oldSize = checkpoint?.size ?? 0n;
  for (let tries = 0; head && tries < TRIES; tries += 1) {
    const text = checkpointText({ origin: originOf(ctx, log), ...head });
    const proof = await consistencyProof(ctx.db, log, oldSize, head.size);
    const address = { url: sealing.signerUrl, token: sealing.signerToken };
    const asked = await sendCheckpoint(address, '/sign', { oldSize, proof, note: text });
    if (asked.ok) return keep(ctx, log, { size: head.size, text, body: asked.body });
    if (asked.fault !== 'other-size') return problemOf(asked);
    const { head: last } = await readProgress(ctx.db, log);
    if (last && asked.size > last.size) return wentBack(asked.size, last.size);
    // another worker, whose mirror is further, had a larger head signed: the tables have it
    if (upTo !== undefined && asked.size > upTo) return undefined;
    ({ head } = await readProgress(ctx.db, log, upTo));
    oldSize = asked.size;
  }
  return head ? 'bad-answer: the signer changes its mind about the size it signed' : undefined;
}

/** What the signer has and the database has not: a restored database, or a signer of another log. */
function wentBack(signed: bigint, size: bigint): SealingProblem<'signer'> {
  return `ahead: the signer has signed ${signed} entries and the database has ${size}: it was taken back to an older state`;
}

async function keep(
  ctx: AppContext,
  log: LogName,
  { size, text, body }: { size: bigint; text: string; body: string },
): Promise<SealingProblem<'signer'> | undefined> {
  const lines = body.split('\n').filter(Boolean);
  if (lines.length === 0 || !lines.every(parseSignatureLine))
    return 'bad-answer: the signer did not answer with signatures';
  const note = formatNote(text, lines);
  const problem = signatureProblem(await logKeys(ctx.db), log, note);
  if (!problem) await addCheckpointRow(ctx, log, size, note);
  return problem;
}

/** Why what was signed cannot be shown: by whom, it must be known, and that key must still be in use. */
function signatureProblem(keys: readonly LogKey[], log: LogName, note: string): SealingProblem<'signer'> | undefined {
  const inUse = keys.filter((key) => key.log === log && !key.retiredAt);
  const logs = inUse.flatMap(({ vkey }) => {
    const read = parseVkey(vkey);
    return read.ok ? [read.vkey] : [];
  });
  const checked = checkNote(nodeCrypto, { logs, witnesses: [], groups: [], quorum: 'none' }, note);
  if (checked.ok) return undefined;
  if (checked.fault === 'no-log-signature')
    return 'unknown-key: no key that signed is announced: run « npm run cli -- journal announce-keys »';
  return `wrong-signature: what the signer signed is refused (${checked.fault})`;
}

const REFUSALS: Readonly<Record<string, string>> = {
  '401': 'JOURNAL_SIGNER_TOKEN is not the SIGNER_TOKEN of the signer',
  '404': 'the signer has no key of this log: SIGNER_KEYS and JOURNAL_ORIGIN do not go together',
};

function problemOf(asked: Exclude<Asked, { ok: true } | { fault: 'other-size' }>): SealingProblem<'signer'> {
  const { fault, detail } = asked;
  if (fault === 'inconsistent')
    return 'inconsistent: the tree does not contain what was signed before: the database was changed, or is another one';
  return `${fault}: ${(fault === 'refused' && REFUSALS[detail]) || `the signer says ${detail}`}`;
}
