import { uuidv7With } from './ids.ts';

let last = { millisecond: 0, count: 0 };

/**
 * A UUIDv7 that comes after every other one made by this process, also within one millisecond and when the clock steps
 * back (RFC 9562 §6.2, method 1: the 12 bits of rand_a count). What is written in order can then be read in order.
 */
export function orderedId(now: Date): string {
  last = next(now.getTime());
  return uuidv7With(last.millisecond, last.count.toString(16).padStart(3, '0'));
}

function next(millisecond: number): typeof last {
  if (millisecond > last.millisecond) return { millisecond, count: 0 };
  if (last.count < 0xfff) return { millisecond: last.millisecond, count: last.count + 1 };
  return { millisecond: last.millisecond + 1, count: 0 };
}

/** Forgets what was made before. For tests, whose clocks go back from one file to the next in the same process. */
export function forgetOrder(): void {
  last = { millisecond: 0, count: 0 };
}
