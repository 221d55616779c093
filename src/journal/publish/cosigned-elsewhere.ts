import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sealing } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import type { LogName } from '../event.ts';
import { originOf } from '../seal/log.ts';
import { CHECKPOINT, mirrorOf } from '../seal/mirror.ts';
import type { Mirrored } from '../seal/mirror-files.ts';
import { checkNote, formatNote, MOST_SIGNATURES, type Policy, parseNote, parsePolicy } from '../verify/index.ts';
import { nodeCrypto } from '../witness/signing-key.ts';
import { fetchCheckpoint } from './ask.ts';
import { readLogPolicy, readWitnesses } from './log-policy.ts';

/**
 * The largest tree of a log that the policy believes, from outside the database: the notes handed in, or else what the
 * witnesses and the mirror keep. Witnesses each keep the note with their own line: notes of one text are put together.
 * `policyText`: instead of the keys that the database remembers.
 */
export async function cosignedElsewhere(
  ctx: Pick<AppContext, 'db' | 'config'>,
  log: LogName,
  sealing: Sealing,
  given: { notes?: readonly string[]; policyText?: string } = {},
): Promise<Mirrored | { refused: string }> {
  const read =
    given.policyText === undefined ? await readLogPolicy(ctx) : parsePolicy(given.policyText, nodeCrypto.sha256);
  if (!read.ok) return { refused: `the policy cannot be read: line ${read.line}: ${read.fault}` };
  const notes = given.notes ?? (await notesElsewhere(ctx, log, sealing));
  const trees = together(notes).flatMap((note) => {
    const checked = checkNote(nodeCrypto, read.policy, note);
    return checked.ok && checked.checkpoint.origin === originOf(ctx, log) ? [checked.checkpoint] : [];
  });
  const [largest] = trees.sort((one, other) => (one.size > other.size ? -1 : 1));
  if (largest) return { size: largest.size, root: largest.root };
  return {
    refused:
      `no checkpoint of « ${log} » that meets the policy was found (${notes.length} looked at): hand in the last one that ` +
      `was published (--checkpoint), with the policy of that time if the keys are not known here (--policy)`,
  };
}

/** What the witnesses and the mirror keep of a log, under the origin of the configuration: nothing of it is verified. */
export async function notesElsewhere(
  ctx: Pick<AppContext, 'config'>,
  log: LogName,
  { mirror }: Sealing,
): Promise<string[]> {
  const urls = ((readWitnesses(ctx) as Policy | undefined)?.witnesses ?? []).flatMap(({ url }) => (url ? [url] : []));
  const notes = await Promise.all([
    readFile(join(mirrorOf(mirror, log), CHECKPOINT), 'utf8').catch(() => undefined),
    ...urls.map((url) => fetchCheckpoint({ url }, originOf(ctx, log))),
  ]);
  return notes.flatMap((note) => note ?? []);
}

/** One note per text, with all its signature lines. */
export function together(notes: readonly string[]): string[] {
  const lines = new Map<string, Set<string>>();
  for (const note of notes) {
    const parsed = parseNote(note);
    if (!parsed.ok) continue;
    const { text, signatures } = parsed.note;
    lines.set(text, new Set([...(lines.get(text) ?? []), ...signatures.map(({ line }) => line)]));
  }
  return [...lines].map(([text, all]) => formatNote(text, [...all].slice(0, MOST_SIGNATURES)));
}
