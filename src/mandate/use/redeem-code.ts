import { type RawBuilder, sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import { actOnUse, journalled, type Refused, type UseStep } from './act-on-use.ts';
import { actOnSealedUse, type SealedUse } from './as-concluded.ts';
import { findUseFacts, type UseFacts } from './facts.ts';
import { useTokenIssued } from './use.events.ts';

type Replay = UseStep & {
  /** Removes the tokens that were issued for this use. */
  forgetTokens: RawBuilder<unknown>;
};

export type Redemption = UseStep<SealedUse> &
  Replay & {
    /** Marks the code as consumed and keeps the token. */
    exchange: RawBuilder<unknown>;
  };

/**
 * A code becomes a token, once: whoever comes second, on whatever node, finds that it was, and revokes the use and the token
 * of the first (RFC 6749 §4.1.2). Consuming and issuing are one statement under the lock of the mandate, so that of
 * simultaneous redemptions exactly one succeeds, and a revocation is always before (nothing is issued) or after (the token is
 * removed). A partner may believe the ID token alone, hence the seal is read here as well.
 */
export function redeemCode(
  ctx: AppContext,
  { exchange, forgetTokens, ...step }: Redemption,
): Promise<{ ok: true; use: UseFacts } | Refused> {
  return actOnSealedUse(ctx, { ...step, step: 'token' }, (use, now) =>
    use.tokenAt
      ? { refusal: 'code-replayed', revoked: true, alongside: forgetTokens }
      : {
          event: useTokenIssued.event({
            ...journalled(use),
            result: 'ok',
            clear: { use: use.useId, client: use.clientId },
          }),
          change: sql`token_at = ${now}`,
          alongside: exchange,
        },
  );
}

/** A code known to be consumed was presented again: the use and its tokens are worth nothing any more. */
export async function refuseReplay(ctx: AppContext, { forgetTokens, ...step }: Replay): Promise<void> {
  await actOnUse(ctx, { ...step, step: 'token', find: findUseFacts }, () => ({
    refusal: 'code-replayed',
    revoked: true,
    alongside: forgetTokens,
  }));
}
