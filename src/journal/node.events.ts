import { z } from 'zod';
import { defineEvent, type EventKind } from './event.ts';

/** A program of the service received the right to write in the journal; it signs this entry itself. */
export const nodeRegistered = defineEvent({
  kind: 'node.registered',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ key: z.string().regex(/^[\x21-\x7e]{1,64}$/), ed25519: z.string().regex(/^[\w-]{43}$/) }),
  committed: [],
  sentence: ({ key }) => `Le serveur « ${key} » est inscrit : il peut écrire dans le journal et signe ce qu’il écrit.`,
});

/** A program of the service may not write any more: what its key signs after `at` is put aside. */
export const nodeRevoked = defineEvent({
  kind: 'node.revoked',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ key: z.string().regex(/^[\x21-\x7e]{1,64}$/), at: z.iso.datetime() }),
  committed: [],
  sentence: ({ key }) =>
    `La clé du serveur «\u00a0${key}\u00a0» est révoquée\u00a0: ce qu’elle signe désormais est mis à l’écart.`,
});

export const nodeKinds: readonly EventKind[] = [nodeRegistered, nodeRevoked];
