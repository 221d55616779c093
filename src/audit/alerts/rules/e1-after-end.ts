import type { Rule } from '../rule.ts';
import { findAttempts, refusedReading } from './e1-attempts.ts';
import { findSuccesses, successReading } from './e1-successes.ts';

export const e1: Rule = {
  code: 'E1',
  title: 'Connexion après la fin du mandat',
  looksFor:
    'Une connexion au nom d’une personne est demandée après la fin de son mandat, ou de l’autorisation pour ce thème\u00a0: durée écoulée, ou arrêt demandé. Une connexion refusée est un essai. Une connexion qui a réussi est un défaut du service\u00a0: elle passe avant toutes les autres alertes.',
  why: 'Les droits sont vérifiés à chaque étape. Un essai après la fin peut venir d’un malentendu, et une réussite ne doit jamais arriver.',
  doesNotMean:
    'Un mandat peut finir pendant que l’aidant travaille\u00a0: l’essai est alors refusé, et c’est normal. Un choix refusé sur la page même n’est pas inscrit au journal, et la règle ne le voit pas.',
  needsAssessment: false,
  pace: 'run',
  lookBack: 0,
  readings: (window) => [refusedReading(window), successReading(window)],
  find: async (ctx, window) => [...(await findSuccesses(ctx, window)), ...(await findAttempts(ctx, window))],
};
