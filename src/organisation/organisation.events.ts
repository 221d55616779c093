import { z } from 'zod';
import { defineEvent, type EventKind } from '#journal';

const named = (name: string | undefined) => (name ? `«\u00a0${name}\u00a0»` : 'dont le nom n’est plus connu');

/** A structure may hold mandates from now on. */
export const organisationAdded = defineEvent({
  kind: 'organisation.added',
  log: 'actes',
  version: 1,
  clear: z.strictObject({
    organisation: z.uuid(),
    type: z.string(),
    departement: z.string(),
    themes: z.array(z.string()),
    longest: z.string().optional(),
  }),
  committed: ['name', 'siret', 'address', 'phone', 'email'],
  sentence: (_clear, { name }) => `La structure ${named(name)} est inscrite.`,
});

/** Something a structure says of itself, its allowed themes, its longest duration, or whether it is active, changed. */
export const organisationChanged = defineEvent({
  kind: 'organisation.changed',
  log: 'actes',
  version: 1,
  clear: z.strictObject({
    organisation: z.uuid(),
    fields: z.array(z.string()),
    active: z.boolean().optional(),
    themes: z.array(z.string()).optional(),
    longest: z.string().optional(),
  }),
  committed: ['name', 'siret', 'address', 'phone', 'email'],
  sentence: ({ fields, active }) => {
    if (active === false) return 'La structure est fermée\u00a0: plus personne n’agit pour elle.';
    if (active === true) return 'La structure est de nouveau ouverte.';
    return `La fiche de la structure a changé (${fields.map((field) => FIELD_WORDS[field] ?? field).join(', ')}).`;
  },
});

const FIELD_WORDS: Readonly<Record<string, string>> = {
  name: 'nom',
  type: 'type',
  siret: 'SIRET',
  address: 'adresse',
  zipCode: 'code postal',
  city: 'commune',
  departement: 'département',
  phone: 'téléphone',
  email: 'adresse électronique',
  allowedThemes: 'thèmes permis',
  longestDuration: 'durée la plus longue',
};

export const organisationEvents: readonly EventKind[] = [organisationAdded, organisationChanged];
