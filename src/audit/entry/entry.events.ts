import { z } from 'zod';
import { defineEvent, type EventKind } from '#journal';

/** An auditor opened an entry, or took its proof. `identity`: the page said who the person is, which was open to them. */
export const auditEntryRead = defineEvent({
  kind: 'audit.entry-read',
  log: 'acces',
  version: 1,
  clear: z.strictObject({
    auditor: z.uuid(),
    entry: z.uuid(),
    shown: z.enum(['page', 'proof']),
    identity: z.boolean(),
  }),
  committed: [],
  sentence: ({ shown, identity }) => {
    if (shown === 'proof') return 'Un auditeur a téléchargé la preuve d’une entrée du journal.';
    return `Un auditeur a lu une entrée du journal${identity ? ', identité de la personne comprise' : ''}.`;
  },
});

export const entryEvents: readonly EventKind[] = [auditEntryRead];
