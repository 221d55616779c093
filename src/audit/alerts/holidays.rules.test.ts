import { expect, test } from 'vitest';
import { publicHolidays } from './holidays.rules.ts';

test('the eleven public holidays, Easter Monday, Ascension and Whit Monday where they fall', () => {
  expect(publicHolidays(2026)).toEqual([
    ...['2026-01-01', '2026-04-06', '2026-05-01', '2026-05-08', '2026-05-14', '2026-05-25'],
    ...['2026-07-14', '2026-08-15', '2026-11-01', '2026-11-11', '2026-12-25'],
  ]);
  expect(publicHolidays(2024)).toContain('2024-04-01');
  expect(publicHolidays(2038)).toContain('2038-04-26'); // the latest Easter
});
