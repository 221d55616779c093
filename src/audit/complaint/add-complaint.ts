import { findAuditorByEmail } from '#identity';
import { placeHoldIn, record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { type Trx, violates } from '#platform/db/database.ts';
import { normaliseCrockford, uuidv7 } from '#platform/ids/ids.ts';
import { tellAuditor } from '../mails/tell-auditors.ts';
import { mayRead } from '../scope.ts';
import { complaintReceived } from './complaint.events.ts';
import type { ComplaintChannel, ComplaintMotive } from './complaint.queries.ts';

export type NewComplaint = {
  mandateNumber: string;
  motive: ComplaintMotive;
  channel: ComplaintChannel;
  auditorEmail: string;
};

type Outcome = { ok: true; id: string } | { ok: false; reason: ComplaintRefusal };

export type ComplaintRefusal =
  | 'unknown-mandate'
  | 'unknown-auditor'
  | 'closed-account'
  | 'out-of-scope'
  | 'already-open';

/**
 * Records that a person says of a mandate « je n'ai jamais signé » or « je ne reconnais pas », and whom it opens their file
 * to; nothing of the mandate is erased until they are answered (a legal hold, unless one stands already). The operator's
 * command calls it and no page does: an auditor who could open one would do without a second auditor.
 */
export async function addComplaint(ctx: AppContext, given: NewComplaint): Promise<Outcome> {
  for (let hold = true; ; hold = false) {
    try {
      return await add(ctx, given, { hold });
    } catch (error) {
      if (violates(error, 'one_open_complaint_per_mandate')) return { ok: false, reason: 'already-open' };
      if (!hold || !violates(error, 'mandate_is_held_once')) throw error;
    }
  }
}

async function add(ctx: AppContext, given: NewComplaint, { hold }: { hold: boolean }): Promise<Outcome> {
  const now = ctx.clock.now();
  const id = uuidv7(now);
  const { motive, channel } = given;
  return inTransaction(ctx, async (trx): Promise<Outcome> => {
    const mandate = await findMandateNumbered(trx, given.mandateNumber);
    if (!mandate) return { ok: false, reason: 'unknown-mandate' };
    const auditor = await auditorFor(trx, given.auditorEmail, mandate.departement);
    if (!auditor.ok) return auditor;
    const { alias, departement: _scope, ...place } = mandate;
    const { usagerId, mandateId } = place;
    const holdId = hold ? await placeHoldIn(ctx, trx, { target: { mandateId }, ground: 'complaint' }) : null;
    const values = { id, ...place, auditorId: auditor.auditorId, motive, channel, holdId, receivedAt: now };
    await trx.insertInto('complaint').values(values).execute();
    const clear = { complaint: id, auditor: auditor.auditorId, motive, channel };
    const told = { actor: {}, about: { usagerId, mandateId }, mandate: { alias }, result: 'ok', clear } as const;
    await record(ctx, trx, complaintReceived.event(told));
    await tellAuditor(trx, { about: 'complaint-given', id, auditorId: auditor.auditorId });
    return { ok: true, id };
  });
}

async function findMandateNumbered(trx: Trx, typed: string) {
  return trx
    .selectFrom('mandate')
    .innerJoin('organisation', 'organisation.id', 'mandate.organisationId')
    .select(['mandate.id as mandateId', 'mandate.usagerId', 'mandate.organisationId', 'mandate.journalAlias as alias'])
    .select('organisation.departement')
    .where('mandate.number', '=', normaliseCrockford(typed))
    .executeTakeFirst();
}

/** An auditor who may answer a complaint of this département. */
export async function auditorFor(
  trx: Trx,
  email: string,
  departement: string,
): Promise<{ ok: true; auditorId: string } | { ok: false; reason: ComplaintRefusal }> {
  const auditor = await findAuditorByEmail(trx, email);
  if (!auditor) return { ok: false, reason: 'unknown-auditor' };
  if (!auditor.active) return { ok: false, reason: 'closed-account' };
  return mayRead(auditor, departement) ? { ok: true, auditorId: auditor.id } : { ok: false, reason: 'out-of-scope' };
}
