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

/** The kinds of the journal itself, for the registry. */
export const journalKinds: readonly EventKind[] = [
  nodeRegistered,
  ...sealKinds,
  ...successionKinds,
  ...publishKinds,
  ...eraseKinds,
  ...exportKinds,
];
