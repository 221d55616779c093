import type { EntryState, ProofFault, StoredEntry } from '#journal';

const WORDS: Readonly<Record<ProofFault, string>> = {
  'leaf-differs':
    'Ses octets ont été changés\u00a0: leur empreinte n’est plus celle qui est dans l’arbre. Ne croyez pas ce qu’elle dit. Prévenez l’exploitant.',
  'bad-signature': 'Aucun serveur inscrit n’a signé ces octets. Ne croyez pas ce qu’elle dit. Prévenez l’exploitant.',
  'not-in-tree':
    'Sa place ne mène pas à l’arbre que les témoins ont cosigné. Ne croyez pas ce qu’elle dit. Prévenez l’exploitant.',
  'not-cosigned':
    'Le dernier point de contrôle gardé ici n’est pas signé comme la politique le demande\u00a0: rien ne prouve encore sa place.',
};

/** What does not hold of an entry, in French. */
export function faultInWords(fault: ProofFault): string {
  return WORDS[fault];
}

/** Whether nothing that its bytes say may be believed. */
export function isFalse(fault: ProofFault | undefined): boolean {
  return fault !== undefined && fault !== 'not-cosigned';
}

/** What is said of where an entry stands: never « cosignée » of one that does not hold. */
export function stateShown({ state }: Pick<StoredEntry, 'state'>, fault: ProofFault | undefined): EntryState | 'false' {
  if (state === 'quarantined') return state;
  if (isFalse(fault)) return 'false';
  return fault && state === 'cosigned' ? 'sealed' : state;
}
