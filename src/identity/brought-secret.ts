import { z } from 'zod';
import { secretFromBase32 } from './totp.rules.ts';

/** Base32; only to bring somebody whose application of codes is already set. A new secret is made otherwise. */
export const broughtSecret = z
  .string()
  .transform((text, context) => {
    try {
      return secretFromBase32(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'secret non valable\u00a0: base32, 128\u00a0bits au moins' });
      return z.NEVER;
    }
  })
  .optional();
