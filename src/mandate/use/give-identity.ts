import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import { journalled, type Refused, type UseStep } from './act-on-use.ts';
import { actOnSealedUse, type SealedUse } from './as-concluded.ts';
import { useIdentityGiven } from './use.events.ts';

/** The person's identity leaves for the partner: written each time, and only while the right holds. */
export function giveIdentity(
  ctx: AppContext,
  step: UseStep<SealedUse>,
): Promise<{ ok: true; use: SealedUse } | Refused> {
  return actOnSealedUse(ctx, { ...step, step: 'identity' }, (use, now) => ({
    event: useIdentityGiven.event({
      ...journalled(use),
      result: 'ok',
      clear: { use: use.useId, client: use.clientId },
    }),
    change: sql`identity_given_at = ${now}, ended_at = null`,
  }));
}
