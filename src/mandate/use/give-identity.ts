import { sql } from 'kysely';
import type { AppContext } from '#platform/context.ts';
import { actOnUse, journalled, type Refused, type UseStep } from './act-on-use.ts';
import { findSealedUse, type Identity, isAsConcluded } from './as-concluded.ts';
import type { UseFacts } from './facts.ts';
import { useIdentityGiven } from './use.events.ts';

/** The person's identity leaves for the partner: written each time, and only while the right holds. */
export async function giveIdentity(
  ctx: AppContext,
  step: UseStep,
): Promise<{ ok: true; use: UseFacts; identity: Identity } | Refused> {
  const sealed = await findSealedUse(ctx, step.useId);
  const given = await actOnUse(ctx, { ...step, step: 'identity' }, (use, now) => {
    if (!isAsConcluded(sealed, use, now)) return { refusal: 'not-as-concluded' };
    return {
      event: useIdentityGiven.event({
        ...journalled(use),
        result: 'ok',
        clear: { use: use.useId, client: use.clientId },
      }),
      change: sql`identity_given_at = ${now}, ended_at = null`,
    };
  });
  return given.ok ? { ok: true, use: given.use, identity: sealed.identity } : given;
}
