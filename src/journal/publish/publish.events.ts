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
  sentence: ({ log: which, vkey: key }) => `Une clé signe désormais le journal « ${which} » : ${key}.`,
});

/** The log is no longer signed by this key; what it signed stays verified by it. */
export const logKeyRetired = defineEvent({
  kind: 'log-key.retired',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ log, vkey }),
  committed: [],
  sentence: ({ log: which, vkey: key }) =>
    `Une clé ne signe plus le journal « ${which} » ; ce qu’elle a signé reste vérifiable : ${key}.`,
});

export const publishKinds: readonly EventKind[] = [logKeyAnnounced, logKeyRetired];
