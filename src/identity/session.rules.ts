import { MINUTE } from '#platform/time/clock.ts';

/** After so long without a request of the aidant, a code is asked. Announced in the footer and by the script. */
export const ASLEEP_AFTER = 15 * MINUTE;

/** A session ends after this, whatever happens in it. */
export const LONGEST_SESSION = 12 * 60 * MINUTE;

/** Activity is written at most this often: a session may fall asleep that much early, never late. */
export const TOUCH_EVERY = MINUTE / 2;

/** Whether a session of which the last activity was then has fallen asleep: a code is asked before anything else. */
export function isAsleep(lastActivityAt: Date, now: Date): boolean {
  return now.getTime() - lastActivityAt.getTime() >= ASLEEP_AFTER;
}
