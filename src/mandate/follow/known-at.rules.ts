import { inDigits } from '#platform/time/paris.ts';

/**
 * The instant of a day (`2026-03-29`) and an hour (`14:05`) in Paris; undefined when they are not a moment that existed
 * (30 February, the hour skipped in March). An hour that came twice, in October, is the first one.
 */
export function parisInstant(day: string, hour: string): Date | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  const [, hours, minutes] = /^(\d\d):(\d\d)$/.exec(hour) ?? [];
  if (!year || !hours) return undefined;
  const asUtc = Date.UTC(Number(year), Number(month) - 1, Number(date), Number(hours), Number(minutes));
  const wanted = `${date}/${month}/${year} à\u00a0${hours}:${minutes}`;
  return [2, 1].map((offset) => new Date(asUtc - offset * 3_600_000)).find((instant) => inDigits(instant) === wanted);
}

/** The hour in Paris, as a time field wants it: `09:05`. */
export function parisHour(instant: Date): string {
  return inDigits(instant).slice(-5);
}
