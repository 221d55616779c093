import { randomBytes } from 'node:crypto';

let last = { millisecond: 0, count: 0 };

/**
 * A UUIDv7 that comes after every other one made by this process, also within one millisecond and when the clock steps
 * back (RFC 9562 §6.2, method 1: the 12 bits of rand_a count). What is written in order can then be read in order.
 */
export function orderedId(now: Date): string {
  last = next(now.getTime());
  const bytes = randomBytes(16);
  bytes.writeUIntBE(last.millisecond, 0, 6);
  bytes.writeUInt16BE(0x7000 | last.count, 6);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function next(millisecond: number): typeof last {
  if (millisecond > last.millisecond) return { millisecond, count: 0 };
  if (last.count < 0xfff) return { millisecond: last.millisecond, count: last.count + 1 };
  return { millisecond: last.millisecond + 1, count: 0 };
}
