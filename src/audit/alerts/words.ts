import { dayInWords, hourInWords, inWords } from '#platform/time/paris.ts';

/** « le lundi 5 janvier 2026, entre 10 h 02 et 10 h 09 », or the two dates when they are of two days. */
export function between(first: Date, last: Date): string {
  if (dayInWords(first) !== dayInWords(last)) return `entre le ${inWords(first)} et le ${inWords(last)}`;
  if (hourInWords(first) === hourInWords(last)) return `le ${dayInWords(first)} à\u00a0${hourInWords(first)}`;
  return `le ${dayInWords(first)}, entre ${hourInWords(first)} et ${hourInWords(last)}`;
}

/** « 3 mandats », « 1 mandat ». */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count}\u00a0${count > 1 ? many : one}`;
}
