const dateAndHour = new Intl.DateTimeFormat('fr-FR', {
  timeZone: 'Europe/Paris',
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
});
const shortDateAndHour = new Intl.DateTimeFormat('fr-FR', {
  timeZone: 'Europe/Paris',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});
const MONTHS = 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre'.split(' ');

function partsOf(format: Intl.DateTimeFormat, instant: Date) {
  const parts = Object.fromEntries(format.formatToParts(instant).map((part) => [part.type, part.value]));
  return (name: string) => parts[name] ?? '';
}

/** « lundi 5 janvier 2026 à 9 h 41 », Paris time: the way every end date is written on a page. */
export function inWords(instant: Date): string {
  const part = partsOf(dateAndHour, instant);
  const day = part('day') === '1' ? '1er' : part('day');
  return `${part('weekday')} ${day} ${part('month')} ${part('year')} à ${Number(part('hour'))}\u00a0h\u00a0${part('minute')}`;
}

/** « 05/01/2026 à 09:41 », Paris time: for tables. */
export function inDigits(instant: Date): string {
  const part = partsOf(shortDateAndHour, instant);
  return `${part('day')}/${part('month')}/${part('year')} à ${part('hour')}:${part('minute')}`;
}

/** An instant for a page: for machines, and in words with its day and hour. */
export function momentOf(instant: Date): { iso: string; words: string } {
  return { iso: instant.toISOString(), words: inWords(instant) };
}

/**
 * A birth date as FranceConnect writes it (`1950-04-00` and `1950-00-00` are legal: day or month unknown),
 * in words: « 12 avril 1950 », « avril 1950 », « 1950 ».
 */
export function birthdateInWords(birthdate: string): string {
  const [year = '', month = '00', day = '00'] = birthdate.split('-');
  const monthName = MONTHS[Number(month) - 1];
  if (!monthName) return year;
  if (day === '00') return `${monthName} ${year}`;
  return `${day === '01' ? '1er' : Number(day)} ${monthName} ${year}`;
}

/** The calendar day of an instant in Paris, as `YYYY-MM-DD`. */
export function parisDay(instant: Date): string {
  const part = partsOf(shortDateAndHour, instant);
  return `${part('year')}-${part('month')}-${part('day')}`;
}
