import { z } from 'zod';
import { defineEvent, type EventKind } from '#journal';
import { themeOf } from '#organisation';
import { REFUSALS, type Refusal } from './use.rules.ts';

/** The identifier of a registered partner. */
const client = z.string().regex(/^[A-Za-z0-9._~-]{3,100}$/);

/** `use` ties together the entries of one connection. */
const clear = z.strictObject({ use: z.uuid(), client });

const about = (theme: string | undefined) => (theme ? ` (thème «\u00a0${themeOf(theme)?.title ?? theme}\u00a0»)` : '');

/** The aidant chose the person, the theme and the site they say they are going to. */
export const useChosen = defineEvent({
  kind: 'use.chosen',
  log: 'actes',
  version: 1,
  clear,
  committed: ['site'],
  always: { names: ['site'], of: 'usager' },
  sentence: (_clear, { site }, { theme }) =>
    `L’aidant a choisi d’agir au nom de la personne${about(theme)}. ${site ? `Site déclaré\u00a0: «\u00a0${site}\u00a0».` : 'Le site déclaré n’est plus connu.'}`,
});

/** A code left for the partner (FranceConnect), by the aidant's browser. */
export const useCodeIssued = defineEvent({
  kind: 'use.code-issued',
  log: 'actes',
  version: 1,
  clear,
  committed: [],
  sentence: (_clear, _opened, { theme }) =>
    `L’aidant a été renvoyé à FranceConnect pour se connecter au nom de la personne${about(theme)}.`,
});

/** The partner redeemed the code: it knows that someone acts, for whom by a pseudonym, and the theme. */
export const useTokenIssued = defineEvent({
  kind: 'use.token-issued',
  log: 'actes',
  version: 1,
  clear,
  committed: [],
  sentence: (_clear, _opened, { theme }) =>
    `FranceConnect a reçu la preuve que l’aidant agit au nom de la personne${about(theme)}.`,
});

/** The identity of the person left for the partner. The site itself is not known to us: only that FranceConnect received it. */
export const useIdentityGiven = defineEvent({
  kind: 'use.identity-given',
  log: 'actes',
  version: 1,
  clear,
  committed: [],
  sentence: (_clear, _opened, { theme }) =>
    `L’identité de la personne a été donnée à FranceConnect${about(theme)}\u00a0: une connexion en son nom est possible pendant 30\u00a0minutes.`,
});

/** Why a use was refused, for the journal's sentences and for the page of the person. */
export const REFUSAL_WORDS: Readonly<Record<Refusal, string>> = {
  'use-revoked': 'elle a été retirée',
  'code-replayed': 'le même code a été présenté deux fois',
  'mandate-expired': 'la durée du mandat est écoulée',
  'mandate-ended': 'le mandat est terminé',
  'mandate-suspended': 'le mandat est suspendu',
  'theme-ended': 'l’autorisation pour ce thème est terminée',
  'theme-not-allowed': 'la structure n’agit plus pour ce thème',
  'organisation-closed': 'la structure est fermée',
  'aidant-inactive': 'le compte de l’aidant est désactivé',
  'aidant-left': 'l’aidant n’appartient plus à la structure',
  'session-closed': 'l’aidant s’est déconnecté',
  'usager-without-email': 'la personne n’a pas d’adresse électronique',
  'no-common-theme': 'aucun mandat de la structure ne porte sur les thèmes demandés par le site',
  'not-as-concluded': 'ce n’est pas ce que dit le mandat scellé',
};

/** Something was asked and refused. `step` is where: no identity leaves at any of them. */
export const useRefused = defineEvent({
  kind: 'use.refused',
  log: 'actes',
  version: 1,
  clear: z.strictObject({
    use: z.uuid().optional(),
    client,
    step: z.enum(['choice', 'code', 'token', 'identity']),
    reason: z.enum(REFUSALS),
  }),
  committed: [],
  sentence: ({ reason }) => `Une connexion au nom de la personne a été refusée\u00a0: ${REFUSAL_WORDS[reason]}.`,
});

export const useEvents: readonly EventKind[] = [useChosen, useCodeIssued, useTokenIssued, useIdentityGiven, useRefused];
