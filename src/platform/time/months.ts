/**
 * The instant so many calendar months before another, in UTC: periods fixed in months or years by law are counted by the
 * calendar. The 31st becomes the last day of a shorter month.
 */
export function monthsBefore(instant: Date, months: number): Date {
  const first = new Date(Date.UTC(instant.getUTCFullYear(), instant.getUTCMonth() - months, 1));
  const lastDay = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  const day = Math.min(instant.getUTCDate(), lastDay);
  return new Date(first.getTime() + (day - 1) * 86_400_000 + (instant.getTime() % 86_400_000));
}
