import { z } from 'zod';
import { emailAddress, lineOfText } from '#platform/http/text-field.ts';
import { isDepartement, readPhone } from './contact.rules.ts';
import { organisationTypeOf } from './organisation-types.ts';
import { isSiret } from './siret.rules.ts';
import { themeOf, themes } from './themes.ts';

const compact = z.string({ error: 'manquant' }).transform((text) => text.replace(/[\s\u00a0\u202f]/g, ''));

/** How long a mandate may last at most, the shortest first. */
export const DURATIONS = ['SHORT', 'MONTH', 'SEMESTER', 'LONG'] as const;

/** What is asked of a structure. Every message is for the person who types, in French. */
export const organisationSchema = z.object({
  name: lineOfText(200, 'nom manquant'),
  type: z.string({ error: 'type manquant' }).refine((key) => organisationTypeOf(key), 'type de structure inconnu'),
  siret: compact.refine(isSiret, 'un SIRET a 14 chiffres, dont une clé de contrôle qui ne correspond pas ici'),
  address: lineOfText(300, 'adresse manquante'),
  zipCode: compact.refine((code) => /^[0-9]{5}$/.test(code), 'un code postal a 5 chiffres'),
  city: lineOfText(100, 'commune manquante'),
  departement: compact
    .transform((code) => code.toUpperCase())
    .refine(isDepartement, 'département inconnu\u00a0: 01 à 95, 2A, 2B, 971 à 988'),
  phone: z.string({ error: 'téléphone manquant' }).transform((typed, context) => {
    const phone = readPhone(typed);
    if (phone) return phone;
    context.addIssue({
      code: 'custom',
      message: 'un numéro de téléphone français, métropole ou outre-mer, est attendu',
    });
    return z.NEVER;
  }),
  email: emailAddress('adresse e-mail manquante'),
  allowedThemes: z
    .array(z.string())
    .min(1, 'au moins un thème')
    .refine((keys) => keys.every((key) => themeOf(key)), 'thème inconnu')
    // whatever order they come in, themes are kept and shown in the one order of the table
    .transform((keys) => themes.map((theme) => theme.key).filter((key) => keys.includes(key)))
    .default(themes.map((theme) => theme.key)),
  longestDuration: z
    .enum(DURATIONS, { error: 'durée inconnue\u00a0: SHORT, MONTH, SEMESTER ou LONG' })
    .nullable()
    .default(null),
});

export type OrganisationInput = z.input<typeof organisationSchema>;
export type OrganisationFacts = z.output<typeof organisationSchema>;

/** A structure: the legal person that holds the mandates. `active` is false when it has stopped. */
export type Organisation = OrganisationFacts & { id: string; active: boolean; createdAt: Date };
