import { describe, expect, test } from 'vitest';
import { turnOf } from './window.rules.ts';

const at = (text: string) => new Date(text);
const turn = (
  rule: { pace: 'run' | 'day'; lookBack: number },
  [lookedUntil, switchedAt]: [string | null, string | null],
  now: string,
) => {
  const state = { lookedUntil: lookedUntil ? at(lookedUntil) : null, switchedAt: switchedAt ? at(switchedAt) : null };
  const found = turnOf(rule, state, at(now));
  return found && [found.window.from, found.window.to, found.lookedUntil].map((instant) => instant.toISOString());
};

describe('every five minutes', () => {
  const rule = { pace: 'run', lookBack: 0 } as const;

  test('begins an hour back, then goes on, the last five minutes twice', () => {
    expect(turn(rule, [null, null], '2026-06-01T10:00:00.000Z')).toEqual([
      ...['2026-06-01T08:55:00.000Z', '2026-06-01T10:00:00.000Z', '2026-06-01T10:00:00.000Z'],
    ]);
    expect(turn(rule, ['2026-06-01T10:00:00.000Z', null], '2026-06-01T10:05:00.000Z')).toEqual([
      ...['2026-06-01T09:55:00.000Z', '2026-06-01T10:05:00.000Z', '2026-06-01T10:05:00.000Z'],
    ]);
    expect(
      turn({ ...rule, lookBack: 600_000 }, ['2026-06-01T10:00:00.000Z', null], '2026-06-01T10:05:00.000Z')?.[0],
    ).toBe('2026-06-01T09:45:00.000Z');
  });

  test('sees nothing from before it was switched on', () => {
    expect(turn(rule, [null, '2026-06-01T09:59:00.000Z'], '2026-06-01T10:00:00.000Z')?.[0]).toBe(
      '2026-06-01T09:59:00.000Z',
    );
    expect(turn(rule, ['2026-06-01T10:00:00.000Z', '2026-06-01T09:59:00.000Z'], '2026-06-01T10:05:00.000Z')?.[0]).toBe(
      '2026-06-01T09:59:00.000Z',
    );
  });

  test('catches up by parts after a stop, and does nothing when its clock steps back', () => {
    expect(turn(rule, ['2026-06-01T02:00:00.000Z', null], '2026-06-01T10:00:00.000Z')?.[2]).toBe(
      '2026-06-01T03:00:00.000Z',
    );
    expect(turn(rule, ['2026-06-01T10:00:00.000Z', null], '2026-06-01T09:59:59.999Z')).toBeUndefined();
  });
});

describe('every day of Paris', () => {
  const rule = { pace: 'day', lookBack: 0 } as const;

  test('waits for the day after the one it begins in, and until that day is over', () => {
    expect(turn(rule, [null, '2026-06-01T08:00:00.000Z'], '2026-06-01T09:00:00.000Z')).toBeUndefined();
    expect(turn(rule, [null, '2026-06-01T08:00:00.000Z'], '2026-06-02T22:04:59.999Z')).toBeUndefined();
  });

  test('goes on day after day, of 23 or 25 hours when the clocks change', () => {
    expect(turn(rule, ['2026-03-28T23:00:00.000Z', null], '2026-03-29T22:05:00.000Z')).toEqual([
      ...['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ]);
    expect(turn(rule, ['2026-10-24T22:00:00.000Z', null], '2026-10-25T23:04:00.000Z')).toBeUndefined();
    expect(turn(rule, ['2026-10-24T22:00:00.000Z', null], '2026-10-25T23:05:00.000Z')?.[1]).toBe(
      '2026-10-25T23:00:00.000Z',
    );
  });
});
