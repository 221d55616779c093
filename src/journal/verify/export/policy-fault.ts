import type { PolicyFault } from '../policy.ts';

const WORDS: Readonly<Record<PolicyFault, string>> = {
  'policy-too-long': 'elle est trop longue',
  'not-utf-8': 'ce n’est pas un texte (UTF-8)',
  'control-character': 'un signe n’a rien à faire dans un texte',
  'unknown-keyword': 'cette ligne ne commence ni par log, ni par witness, ni par group, ni par quorum',
  'wrong-number-of-items': 'il y manque un mot, ou il y en a un de trop',
  'wrong-key-type': 'cette clé n’est pas de la sorte qu’il faut là',
  'duplicate-key': 'cette clé y est déjà',
  'duplicate-name': 'ce nom y est déjà',
  'reserved-name': 'le nom «\u00a0none\u00a0» ne peut pas servir là',
  'unknown-name': 'ce nom n’est celui d’aucun témoin ni groupe des lignes d’avant',
  'member-of-two-groups': 'un même témoin est dans deux groupes',
  'bad-threshold': 'ce n’est pas un nombre de témoins possible',
  'no-quorum': 'elle ne dit pas combien de témoins doivent cosigner (ligne «\u00a0quorum\u00a0»)',
  'two-quorums': 'elle a deux lignes «\u00a0quorum\u00a0»',
  'bad-vkey': 'cette clé n’est pas écrite comme une clé publique',
  'bad-key-name': 'cette clé n’a pas de nom possible',
  'unknown-key-type': 'cette clé est d’une sorte inconnue',
  'bad-public-key': 'cette clé n’a pas la longueur d’une clé',
  'wrong-key-id': 'cette clé a été changée\u00a0: son numéro n’est pas le sien',
};

/** Why a policy cannot be read, in French. `line`: counted from 1; 0 when it is the whole. */
export function policyFault(fault: PolicyFault, line: number): string {
  return line > 0 ? `à la ligne ${line}, ${WORDS[fault]}` : WORDS[fault];
}
