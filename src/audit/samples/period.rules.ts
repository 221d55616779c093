const PERIOD = /^(\d{4})-(0[1-9]|1[0-2])$/;
const MONTHS = 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre'.split(' ');

/** Whether a text is a month, `YYYY-MM`, from 2020 to 2199. */
export function isPeriod(text: string): boolean {
  const year = Number(PERIOD.exec(text)?.[1]);
  return year >= 2020 && year < 2200;
}

/** The first instant of a month in Paris, and the first one after it. Throws on what is not a month. */
export function periodBounds(period: string): { start: Date; end: Date } {
  const [, year, month] = PERIOD.exec(period) ?? [];
  if (!year || !month) throw new TypeError(`« ${period} » is not a month`);
  return { start: firstOf(Number(year), Number(month)), end: firstOf(Number(year), Number(month) + 1) };
}

/** Paris is two hours ahead of UTC on the first of April to October, one on the others: clocks change at the end of a month. */
function firstOf(year: number, month: number): Date {
  const [y, m] = month > 12 ? [year + 1, 1] : [year, month];
  const ahead = m >= 4 && m <= 10 ? 2 : 1;
  return new Date(Date.UTC(y, m - 1, 1, -ahead));
}

/** « octobre 2026 ». */
export function periodInWords(period: string): string {
  const [, year = '', month = '1'] = PERIOD.exec(period) ?? [];
  return `${MONTHS[Number(month) - 1]} ${year}`;
}

/** The months that are over at `now`, newest first, `count` of them. */
export function monthsBefore(now: Date, count: number): string[] {
  const months: string[] = [];
  let [year, month] = [now.getUTCFullYear() + 1, 1];
  while (months.length < count) {
    [year, month] = month === 1 ? [year - 1, 12] : [year, month - 1];
    const period = `${year}-${String(month).padStart(2, '0')}`;
    if (periodBounds(period).end <= now) months.push(period);
  }
  return months;
}

/** The months that are over and in which something may have been written since `first`, newest first, 24 at most. */
export function drawableMonths(first: Date | null, now: Date): string[] {
  return monthsBefore(now, 24).filter((period) => first !== null && periodBounds(period).end > first);
}
