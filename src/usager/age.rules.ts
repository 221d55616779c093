import { parisDay } from '#platform/time/paris.ts';
import type { FranceconnectIdentity } from './usager.ts';

/** Dates of birth, alone or with what the identity provider said before the register completed it. */
export type Born = string | Pick<FranceconnectIdentity, 'birthdate' | 'idpBirthdate'>;

const MAJORITY = 18; // C. civ. art. 414

/**
 * Whether a person is under 18 on the day it is in Paris at `now`. What is unknown of a presumed date counts as late as it
 * can be: `2008-00-00` is a minor until 31 December 2026. FranceConnect gives such a date completed (`2008-01-01`) and the
 * original in `idp_birthdate`: hand in both, and the person is a minor as soon as one of them says so. Who was born on
 * 29 February comes of age on 1 March of a common year.
 */
export function isMinor(born: Born, now: Date): boolean {
  const dates = typeof born === 'string' ? [born] : [born.birthdate, born.idpBirthdate];
  const today = parisDay(now);
  return dates.some((date) => date !== null && today < majorityOf(date));
}

/** The first day of majority; may be one that does not exist (29 February, 31 June), which compares as it should. */
function majorityOf(birthdate: string): string {
  const [year = '', month = '00', day = '00'] = birthdate.split('-');
  const majorityYear = String(Number(year) + MAJORITY).padStart(4, '0');
  if (month === '00') return `${majorityYear}-12-31`;
  return `${majorityYear}-${month}-${day === '00' ? '31' : day}`;
}
