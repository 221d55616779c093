import { CAUSE_WORDS, type EndChannel } from '../mandate.events.ts';
import type { EndCause } from '../mandate.rules.ts';

export type HowItEnded = { endCause: EndCause | null; endChannel?: EndChannel | null; endedBy: string | null };

/** Why something ended and who wrote it, as sentences: « La personne l’a demandé. Noté par Jeanne Martin. » */
export function howItEnded({ endCause, endChannel, endedBy }: HowItEnded): string {
  if (!endCause) return '';
  if (endChannel === 'stop-code') return 'La personne l’a arrêté elle-même, avec son code d’arrêt.';
  const words = CAUSE_WORDS[endCause];
  const why = `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
  return endedBy && endCause !== 'replaced' ? `${why} Noté par ${endedBy}.` : why;
}
