import type { FieldErrors } from '#platform/http/form.ts';
import { parisDay } from '#platform/time/paris.ts';

/** The first instant of a day (`2026-03-29`) in Paris; undefined when there is no such day. */
export function startOfDay(day: string): Date | undefined {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(midnight)) return undefined;
  // Paris is one or two hours ahead of UTC, and never changes at midnight
  const start = [2, 1]
    .map((hours) => new Date(midnight - hours * 3_600_000))
    .find((instant) => parisDay(instant) === day && parisDay(new Date(instant.getTime() - 1)) !== day);
  return start && new Date(midnight).toISOString().startsWith(day) ? start : undefined;
}

/** The first instant of the day after. */
export function endOfDay(day: string): Date | undefined {
  const start = startOfDay(day);
  return start && startOfDay(parisDay(new Date(start.getTime() + 30 * 3_600_000)));
}

/** What does not hold in a period as it was typed (`du`, `au`, both optional), in French beside each field. */
export function periodErrors(from: string, to: string): FieldErrors {
  if (from && !startOfDay(from)) return { du: NO_SUCH_DAY, ...(to && !startOfDay(to) && { au: NO_SUCH_DAY }) };
  if (to && !startOfDay(to)) return { au: NO_SUCH_DAY };
  return from && to && to < from ? { au: ENDS_FIRST } : {};
}

const NO_SUCH_DAY = 'Cette date n’existe pas. Exemple\u00a0: 2026-03-29, pour le 29\u00a0mars 2026.';
const ENDS_FIRST = 'La fin de la période vient avant son début. Changez l’une des deux dates.';

const LAST = 2 ** 48 - 1;

/** The id before which every entry was written before this instant, and after which at it or later (UUIDv7). */
export function idAt(instant: Date): string {
  const time = Math.min(Math.max(instant.getTime(), 0), LAST).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}

/** When an entry was written, as its id says. */
export function instantOf(id: string): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}
