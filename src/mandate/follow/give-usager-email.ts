import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { giveOwnEmail } from '#usager';
import { isProfessionalAddress } from '../conclude/professional.queries.ts';
import { findUsagerOf, type PersonOfStructure } from './usager-page.queries.ts';

export type EmailGiven = PersonOfStructure & { aidantId: string; email: string };

/** Notes the own e-mail address of a person of this structure who had none. Their mandates say what they said. */
export async function giveUsagerEmail(ctx: AppContext, { aidantId, email, ...person }: EmailGiven) {
  const usager = await findUsagerOf(ctx.db, person);
  if (!usager) return { ok: false, reason: 'not-found' } as const;
  const actor = { aidantId, organisationId: person.organisationId };
  const given = { usagerId: usager.id, email, actor, isProfessional: isProfessionalAddress };
  return inTransaction(ctx, (trx) => giveOwnEmail(ctx, trx, given));
}
