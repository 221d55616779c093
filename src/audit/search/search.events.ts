import { z } from 'zod';
import { defineEvent, type EventKind } from '#journal';

/**
 * An auditor asked the journal something. In clear, what names nobody; committed under the auditor's key, what does: the
 * mandate, the aidant, the person as they were typed, and why. `shown` is how many entries the page had.
 */
export const auditSearched = defineEvent({
  kind: 'audit.searched',
  log: 'acces',
  version: 1,
  clear: z.strictObject({
    auditor: z.uuid(),
    from: z.iso.date().optional(),
    to: z.iso.date().optional(),
    organisation: z.uuid().optional(),
    kinds: z
      .string()
      .regex(/^[a-z-]{1,32}$/)
      .optional(),
    theme: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,31}$/)
      .optional(),
    result: z.enum(['ok', 'refused']).optional(),
    by: z.array(z.enum(['mandate', 'aidant', 'person'])).optional(),
    shown: z.int().min(0),
  }),
  committed: ['mandate', 'aidant', 'person'],
  sentence: ({ by = [], shown }) => {
    const about = by.map((one) => BY[one]).join(', ');
    return `Un auditeur a cherché dans le journal${about && ` (${about})`}\u00a0: ${shown} entrée${shown > 1 ? 's' : ''} affichée${shown > 1 ? 's' : ''}.`;
  },
});

const BY = { mandate: 'par un numéro de mandat', aidant: 'par un aidant', person: 'par une personne' } as const;

/** An auditor looked for a person, by a mandate of theirs or by name and birth date; `found` says how many were. */
export const auditPersonSought = defineEvent({
  kind: 'audit.person-sought',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), by: z.enum(['mandate', 'name']), found: z.int().min(0) }),
  committed: ['mandate', 'familyName', 'birthdate', 'motive'],
  sentence: ({ by, found }) =>
    `Un auditeur a cherché une personne ${by === 'mandate' ? 'par un numéro de mandat' : 'par son nom et sa date de naissance'}\u00a0: ${found} trouvée${found > 1 ? 's' : ''}.`,
});

export const searchEvents: readonly EventKind[] = [auditSearched, auditPersonSought];
