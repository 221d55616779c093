import { inDigits } from '#platform/time/paris.ts';
import { faultInWords } from '../entry/fault.rules.ts';
import { committedInWords } from '../entry/shown.rules.ts';
import type { LifeEntry } from './life.rules.ts';
import type { Life } from './open-mandate-file.ts';

/** What does not hold among the entries of a mandate, each named: the file is believed only when there is none. */
export function doubtsOfLife({ acts, reads, beside, strays, untrue, gone }: Life): string[] {
  const taken = gone.filter(({ erasure }) => !erasure).length;
  const shown = [...acts, ...reads, ...beside];
  return [
    ...untrue.map((one) => `${named(one)}\u00a0: ${whyUntrue(one)}`),
    ...shown.flatMap((one) => (one.fault ? [`${named(one)}\u00a0: ${faultInWords(one.fault)}`] : [])),
    ...(taken > 0
      ? [`${counted(taken, 'entrée a été retirée', 'entrées ont été retirées')}, et aucun effacement ne le dit.`]
      : []),
    ...shown.flatMap((one) => (one.altered ? [`${named(one)}\u00a0: une valeur gardée à côté a été changée.`] : [])),
    ...shown.flatMap(takenFrom),
    ...strays.map(
      (one) => `${named(one)}\u00a0: l’index la range sous ce mandat, elle-même dit autre chose ou ne se lit pas.`,
    ),
  ];
}

function takenFrom(one: LifeEntry): string[] {
  const kind = one.entry?.kind ?? '';
  const taken = [...one.absent].flatMap(([name, { why }]) => (why === 'taken' ? [committedInWords(kind, name)] : []));
  if (taken.length === 0) return [];
  return [`${named(one)}\u00a0: des valeurs en ont été retirées sans effacement inscrit (${taken.join(', ')}).`];
}

const counted = (many: number, one: string, more: string) => `${many} ${many > 1 ? more : one}`;

function whyUntrue({ fault, state }: LifeEntry): string {
  if (state === 'quarantined') return 'elle est mise à l’écart, aucun serveur inscrit ne l’a signée comme il faut.';
  return fault ? faultInWords(fault) : 'elle ne tient pas.';
}

/** By what no change of its bytes can move: its place, and when the database took it. */
function named({ index, recordedAt, log }: LifeEntry): string {
  const place = index === null ? '' : `, place n°\u00a0${index} du journal «\u00a0${log}\u00a0»`;
  return `Entrée du ${inDigits(recordedAt)}${place}`;
}
