import { z } from 'zod';
import { defineEvent, type EventKind } from '#journal';

/** An auditor opened the file of a mandate; `identity`: with the person's name, that two auditors or a complaint opened. */
export const mandateFileRead = defineEvent({
  kind: 'audit.mandate-read',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), identity: z.boolean() }),
  committed: [],
  sentence: ({ identity }) =>
    `Un auditeur a consulté le dossier du mandat${identity ? ', avec l’identité de la personne' : ', sans l’identité de la personne'}.`,
});

/**
 * A sealed copy of the file left with an auditor. `sha256` of the whole copy: a paper or a disk that bears it can be compared.
 * `evidence`: with what FranceConnect signed, which names the person.
 */
export const mandateFileExported = defineEvent({
  kind: 'audit.mandate-exported',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), entries: z.int().min(0), evidence: z.boolean() }),
  committed: ['sha256'],
  always: { names: ['sha256'], of: 'auditor' },
  sentence: ({ entries, evidence }) =>
    `Un auditeur a exporté le dossier du mandat (${entries} entrée${entries > 1 ? 's' : ''}, ${evidence ? 'avec' : 'sans'} les pièces du consentement).`,
});

export const mandateFileEvents: readonly EventKind[] = [mandateFileRead, mandateFileExported];
