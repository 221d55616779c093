import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { type GivenEmail, giveOwnEmail } from '#usager';
import { isProfessionalAddress } from '../conclude/professional.queries.ts';
import { lockUsager } from '../mandate.queries.ts';
import { findUsagerOf, holdsMandateInForce, type PersonOfStructure } from './usager-page.queries.ts';

export type EmailGiven = PersonOfStructure & { aidantId: string; email: string };

/**
 * Notes the own e-mail address of a person who had none, for a structure that holds a mandate of theirs in force: without one
 * it has no power over the person's record, which every structure shares. Their mandates say what they said.
 */
export async function giveUsagerEmail(
  ctx: AppContext,
  { aidantId, email, ...person }: EmailGiven,
): Promise<GivenEmail | { ok: false; reason: 'not-found' | 'not-in-force' }> {
  if (!(await findUsagerOf(ctx.db, person, ctx.clock.now()))) return { ok: false, reason: 'not-found' };
  const actor = { aidantId, organisationId: person.organisationId };
  const given = { usagerId: person.usagerId, email, actor, isProfessional: isProfessionalAddress };
  return inTransaction(ctx, async (trx) => {
    await lockUsager(trx, person.usagerId);
    if (!(await holdsMandateInForce(trx, person, ctx.clock))) return { ok: false, reason: 'not-in-force' };
    return giveOwnEmail(ctx, trx, given);
  });
}
