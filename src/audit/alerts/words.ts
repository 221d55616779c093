import { inWords } from '#platform/time/paris.ts';

/** « lundi 5 janvier 2026 », Paris time. */
export function dayOf(instant: Date): string {
  return inWords(instant).split(' à ')[0] ?? '';
}

/** « 9 h 41 », Paris time. */
function hourOf(instant: Date): string {
  return inWords(instant).split(' à ')[1] ?? '';
}

/** « le lundi 5 janvier 2026, entre 10 h 02 et 10 h 09 », or the two dates when they are of two days. */
export function between(first: Date, last: Date): string {
  if (dayOf(first) !== dayOf(last)) return `entre le ${inWords(first)} et le ${inWords(last)}`;
  if (hourOf(first) === hourOf(last)) return `le ${dayOf(first)} à ${hourOf(first)}`;
  return `le ${dayOf(first)}, entre ${hourOf(first)} et ${hourOf(last)}`;
}

/** « 3 mandats », « 1 mandat ». */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count}\u00a0${count > 1 ? many : one}`;
}
