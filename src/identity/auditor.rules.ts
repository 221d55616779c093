import { z } from 'zod';
import { isDepartement } from '#organisation';
import { emailAddress, lineOfText } from '#platform/http/text-field.ts';
import { broughtSecret } from './brought-secret.ts';

/** Codes of départements, each once, in order. */
export const departementsSchema = z
  .array(
    z
      .string()
      .transform((code) => code.trim().toUpperCase())
      .refine(isDepartement, 'département inconnu\u00a0: 01 à 95, 2A, 2B, 971 à 988'),
  )
  .min(1, 'au moins un département')
  .transform((codes) => [...new Set(codes)].sort());

/** What is asked to add an auditor. Messages are for the person who types, in French. */
export const auditorSchema = z.object({
  email: emailAddress('adresse e-mail manquante'),
  firstName: lineOfText(100, 'prénom manquant'),
  lastName: lineOfText(100, 'nom manquant'),
  /** Null: the whole country. */
  departements: departementsSchema.nullable().default(null),
  totpSecret: broughtSecret,
});

export type AuditorInput = z.input<typeof auditorSchema>;
