import { isDepartement } from '#organisation';
import { isUuid } from '#platform/ids/ids.ts';
import { POPULATIONS, type Population } from './draw.rules.ts';
import { isPeriod } from './period.rules.ts';

export const POPULATION_LABELS: Readonly<Record<Population, string>> = {
  mandats: 'Mandats conclus',
  connexions: 'Connexions au nom d’une personne',
};

function isPopulation(text: string): text is Population {
  return (POPULATIONS as readonly string[]).includes(text);
}

/** Where a sample is drawn: one structure, or all those of a département. */
export type Place = { structure: string } | { departement: string };

/** `structure:<uuid>` or `departement:<code>`; undefined for anything else. */
function readScope(scope: string): Place | undefined {
  const [kind, value = '', ...more] = scope.split(':');
  if (more.length > 0) return undefined;
  if (kind === 'structure' && isUuid(value)) return { structure: value };
  return kind === 'departement' && isDepartement(value) ? { departement: value } : undefined;
}

/** Where a sample was drawn, for its label. */
export function placeInWords(scope: string, structureName: string | null): string {
  const place = readScope(scope);
  if (!place) return scope;
  return 'structure' in place ? (structureName ?? 'une structure') : `département ${place.departement}`;
}

/** What is asked to be drawn; undefined when a word of it is not one that the form offers. */
export function readAsked(given: {
  period: string;
  scope: string;
  population: string;
}): { period: string; scope: string; population: Population; place: Place } | undefined {
  const { period, scope, population } = given;
  const place = readScope(scope);
  if (!place || !isPeriod(period) || !isPopulation(population)) return undefined;
  return { period, scope, population, place };
}
