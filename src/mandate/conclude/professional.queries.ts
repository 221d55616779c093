import type { Trx } from '#platform/db/database.ts';

export type StillMay = { aidantId: string; organisationId: string; termsVersion: string | null };

/**
 * Whether the aidant may conclude for this structure at this very moment: active, allowed to, with the terms of use that let
 * the request in, a member, and the structure open. Held until the end of the transaction, so that none of it changes meanwhile.
 */
export async function mayStillConclude(
  trx: Trx,
  { aidantId, organisationId, termsVersion }: StillMay,
): Promise<boolean> {
  // a lock that can grow (share, then write) would let two tabs of one aidant wait for each other
  const aidant = await trx
    .selectFrom('aidant')
    .select(['active', 'mayConclude', 'termsVersion'])
    .where('id', '=', aidantId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!aidant?.active || !aidant.mayConclude || aidant.termsVersion !== termsVersion) return false;
  const member = await trx
    .selectFrom('membership')
    .innerJoin('organisation', 'organisation.id', 'membership.organisationId')
    .select('organisation.id')
    .where('membership.aidantId', '=', aidantId)
    .where('membership.organisationId', '=', organisationId)
    .where('organisation.active', '=', true)
    .forShare()
    .executeTakeFirst();
  return member !== undefined;
}

/** Whether an e-mail address, in lower case, is that of an aidant or of a structure. */
export async function isProfessionalAddress(email: string, db: Pick<Trx, 'selectFrom'>): Promise<boolean> {
  const aidant = await db.selectFrom('aidant').select('id').where('email', '=', email).executeTakeFirst();
  if (aidant) return true;
  const organisation = await db
    .selectFrom('organisation')
    .select('id')
    .where((eb) => eb(eb.fn('lower', ['email']), '=', email))
    .limit(1)
    .executeTakeFirst();
  return organisation !== undefined;
}
