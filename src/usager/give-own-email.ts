import { record } from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { readEmail } from './email.rules.ts';
import { type Actor, changeEvent } from './usager.events.ts';
import { USAGER_COLUMNS } from './usager.queries.ts';
import type { Usager } from './usager.ts';

export type OwnEmail = {
  usagerId: string;
  /** As typed. */
  email: string;
  actor: Actor;
  /** Whether an address, in lower case, is an aidant's or a structure's: asked of the caller, since this folder knows neither. */
  isProfessional: (email: string, trx: Trx) => Promise<boolean>;
};

export type GivenEmail =
  | { ok: true; usager: Usager }
  | { ok: false; reason: 'not-an-address' | 'professional-address' | 'has-one-already' };

/**
 * The person's own e-mail address, for who has none at FranceConnect (decisions.md §9). Never an aidant's nor a structure's:
 * FranceConnect warns this address of each connection, and the person must be the one who reads it. An address that is there
 * is not replaced: FranceConnect's, next time, is. Changes the row and writes `usager.changed`, both or neither.
 */
export async function giveOwnEmail(
  ctx: AppContext,
  trx: Trx,
  { usagerId, email, actor, isProfessional }: OwnEmail,
): Promise<GivenEmail> {
  const address = readEmail(email);
  if (!address) return { ok: false, reason: 'not-an-address' };
  if (await isProfessional(address.toLowerCase(), trx)) return { ok: false, reason: 'professional-address' };
  const usager = (await trx
    .updateTable('usager')
    .set({ email: address, updatedAt: ctx.clock.now() })
    .where('id', '=', usagerId)
    .where('email', 'is', null)
    .returning(USAGER_COLUMNS)
    .executeTakeFirst()) as Usager | undefined;
  if (!usager) return { ok: false, reason: 'has-one-already' };
  const changes = [{ field: 'email' as const, before: null, after: address }];
  await record(ctx, trx, changeEvent(usagerId, { actor, changes, source: 'usager' }));
  return { ok: true, usager };
}
