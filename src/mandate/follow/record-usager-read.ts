import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { usagerRead } from './follow.events.ts';
import type { PersonOfStructure } from './usager-page.queries.ts';

/** Writes in the log `acces` that an aidant is shown who a person is. */
export async function recordUsagerRead(
  ctx: AppContext,
  { aidantId, organisationId, usagerId }: PersonOfStructure & { aidantId: string },
): Promise<void> {
  const actor = { aidantId, organisationId };
  const event = usagerRead.event({ actor, about: { usagerId }, result: 'ok', clear: {} });
  await inTransaction(ctx, (trx) => record(ctx, trx, event));
}
