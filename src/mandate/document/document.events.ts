import { z } from 'zod';
import { defineEvent, type EventKind } from '#journal';

export const NO_PAPER_REASONS = ['refused', 'unable', 'no-printer', 'left', 'other'] as const;
export type NoPaperReason = (typeof NO_PAPER_REASONS)[number];

export const NO_PAPER_WORDS: Readonly<Record<NoPaperReason, string>> = {
  refused: 'la personne ne veut pas signer de papier',
  unable: 'la personne ne peut pas signer',
  'no-printer': 'impossible d’imprimer',
  left: 'la personne est partie avant de signer',
  other: 'autre raison',
};

/** What an aidant may be shown of a mandate; each of them names the person. */
export const READ_OF_A_MANDATE = ['structure', 'usager', 'end', 'receipt', 'paper'] as const;
export type ReadOfAMandate = (typeof READ_OF_A_MANDATE)[number];

const READ_WORDS: Readonly<Record<ReadOfAMandate, string>> = {
  structure: 'le document du mandat',
  usager: 'l’exemplaire de la personne',
  end: 'la page qui termine le mandat',
  receipt: 'le papier de fin du mandat',
  paper: 'la page du papier signé',
};

/** An aidant opened the document of a mandate, or a page about it. */
export const mandateRead = defineEvent({
  kind: 'mandate.read',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ shown: z.enum(READ_OF_A_MANDATE) }),
  committed: [],
  sentence: ({ shown }) => `Un aidant a affiché ${READ_WORDS[shown]}.`,
});

/** A stop code was printed on the person's copy; a reprint replaces the code of the earlier one. Never says the code. */
export const stopCodePrinted = defineEvent({
  kind: 'mandate.stop-code-printed',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ reprint: z.boolean() }),
  committed: [],
  sentence: ({ reprint }) =>
    reprint
      ? 'Un nouvel exemplaire a été imprimé pour la personne\u00a0: son code d’arrêt remplace l’ancien.'
      : 'L’exemplaire de la personne a été imprimé, avec son code d’arrêt.',
});

/** What became of the paper: signed, one copy handed over; or why there is none. */
export const paperRecorded = defineEvent({
  kind: 'mandate.paper-recorded',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ paper: z.enum(['signed', 'none']), reason: z.enum(NO_PAPER_REASONS).optional() }),
  committed: ['note'],
  sentence: ({ paper, reason = 'other' }, { note }) =>
    paper === 'signed'
      ? 'Le mandat est signé sur papier, un exemplaire est remis à la personne.'
      : `Il n’y a pas de papier signé\u00a0: ${reason === 'other' && note ? note : NO_PAPER_WORDS[reason]}.`,
});

export const documentEvents: readonly EventKind[] = [mandateRead, stopCodePrinted, paperRecorded];
