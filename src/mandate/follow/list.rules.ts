import { DAY } from '#platform/time/clock.ts';
import type { EndCause } from '../mandate.rules.ts';

/** The three lists, by the word in their address. A person with an open and an expired mandate is in both. */
export const LIST_STATES = ['en-vigueur', 'expires', 'termines'] as const;
export type ListState = (typeof LIST_STATES)[number];

export function listStateOf(text: string | undefined): ListState {
  return LIST_STATES.find((state) => state === text) ?? 'en-vigueur';
}

export type MandateDates = { startsAt: Date; endsAt: Date; endedAt: Date | null; endCause: EndCause | string | null };

/** In which list a mandate stands at `now`: to the second, whether or not the job has written the end. */
export function stateInLists({ endsAt, endedAt, endCause }: MandateDates, now: Date): ListState {
  if (endedAt) return endCause === 'expired' ? 'expires' : 'termines';
  return endsAt > now ? 'en-vigueur' : 'expires';
}

const SOON = 30 * DAY;

/**
 * Whether to say « expire bientôt »: ends within 30 days, and was given for longer than that. A month-long mandate would
 * else say so from its second day: it does in its last third.
 */
export function endsSoon({ startsAt, endsAt, endedAt }: MandateDates, now: Date): boolean {
  const length = endsAt.getTime() - startsAt.getTime();
  const left = endsAt.getTime() - now.getTime();
  return !endedAt && left > 0 && length > SOON && left <= Math.min(SOON, length / 3);
}
