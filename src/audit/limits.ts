import type { AppContext } from '#platform/context.ts';
import { countHit, type HitLimit } from '#platform/db/hits.ts';
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

/** A limit that this auditor has passed: what was asked is not done. */
export type Limited = {
  of: 'persons' | 'exports';
  /** Its name in the log and on the page: « limite-export-auditeur ». */
  code: string;
  /** How many in how long. */
  max: number;
  within: 'hour' | 'day';
  /** From when it may be asked again: a whole minute, as pages show it. */
  until: Date;
};

/** Counts one more person whom this auditor looks for; tells the limit beyond 20 in an hour or 60 in a day. */
export async function countPersonSought(ctx: AppContext, who: Who): Promise<Limited | undefined> {
  return passed(ctx, who, 'persons', PERSONS_SOUGHT);
}

/** Counts one more export of this auditor; tells the limit beyond 60 in an hour. */
export async function countExport(ctx: AppContext, who: Who): Promise<Limited | undefined> {
  return passed(ctx, who, 'exports', EXPORTS);
}

/** Outside the transaction of what is asked: what is refused or fails counts too. */
async function passed(
  ctx: AppContext,
  { auditorId }: Who,
  of: Limited['of'],
  limits: readonly HitLimit[],
): Promise<Limited | undefined> {
  for (const one of limits) {
    const { hits, resetsAt } = await countHit(ctx, ctx.db, one, auditorId);
    if (hits <= one.max) continue;
    const until = new Date(Math.ceil(resetsAt.getTime() / MINUTE) * MINUTE);
    const within = one.windowMs === DAY ? 'day' : 'hour';
    return { of, code: `limite-${one.name}`, max: one.max, within, until };
  }
  return undefined;
}
