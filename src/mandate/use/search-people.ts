import type { AidantAtWork } from '#identity';
import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { usagersSearched } from '../follow/follow.events.ts';
import { type PeopleAsked, type PersonToActFor, peopleToActFor } from './use.queries.ts';

/** People to act for. A search is written in the log `acces`, as in the lists of mandates; turning pages is not. */
export async function searchPeopleToActFor(
  ctx: AppContext,
  { aidantId }: AidantAtWork,
  asked: PeopleAsked,
): Promise<{ people: PersonToActFor[]; more: boolean }> {
  const found = await peopleToActFor(ctx.db, asked);
  if (asked.search === '' || asked.afterId !== '') return found;
  const event = usagersSearched.event({
    actor: { aidantId, organisationId: asked.organisationId },
    result: 'ok',
    clear: { found: found.people.length },
    committed: { typed: asked.search },
    subject: { kind: 'aidant', id: aidantId },
  });
  await inTransaction(ctx, (trx) => record(ctx, trx, event));
  return found;
}
