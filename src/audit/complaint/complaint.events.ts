import { z } from 'zod';
import { defineEvent, type EventKind } from '#journal';

const MOTIVES = { 'never-signed': 'je n’ai jamais signé', 'not-recognised': 'je ne reconnais pas' } as const;
const CHANNELS = { letter: 'par lettre', phone: 'par téléphone', counter: 'à un guichet' } as const;
const ANSWERS = {
  confirmed: 'le mandat est confirmé',
  contested: 'la personne a raison',
  undecided: 'le contrôle ne permet pas de conclure',
} as const;

const motive = z.enum(['never-signed', 'not-recognised']);
const channel = z.enum(['letter', 'phone', 'counter']);

/** Recorded by the operator, never by an auditor: it opens the person's file to one of them without a second. */
export const complaintReceived = defineEvent({
  kind: 'complaint.received',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ complaint: z.uuid(), auditor: z.uuid(), motive, channel }),
  committed: [],
  sentence: (clear) =>
    `Une personne dit\u00a0: «\u00a0${MOTIVES[clear.motive]}\u00a0», ${CHANNELS[clear.channel]}. Un auditeur est chargé de lui répondre.`,
});

export const complaintAssigned = defineEvent({
  kind: 'complaint.assigned',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ complaint: z.uuid(), auditor: z.uuid(), before: z.uuid() }),
  committed: [],
  sentence: () => 'Un autre auditeur est chargé de répondre à la réclamation d’une personne.',
});

export const complaintClosed = defineEvent({
  kind: 'complaint.closed',
  log: 'actes',
  version: 1,
  clear: z.strictObject({
    complaint: z.uuid(),
    auditor: z.uuid(),
    answer: z.enum(['confirmed', 'contested', 'undecided']),
  }),
  committed: [],
  sentence: ({ answer }) => `La réclamation d’une personne a reçu sa réponse\u00a0: ${ANSWERS[answer]}.`,
});

export const complaintRead = defineEvent({
  kind: 'complaint.read',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), complaint: z.uuid() }),
  committed: [],
  sentence: () => 'L’auditeur chargé d’une réclamation l’a lue.',
});

export const complaintKinds: readonly EventKind[] = [
  complaintReceived,
  complaintAssigned,
  complaintClosed,
  complaintRead,
];
