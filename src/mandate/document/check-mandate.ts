import { readSnapshot, type Snapshot, snapshotJwks, snapshotSealHolds } from '#consent';
import type { AppContext } from '#platform/context.ts';
import { initialsOf } from '#usager';
import { type MandateState, stateOf } from '../mandate.rules.ts';
import { type CheckedRow, findByNumber } from './document.queries.ts';

export type CheckedMandate =
  | { outcome: 'unknown' | 'altered' }
  | {
      outcome: 'authentic';
      number: string;
      initials: string;
      startsAt: Date;
      endsAt: Date;
      state: MandateState;
      /** Since when it is over: the end that was written, or the term. */
      overSince: Date | null;
      themes: number;
      openThemes: number;
    };

/**
 * What anyone who holds the number of a mandate may know: that we sealed it, whether it is in force, and the initials to
 * compare with the paper. The seal is computed again from what is stored. Nothing is written in the journal: a stranger
 * could otherwise fill it.
 */
export async function checkMandate(ctx: AppContext, number: string): Promise<CheckedMandate> {
  const row = await findByNumber(ctx.db, number);
  const jwks = snapshotJwks(ctx);
  if (!row) {
    // an unknown number costs as much as a known one
    await snapshotSealHolds(jwks, 'x'.repeat(6_000), decoySeal(ctx));
    return { outcome: 'unknown' };
  }
  if (!(await snapshotSealHolds(jwks, row.snapshot, row.snapshotJws))) return { outcome: 'altered' };
  const snapshot = readSnapshot(row.snapshot);
  if (!sameMandate(row, snapshot)) return { outcome: 'altered' };
  return authentic(row, snapshot, ctx.clock.now());
}

function decoySeal({ keys }: AppContext): string {
  const header = { alg: 'ES256', kid: keys.snapshot[0].kid, typ: 'entremise-mandate+jws' };
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}..${Buffer.alloc(64, 1).toString('base64url')}`;
}

/** The columns that rights depend on say what was sealed. */
function sameMandate({ number, startsAt, endsAt }: CheckedRow, snapshot: Snapshot): boolean {
  return (
    snapshot.number === number &&
    snapshot.startsAt === startsAt.toISOString() &&
    snapshot.endsAt === endsAt.toISOString()
  );
}

function authentic(row: CheckedRow, { usager }: Snapshot, now: Date): CheckedMandate {
  const state = stateOf(row, now);
  const over = state === 'expired' || state === 'ended';
  return {
    outcome: 'authentic',
    number: row.number,
    initials: initialsOf({ ...usager, preferredUsername: usager.preferredUsername ?? null }),
    startsAt: row.startsAt,
    endsAt: row.endsAt,
    state,
    overSince: over ? (row.endedAt ?? row.endsAt) : null,
    themes: row.themes,
    openThemes: over ? 0 : row.openThemes,
  };
}
