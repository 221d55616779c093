import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { type Trx, violates } from '#platform/db/database.ts';
import { type AidantRow, lockAidant } from './aidant.queries.ts';
import { type AidantChangeKind, aidantChanged } from './identity.events.ts';
import { endPendingLogins } from './login.queries.ts';
import { sealTotpSecret } from './second-factor.ts';
import { deleteSessionsOf } from './session.queries.ts';
import { asBase32, newSecret, totpUri } from './totp.rules.ts';

export type AidantChange =
  | { change: Exclude<AidantChangeKind, 'joined' | 'left' | 'new-second-factor'> }
  | { change: 'joined' | 'left'; organisationId: string };

type Outcome = { ok: true; changed: boolean } | { ok: false; reason: 'unknown-aidant' | 'unknown-organisation' };

/**
 * Changes what an aidant may do, and journals it: account closed or opened again, structure joined or left, mandates to
 * conclude or not. Whoever loses something loses it at once: sessions and pending mails go in the same transaction. A
 * change that changes nothing writes nothing.
 */
export async function changeAidant(ctx: AppContext, aidantId: string, change: AidantChange): Promise<Outcome> {
  const organisationId = 'organisationId' in change ? change.organisationId : undefined;
  try {
    return await inTransaction(ctx, async (trx): Promise<Outcome> => {
      const aidant = await lockAidant(trx, aidantId);
      if (!aidant) return { ok: false, reason: 'unknown-aidant' };
      const changed = await applyToAidant(trx, aidant, change, ctx.clock.now());
      if (!changed) return { ok: true, changed };
      const clear = { aidant: aidantId, change: change.change, organisation: organisationId };
      await record(ctx, trx, aidantChanged.event({ actor: { aidantId, organisationId }, result: 'ok', clear }));
      return { ok: true, changed };
    });
  } catch (error) {
    if (violates(error, 'membership_organisation_id_fkey')) return { ok: false, reason: 'unknown-organisation' };
    throw error;
  }
}

/** Changes the rows, and writes nothing in the journal. Says whether it changed something. */
export async function applyToAidant(trx: Trx, aidant: AidantRow, change: AidantChange, now: Date): Promise<boolean> {
  switch (change.change) {
    case 'joined':
      return join(trx, aidant.id, change.organisationId, now);
    case 'left':
      return leave(trx, aidant.id, change.organisationId);
    case 'may-conclude':
    case 'may-not-conclude':
      return setMayConclude(trx, aidant, change.change === 'may-conclude');
    default:
      return setActive(trx, aidant, change.change === 'activated', now);
  }
}

async function join(trx: Trx, aidantId: string, organisationId: string, now: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('membership')
    .values({ aidantId, organisationId, createdAt: now })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

async function leave(trx: Trx, aidantId: string, organisationId: string): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('membership')
    .where('aidantId', '=', aidantId)
    .where('organisationId', '=', organisationId)
    .executeTakeFirst();
  if (numDeletedRows === 0n) return false;
  await trx
    .updateTable('aidant')
    .set({ currentOrganisationId: null })
    .where('id', '=', aidantId)
    .where('currentOrganisationId', '=', organisationId)
    .execute();
  await deleteSessionsOf(trx, 'aidant', { actorId: aidantId, organisationId });
  return true;
}

async function setMayConclude(trx: Trx, aidant: AidantRow, mayConclude: boolean): Promise<boolean> {
  if (aidant.mayConclude === mayConclude) return false;
  await trx.updateTable('aidant').set({ mayConclude }).where('id', '=', aidant.id).execute();
  return true;
}

async function setActive(trx: Trx, aidant: AidantRow, active: boolean, now: Date): Promise<boolean> {
  if (aidant.active === active) return false;
  await trx.updateTable('aidant').set({ active }).where('id', '=', aidant.id).execute();
  if (!active) await endEverything(trx, aidant.id, now);
  return true;
}

async function endEverything(trx: Trx, aidantId: string, now: Date): Promise<void> {
  await deleteSessionsOf(trx, 'aidant', { actorId: aidantId });
  await endPendingLogins(trx, aidantId, now);
}

/**
 * Gives an aidant a new second factor (lost telephone): the old one, the sessions and the pending mails end. Undefined
 * for an unknown aidant. The secret is shown once.
 */
export async function renewSecondFactor(
  ctx: AppContext,
  aidantId: string,
): Promise<{ totpSecret: string; totpUri: string } | undefined> {
  const secret = newSecret();
  return inTransaction(ctx, async (trx) => {
    const aidant = await lockAidant(trx, aidantId);
    if (!aidant) return undefined;
    const totpSecret = sealTotpSecret(ctx.keys, { accounts: 'aidant', id: aidantId }, secret);
    await trx.updateTable('aidant').set({ totpSecret, lastTotpStep: 0 }).where('id', '=', aidantId).execute();
    await endEverything(trx, aidantId, ctx.clock.now());
    const clear = { aidant: aidantId, change: 'new-second-factor' as const };
    await record(ctx, trx, aidantChanged.event({ actor: { aidantId }, result: 'ok', clear }));
    return { totpSecret: asBase32(secret), totpUri: totpUri(secret, aidant.email) };
  });
}
