import { z } from 'zod';
import { emailAddress, lineOfText } from '#platform/http/text-field.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { secretFromBase32 } from './totp.rules.ts';

/** What is asked to add an aidant. Messages are for the person who types, in French. */
export const aidantSchema = z.object({
  email: emailAddress('adresse e-mail manquante'),
  firstName: lineOfText(100, 'prénom manquant'),
  lastName: lineOfText(100, 'nom manquant'),
  organisationIds: z.array(z.string().refine(isUuid, 'structure inconnue')).min(1, 'au moins une structure'),
  mayConclude: z.boolean().default(true),
  /** Base32; only to bring an aidant whose application is already set. A new secret is made otherwise. */
  totpSecret: z
    .string()
    .transform((text, context) => {
      try {
        return secretFromBase32(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'secret non valable\u00a0: base32, 128\u00a0bits au moins' });
        return z.NEVER;
      }
    })
    .optional(),
});

export type AidantInput = z.input<typeof aidantSchema>;
