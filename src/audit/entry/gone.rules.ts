import { type ErasureTold, GROUND_WORDS } from '#journal';
import { inWords } from '#platform/time/paris.ts';

/**
 * What is said of an entry whose leaf is not there: erased, when and why, as an erasure tells it; when none does, it was taken
 * away, and nothing here may call that an erasure.
 */
export function goneInWords(erasure: ErasureTold | undefined): { state: 'erased' | 'missing'; sentence: string } {
  if (!erasure) {
    const sentence =
      'Cette entrée n’est plus là, et aucun effacement ne le dit\u00a0: elle a été retirée. Sa place dans le journal le prouve. Prévenez l’exploitant.';
    return { state: 'missing', sentence };
  }
  const { erasedAt, ground } = erasure;
  return {
    state: 'erased',
    sentence: `Cette entrée a été effacée le ${inWords(erasedAt)}\u00a0: ${GROUND_WORDS[ground]}. Son empreinte reste dans l’arbre, et sa preuve avec elle.`,
  };
}
