import { z } from 'zod';
import { defineEvent, type EventKind } from '#journal';

const CHANGES = ['deactivated', 'activated', 'limited', 'new-second-factor'] as const;
export type AuditorChangeKind = (typeof CHANGES)[number];

const scope = z.array(z.string().regex(/^([0-9]{2}|2[AB]|97[1-8]|98[4-8])$/));

function inWords(departements: readonly string[] | undefined): string {
  if (!departements?.length) return 'pour la France entière';
  return `pour ${departements.length > 1 ? 'les départements' : 'le département'} ${departements.join(', ')}`;
}

/** Without `departements`: the whole country. */
export const auditorAdded = defineEvent({
  kind: 'auditor.added',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), departements: scope.optional() }),
  committed: ['firstName', 'lastName', 'email'],
  always: { names: ['firstName', 'lastName', 'email'], of: 'auditor' },
  sentence: ({ departements }, { firstName, lastName }) =>
    `Un compte d’auditeur est créé${firstName && lastName ? ` pour ${firstName} ${lastName}` : ''}, ${inWords(departements)}.`,
});

export const auditorChanged = defineEvent({
  kind: 'auditor.changed',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), change: z.enum(CHANGES), departements: scope.optional() }),
  committed: [],
  sentence: ({ change, departements }) => SENTENCES[change](departements),
});

const SENTENCES: Record<AuditorChangeKind, (departements: readonly string[] | undefined) => string> = {
  deactivated: () => 'Le compte de l’auditeur est désactivé\u00a0: il ne peut plus se connecter.',
  activated: () => 'Le compte de l’auditeur est de nouveau actif.',
  limited: (departements) => `L’auditeur travaille désormais ${inWords(departements)}.`,
  'new-second-factor': () => 'L’application de codes de l’auditeur a été remplacée.',
};

export const auditorLoggedIn = defineEvent({
  kind: 'auditor.logged-in',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), by: z.enum(['link', 'short-code']) }),
  committed: ['address'],
  always: { names: ['address'], of: 'auditor' },
  sentence: ({ by }) =>
    by === 'link'
      ? 'L’auditeur s’est connecté avec son code et le lien reçu par e-mail.'
      : 'L’auditeur s’est connecté avec son code et celui reçu par e-mail.',
});

export const auditorResumed = defineEvent({
  kind: 'auditor.resumed',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid() }),
  committed: [],
  sentence: () => 'L’auditeur a repris sa session avec un code, après une pause.',
});

export const auditorLoggedOut = defineEvent({
  kind: 'auditor.logged-out',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid() }),
  committed: [],
  sentence: () => 'L’auditeur s’est déconnecté.',
});

export const auditorKinds: readonly EventKind[] = [
  auditorAdded,
  auditorChanged,
  auditorLoggedIn,
  auditorResumed,
  auditorLoggedOut,
];
