import { z } from 'zod';
import { defineEvent, type EventKind } from '#journal';

/** An auditor asks to see who a masked person is. The motive is sealed with the person's key: it goes with them. */
export const unmaskingAsked = defineEvent({
  kind: 'unmasking.asked',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), unmasking: z.uuid() }),
  committed: ['motive'],
  always: { names: ['motive'], of: 'usager' },
  sentence: (_clear, { motive }) =>
    `Un auditeur demande à voir l’identité d’une personne${motive ? `\u00a0: «\u00a0${motive}\u00a0»` : '.'}`,
});

export const unmaskingGranted = defineEvent({
  kind: 'unmasking.granted',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), unmasking: z.uuid(), until: z.iso.datetime() }),
  committed: [],
  sentence: () => 'Un second auditeur accepte qu’un auditeur voie l’identité d’une personne, pendant 7\u00a0jours.',
});

export const unmaskingRefused = defineEvent({
  kind: 'unmasking.refused',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), unmasking: z.uuid() }),
  committed: ['reason'],
  always: { names: ['reason'], of: 'usager' },
  sentence: (_clear, { reason }) =>
    `Un second auditeur refuse qu’un auditeur voie l’identité d’une personne${reason ? `\u00a0: «\u00a0${reason}\u00a0»` : '.'}`,
});

/** The page where one asks was shown: it says which masked person a mandate or an entry is about. */
export const unmaskingFormOpened = defineEvent({
  kind: 'unmasking.form-opened',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid() }),
  committed: [],
  sentence: () => 'Un auditeur a ouvert la page où l’on demande à voir l’identité d’une personne.',
});

export const unmaskingRead = defineEvent({
  kind: 'unmasking.read',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), unmasking: z.uuid() }),
  committed: [],
  sentence: () => 'Un auditeur a lu une demande d’identité et son motif.',
});

export const identitiesListed = defineEvent({
  kind: 'identities.listed',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), requests: z.int().min(0), complaints: z.int().min(0) }),
  committed: [],
  sentence: ({ requests, complaints }) =>
    `Un auditeur a lu la liste des demandes d’identité (${requests}) et de ses réclamations (${complaints}).`,
});

/** `by`: what opened it to this auditor, and `reference` its id. */
export const identityShown = defineEvent({
  kind: 'identity.shown',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), by: z.enum(['unmasking', 'complaint']), reference: z.uuid() }),
  committed: [],
  sentence: ({ by }) =>
    `L’identité d’une personne a été montrée à un auditeur, ${by === 'unmasking' ? 'avec l’accord d’un second auditeur' : 'pour répondre à sa réclamation'}.`,
});

export const unmaskKinds: readonly EventKind[] = [
  unmaskingAsked,
  unmaskingGranted,
  unmaskingRefused,
  unmaskingFormOpened,
  unmaskingRead,
  identitiesListed,
  identityShown,
];
