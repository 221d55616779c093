import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { sameSecret } from '#platform/crypto/hashes.ts';
import type { Trx } from '#platform/db/database.ts';
import { randomCrockford } from '#platform/ids/ids.ts';
import { lockMandateOfNumber, type MandateToEnd } from '../follow/end.queries.ts';
import { writeDueExpiry, writeEnd } from '../follow/write-end.ts';
import { findStopCode } from './document.queries.ts';
import { openStopCode } from './stop-code.ts';

export type StopAsked = { number: string; code: string };

/**
 * Whether this number and this stop code go together, before the person confirms. One answer for every other case: unknown
 * number, no code printed yet, wrong code, a code replaced by a reprint.
 */
export async function stopCodeHolds(ctx: AppContext, asked: StopAsked): Promise<boolean> {
  return codeIsRight(ctx, await findStopCode(ctx.db, asked.number), asked.code);
}

/**
 * Ends the whole mandate of this number at once, with the code of the person's copy: no account, no aidant. The journal says
 * by which channel and names nobody. A mandate that is over already stays as it ended.
 */
export async function stopByCode(ctx: AppContext, asked: StopAsked): Promise<{ ok: boolean }> {
  return inTransaction(ctx, async (trx) => {
    const mandate = await lockStoppable(ctx, trx, asked);
    if (!mandate) return { ok: false };
    const now = ctx.clock.now();
    if (mandate.endedAt || (await writeDueExpiry(ctx, trx, mandate, now))) return { ok: true };
    const end = { cause: 'revoked-by-usager', at: now, knownAt: now, channel: 'stop-code', aidantId: null } as const;
    await writeEnd(ctx, trx, mandate, end);
    return { ok: true };
  });
}

async function lockStoppable(
  ctx: AppContext,
  trx: Trx,
  { number, code }: StopAsked,
): Promise<MandateToEnd | undefined> {
  const mandate = await lockMandateOfNumber(trx, number);
  return codeIsRight(ctx, mandate, code) ? mandate : undefined;
}

/** Compares in the same time whether or not there is a code to compare with. */
function codeIsRight(
  ctx: AppContext,
  mandate: { id: string; stopCodeSealed: Buffer | null } | undefined,
  code: string,
): boolean {
  const expected = mandate?.stopCodeSealed ? openStopCode(ctx, mandate.id, mandate.stopCodeSealed) : undefined;
  const same = sameSecret(expected ?? randomCrockford(code.length), code);
  return same && expected !== undefined;
}
