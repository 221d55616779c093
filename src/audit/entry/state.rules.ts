import type { StoredEntry } from '#journal';
import { inDigits } from '#platform/time/paris.ts';

const seconds = new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', second: '2-digit' });

/** « 05/01/2026 à 09:41:05 », Paris time: witnesses sign to the second. */
function toTheSecond(instant: Date): string {
  return `${inDigits(instant)}:${seconds.format(instant).padStart(2, '0')}`;
}

/** Where an entry stands and since when, as witnesses saw it; `witnesses` is how many signed the tree that has it. */
export function stateInWords(stored: StoredEntry, witnesses: number): string {
  const { state, index, bracket } = stored;
  if (state === 'quarantined')
    return 'Aucun serveur inscrit ne l’a signée. Elle n’a pas de place dans l’arbre et n’en aura pas\u00a0: ne vous y fiez pas.';
  if (state === 'pending')
    return `Écrite le ${toTheSecond(stored.recordedAt)}, elle n’a pas encore sa place dans l’arbre. Cela prend d’ordinaire quelques secondes.`;
  if (state === 'sealed')
    return `Elle a la place n°\u00a0${index} dans l’arbre. Aucun point de contrôle publié ne la contient encore.`;
  return `Elle a la place n°\u00a0${index} dans l’arbre. ${bracketInWords(bracket, witnesses)}`;
}

function bracketInWords({ after, before }: StoredEntry['bracket'], witnesses: number): string {
  const told = witnesses === 0 ? '' : `, d’après ${witnesses}\u00a0témoin${witnesses > 1 ? 's' : ''}`;
  if (!before) return 'Aucun témoin n’a dit quand elle l’a prise.';
  if (!after) return `Elle l’a prise au plus tard le ${toTheSecond(before)}${told}.`;
  return `Elle l’a prise entre le ${toTheSecond(after)} et le ${toTheSecond(before)}${told}.`;
}
