import type { AppContext } from '#platform/context.ts';
import { findUsager, type Usager } from '#usager';
import { actOnUse, journalled, type Refused, type TakenUse } from './take-use.ts';
import { useIdentityGiven } from './use.events.ts';

/** The person's identity leaves for the partner: written each time, and only while the right holds. */
export function giveIdentity(
  ctx: AppContext,
  useId: string,
): Promise<{ ok: true; use: TakenUse; usager: Usager } | Refused> {
  return actOnUse(ctx, { useId, step: 'identity' }, async (trx, use, now) => {
    const usager = await findUsager(trx, use.usagerId);
    if (!usager) throw new Error(`the usager of use ${useId} is not there`);
    await trx.updateTable('use').set({ identityGivenAt: now, endedAt: null }).where('id', '=', use.id).execute();
    return {
      event: useIdentityGiven.event({ ...journalled(use), result: 'ok', clear: { use: use.id, client: use.clientId } }),
      done: { usager },
    };
  });
}
