import { z } from 'zod';
import { emailAddress, lineOfText } from '#platform/http/text-field.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { broughtSecret } from './brought-secret.ts';

/** What is asked to add an aidant. Messages are for the person who types, in French. */
export const aidantSchema = z.object({
  email: emailAddress('adresse e-mail manquante'),
  firstName: lineOfText(100, 'prénom manquant'),
  lastName: lineOfText(100, 'nom manquant'),
  organisationIds: z.array(z.string().refine(isUuid, 'structure inconnue')).min(1, 'au moins une structure'),
  mayConclude: z.boolean().default(true),
  totpSecret: broughtSecret,
});

export type AidantInput = z.input<typeof aidantSchema>;
