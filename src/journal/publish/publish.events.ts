import { z } from 'zod';
import { defineEvent, type EventKind } from '../event.ts';

const log = z.enum(['actes', 'acces']);
const vkey = z.string().regex(/^[\x21-\x7e]{40,400}$/);

/** The log is signed by this key from now on. */
export const logKeyAnnounced = defineEvent({
  kind: 'log-key.announced',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ log, vkey }),
  committed: [],
  sentence: ({ log: which, vkey: key }) => `Une clé signe désormais le journal «\u00a0${which}\u00a0»\u00a0: ${key}.`,
});

/** The log is no longer signed by this key; what it signed stays verified by it. */
export const logKeyRetired = defineEvent({
  kind: 'log-key.retired',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ log, vkey }),
  committed: [],
  sentence: ({ log: which, vkey: key }) =>
    `Une clé ne signe plus le journal «\u00a0${which}\u00a0»\u00a0; ce qu’elle a signé reste vérifiable\u00a0: ${key}.`,
});

const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** An auditor’s program fetched a bundle of entries as they are hashed (C2SP tlog-tiles). */
export const bundleRead = defineEvent({
  kind: 'journal.bundle-read',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ auditor: uuid, of: log, first: z.int().min(0), count: z.int().min(1).max(256) }),
  committed: [],
  sentence: ({ of, first, count }) =>
    `Un auditeur a copié ${count} entrée${count > 1 ? 's' : ''} du journal «\u00a0${of}\u00a0», à partir de l’entrée ${first}.`,
});

export const publishKinds: readonly EventKind[] = [logKeyAnnounced, logKeyRetired, bundleRead];
