import type { JournalRegistry } from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { EntryRow } from '#views/audit/search/entry-list.tsx';
import type { Who } from './cases/case.queries.ts';
import { entriesInScope } from './cases/entries-in-scope.ts';
import { tellEntries } from './entry/tell-entries.ts';
import { entryRow } from './search/entry-row.ts';
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
  const told = await tellEntries(
    ctx,
    registry,
    rows.map(({ id }) => id),
  );
  const byId = new Map(told.map((one) => [one.stored.id, one]));
  const found = rows.map((row) => {
    const one = byId.get(row.id);
    return one ? { row, told: one } : { row };
  });
  const labels = await findLabels(ctx.db, found);
  return found.map((one) => entryRow(ctx, one, labels));
}
