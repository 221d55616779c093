import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { isUuid } from '#platform/ids/ids.ts';
import type { NoticeCode } from '#views/layout/notices.ts';
import { holdMembership, lockAidant } from './aidant.queries.ts';
import type { AidantAtWork } from './guards.tsx';
import { organisationSwitched } from './identity.events.ts';

/**
 * Makes the aidant act for another of their structures, in this session and in the next ones. Drafts keep the structure
 * they were begun for. `ok: false`, and nothing changes: not a structure of theirs, unknown, or closed.
 */
export async function switchOrganisation(
  ctx: AppContext,
  { who, organisationId }: { who: AidantAtWork; organisationId: string },
): Promise<{ ok: boolean }> {
  const { aidantId, sessionIdHash, organisation } = who;
  if (!isUuid(organisationId)) return { ok: false };
  return inTransaction(ctx, async (trx) => {
    await lockAidant(trx, aidantId);
    if (!(await holdMembership(trx, aidantId, organisationId))) return { ok: false };
    const session = await trx
      .updateTable('session')
      .set({ organisationId, notice: 'structure-changee' satisfies NoticeCode })
      .where('idHash', '=', sessionIdHash)
      .where('organisationId', '<>', organisationId)
      .executeTakeFirst();
    if (session.numUpdatedRows === 0n) return { ok: true };
    await trx.updateTable('aidant').set({ currentOrganisationId: organisationId }).where('id', '=', aidantId).execute();
    const clear = { from: organisation.id, to: organisationId };
    await record(ctx, trx, organisationSwitched.event({ actor: { aidantId, organisationId }, result: 'ok', clear }));
    return { ok: true };
  });
}
