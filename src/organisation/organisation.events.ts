import { z } from 'zod';
import { defineEvent, type EventKind } from '#journal';

const named = (name: string | undefined) => (name ? `«\u00a0${name}\u00a0»` : 'dont le nom n’est plus connu');

// Closed by their form, not by today's lists: an entry must still parse when a type or a theme has left them.
const key = z.string().regex(/^[a-z][a-z-]{0,31}$/);
const duration = z.string().regex(/^[A-Z]{1,16}$/);

/** A structure may hold mandates from now on. */
export const organisationAdded = defineEvent({
  kind: 'organisation.added',
  log: 'actes',
  version: 1,
  clear: z.strictObject({
    organisation: z.uuid(),
    type: key,
    departement: z.string().regex(/^[0-9][0-9AB][0-9]?$/),
    themes: z.array(key),
    longest: duration.optional(),
  }),
  committed: ['name', 'siret', 'address', 'phone', 'email'],
  always: { names: ['name', 'siret', 'address', 'phone', 'email'], of: 'organisation' },
  sentence: (_clear, { name }) => `La structure ${named(name)} est inscrite.`,
});

/** Something a structure says of itself, its allowed themes, its longest duration, or whether it is active, changed. */
export const organisationChanged = defineEvent({
  kind: 'organisation.changed',
  log: 'actes',
  version: 1,
  clear: z.strictObject({
    organisation: z.uuid(),
    fields: z.array(z.string().regex(/^[a-zA-Z]{1,32}$/)),
    active: z.boolean().optional(),
    themes: z.array(key).optional(),
    longest: duration.optional(),
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
  email: 'adresse e-mail',
  allowedThemes: 'thèmes permis',
  longestDuration: 'durée la plus longue',
};

export const organisationEvents: readonly EventKind[] = [organisationAdded, organisationChanged];
