import { type AuditorAtWork, checkCode, leaveNotice, lockAuditor } from '#identity';
import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { releaseHold } from '../cases/release-hold.ts';
import { complaintClosed } from './complaint.events.ts';
import type { Complaint, ComplaintAnswer } from './complaint.queries.ts';

/**
 * The auditor who has a complaint says that it was answered, and how, with their code. The person's file closes again for
 * them, and the mandate may be erased at its term. `too-late`: it is closed already, or another auditor's by now.
 */
export async function closeComplaint(
  ctx: AppContext,
  given: { who: AuditorAtWork; complaint: Complaint; answer: ComplaintAnswer; code: string },
): Promise<'closed' | 'wrong-code' | 'too-late'> {
  const { who, complaint, answer, code } = given;
  return inTransaction(ctx, async (trx) => {
    if ((await checkCode(ctx, trx, who, code)) === 'refused') return 'wrong-code';
    if (!(await lockAuditor(trx, who.auditorId))?.active) return 'too-late';
    const closed = await trx
      .updateTable('complaint')
      .set({ closedAt: ctx.clock.now(), answer })
      .where('id', '=', complaint.id)
      .where('auditorId', '=', who.auditorId)
      .where('closedAt', 'is', null)
      .returning('holdId')
      .executeTakeFirst();
    if (!closed) return 'too-late';
    if (closed.holdId) await releaseHold(ctx, trx, { holdId: closed.holdId, mandateId: complaint.mandateId });
    const { usagerId, mandateId, alias } = complaint;
    const clear = { complaint: complaint.id, auditor: who.auditorId, answer };
    const told = { actor: {}, about: { usagerId, mandateId }, mandate: { alias }, result: 'ok', clear } as const;
    await record(ctx, trx, complaintClosed.event(told));
    await leaveNotice(trx, who.sessionIdHash, 'plainte-close');
    return 'closed';
  });
}
