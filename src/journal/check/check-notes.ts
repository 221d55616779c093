import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { LogName } from '../event.ts';
import { logKeys } from '../publish/log-policy.ts';
import { originOf } from '../seal/index.ts';
import { allSuccessions, originAt } from '../successions.ts';
import { parseCheckpoint, parseNote, parseVkey, sameBytes, type Vkey, verifySignature } from '../verify/index.ts';
import { nodeCrypto } from '../witness/signing-key.ts';
import type { Findings } from './problems.ts';

export type NoteChecker = (stated: { size: bigint; root: Uint8Array; note: string }) => void;

/**
 * Checks signed tree heads against the root that was computed: origin, size, root, and a signature by an announced key of the
 * log, under the name that it had at that size. Whether enough witnesses cosigned is for verifiers, with the policy of the day.
 */
export async function noteChecker(
  ctx: Pick<AppContext, 'db' | 'config'>,
  log: LogName,
  found: Findings,
): Promise<NoteChecker> {
  const today = originOf(ctx, log);
  const successions = await allSuccessions(ctx.db);
  const announced = (await logKeys(ctx.db)).filter((key) => key.log === log);
  const keys = announced.flatMap(({ vkey }) => {
    const read = parseVkey(vkey, sha256);
    return read.ok ? [read.vkey] : [];
  });
  return ({ size, root, note }) => {
    const parsed = parseNote(note);
    const read = parsed.ok ? parseCheckpoint(parsed.note.text) : parsed;
    const origin = originAt(successions, { log, size, today });
    const says = read.ok && read.checkpoint.origin === origin && read.checkpoint.size === size;
    if (!says || !sameBytes(read.checkpoint.root, root)) found.at('checkpoint-differs', size - 1n, `taille ${size}`);
    else if (!parsed.ok || !keys.some((key) => isSignedBy(key, parsed.note)))
      found.at('checkpoint-unsigned', size - 1n, `taille ${size}`);
  };
}

type Signed = { text: string; signatures: readonly { name: string; keyId: number; signature: Uint8Array }[] };

function isSignedBy(key: Vkey, { text, signatures }: Signed): boolean {
  const theirs = signatures.filter(({ name, keyId }) => name === key.name && keyId === key.keyId);
  return theirs.some(({ signature }) => verifySignature(nodeCrypto, key, text, signature) !== undefined);
}
