import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { tellAuditor } from '../mails/tell-auditors.ts';
import { auditorFor, type ComplaintRefusal } from './add-complaint.ts';
import { complaintAssigned } from './complaint.events.ts';

type Outcome =
  | { ok: true; changed: boolean }
  | { ok: false; reason: Exclude<ComplaintRefusal, 'unknown-mandate' | 'already-open'> | 'not-open' };

/** Gives an open complaint to another auditor; the one who had it loses it at once. By the operator's command only. */
export async function assignComplaint(
  ctx: AppContext,
  { complaintId, auditorEmail }: { complaintId: string; auditorEmail: string },
): Promise<Outcome> {
  if (!isUuid(complaintId)) return { ok: false, reason: 'not-open' };
  return inTransaction(ctx, async (trx): Promise<Outcome> => {
    const complaint = await trx
      .selectFrom('complaint')
      .innerJoin('organisation', 'organisation.id', 'complaint.organisationId')
      .innerJoin('mandate', 'mandate.id', 'complaint.mandateId')
      .select(['complaint.auditorId', 'complaint.usagerId', 'complaint.mandateId'])
      .select(['organisation.departement', 'mandate.journalAlias as alias'])
      .where('complaint.id', '=', complaintId)
      .where('complaint.closedAt', 'is', null)
      .forUpdate('complaint')
      .executeTakeFirst();
    if (!complaint) return { ok: false, reason: 'not-open' };
    const auditor = await auditorFor(trx, auditorEmail, complaint.departement);
    if (!auditor.ok) return { ok: false, reason: auditor.reason as 'unknown-auditor' };
    if (auditor.auditorId === complaint.auditorId) return { ok: true, changed: false };
    const { auditorId } = auditor;
    await trx.updateTable('complaint').set({ auditorId }).where('id', '=', complaintId).execute();
    const { usagerId, mandateId, alias } = complaint;
    const clear = { complaint: complaintId, auditor: auditorId, before: complaint.auditorId };
    const told = { actor: {}, about: { usagerId, mandateId }, mandate: { alias }, result: 'ok', clear } as const;
    await record(ctx, trx, complaintAssigned.event(told));
    await tellAuditor(trx, { about: 'complaint-given', id: complaintId, auditorId });
    return { ok: true, changed: true };
  });
}
