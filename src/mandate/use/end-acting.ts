import { type AppContext, inTransaction } from '#platform/context.ts';

/** The aidant pressed « Terminer »: what was connected in this session counts as closed. Nothing is journaled: no right changed. */
export async function endActing(ctx: AppContext, sessionIdHash: Buffer): Promise<void> {
  const now = ctx.clock.now();
  await inTransaction(ctx, (trx) =>
    trx
      .updateTable('use')
      .set({ endedAt: now })
      .where('sessionIdHash', '=', sessionIdHash)
      .where('identityGivenAt', 'is not', null)
      .where('endedAt', 'is', null)
      .execute(),
  );
}

/** FranceConnect told, by a token it had received from us, that it closes what this aidant opened for this person. */
export async function endActingFor(
  ctx: AppContext,
  { clientId, usagerId, aidantId }: { clientId: string; usagerId: string; aidantId: string },
): Promise<void> {
  const now = ctx.clock.now();
  await inTransaction(ctx, (trx) =>
    trx
      .updateTable('use')
      .set({ endedAt: now })
      .where('clientId', '=', clientId)
      .where('usagerId', '=', usagerId)
      .where('aidantId', '=', aidantId)
      .where('identityGivenAt', 'is not', null)
      .where('endedAt', 'is', null)
      .execute(),
  );
}
