import { record } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { usagersSearched } from './follow.events.ts';
import { findPersons, type ListAsked, type PageOfPersons } from './list.queries.ts';

export const LONGEST_SEARCH = 100;

/**
 * The persons whose name matches what an aidant typed, in one list of their structure. A search is written in the log
 * `acces`, with what was typed committed under the aidant's key; without a search nothing is written.
 */
export async function searchPersons(ctx: AppContext, aidantId: string, asked: ListAsked): Promise<PageOfPersons> {
  const page = await findPersons(ctx.db, asked);
  if (asked.search === '') return page;
  const found = Object.values(page.counts).reduce((sum, count) => sum + count, 0);
  await inTransaction(ctx, (trx) =>
    record(
      ctx,
      trx,
      usagersSearched.event({
        actor: { aidantId, organisationId: asked.organisationId },
        result: 'ok',
        clear: { found },
        committed: { typed: asked.search },
        subject: { kind: 'aidant', id: aidantId },
      }),
    ),
  );
  return page;
}
