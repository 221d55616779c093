import { z } from 'zod';
import { eraseKinds } from './erase/erase.events.ts';
import { defineEvent, type EventKind } from './event.ts';
import { exportKinds } from './export/export.events.ts';
import { publishKinds } from './publish/publish.events.ts';
import { sealKinds } from './seal/seal.events.ts';
import { successionKinds } from './succession/succession.events.ts';

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

/** The kinds of the journal itself, for the registry. */
export const journalKinds: readonly EventKind[] = [
  nodeRegistered,
  nodeRevoked,
  ...sealKinds,
  ...successionKinds,
  ...publishKinds,
  ...eraseKinds,
  ...exportKinds,
];
