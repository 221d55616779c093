import type { JournalRegistry } from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { EntryRow } from '#views/audit/search/entry-list.tsx';
import { entriesInScope } from './entries-in-scope.ts';
import type { Who } from './scope.ts';
import { entryRow } from './search/entry-row.ts';
import { foundEntries } from './search/found-entries.ts';
import { findLabels } from './search/labels.queries.ts';

/**
 * Chosen entries as the lines that a search shows, oldest first; those of another département are left out. A constant number
 * of queries.
 */
export async function toldRows(
  ctx: AppContext,
  registry: JournalRegistry,
  who: Who,
  ids: readonly string[],
): Promise<EntryRow[]> {
  const rows = await entriesInScope(ctx.db, who, ids);
  const found = await foundEntries(ctx, registry, rows);
  const labels = await findLabels(ctx.db, found);
  return found.map((one) => entryRow(ctx, one, labels));
}
