import { type Entry, type FollowedPower, type Following, type Power, type PowerKind, record } from '#journal';
import type { Trx } from '#platform/db/database.ts';
import { alertRuleSwitched } from '../alerts/alerts.events.ts';
import { complaintAssigned, complaintClosed } from '../complaint/complaint.events.ts';
import { unmaskingGranted, unmaskingRefused } from '../unmask/unmask.events.ts';

/**
 * The answered complaint closes the person's file again. The hold that it had let go is lifted by name, as after any restore. Its term
 * counts from an entry of the transaction that closed it: it is told again.
 */
function closed({ clear, writtenAt }: Entry): readonly Power[] {
  const told = complaintClosed.clear.parse(clear);
  const follow = async (trx: Trx, ctx: Following): Promise<FollowedPower> => {
    const row = await trx
      .updateTable('complaint')
      .from('mandate')
      .set({ closedAt: writtenAt, answer: told.answer })
      .whereRef('mandate.id', '=', 'complaint.mandateId')
      .where('complaint.id', '=', told.complaint)
      .where('complaint.closedAt', 'is', null)
      .returning(['complaint.usagerId', 'complaint.mandateId', 'mandate.journalAlias as alias'])
      .executeTakeFirst();
    if (!row) return {};
    const { alias, ...about } = row;
    await record(ctx, trx, complaintClosed.event({ actor: {}, about, mandate: { alias }, result: 'ok', clear: told }));
    return { taken: `réclamation ${told.complaint}` };
  };
  return [{ of: `complaint ${told.complaint}`, follow }];
}

/** Another auditor has it. A complaint is always somebody's: only a person gives it to the other one again. */
function assigned({ clear }: Entry): readonly Power[] {
  const { complaint, auditor } = complaintAssigned.clear.parse(clear);
  const follow = async (trx: Trx): Promise<FollowedPower> => {
    const row = await trx
      .selectFrom('complaint')
      .innerJoin('auditor as had', 'had.id', 'complaint.auditorId')
      .leftJoin('auditor as given', (join) => join.on('given.id', '=', auditor))
      .select(['had.id', 'had.email', 'given.email as to'])
      .where('complaint.id', '=', complaint)
      .where('complaint.closedAt', 'is', null)
      .executeTakeFirst();
    if (!row || row.id === auditor) return {};
    const to = row.to ?? 'un auditeur dont le compte est perdu';
    throw new Error(
      `la réclamation ${complaint} est revenue à ${row.email}, elle était à ${to}\u00a0: «\u00a0complaint assign\u00a0»`,
    );
  };
  return [{ of: `complaint ${complaint} auditor`, follow }];
}

/** A request that a second auditor refused waits no more: nobody else may grant it. Why it was refused is lost. */
function refused({ clear, writtenAt }: Entry): readonly Power[] {
  const { unmasking } = unmaskingRefused.clear.parse(clear);
  const lapse = (trx: Trx) =>
    trx
      .updateTable('unmasking')
      .set({ lapsesAt: writtenAt })
      .where('id', '=', unmasking)
      .where('answer', 'is', null)
      .where('lapsesAt', '>', writtenAt)
      .executeTakeFirst();
  return [{ of: `unmasking ${unmasking}`, follow: (trx) => taken(lapse(trx), `demande d’identité ${unmasking}`) }];
}

function granted({ clear }: Entry): readonly Power[] {
  const { unmasking } = unmaskingGranted.clear.parse(clear);
  const follow = async (trx: Trx): Promise<FollowedPower> => {
    const waiting = trx.selectFrom('unmasking').select('id').where('id', '=', unmasking).where('answer', 'is', null);
    return (await waiting.executeTakeFirst()) ? { left: `demande d’identité ${unmasking}` } : {};
  };
  return [{ of: `unmasking ${unmasking}`, follow }];
}

/** A rule that was switched off looks no more at how people work. Why it was is lost: the page tells the reason before. */
function switched({ clear, writtenAt }: Entry): readonly Power[] {
  const { rule, active } = alertRuleSwitched.clear.parse(clear);
  const follow = async (trx: Trx): Promise<FollowedPower> => {
    const row = await trx.selectFrom('alertRule').select('active').where('code', '=', rule).executeTakeFirst();
    if (!row || row.active === active) return {};
    if (active) return { left: `règle ${rule}` };
    const off = { active, switchedAt: writtenAt, lookedUntil: null };
    await trx.updateTable('alertRule').set(off).where('code', '=', rule).execute();
    return { taken: `règle ${rule}` };
  };
  return [{ of: `rule ${rule}`, follow }];
}

async function taken(change: Promise<{ numUpdatedRows: bigint }>, whose: string): Promise<FollowedPower> {
  return (await change).numUpdatedRows > 0n ? { taken: whose } : {};
}

/** What entries say of what auditors may see, and how what they took away is taken away again after a restore. */
export const auditPowers: readonly PowerKind[] = [
  { kind: complaintClosed, powers: closed },
  { kind: complaintAssigned, powers: assigned },
  { kind: unmaskingRefused, powers: refused },
  { kind: unmaskingGranted, powers: granted },
  { kind: alertRuleSwitched, powers: switched },
];
