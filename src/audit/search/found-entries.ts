import { type ErasureTold, erasuresOf, type JournalRegistry } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { type ToldEntry, tellEntries } from '../entry/tell-entries.ts';
import type { IndexRow } from './entries.queries.ts';

/** `told` is absent for an entry whose leaf is gone; `erasure` is then what erased it, if anything did. */
export type FoundEntry = { row: IndexRow; told?: ToldEntry; erasure?: ErasureTold };

/**
 * What the index found, each entry told from its leaf or, when that is gone, with what erased it; in the same order. A
 * constant number of queries.
 */
export async function foundEntries(
  ctx: AppContext,
  registry: JournalRegistry,
  rows: readonly IndexRow[],
): Promise<FoundEntry[]> {
  const ids = rows.map(({ id }) => id);
  const told = new Map((await tellEntries(ctx, registry, ids)).map((one) => [one.stored.id, one]));
  const gone = ids.filter((id) => !told.has(id));
  const erasures = gone.length > 0 ? await erasuresOf(ctx.db, gone) : new Map<string, ErasureTold>();
  return rows.map((row) => {
    const [one, erasure] = [told.get(row.id), erasures.get(row.id)];
    return { row, ...(one && { told: one }), ...(erasure && { erasure }) };
  });
}
