import { hmac, sameSecret } from '#platform/crypto/hashes.ts';
import type { Keyring } from '#platform/crypto/keys.ts';
import { MINUTE } from '#platform/time/clock.ts';

type LoginKeys = Pick<Keyring, 'loginLink'>;

/** How long the link and the short code of a mail are good for. */
export const LINK_VALID = 5 * MINUTE;

/** How many times a short code may be tried. */
export const SHORT_CODE_TRIES = 5;

const ID_BYTES = 16;
const MAC_BYTES = 32;
const SHORT_CODES = 100_000_000;

/** The secret part of a link: the login's id and its HMAC. Made again by the worker from the id alone: it is kept nowhere. */
export function loginToken({ loginLink: [{ secret }] }: LoginKeys, loginId: string): string {
  return Buffer.concat([bytesOf(loginId), hmac(secret, 'link', loginId)]).toString('base64url');
}

/** The login a token was made for, or null when no key of the ring made it. */
export function readLoginToken({ loginLink }: LoginKeys, token: string): string | null {
  if (!/^[\w-]{64}$/.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== ID_BYTES + MAC_BYTES) return null;
  const loginId = uuidOf(bytes.subarray(0, ID_BYTES));
  const given = bytes.subarray(ID_BYTES).toString('base64url');
  const holds = loginLink.some(({ secret }) => sameSecret(hmac(secret, 'link', loginId).toString('base64url'), given));
  return holds ? loginId : null;
}

/** The eight digits that the same mail gives, for the page that waits in another browser. */
export function shortCodeOf({ loginLink: [{ secret }] }: LoginKeys, loginId: string): string {
  return digits(secret, loginId);
}

/** Whether eight digits, typed with or without spaces, are the short code of a login. */
export function isShortCodeOf({ loginLink }: LoginKeys, loginId: string, typed: string): boolean {
  const compact = typed.replace(/[\s\u00a0\u202f-]/g, '');
  return loginLink.some(({ secret }) => sameSecret(digits(secret, loginId), compact));
}

function digits(secret: Buffer, loginId: string): string {
  const number = hmac(secret, 'short-code', loginId).readUIntBE(0, 6) % SHORT_CODES;
  return String(number).padStart(8, '0');
}

function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
