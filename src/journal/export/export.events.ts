import { z } from 'zod';
import { defineEvent, type EventKind } from '../event.ts';

const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const count = z.int().min(0);

/**
 * An export was handed out. In `acces`, whichever log it is of: it reads entries and changes no right, and what was read is
 * kept twelve months. `h1` is the summary in its SHA256SUMS: whoever is shown an export can see here that we made it.
 */
export const journalExported = defineEvent({
  kind: 'journal.exported',
  log: 'acces',
  version: 1,
  clear: z.strictObject({
    by: z.enum(['auditor', 'operator']),
    auditor: uuid.optional(),
    log: z.enum(['actes', 'acces']),
    what: z.enum(['range', 'selection']),
    size: count,
    from: count,
    to: count,
    entries: count,
    disclosures: count,
    evidence: count,
    h1: z.string().regex(/^h1:[A-Za-z0-9+/]{43}=$/),
  }),
  committed: [],
  sentence: ({ by, log, what, from, to, entries, disclosures, evidence }) =>
    `${by === 'auditor' ? 'Un auditeur' : 'Le service'} a exporté ${entries}\u00a0entrée${entries > 1 ? 's' : ''} du journal «\u00a0${log}\u00a0»` +
    `${what === 'range' ? ` (places ${from} à ${to} non comprise)` : ' (une sélection)'}` +
    `${disclosures > 0 ? `, ${disclosures}\u00a0donnée${disclosures > 1 ? 's ouvertes' : ' ouverte'}` : ''}` +
    `${evidence > 0 ? ', avec la preuve du consentement' : ''}.`,
});

export const exportKinds: readonly EventKind[] = [journalExported];
