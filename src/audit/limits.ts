import type { AppContext } from '#platform/context.ts';
import { countHit, type HitLimit } from '#platform/db/hits.ts';
import { HttpError } from '#platform/http/errors.ts';
import { DAY, MINUTE } from '#platform/time/clock.ts';
import type { Who } from './scope.ts';

/**
 * Looking for persons: enough for work, far too little to try a list of names and birth dates, which would put a name on each
 * mask. Whether somebody is found or not counts the same.
 */
const PERSONS_SOUGHT: readonly HitLimit[] = [
  { name: 'recherche-de-personne', max: 20, windowMs: 60 * MINUTE },
  { name: 'recherche-de-personne-jour', max: 60, windowMs: DAY },
];

/** Files that leave with an auditor. Generous: it stops a program, not a person. */
const EXPORTS: readonly HitLimit[] = [{ name: 'export-auditeur', max: 60, windowMs: 60 * MINUTE }];

/** Counts one more person whom this auditor looks for. Throws a 429 beyond 20 in an hour or 60 in a day. */
export async function countPersonSought(ctx: AppContext, who: Who): Promise<void> {
  if (await isBeyond(ctx, who, PERSONS_SOUGHT)) throw new HttpError(429, 'limite-recherche-de-personne');
}

/** Counts one more export of this auditor. Throws a 429 beyond 60 in an hour. */
export async function countExport(ctx: AppContext, who: Who): Promise<void> {
  if (await isBeyond(ctx, who, EXPORTS)) throw new HttpError(429, 'limite-export-auditeur');
}

/** Outside the transaction of what is asked: what is refused or fails counts too. */
async function isBeyond(ctx: AppContext, { auditorId }: Who, limits: readonly HitLimit[]): Promise<boolean> {
  for (const limit of limits) {
    const { hits } = await countHit(ctx, ctx.db, limit, auditorId);
    if (hits > limit.max) return true;
  }
  return false;
}
