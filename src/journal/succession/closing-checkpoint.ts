import { sql } from 'kysely';
import type { Sealing } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import type { LogName } from '../event.ts';
import { readLogPolicy } from '../publish/log-policy.ts';
import { sizesElsewhere } from '../publish/sizes-elsewhere.ts';
import { LOG_IDS } from '../record.ts';
import { notesElsewhere, together } from '../seal/cosigned-elsewhere.ts';
import { originOf } from '../seal/log.ts';
import { type Checkpoint, checkNote, type Policy, parsePolicy, sameBytes } from '../verify/index.ts';
import { nodeCrypto } from '../witness/signing-key.ts';

/** The last checkpoint of a log that the policy believes. `seen`: the largest size that anybody remembers, cosigned or not. */
export type Closing = Checkpoint & { note: string; seen: bigint; policy: Policy };

/**
 * The checkpoint at which a log is closed: the largest that the policy believes, of those that witnesses, mirror and database
 * keep, and the one handed in (`note`), which must be that one. `policyText`: instead of the keys that the database remembers.
 */
export async function closingCheckpoint(
  ctx: AppContext,
  log: LogName,
  sealing: Sealing,
  given: { note?: string; policyText?: string } = {},
): Promise<Closing | { refused: string }> {
  const read =
    given.policyText === undefined ? await readLogPolicy(ctx) : parsePolicy(given.policyText, nodeCrypto.sha256);
  if (!read.ok) return { refused: `the policy cannot be read: line ${read.line}: ${read.fault}` };
  const { policy } = read;
  const origin = originOf(ctx, log);
  if (given.note !== undefined) {
    const fault = faultOf(policy, given.note, origin);
    if (fault)
      return { refused: `the checkpoint handed in is not one of « ${origin} »: ${fault}. Nothing was changed` };
  }
  const kept = await keptHere(ctx, log);
  const notes = [given.note, kept.note, ...(await notesElsewhere(ctx, log, sealing))].flatMap((note) => note ?? []);
  const believed = together(notes).flatMap((note) => {
    const checked = checkNote(nodeCrypto, policy, note);
    return checked.ok && checked.checkpoint.origin === origin ? [{ ...checked.checkpoint, note }] : [];
  });
  const [largest] = believed.sort((one, other) => (one.size > other.size ? -1 : 1));
  if (!largest) return { refused: nothingBelieved(origin, notes.length) };
  const problem = contradiction(believed, largest, policy, given.note);
  if (problem) return { refused: `${problem}. Nothing was changed` };
  const sizes = (await sizesElsewhere(ctx, log, sealing, given.policyText)).known.map(({ size }) => size);
  const [seen = largest.size] = [largest.size, kept.signed, ...sizes].sort((one, other) => (one > other ? -1 : 1));
  return { ...largest, seen, policy };
}

function nothingBelieved(origin: string, looked: number): string {
  return (
    `no checkpoint of « ${origin} » that meets the policy was found (${looked} looked at): hand in the last one that was ` +
    'published (--closed), with the policy of that time if the keys are not known here (--policy). A log that published ' +
    'nothing has nothing to close'
  );
}

function faultOf(policy: Policy, note: string, origin: string): string | undefined {
  const checked = checkNote(nodeCrypto, policy, note);
  if (!checked.ok) return `${checked.fault}${checked.key ? ` (${checked.key})` : ''}`;
  return checked.checkpoint.origin === origin ? undefined : `it is of « ${checked.checkpoint.origin} »`;
}

type Believed = Checkpoint & { note: string };

/** Two roots of one size are for people to look at; what is handed in is the last one that was cosigned. */
function contradiction(
  believed: readonly Believed[],
  largest: Believed,
  policy: Policy,
  note: string | undefined,
): string | undefined {
  const other = believed.find(({ size, root }) => size === largest.size && !sameBytes(root, largest.root));
  if (other)
    return `two histories: the policy believes two roots for ${largest.size} entries. Keep both notes:\n\n${largest.note}\n${other.note}`;
  const handed = note === undefined ? undefined : checkNote(nodeCrypto, policy, note);
  if (handed?.ok && handed.checkpoint.size < largest.size)
    return `a later checkpoint than the one handed in (${handed.checkpoint.size}) was cosigned, of ${largest.size} entries: hand in that one, or none`;
  return undefined;
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
