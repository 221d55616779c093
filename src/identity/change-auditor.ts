import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { auditorChanged } from './auditor.events.ts';
import { type AuditorRow, lockAuditor } from './auditor.queries.ts';
import { departementsSchema } from './auditor.rules.ts';
import { endPendingLogins } from './login.queries.ts';
import { sealTotpSecret } from './second-factor.ts';
import { deleteSessionsOf } from './session.queries.ts';
import { asBase32, newSecret, totpUri } from './totp.rules.ts';

export type AuditorChange =
  | { change: 'deactivated' | 'activated' }
  /** Null: the whole country. */
  | { change: 'limited'; departements: readonly string[] | null };

type Outcome = { ok: true; changed: boolean } | { ok: false; reason: 'unknown-auditor' | 'unknown-departement' };

/**
 * Changes what an auditor may do, and journals it: account closed or opened again, départements. A closed account loses its
 * sessions and pending mails in the same transaction; other départements hold from the next request. A change that changes
 * nothing writes nothing.
 */
export async function changeAuditor(ctx: AppContext, auditorId: string, change: AuditorChange): Promise<Outcome> {
  const departements = readDepartements(change);
  if (departements === undefined) return { ok: false, reason: 'unknown-departement' };
  return inTransaction(ctx, async (trx): Promise<Outcome> => {
    const auditor = await lockAuditor(trx, auditorId);
    if (!auditor) return { ok: false, reason: 'unknown-auditor' };
    const changed =
      change.change === 'limited'
        ? await limit(trx, auditor, departements)
        : await setActive(trx, auditor, change.change === 'activated', ctx.clock.now());
    if (!changed) return { ok: true, changed };
    const clear = { auditor: auditorId, change: change.change, ...(departements && { departements }) };
    await record(ctx, trx, auditorChanged.event({ actor: {}, result: 'ok', clear }));
    return { ok: true, changed };
  });
}

/** Undefined when one is unknown. */
function readDepartements(change: AuditorChange): string[] | null | undefined {
  if (change.change !== 'limited' || change.departements === null) return null;
  const read = departementsSchema.safeParse(change.departements);
  return read.success ? read.data : undefined;
}

export async function limit(trx: Trx, auditor: AuditorRow, departements: string[] | null): Promise<boolean> {
  if (String(auditor.departements) === String(departements)) return false;
  await trx.updateTable('auditor').set({ departements }).where('id', '=', auditor.id).execute();
  return true;
}

export async function setActive(trx: Trx, auditor: AuditorRow, active: boolean, now: Date): Promise<boolean> {
  if (auditor.active === active) return false;
  await trx
    .updateTable('auditor')
    .set({ active, closedAt: active ? null : now })
    .where('id', '=', auditor.id)
    .execute();
  if (!active) await endEverything(trx, auditor.id, now);
  return true;
}

async function endEverything(trx: Trx, auditorId: string, now: Date): Promise<void> {
  await deleteSessionsOf(trx, 'auditeur', { actorId: auditorId });
  await endPendingLogins(trx, auditorId, now);
}

/**
 * Gives an auditor a new second factor (lost telephone): the old one, the sessions and the pending mails end. Undefined for
 * an unknown auditor. The secret is shown once.
 */
export async function renewAuditorFactor(
  ctx: AppContext,
  auditorId: string,
): Promise<{ totpSecret: string; totpUri: string } | undefined> {
  const secret = newSecret();
  return inTransaction(ctx, async (trx) => {
    const auditor = await lockAuditor(trx, auditorId);
    if (!auditor) return undefined;
    const totpSecret = sealTotpSecret(ctx.keys, { accounts: 'auditor', id: auditorId }, secret);
    await trx.updateTable('auditor').set({ totpSecret, lastTotpStep: 0 }).where('id', '=', auditorId).execute();
    await endEverything(trx, auditorId, ctx.clock.now());
    const clear = { auditor: auditorId, change: 'new-second-factor' as const };
    await record(ctx, trx, auditorChanged.event({ actor: {}, result: 'ok', clear }));
    return { totpSecret: asBase32(secret), totpUri: totpUri(secret, auditor.email) };
  });
}
