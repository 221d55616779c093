import { findAuditorByEmail } from '#identity';
import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { type Trx, violates } from '#platform/db/database.ts';
import { normaliseCrockford, uuidv7 } from '#platform/ids/ids.ts';
import { mayRead } from '../scope.ts';
import { complaintReceived } from './complaint.events.ts';
import type { ComplaintChannel, ComplaintMotive } from './complaint.queries.ts';

export type ComplaintRefusal =
  | 'unknown-mandate'
  | 'unknown-auditor'
  | 'closed-account'
  | 'out-of-scope'
  | 'already-open';

/**
 * Records that a person says of a mandate « je n'ai jamais signé » or « je ne reconnais pas », and whom it opens their file
 * to. The operator's command calls it and no page does: an auditor who could open one would do without a second auditor.
 */
export async function addComplaint(
  ctx: AppContext,
  given: { mandateNumber: string; motive: ComplaintMotive; channel: ComplaintChannel; auditorEmail: string },
): Promise<{ ok: true; id: string } | { ok: false; reason: ComplaintRefusal }> {
  const now = ctx.clock.now();
  const id = uuidv7(now);
  const { motive, channel } = given;
  try {
    return await inTransaction(ctx, async (trx) => {
      const mandate = await findMandateNumbered(trx, given.mandateNumber);
      if (!mandate) return { ok: false, reason: 'unknown-mandate' } as const;
      const auditor = await auditorFor(trx, given.auditorEmail, mandate.departement);
      if (!auditor.ok) return auditor;
      const { alias, departement: _scope, ...place } = mandate;
      const { auditorId } = auditor;
      await trx
        .insertInto('complaint')
        .values({ id, ...place, auditorId, motive, channel, receivedAt: now })
        .execute();
      const about = { usagerId: place.usagerId, mandateId: place.mandateId };
      const clear = { complaint: id, auditor: auditorId, motive, channel };
      await record(ctx, trx, complaintReceived.event({ actor: {}, about, mandate: { alias }, result: 'ok', clear }));
      return { ok: true, id } as const;
    });
  } catch (error) {
    if (violates(error, 'one_open_complaint_per_mandate')) return { ok: false, reason: 'already-open' };
    throw error;
  }
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
