import { z } from 'zod';
import { defineEvent } from '#journal';
import { themeOf } from '#organisation';
import type { EndCause } from './mandate.rules.ts';

const END_CAUSES = [
  'revoked-by-usager',
  'renounced-by-organisation',
  'replaced',
  'expired',
  'deceased',
  'protected',
  'organisation-stopped',
] as const satisfies readonly EndCause[];

/** Through what an end reached us. */
export const END_CHANNELS = ['aidant', 'stop-code', 'job', 'replacement'] as const;
export type EndChannel = (typeof END_CHANNELS)[number];

/** When the end counts, and when the structure knew (C. civ. art. 2008): they differ for a death, or an expiry written late. */
const end = z.strictObject({
  cause: z.enum(END_CAUSES),
  channel: z.enum(END_CHANNELS),
  endedAt: z.iso.datetime(),
  knownAt: z.iso.datetime(),
});

export const CAUSE_WORDS: Readonly<Record<EndCause, string>> = {
  'revoked-by-usager': 'la personne l’a demandé',
  'renounced-by-organisation': 'la structure y a renoncé',
  replaced: 'un nouveau mandat le remplace',
  expired: 'sa durée est écoulée',
  deceased: 'la personne est décédée',
  protected: 'la personne est sous une mesure de protection',
  'organisation-stopped': 'la structure a cessé d’aider',
};

const BY: Readonly<Record<EndChannel, string>> = {
  aidant: '',
  'stop-code': ', par le code d’arrêt',
  job: '',
  replacement: '',
};

/** The last act of a mandate: has its last number. */
export const mandateEnded = defineEvent({
  kind: 'mandate.ended',
  log: 'actes',
  version: 1,
  clear: end,
  committed: [],
  sentence: ({ cause, channel }) => `Le mandat est terminé\u00a0: ${CAUSE_WORDS[cause]}${BY[channel]}.`,
});

/** One theme ended while others of the mandate may go on. */
export const authorisationEnded = defineEvent({
  kind: 'authorisation.ended',
  log: 'actes',
  version: 1,
  clear: end,
  committed: [],
  sentence: ({ cause, channel }, _opened, { theme }) =>
    `L’autorisation${theme ? ` «\u00a0${themeOf(theme)?.title ?? theme}\u00a0»` : ''} est terminée\u00a0: ${CAUSE_WORDS[cause]}${BY[channel]}.`,
});
