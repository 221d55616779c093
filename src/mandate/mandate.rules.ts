import { after, DAY } from '#platform/time/clock.ts';

/** The four durations, in days of 86 400 s from the instant the structure accepts. */
export const DURATIONS = { SHORT: 1, MONTH: 31, SEMESTER: 182, LONG: 365 } as const;

export type Duration = keyof typeof DURATIONS;

/** How the durations are said to people; an end date always stands beside. */
export const DURATION_WORDS: Record<Duration, string> = {
  SHORT: '1\u00a0jour',
  MONTH: '31\u00a0jours',
  SEMESTER: '6\u00a0mois (182\u00a0jours)',
  LONG: '1\u00a0an (365\u00a0jours)',
};

/** The instant a mandate that starts at `start` ends, to the second. */
export function endOf(duration: Duration, start: Date): Date {
  return after(start, DURATIONS[duration] * DAY);
}

export function isDuration(text: string): text is Duration {
  return Object.hasOwn(DURATIONS, text);
}

/** The durations a structure may choose, shortest first; `longest` is its ceiling, if it has one. */
export function durationsUpTo(longest: string | null): Duration[] {
  const all = Object.keys(DURATIONS) as Duration[];
  return longest && isDuration(longest) ? all.slice(0, all.indexOf(longest) + 1) : all;
}

/** Why a mandate or a theme ended before or at its term (C. civ. art. 2003; replaced, expired and stopped are ours). */
export type EndCause =
  | 'revoked-by-usager'
  | 'renounced-by-organisation'
  | 'replaced'
  | 'expired'
  | 'deceased'
  | 'protected'
  | 'organisation-stopped';

export type MandateState = 'in-force' | 'suspended' | 'expired' | 'ended';

/** The state to show at `now`: expiry counts to the second, whether or not the job has written it yet. */
export function stateOf(
  mandate: { endsAt: Date; endedAt: Date | null; endCause: string | null; suspendedAt: Date | null },
  now: Date,
): MandateState {
  if (mandate.endedAt) return mandate.endCause === 'expired' ? 'expired' : 'ended';
  if (mandate.endsAt <= now) return 'expired';
  return mandate.suspendedAt ? 'suspended' : 'in-force';
}
