import { isSealedWithAKeyWeHave, readSnapshot, type Snapshot, snapshotSealHolds } from '#consent';
import type { AppContext } from '#platform/context.ts';
import { initialsOf } from '#usager';
import { type MandateState, stateOf } from '../mandate.rules.ts';
import { type CheckedRow, findByNumber } from './document.queries.ts';

/** What the columns of a mandate say, whatever its seal is worth: rights depend on them, and so does an end. */
export type CheckedFacts = {
  number: string;
  startsAt: Date;
  endsAt: Date;
  state: MandateState;
  /** Since when it is over: the end that was written, or the term. */
  overSince: Date | null;
  themes: number;
  openThemes: number;
};

/** `unverifiable`: the key that sealed it is not here any more, or its form is unknown to this version. Nothing says it is false. */
export type CheckedMandate =
  | { outcome: 'unknown' }
  | ({ outcome: 'altered' | 'unverifiable' } & CheckedFacts)
  | ({ outcome: 'authentic'; initials: string } & CheckedFacts);

/**
 * What anyone who holds the number of a mandate may know: that we sealed it, whether it is in force, and the initials to
 * compare with the paper. The seal is computed again from what is stored. Nothing is written in the journal: a stranger
 * could otherwise fill it.
 */
export async function checkMandate(ctx: AppContext, number: string): Promise<CheckedMandate> {
  const row = await findByNumber(ctx.db, number);
  if (!row) {
    // an unknown number costs as much as a known one
    await snapshotSealHolds(ctx, 'x'.repeat(6_000), decoySeal(ctx));
    return { outcome: 'unknown' };
  }
  const facts = factsOf(row, ctx.clock.now());
  if (!(await snapshotSealHolds(ctx, row.snapshot, row.snapshotJws)))
    return { outcome: isSealedWithAKeyWeHave(ctx, row.snapshotJws) ? 'altered' : 'unverifiable', ...facts };
  const snapshot = readable(row.snapshot);
  if (!snapshot) return { outcome: 'unverifiable', ...facts };
  if (!sameMandate(row, snapshot)) return { outcome: 'altered', ...facts };
  const { usager } = snapshot;
  const initials = initialsOf({ ...usager, preferredUsername: usager.preferredUsername ?? null });
  return { outcome: 'authentic', initials, ...facts };
}

function decoySeal({ keys }: AppContext): string {
  const header = { alg: 'ES256', kid: keys.snapshot[0].kid, typ: 'entremise-mandate+jws' };
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}..${Buffer.alloc(64, 1).toString('base64url')}`;
}

/** What holds under its seal may still have been written by a later version of the program. */
function readable(written: string): Snapshot | undefined {
  try {
    return readSnapshot(written);
  } catch {
    return undefined;
  }
}

/** The columns that rights depend on say what was sealed. */
function sameMandate({ number, startsAt, endsAt }: CheckedRow, snapshot: Snapshot): boolean {
  return (
    snapshot.number === number &&
    snapshot.startsAt === startsAt.toISOString() &&
    snapshot.endsAt === endsAt.toISOString()
  );
}

function factsOf(row: CheckedRow, now: Date): CheckedFacts {
  const { number, startsAt, endsAt, themes } = row;
  const state = stateOf(row, now);
  const over = state === 'expired' || state === 'ended';
  const overSince = over ? (row.endedAt ?? row.endsAt) : null;
  return { number, startsAt, endsAt, state, overSince, themes, openThemes: over ? 0 : row.openThemes };
}
