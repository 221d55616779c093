import { z } from 'zod';
import { defineEvent, type EventKind } from '#journal';
import { auditorKinds } from './auditor.events.ts';

const AIDANT_CHANGES = [
  'deactivated',
  'activated',
  'joined',
  'left',
  'may-conclude',
  'may-not-conclude',
  'new-second-factor',
] as const;

export type AidantChangeKind = (typeof AIDANT_CHANGES)[number];

const CHANGE_SENTENCES: Record<AidantChangeKind, string> = {
  deactivated: 'Le compte de l’aidant est désactivé\u00a0: il ne peut plus se connecter.',
  activated: 'Le compte de l’aidant est de nouveau actif.',
  joined: 'L’aidant est entré dans la structure.',
  left: 'L’aidant a quitté la structure.',
  'may-conclude': 'L’aidant peut désormais conclure des mandats.',
  'may-not-conclude': 'L’aidant ne peut plus conclure de mandats.',
  'new-second-factor': 'L’application de codes de l’aidant a été remplacée.',
};

export const aidantAdded = defineEvent({
  kind: 'aidant.added',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ aidant: z.uuid(), organisations: z.array(z.uuid()), mayConclude: z.boolean() }),
  committed: ['firstName', 'lastName', 'email'],
  always: { names: ['firstName', 'lastName', 'email'], of: 'aidant' },
  sentence: (_clear, { firstName, lastName }) =>
    `Un compte d’aidant est créé${firstName && lastName ? ` pour ${firstName} ${lastName}` : ''}.`,
});

export const aidantChanged = defineEvent({
  kind: 'aidant.changed',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ aidant: z.uuid(), change: z.enum(AIDANT_CHANGES), organisation: z.uuid().optional() }),
  committed: [],
  sentence: ({ change }) => CHANGE_SENTENCES[change],
});

export const termsAccepted = defineEvent({
  kind: 'aidant.terms-accepted',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ version: z.string().regex(/^[0-9]{4}-[0-9]{2}(-[0-9]{1,2})?$/) }),
  committed: [],
  sentence: ({ version }) => `L’aidant a accepté les conditions d’utilisation (version ${version}).`,
});

export const organisationSwitched = defineEvent({
  kind: 'organisation.switched',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ from: z.uuid(), to: z.uuid() }),
  committed: [],
  sentence: () => 'L’aidant agit maintenant pour une autre de ses structures.',
});

export const aidantLoggedIn = defineEvent({
  kind: 'aidant.logged-in',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ by: z.enum(['link', 'short-code']) }),
  committed: ['address'],
  always: { names: ['address'], of: 'aidant' },
  sentence: ({ by }) =>
    by === 'link'
      ? 'L’aidant s’est connecté avec son code et le lien reçu par e-mail.'
      : 'L’aidant s’est connecté avec son code et celui reçu par e-mail.',
});

export const aidantResumed = defineEvent({
  kind: 'aidant.resumed',
  log: 'acces',
  version: 1,
  clear: z.strictObject({}),
  committed: [],
  sentence: () => 'L’aidant a repris sa session avec un code, après une pause.',
});

export const aidantLoggedOut = defineEvent({
  kind: 'aidant.logged-out',
  log: 'acces',
  version: 1,
  clear: z.strictObject({}),
  committed: [],
  sentence: () => 'L’aidant s’est déconnecté.',
});

export const identityEvents: readonly EventKind[] = [
  aidantAdded,
  aidantChanged,
  termsAccepted,
  organisationSwitched,
  aidantLoggedIn,
  aidantResumed,
  aidantLoggedOut,
  ...auditorKinds,
];
