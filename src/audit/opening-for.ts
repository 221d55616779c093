import type { Opening } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { leavesOpen } from './entry/shown.rules.ts';
import type { Who } from './scope.ts';
import { identitiesOpenTo, type OpenIdentity } from './unmask/open-identities.queries.ts';

/**
 * What may be opened of entries that leave in an export: what names nobody, and what tells of persons whose identity is open to
 * this auditor now; never what other auditors wrote in confidence. `shown`: those whom it then tells of, which whoever exports
 * writes in the journal. Two queries.
 */
export async function openingFor(
  ctx: Pick<AppContext, 'db' | 'clock'>,
  who: Who,
  entries: readonly { id: string; kind: string; usagerId: string | null }[],
): Promise<{ open: Opening; shown: OpenIdentity[] }> {
  const persons = [...new Set(entries.flatMap(({ usagerId }) => usagerId ?? []))];
  const identities = await identitiesOpenTo(ctx.db, who, persons, ctx.clock.now());
  const shown = new Set<OpenIdentity>();
  const open = new Set<string>();
  for (const { id, kind, usagerId } of entries) {
    const identity = usagerId ? identities.get(usagerId) : undefined;
    if (!leavesOpen(kind, { identity: identity !== undefined })) continue;
    open.add(id);
    if (identity && !leavesOpen(kind, { identity: false })) shown.add(identity);
  }
  return { open, shown: [...shown] };
}
