import type { Opening } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { leavesOpen } from './entry/shown.rules.ts';
import type { Who } from './scope.ts';
import { identitiesOpenTo } from './unmask/open-identities.queries.ts';

/**
 * What may be opened of entries that leave in an export: what names nobody, and what tells of persons whose identity is open to
 * this auditor now; never what other auditors wrote in confidence. Two queries.
 */
export async function openingFor(
  ctx: Pick<AppContext, 'db' | 'clock'>,
  who: Who,
  entries: readonly { id: string; kind: string; usagerId: string | null }[],
): Promise<Opening> {
  const persons = [...new Set(entries.flatMap(({ usagerId }) => usagerId ?? []))];
  const open = await identitiesOpenTo(ctx.db, who, persons, ctx.clock.now());
  const may = entries.filter(({ kind, usagerId }) =>
    leavesOpen(kind, { identity: usagerId !== null && open.has(usagerId) }),
  );
  return new Set(may.map(({ id }) => id));
}
