const DAY = 86_400_000;

/** The public holidays of the whole country in a year, as `2026-05-01` (code du travail, art. L. 3133-1). */
export function publicHolidays(year: number): string[] {
  const easter = easterSunday(year);
  const afterEaster = (days: number) => new Date(easter + days * DAY).toISOString().slice(0, 10);
  const fixed = ['01-01', '05-01', '05-08', '07-14', '08-15', '11-01', '11-11', '12-25'].map((day) => `${year}-${day}`);
  return [...fixed, afterEaster(1), afterEaster(39), afterEaster(50)].sort();
}

/** Midnight UTC of Easter Sunday: the Gregorian computus, as Meeus, Jones and Butcher give it. */
function easterSunday(year: number): number {
  const a = year % 19;
  const [b, c] = [Math.floor(year / 100), year % 100];
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const days = h + l - 7 * Math.floor((a + 11 * h + 22 * l) / 451) + 114;
  return Date.UTC(year, Math.floor(days / 31) - 1, (days % 31) + 1);
}
