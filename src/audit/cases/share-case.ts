import { findAuditorByEmail, leaveNotice } from '#identity';
import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { tellAuditor } from '../mails/tell-auditors.ts';
import type { WhoActs } from '../scope.ts';
import { caseShared } from './case.events.ts';
import { findCase } from './case.queries.ts';
import { aboutOf, underMandate } from './put-in-case.ts';

export type SharedCase =
  | { ok: true }
  /** `unknown-auditor`: nobody active has this address, or they could not see the mandate it is about. */
  | { ok: false; reason: 'not-found' | 'unknown-auditor' | 'yourself' | 'already-shared' };

/**
 * The owner opens a case to another auditor, for good. Entries of départements that are not theirs stay hidden from them, and a
 * case about a mandate of such a département is not shared at all.
 */
export async function shareCase(
  ctx: AppContext,
  who: WhoActs,
  { caseId, email }: { caseId: string; email: string },
): Promise<SharedCase> {
  return inTransaction(ctx, async (trx): Promise<SharedCase> => {
    const row = await findCase(trx, who, caseId);
    if (!row || row.ownerId !== who.auditorId) return { ok: false, reason: 'not-found' };
    const other = await findAuditorByEmail(trx, email);
    if (!other?.active) return { ok: false, reason: 'unknown-auditor' };
    if (other.id === who.auditorId) return { ok: false, reason: 'yourself' };
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('auditCaseShare')
      .values({ caseId, auditorId: other.id, sharedAt: ctx.clock.now() })
      .onConflict((conflict) => conflict.constraint('case_is_shared_once_with_an_auditor').doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows !== 1n) return { ok: false, reason: 'already-shared' };
    const theirs = await findCase(trx, { auditorId: other.id, departements: other.departements }, caseId);
    if (!theirs) throw new OutOfTheirScope();
    const shared = caseShared.event({
      ...{ actor: {}, result: 'ok', ...underMandate(aboutOf(row)) },
      clear: { auditor: who.auditorId, case: caseId, with: other.id },
    });
    await record(ctx, trx, shared);
    await tellAuditor(trx, { about: 'case-shared', id: caseId, auditorId: other.id });
    await leaveNotice(trx, who.sessionIdHash, 'dossier-partage');
    return { ok: true };
  }).catch((error: unknown): SharedCase => {
    if (error instanceof OutOfTheirScope) return { ok: false, reason: 'unknown-auditor' };
    throw error;
  });
}

/** Undoes a sharing that would give nothing. */
class OutOfTheirScope extends Error {}
