import { z } from 'zod';
import { snapshotWarnings } from '#consent';
import { defineEvent, type EventKind } from '#journal';
import { themeOf } from '#organisation';
import { inGroups } from '#platform/ids/ids.ts';

/** Codes of closed lists, written as their form: a list may grow, what was written must still be read. */
const code = z.string().regex(/^[A-Za-z0-9-]{1,40}$/);
const themes = z.array(code).min(1);
const titles = (keys: readonly string[]) => keys.map((key) => themeOf(key)?.title ?? key).join('\u00a0; ');

/** FranceConnect answered, the answer proves what it must, and it was for the terms under way. Says nothing of who. */
export const consentIdentified = defineEvent({
  kind: 'consent.identified',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ attempt: z.int().min(1), themes, duration: code, acr: code }),
  committed: [],
  sentence: ({ themes: keys }) =>
    `Les conditions ont été montrées à la personne. Elle s’est identifiée avec FranceConnect pour dire oui (${titles(keys)}).`,
});

/** The person answered no on the screen turned to them. */
export const consentDeclined = defineEvent({
  kind: 'consent.declined',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ themes, duration: code }),
  committed: [],
  sentence: ({ themes: keys }) => `La personne n’a pas autorisé la structure (${titles(keys)}).`,
});

/** Why an identification is refused by us although FranceConnect gave one, or because what it gave proves nothing. */
export const REFUSALS = [
  'own-idp',
  'idp-missing',
  'incomplete-identity',
  'acr-too-low',
  'invalid-answer',
  'minor',
  'earlier-session',
] as const;
export type Refusal = (typeof REFUSALS)[number];

const REFUSAL_WORDS: Readonly<Record<Refusal, string>> = {
  'own-idp': 'elle passait par Entremise elle-même',
  'idp-missing': 'FranceConnect n’a pas dit par quel compte elle passait',
  'incomplete-identity': 'il manquait une partie de l’état civil',
  'acr-too-low': 'elle n’était pas assez sûre',
  'invalid-answer': 'la réponse reçue ne prouvait rien',
  minor: 'la personne a moins de 18\u00a0ans',
  'earlier-session': 'elle datait d’avant la lecture des conditions',
};

export const consentRefused = defineEvent({
  kind: 'consent.refused',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ attempt: z.int().min(1), reason: z.enum(REFUSALS) }),
  committed: [],
  sentence: ({ reason }) => `L’identification a été refusée\u00a0: ${REFUSAL_WORDS[reason]}.`,
});

/** The aidant was warned that FranceConnect's session stays open on this computer, and went on. */
export const consentSessionLeftOpen = defineEvent({
  kind: 'consent.session-left-open',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ attempt: z.int().min(1) }),
  committed: [],
  sentence: () =>
    'L’aidant a continué sans que la session FranceConnect de la personne ait pu être fermée, après avertissement.',
});

/**
 * The first act of a mandate (`mn` 1). Commits to its number, to the SHA-256 of the snapshot, and to the SHA-256 of each part
 * of the evidence, so that neither can be replaced later.
 */
export const mandateConcluded = defineEvent({
  kind: 'mandate.concluded',
  log: 'actes',
  version: 1,
  clear: z.strictObject({
    themes,
    duration: code,
    startsAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    consentLevel: code,
    textVersion: code,
    warnings: z.array(z.enum(snapshotWarnings)),
  }),
  committed: ['number', 'snapshot', 'terms', 'shownTexts', 'salt', 'idToken', 'userinfo', 'jwks'],
  always: {
    names: ['number', 'snapshot', 'terms', 'shownTexts', 'salt', 'idToken', 'userinfo', 'jwks'],
    of: 'usager',
  },
  sentence: ({ themes: keys }, { number }) =>
    `Le mandat${number ? ` ${inGroups(number)}` : ''} est conclu\u00a0: l’aidant l’a accepté pour la structure (${titles(keys)}).`,
});

/** A theme of an earlier mandate, taken over at once by a new one. `by` is the alias of the new mandate. */
export const authorisationReplaced = defineEvent({
  kind: 'authorisation.replaced',
  log: 'actes',
  version: 1,
  clear: z.strictObject({ by: z.uuid(), endsAt: z.iso.datetime() }),
  committed: [],
  sentence: (_clear, _opened, { theme }) =>
    `L’autorisation${theme ? ` «\u00a0${themeOf(theme)?.title ?? theme}\u00a0»` : ''} est remplacée par celle d’un nouveau mandat.`,
});

export const concludeEvents: readonly EventKind[] = [
  consentIdentified,
  consentDeclined,
  consentRefused,
  consentSessionLeftOpen,
  mandateConcluded,
  authorisationReplaced,
];
