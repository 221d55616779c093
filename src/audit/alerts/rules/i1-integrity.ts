import type { Rule } from '../rule.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { findUnfounded, touchedReading } from './i1-conclusions.ts';
import { findFullChecks, fullChecksReading } from './i1-full-check.ts';
import { findIndexFaults, indexReading } from './i1-index.ts';
import { findGaps, gapsReading } from './i1-numbers.ts';
import { findLate, lateReading } from './i1-sealing.ts';
import { findStrangers, strangersReading } from './i1-strangers.ts';

const { clockSeconds, sealingSeconds } = THRESHOLDS.I1;

export const i1: Rule = {
  code: 'I1',
  title: 'Intégrité du journal',
  looksFor: `Le journal n’est pas comme il doit être\u00a0: un numéro manque dans la suite des actes d’un mandat, un mandat qui a servi n’est pas celui que dit l’entrée de sa conclusion, une entrée que n’a écrite aucun serveur inscrit, un index qui ne dit pas ce que dit l’entrée, deux horloges qui diffèrent de plus de ${clockSeconds}\u00a0secondes, un scellement qui attend plus de ${sealingSeconds}\u00a0secondes, un contrôle complet qui a trouvé un problème.`,
  why: 'Le journal sert de preuve, aux usagers comme aux aidants. Une panne doit se voir tout de suite, une modification aussi.',
  doesNotMean:
    'L’alerte porte sur la machine ou sur ceux qui l’exploitent, jamais sur le travail d’un aidant. Une panne de courant ou de réseau suffit à retarder un scellement.',
  needsAssessment: false,
  pace: 'run',
  lookBack: 0,
  readings: (window) => [
    gapsReading(window),
    touchedReading(window),
    strangersReading(window),
    indexReading(window),
    lateReading(window),
    fullChecksReading(window),
  ],
  async find(ctx, window) {
    return [
      ...(await findGaps(ctx, window)),
      ...(await findUnfounded(ctx, window)),
      ...(await findStrangers(ctx, window)),
      ...(await findIndexFaults(ctx, window)),
      ...(await findLate(ctx, window)),
      ...(await findFullChecks(ctx, window)),
    ];
  },
};
