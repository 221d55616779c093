import { sql } from 'kysely';
import type { AidantAtWork } from '#identity';
import type { AppContext } from '#platform/context.ts';
import { chooseUse } from './choose-use.ts';
import { findChoiceFacts } from './facts.ts';
import { giveIdentity } from './give-identity.ts';
import { issueCode } from './issue-code.ts';
import { redeemCode } from './redeem-code.ts';

export type ActAtOnce = { who: AidantAtWork; usagerId: string; theme: string; site: string; clientId: string };

/**
 * Every step of a connection in a person's name one after the other, by the same use cases as the provider, which has no
 * request of its own here: for the data of a demonstration and of tests. Throws when a step refuses.
 */
export async function actAtOnce(ctx: AppContext, given: ActAtOnce): Promise<void> {
  const { who, usagerId, theme } = given;
  const known = await findChoiceFacts(ctx.db, { organisationId: who.organisation.id, usagerId, theme });
  const answer = () => sql`answered as (select id from locked)`;
  const chosen = await chooseUse(ctx, { ...given, code: '', known, answer });
  if (!chosen.ok) throw new Error(chosen.reason);
  const step = { useId: chosen.useId };
  const nothing = sql``;
  for (const act of [
    () => issueCode(ctx, { ...step, keep: nothing }),
    () => redeemCode(ctx, { ...step, exchange: nothing, forgetTokens: nothing }),
    () => giveIdentity(ctx, step),
  ]) {
    const done = await act();
    if (!done.ok) throw new Error(done.reason);
  }
}
