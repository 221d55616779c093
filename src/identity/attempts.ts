import type { HitLimit } from '#platform/db/hits.ts';
import { MINUTE } from '#platform/time/clock.ts';

/** Codes of a person who is already known: reprise, and the codes inside forms. Each refused one counts. */
export const CODE_ATTEMPTS: HitLimit = { name: 'code', max: 10, windowMs: 15 * MINUTE };

/** Mails sent again for one login. */
export const RESENT_MAILS: HitLimit = { name: 'courriel-de-connexion', max: 2, windowMs: 10 * MINUTE };
