import { MINUTE } from '#platform/time/clock.ts';

/** How long a draft lives: the time of one meeting, with room for a forgotten password. */
export const DRAFT_LIFE = 120 * MINUTE;

/** Where a draft stands; each step has its page. The last three are ends. */
export type DraftStep = 'choose' | 'agree' | 'close-session' | 'verify' | 'concluded' | 'declined' | 'expired';

export type DraftFacts = {
  themes: readonly string[];
  duration: string | null;
  identifiedAt: Date | null;
  franceconnectOpenedAt: Date | null;
  logoutSkippedAt: Date | null;
  closedAt: Date | null;
  closedCause: string | null;
  wipedAt: Date | null;
  expiresAt: Date;
};

/** The step a draft is at. An expired draft says so whether or not the job has wiped it yet. */
export function stepOf(draft: DraftFacts, now: Date): DraftStep {
  if (draft.closedCause === 'concluded') return 'concluded';
  if (mustCloseSession(draft)) return 'close-session';
  if (draft.closedAt) return 'declined';
  if (draft.wipedAt || draft.expiresAt <= now) return 'expired';
  if (draft.themes.length === 0 || !draft.duration) return 'choose';
  return draft.identifiedAt ? 'verify' : 'agree';
}

/** FranceConnect's session on this computer is the person's: closed first, whatever comes next. */
function mustCloseSession({ franceconnectOpenedAt, logoutSkippedAt, wipedAt }: DraftFacts): boolean {
  return franceconnectOpenedAt !== null && !logoutSkippedAt && !wipedAt;
}

/** Whether a draft may still lead to a mandate. */
export function isOpen(draft: DraftFacts, now: Date): boolean {
  return !draft.closedAt && !draft.wipedAt && draft.expiresAt > now;
}
