import { z } from 'zod';
import { defineEvent, type EventKind } from '#journal';

/** A partner may send people here from now on. */
export const clientAdded = defineEvent({
  kind: 'client.added',
  log: 'actes',
  version: 1,
  clear: z.strictObject({
    client: z.string().regex(/^[A-Za-z0-9._~-]{3,100}$/),
    sector: z.string().regex(/^[a-z0-9.-]{3,100}$/),
    userinfo: z.enum(['jwt', 'json']),
  }),
  committed: [],
  sentence: ({ client }) =>
    `Le partenaire «\u00a0${client}\u00a0» est inscrit\u00a0: il peut demander qui un aidant représente.`,
});

export const providerEvents: readonly EventKind[] = [clientAdded];
