import { type JournalEvent, record } from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { mandateEnded } from './mandate.events.ts';
import { takeEntryNumbers } from './mandate.queries.ts';

export type ExpiredMandate = {
  id: string;
  organisationId: string;
  usagerId: string;
  journalAlias: string;
  endsAt: Date;
};

/**
 * Writes the end of mandates whose term has passed, at their hour, with their last journal entry. `expired` are open mandates
 * that this transaction has locked, their person first; what is not past its term at `now` is left alone. Returns those it ended.
 */
export async function writeExpiry(
  ctx: AppContext,
  trx: Trx,
  expired: readonly ExpiredMandate[],
  now: Date,
): Promise<ExpiredMandate[]> {
  const written: ExpiredMandate[] = [];
  const events: JournalEvent[] = [];
  for (const mandate of expired.filter(({ endsAt }) => endsAt <= now)) {
    if (!(await endAtItsHour(trx, mandate, now))) continue;
    const [mn] = await takeEntryNumbers(trx, mandate.id, 1);
    written.push(mandate);
    events.push(
      mandateEnded.event({
        actor: { organisationId: mandate.organisationId },
        about: { usagerId: mandate.usagerId, mandateId: mandate.id },
        mandate: { alias: mandate.journalAlias, mn },
        result: 'ok',
        clear: {
          cause: 'expired',
          channel: 'job',
          endedAt: mandate.endsAt.toISOString(),
          knownAt: now.toISOString(),
        },
      }),
    );
  }
  await record(ctx, trx, ...events);
  return written;
}

async function endAtItsHour(trx: Trx, { id, endsAt }: ExpiredMandate, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('mandate')
    .set({ endedAt: endsAt, endCause: 'expired', endKnownAt: now, endChannel: 'job' })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return false;
  await trx
    .updateTable('authorisation')
    .set({ endedAt: endsAt, endCause: 'expired' })
    .where('mandateId', '=', id)
    .where('endedAt', 'is', null)
    .execute();
  return true;
}
