import { after, MINUTE } from '#platform/time/clock.ts';
import { parisDay } from '#platform/time/paris.ts';
import { endOfDay, startOfDay } from '../search/period.rules.ts';
import type { Rule, Window } from './rule.ts';

/** An act may be kept some seconds after the time that its id says: the last minutes are looked at twice. */
const OVERLAP = 5 * MINUTE;
/** A rule that never ran begins here. */
const BEGINNING = 60 * MINUTE;
/** After a long stop, what is behind is caught up by parts. */
const LONGEST = 60 * MINUTE;

export type Turn = { window: Window; lookedUntil: Date };

/**
 * What a rule looks at now, and up to where it will then have looked; undefined when nothing is due. A rule that was switched
 * on sees nothing from before.
 */
export function turnOf(
  { pace, lookBack }: Pick<Rule, 'pace' | 'lookBack'>,
  { lookedUntil, switchedAt }: { lookedUntil: Date | null; switchedAt: Date | null },
  now: Date,
): Turn | undefined {
  const begin = lookedUntil ?? latest(after(now, -BEGINNING), switchedAt);
  if (pace === 'day') return dayFrom(begin, lookedUntil !== null, now);
  const to = earliest(now, after(begin, LONGEST));
  if (to <= begin) return undefined;
  return { window: { from: latest(after(begin, -OVERLAP - lookBack), switchedAt), to }, lookedUntil: to };
}

/** The day that begins then; a whole one, that is over since long enough for its last act to be kept. */
function dayFrom(begin: Date, hasRun: boolean, now: Date): Turn | undefined {
  const day = parisDay(begin);
  const start = startOfDay(day);
  const from = hasRun && start?.getTime() === begin.getTime() ? start : endOfDay(day);
  const to = from && endOfDay(parisDay(from));
  if (!from || !to || after(to, OVERLAP) > now) return undefined;
  return { window: { from, to }, lookedUntil: to };
}

function latest(one: Date, other: Date | null): Date {
  return other && other > one ? other : one;
}

function earliest(one: Date, other: Date): Date {
  return other < one ? other : one;
}
