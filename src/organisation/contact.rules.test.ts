import { describe, expect, test } from 'vitest';
import { isDepartement, readPhone } from './contact.rules.ts';

describe('a phone number', () => {
  test.each([
    ['0321505050', '03 21 50 50 50'],
    ['03.21.50.50.50', '03 21 50 50 50'],
    ['+33 3 21 50 50 50', '03 21 50 50 50'],
    ['+33 (0)3 21 50 50 50', '03 21 50 50 50'],
    ['0033321505050', '03 21 50 50 50'],
    ['+262 262 40 00 00', '02 62 40 00 00'],
    ['+590 590 99 00 00', '05 90 99 00 00'],
    ['+508 41 05 60', '+508 41 05 60'],
    ['+687 25 00 00', '+687 25 00 00'],
    ['+689 40 50 60 70', '+689 40 50 60 70'],
  ])('%s is printed %s', (typed, printed) => {
    expect(readPhone(typed)).toBe(printed);
  });

  test.each([
    '',
    '0021505050',
    '321505050',
    '+44 20 7946 0958',
    '03 21 50 50',
    '+508 665 54',
    'zéro trois',
    '03 21 50 50 5O',
  ])('« %s » is not one', (typed) => {
    expect(readPhone(typed)).toBeUndefined();
  });
});

describe('a département', () => {
  test.each(['01', '19', '2A', '2B', '21', '62', '95', '971', '974', '975', '976', '988'])('%s', (code) => {
    expect(isDepartement(code)).toBe(true);
  });

  test.each(['', '0', '00', '1', '20', '96', '99', '2C', '2a', '970', '979', '985', '989', '620'])('not %s', (code) => {
    expect(isDepartement(code)).toBe(false);
  });
});
