import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  asBase32,
  codeAt,
  matchingStep,
  NO_STEP,
  newSecret,
  readCode,
  secretFromBase32,
  stepAt,
  totpUri,
} from './totp.rules.ts';

const RFC_SECRET = Buffer.from('12345678901234567890');
const at = (seconds: number) => new Date(seconds * 1000);

describe('codes of a phone application', () => {
  // RFC 6238, appendix B, truncated to six digits
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('RFC 6238 at %i s: %s', (seconds, code) => {
    expect(codeAt(RFC_SECRET, stepAt(at(seconds)))).toBe(code);
  });

  test('agree with a second implementation', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 64 }), fc.nat(2 ** 31), (bytes, step) => {
        const secret = Buffer.from(bytes);
        expect(codeAt(secret, step)).toBe(plainHotp(secret, step));
      }),
      { numRuns: 50 },
    );
  });

  test('are taken with the spaces that applications show and keyboards add', () => {
    expect(['123456', ' 123 456 ', '123\u00a0456', '123-456', '123\u202f456'].map(readCode)).toEqual(
      Array(5).fill('123456'),
    );
    expect(['12345', '1234567', '12345a', '', '١٢٣٤٥٦'].map(readCode)).toEqual(Array(5).fill(null));
  });

  test('are those of the step before, of the step itself and of the step after', () => {
    const now = at(1_772_442_000);
    const step = stepAt(now);
    const found = [-2, -1, 0, 1, 2].map((shift) =>
      matchingStep(RFC_SECRET, codeAt(RFC_SECRET, step + shift), { now, last: 0 }),
    );
    expect(found).toEqual([NO_STEP, step - 1, step, step + 1, NO_STEP]);
  });

  test('are never those of a step accepted already, or of an earlier one', () => {
    const now = at(1_772_442_000);
    const step = stepAt(now);
    const found = [-1, 0, 1].map((shift) =>
      matchingStep(RFC_SECRET, codeAt(RFC_SECRET, step + shift), { now, last: step }),
    );
    expect(found).toEqual([NO_STEP, NO_STEP, step + 1]);
  });
});

describe('the secret', () => {
  test('goes to the phone as an address that applications read', () => {
    const secret = newSecret();
    expect(secret).toHaveLength(20);
    const uri = new URL(totpUri(secret, 'a.berrada@arras.example'));
    expect(`${uri.protocol}//${uri.host}`).toBe('otpauth://totp');
    expect(decodeURIComponent(uri.pathname)).toBe('/Entremise:a.berrada@arras.example');
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      issuer: 'Entremise',
      secret: asBase32(secret),
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });

  test('is read back from base32, and refused when it is not base32 or too short', () => {
    const secret = newSecret();
    expect(
      secretFromBase32(
        asBase32(secret)
          .toLowerCase()
          .replace(/(.{4})/g, '$1 '),
      ),
    ).toEqual(secret);
    expect(() => secretFromBase32('JBSWY3DPEHPK3PXP')).toThrow(TypeError);
    expect(() => secretFromBase32('not base 32 at all!')).toThrow(TypeError);
  });

  test('is not read beyond the window of its buffer', () => {
    const large = Buffer.concat([Buffer.alloc(7, 1), RFC_SECRET, Buffer.alloc(9, 2)]);
    expect(codeAt(large.subarray(7, 27), 1)).toBe(codeAt(RFC_SECRET, 1));
  });
});

/** RFC 4226 §5.3, by hand. */
function plainHotp(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = (mac[19] ?? 0) & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
