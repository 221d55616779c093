import { sql } from 'kysely';
import type { Sealing } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import type { LogName } from '../event.ts';
import { notesElsewhere, together } from '../publish/cosigned-elsewhere.ts';
import { readLogPolicy } from '../publish/log-policy.ts';
import { sizesElsewhere } from '../publish/sizes-elsewhere.ts';
import { LOG_IDS } from '../record.ts';
import { originOf } from '../seal/log.ts';
import { most } from '../sizes.ts';
import {
  type Checkpoint,
  checkNote,
  type Policy,
  parsePolicy,
  type SuccessionReason,
  sameBytes,
} from '../verify/index.ts';
import { nodeCrypto } from '../witness/signing-key.ts';

/** The last checkpoint of a log that the policy believes. `seen`: the largest size that anybody remembers, cosigned or not. */
export type Closing = Checkpoint & { note: string; seen: bigint; policy: Policy };

/**
 * The checkpoint at which a log is closed: the largest that the policy believes, of those that witnesses, mirror and database
 * keep, and the one handed in (`note`), which must be that one. When two are believed, it has to be handed in and the reason
 * has to say so. `policyText`: instead of the keys that the database remembers.
 */
export async function closingCheckpoint(
  ctx: AppContext,
  log: LogName,
  sealing: Sealing,
  given: { note?: string; policyText?: string; reason?: SuccessionReason } = {},
): Promise<Closing | { refused: string }> {
  const read =
    given.policyText === undefined ? await readLogPolicy(ctx) : parsePolicy(given.policyText, nodeCrypto.sha256);
  if (!read.ok) return { refused: `the policy cannot be read: line ${read.line}: ${read.fault}` };
  const { policy } = read;
  const origin = originOf(ctx, log);
  const handed = given.note === undefined ? undefined : believedAs(policy, given.note, origin);
  if (handed && 'fault' in handed)
    return { refused: `the checkpoint handed in is not one of « ${origin} »: ${handed.fault}. Nothing was changed` };
  const kept = await keptHere(ctx, log);
  const notes = [given.note, kept.note, ...(await notesElsewhere(ctx, log, sealing))].flatMap((note) => note ?? []);
  const believed = together(notes).flatMap((note) => {
    const one = believedAs(policy, note, origin);
    return 'fault' in one ? [] : [one];
  });
  const [newest] = believed.sort((one, other) => (one.size > other.size ? -1 : 1));
  if (!newest) return { refused: nothingBelieved(origin, notes.length) };
  const problem = contradiction(believed, newest, handed, given.reason);
  if (problem) return { refused: `${problem}. Nothing was changed` };
  const { known } = await sizesElsewhere(ctx, log, sealing, given.policyText);
  const seen = most(newest.size, kept.signed, ...known.map(({ size }) => size));
  return { ...(handed ?? newest), seen, policy };
}

function nothingBelieved(origin: string, looked: number): string {
  return (
    `no checkpoint of « ${origin} » that meets the policy was found (${looked} looked at): hand in the last one that was ` +
    'published (--closed), with the policy of that time if the keys are not known here (--policy). A log that published ' +
    'nothing has nothing to close'
  );
}

type Believed = Checkpoint & { note: string };

function believedAs(policy: Policy, note: string, origin: string): Believed | { fault: string } {
  const checked = checkNote(nodeCrypto, policy, note);
  if (!checked.ok) return { fault: `${checked.fault}${checked.key ? ` (${checked.key})` : ''}` };
  const { checkpoint } = checked;
  return checkpoint.origin === origin ? { ...checkpoint, note } : { fault: `it is of « ${checkpoint.origin} »` };
}

/** What is handed in is the last that was cosigned. Of two roots of one size, people have to look, and to say which one it is. */
function contradiction(
  believed: readonly Believed[],
  newest: Believed,
  handed: Believed | undefined,
  reason: SuccessionReason | undefined,
): string | undefined {
  if (handed && handed.size < newest.size)
    return (
      `a later checkpoint than the one handed in (${handed.size}) was cosigned, of ${newest.size} entries: hand in that ` +
      'one, or none'
    );
  const other = believed.find(({ size, root }) => size === newest.size && !sameBytes(root, newest.root));
  if (!other || (handed && reason === 'two-histories')) return undefined;
  return (
    `two histories: the policy believes two roots for ${newest.size} entries. Keep both notes; then hand in the one at which ` +
    `the log is to end (--closed), because of two-histories:\n\n${newest.note}\n${other.note}`
  );
}

/** The newest note that was published, and the largest size that was signed, as the database has them. */
async function keptHere(
  { db }: Pick<AppContext, 'db'>,
  log: LogName,
): Promise<{ note: string | undefined; signed: bigint }> {
  const { rows } = await sql<{ note: string | null; signed: string }>`
    select (select note from journal.publication where log_id = ${LOG_IDS[log]} order by size desc limit 1) as note,
      (select coalesce(max(size), 0)::text from journal.checkpoint where log_id = ${LOG_IDS[log]}) as signed`.execute(
    db,
  );
  return { note: rows[0]?.note ?? undefined, signed: BigInt(rows[0]?.signed ?? 0) };
}
