import { type AidantAtWork, insertSession, LONGEST_SESSION } from '#identity';
import { actAtOnce } from '#mandate';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { randomToken, sha256 } from '#platform/crypto/hashes.ts';
import { after } from '#platform/time/clock.ts';
import type { SeedAidant } from './structures.ts';

export type SeedUse = { mandateId: string; clientId: string; theme: string; site: string };

/** A connection in the person's name, by an aidant who has just logged in and logs out after it. */
export async function seedUse(ctx: AppContext, aidant: SeedAidant, { mandateId, ...use }: SeedUse): Promise<void> {
  const { usagerId, email } = await ctx.db
    .selectFrom('mandate')
    .innerJoin('usager', 'usager.id', 'mandate.usagerId')
    .select(['mandate.usagerId', 'usager.email'])
    .where('mandate.id', '=', mandateId)
    .executeTakeFirstOrThrow();
  if (!email) return; // FranceConnect connects nobody without one
  const who = await logIn(ctx, aidant);
  await actAtOnce(ctx, { who, usagerId, ...use });
  await ctx.db.deleteFrom('session').where('idHash', '=', who.sessionIdHash).execute();
}

async function logIn(ctx: AppContext, aidant: SeedAidant): Promise<AidantAtWork> {
  const { aidantId, organisation } = aidant;
  const now = ctx.clock.now();
  const sessionIdHash = sha256(randomToken());
  await inTransaction(ctx, (trx) =>
    insertSession(trx, {
      ...{ aidantId, organisationId: organisation.id, cookieHash: sessionIdHash },
      ...{ now, factorAt: now, expiresAt: after(now, LONGEST_SESSION) },
    }),
  );
  return { ...aidant, mayConclude: true, sessionIdHash, factorAt: now, codeAccepted: false, asleep: false };
}
