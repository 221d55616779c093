import { HOTP, Secret, TOTP } from 'otpauth';
import { SECOND } from '#platform/time/clock.ts';

/** RFC 6238 with the values every phone application knows: SHA-1, 6 digits, 30 seconds. */
const PROFILE = { algorithm: 'SHA1', digits: 6 } as const;
const PERIOD = 30;

/** No code was ever accepted for a step below this one. */
export const NO_STEP = -1;

/** A code as typed or pasted (« 123 456 »), or null when it is not six digits. */
export function readCode(typed: string): string | null {
  const compact = typed.replace(/[\s\u00a0\u202f-]/g, '');
  return /^[0-9]{6}$/.test(compact) ? compact : null;
}

/** How many periods of 30 s have passed since 1970. */
export function stepAt(now: Date): number {
  return Math.floor(now.getTime() / (PERIOD * SECOND));
}

/**
 * The step whose code this is, among the previous one, the current one and the next, and after the last accepted;
 * `NO_STEP` when there is none. Always computes the three codes: the time it takes says nothing.
 */
export function matchingStep(secret: Buffer, typed: string, { now, last }: { now: Date; last: number }): number {
  const code = readCode(typed) ?? '';
  const current = stepAt(now);
  return [current - 1, current, current + 1].reduce(
    (found, step) => (codeAt(secret, step) === code && step > last && found === NO_STEP ? step : found),
    NO_STEP,
  );
}

/** The six digits of one step. */
export function codeAt(secret: Buffer, step: number): string {
  return HOTP.generate({ ...PROFILE, secret: asSecret(secret), counter: step });
}

/** 160 random bits, as RFC 4226 (R6) recommends. */
export function newSecret(): Buffer {
  return Buffer.from(new Secret({ size: 20 }).bytes);
}

/** Base32, as applications take it when it is typed. Throws a TypeError when a text is not base32 or is too short (128 bits). */
export function secretFromBase32(text: string): Buffer {
  const bytes = Buffer.from(Secret.fromBase32(text.replace(/[\s-]/g, '').toUpperCase()).bytes);
  if (bytes.length < 16) throw new TypeError('a TOTP secret has 128 bits at least');
  return bytes;
}

/** What the QR code holds: the address that phone applications take. */
export function totpUri(secret: Buffer, email: string): string {
  return new TOTP({
    ...PROFILE,
    period: PERIOD,
    issuer: 'Entremise',
    label: email,
    secret: asSecret(secret),
  }).toString();
}

/** A secret as people type it in their application (RFC 4648 §6). */
export function asBase32(secret: Buffer): string {
  return asSecret(secret).base32;
}

// A Buffer may be a window on a larger one: the bytes are copied to an ArrayBuffer of their own.
function asSecret(bytes: Buffer): Secret {
  return new Secret({ buffer: Uint8Array.from(bytes).buffer });
}
