import { leaveNotice } from '#identity';
import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { WhoActs } from '../scope.ts';
import { caseDecided } from './case.events.ts';
import { findCase } from './case.queries.ts';
import { type Decision, decisionsFor } from './case.rules.ts';
import { hashOf, sealDecision } from './case-texts.ts';
import { aboutOf, underMandate } from './put-in-case.ts';
import { releaseHold } from './release-hold.ts';

/**
 * Writes the decision of a case, once: of two auditors who decide at the same moment, the second waits on the row and finds
 * it decided. A person decides; nothing here weighs the elements. The mandate it is about may then be erased at its term.
 */
export async function decideCase(
  ctx: AppContext,
  who: WhoActs,
  { caseId, decision, reasons }: { caseId: string; decision: Decision; reasons: string },
): Promise<{ ok: true } | { ok: false; reason: 'not-found' | 'already-decided' }> {
  return inTransaction(ctx, async (trx) => {
    const row = await findCase(trx, who, caseId);
    if (!row || !decisionsFor(row.origin).includes(decision)) return { ok: false, reason: 'not-found' };
    const { auditorId } = who;
    const { numUpdatedRows } = await trx
      .updateTable('auditCase')
      .set({
        decision,
        decisionSealed: sealDecision(ctx, caseId, reasons),
        decidedBy: auditorId,
        decidedAt: ctx.clock.now(),
      })
      .where('id', '=', caseId)
      .where('decidedAt', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return { ok: false, reason: 'already-decided' };
    const decided = caseDecided.event({
      ...{ actor: {}, result: 'ok', ...underMandate(aboutOf(row)) },
      clear: { auditor: auditorId, case: caseId, decision },
      committed: { sha256: hashOf(reasons) },
      subject: { kind: 'auditor', id: auditorId },
    });
    await record(ctx, trx, decided);
    if (row.holdId && row.mandateId) await releaseHold(ctx, trx, { holdId: row.holdId, mandateId: row.mandateId });
    await leaveNotice(trx, who.sessionIdHash, 'dossier-decide');
    return { ok: true };
  });
}
