import { describe, expect, test } from 'vitest';
import { DAY, after as later, MINUTE, SECOND } from './clock.ts';
import { birthdateInWords, inDigits, inPlainWords, inWords, parisDay } from './paris.ts';

const h = (text: string) => text.replaceAll('~', '\u00a0');

describe('an instant in words, in Paris', () => {
  test.each([
    ['2026-01-05T08:41:00Z', 'lundi 5~janvier~2026 à~9~h~41'],
    ['2026-07-14T22:00:00Z', 'mercredi 15~juillet~2026 à~0~h~00'],
    ['2026-06-30T22:30:00Z', 'mercredi 1er~juillet~2026 à~0~h~30'],
    ['2025-12-31T23:00:00Z', 'jeudi 1er~janvier~2026 à~0~h~00'],
    ['2026-02-28T23:59:59.999Z', 'dimanche 1er~mars~2026 à~0~h~59'],
    ['2028-02-29T11:05:00Z', 'mardi 29~février~2028 à~12~h~05'],
    // spring: 2 h becomes 3 h
    ['2026-03-29T00:59:59Z', 'dimanche 29~mars~2026 à~1~h~59'],
    ['2026-03-29T01:00:00Z', 'dimanche 29~mars~2026 à~3~h~00'],
    // autumn: 2 h 30 comes twice
    ['2026-10-25T00:30:00Z', 'dimanche 25~octobre~2026 à~2~h~30'],
    ['2026-10-25T01:30:00Z', 'dimanche 25~octobre~2026 à~2~h~30'],
  ])('%s', (instant, words) => {
    expect(inWords(new Date(instant))).toBe(h(words));
  });

  test('for a text that is hashed, the characters never change', () => {
    expect(inPlainWords(new Date('2026-06-30T22:30:00Z'))).toBe(h('mercredi 1er juillet 2026 à 0~h~30'));
  });

  test('and in digits, for tables; and as a day', () => {
    const change = new Date('2026-03-29T01:00:00Z');
    expect(inDigits(change)).toBe(h('29/03/2026 à~03:00'));
    expect(inDigits(new Date('2026-07-14T22:00:00Z'))).toBe(h('15/07/2026 à~00:00'));
    expect(parisDay(change)).toBe('2026-03-29');
    expect(parisDay(new Date('2025-12-31T23:00:00Z'))).toBe('2026-01-01');
    expect(parisDay(new Date('2026-07-14T21:59:59Z'))).toBe('2026-07-14');
  });
});

describe('a duration', () => {
  test('is n × 86 400 s, whatever daylight saving does: the hour on the clock then moves', () => {
    const start = new Date('2026-03-28T09:00:00Z');
    expect(inWords(start)).toContain(h('10~h~00'));
    expect(inWords(later(start, DAY))).toBe(h('dimanche 29~mars~2026 à~11~h~00'));
    expect(later(start, 31 * DAY).getTime() - start.getTime()).toBe(31 * 86_400 * SECOND);
    expect(inWords(later(new Date('2026-10-24T09:00:00Z'), DAY))).toBe(h('dimanche 25~octobre~2026 à~10~h~00'));
  });

  test('keeps milliseconds, goes back too, and leaves its instant alone', () => {
    const start = new Date('2026-01-01T00:00:00.123Z');
    expect(later(start, 15 * MINUTE).toISOString()).toBe('2026-01-01T00:15:00.123Z');
    expect(later(start, -1).toISOString()).toBe('2026-01-01T00:00:00.122Z');
    expect(start.toISOString()).toBe('2026-01-01T00:00:00.123Z');
  });
});

test.each([
  ['1950-04-12', '12~avril~1950'],
  ['1950-04-01', '1er~avril~1950'],
  ['1950-04-00', 'avril~1950'],
  ['1950-00-00', '1950'],
  ['1899-12-31', '31~décembre~1899'],
  ['2004-02-29', '29~février~2004'],
])('the birth date %s is « %s »', (birthdate, words) => {
  expect(birthdateInWords(birthdate)).toBe(h(words));
});
