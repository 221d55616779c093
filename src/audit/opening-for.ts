import type { Opening } from '#journal';
import type { AppContext } from '#platform/context.ts';
import type { Who } from './scope.ts';
import { identitiesOpenTo } from './unmask/open-identities.queries.ts';

/** Kinds whose openings name nobody who is helped: see `entry/shown.rules.ts`, which shows each of them to all. */
const NAMES_NOBODY = [
  'mandate.concluded',
  'use.chosen',
  'organisation.added',
  'organisation.changed',
  'aidant.added',
  'auditor.added',
  'case.noted',
  'case.decided',
  'case.exported',
  'audit.mandate-exported',
];

/**
 * What may be opened of entries that leave in an export: what names nobody, and what is about persons whose identity is open
 * to this auditor now. Two queries.
 */
export async function openingFor(
  ctx: Pick<AppContext, 'db' | 'clock'>,
  who: Who,
  entries: readonly { id: string; kind: string; usagerId: string | null }[],
): Promise<Opening> {
  const persons = [...new Set(entries.flatMap(({ usagerId }) => usagerId ?? []))];
  const open = await identitiesOpenTo(ctx.db, who, persons, ctx.clock.now());
  const may = entries.filter(({ kind, usagerId }) => NAMES_NOBODY.includes(kind) || (usagerId && open.has(usagerId)));
  return new Set(may.map(({ id }) => id));
}
