import { randomBytes } from 'node:crypto';

const AT_ONCE = 4096;
let drawn = Buffer.alloc(0);

/**
 * `length` random bytes that nobody was given before, for nonces, salts and initialisation vectors; keys and tokens have draws of
 * their own. Asking OpenSSL takes ten times as long as copying: it is asked for many at a time.
 */
export function freshBytes(length: number): Buffer {
  if (drawn.length < length) drawn = randomBytes(Math.max(AT_ONCE, length));
  const bytes = Buffer.from(drawn.subarray(0, length));
  drawn = drawn.subarray(length);
  return bytes;
}
