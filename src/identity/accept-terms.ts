import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { termsAccepted } from './identity.events.ts';
import { leaveNotice } from './session.queries.ts';
import { TERMS_VERSION } from './terms.rules.ts';

export type Accepting = { aidantId: string; organisation: { id: string }; sessionIdHash: Buffer };

/** Writes that the aidant accepts the current terms of use. Accepting twice writes once. */
export async function acceptTerms(ctx: AppContext, who: Accepting): Promise<void> {
  const { aidantId, organisation, sessionIdHash } = who;
  await inTransaction(ctx, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('aidant')
      .set({ termsVersion: TERMS_VERSION, termsAcceptedAt: ctx.clock.now() })
      .where('id', '=', aidantId)
      .where('termsVersion', 'is distinct from', TERMS_VERSION)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return;
    await leaveNotice(trx, sessionIdHash, 'conditions-acceptees');
    const actor = { aidantId, organisationId: organisation.id };
    await record(ctx, trx, termsAccepted.event({ actor, result: 'ok', clear: { version: TERMS_VERSION } }));
  });
}
