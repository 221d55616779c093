import type { QueryCreator } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import type { DB, Trx } from '#platform/db/database.ts';
import { actOnUse, journalled, type Refused, type TakenUse } from './take-use.ts';
import { useTokenIssued } from './use.events.ts';
import type { Refusal } from './use.rules.ts';

export type Redemption = {
  useId: string;
  /** Marks the code as consumed and keeps the token, in one statement; returns false when the code was consumed already. */
  exchange: (creator: QueryCreator<DB>) => Promise<boolean>;
  /** Removes the tokens that were issued for this use. */
  forgetTokens: (trx: Trx) => Promise<unknown>;
};

/**
 * A code becomes a token, once: whoever comes second, on whatever node, waits for the mandate, then revokes the use and the
 * token of the first (RFC 6749 §4.1.2). Consuming and issuing are one transaction, so that of simultaneous redemptions
 * exactly one succeeds, and a revocation is always before (nothing is issued) or after (the token is removed).
 */
export function redeemCode(
  ctx: AppContext,
  { useId, exchange, forgetTokens }: Redemption,
): Promise<{ ok: true; use: TakenUse } | Refused> {
  return actOnUse(ctx, { useId, step: 'token' }, async (trx, use, now) => {
    if (use.tokenAt) return revoke(trx, use, { now, forgetTokens });
    const advancing = trx.with('advanced', (db) =>
      db.updateTable('use').set({ tokenAt: now }).where('id', '=', use.id),
    );
    if (!(await exchange(advancing as unknown as QueryCreator<DB>))) return revoke(trx, use, { now, forgetTokens });
    return {
      event: useTokenIssued.event({ ...journalled(use), result: 'ok', clear: { use: use.id, client: use.clientId } }),
      done: {},
    };
  });
}

/** A code known to be consumed was presented again: the use and its tokens are worth nothing any more. */
export async function refuseReplay(
  ctx: AppContext,
  { useId, forgetTokens }: Omit<Redemption, 'exchange'>,
): Promise<void> {
  await actOnUse(ctx, { useId, step: 'token' }, async (trx, use, now) => revoke(trx, use, { now, forgetTokens }));
}

async function revoke(
  trx: Trx,
  use: TakenUse,
  { now, forgetTokens }: { now: Date; forgetTokens: Redemption['forgetTokens'] },
): Promise<Refusal> {
  await trx.updateTable('use').set({ revokedAt: now }).where('id', '=', use.id).execute();
  await forgetTokens(trx);
  return 'code-replayed';
}
