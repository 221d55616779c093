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

/**
 * « lundi 5 janvier 2026 à 9 h 41 », Paris time: the way every end date is written on a page. A line may end after the
 * day of the week and before « à », nowhere else.
 */
export function inWords(instant: Date): string {
  return `${dayInWords(instant)} à\u00a0${hourInWords(instant)}`;
}

/** « lundi 5 janvier 2026 », Paris time. */
export function dayInWords(instant: Date): string {
  const part = partsOf(dateAndHour, instant);
  return `${part('weekday')} ${ordinal(part('day'))}\u00a0${part('month')}\u00a0${part('year')}`;
}

/** « 9 h 41 », Paris time. */
export function hourInWords(instant: Date): string {
  const part = partsOf(dateAndHour, instant);
  return `${Number(part('hour'))}\u00a0h\u00a0${part('minute')}`;
}

/**
 * As `inWords`, with plain spaces but around « h »: for texts whose hash was signed. Its characters never change, whatever
 * becomes of `inWords`.
 */
export function inPlainWords(instant: Date): string {
  const part = partsOf(dateAndHour, instant);
  const day = `${part('weekday')} ${ordinal(part('day'))} ${part('month')} ${part('year')}`;
  return `${day} à ${Number(part('hour'))}\u00a0h\u00a0${part('minute')}`;
}

/** « 05/01/2026 à 09:41 », Paris time: for tables. A line may end before « à ». */
export function inDigits(instant: Date): string {
  const part = partsOf(shortDateAndHour, instant);
  return `${part('day')}/${part('month')}/${part('year')} à\u00a0${part('hour')}:${part('minute')}`;
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
  if (day === '00') return `${monthName}\u00a0${year}`;
  return `${ordinal(String(Number(day)))}\u00a0${monthName}\u00a0${year}`;
}

/** The first of a month has a word of its own. */
function ordinal(day: string): string {
  return day === '1' ? '1er' : day;
}

/** The calendar day of an instant in Paris, as `YYYY-MM-DD`. */
export function parisDay(instant: Date): string {
  const part = partsOf(shortDateAndHour, instant);
  return `${part('year')}-${part('month')}-${part('day')}`;
}
