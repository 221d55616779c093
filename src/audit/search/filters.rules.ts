import { themeOf } from '#organisation';
import { type FieldErrors, type Form, textOf } from '#platform/http/form.ts';
import { isUuid, normaliseCrockford } from '#platform/ids/ids.ts';
import { ALL_ACTS, isKindChoice } from './kinds.rules.ts';
import { periodErrors } from './period.rules.ts';
import { SEARCH } from './search.paths.ts';

/** What is asked, as an address holds it: ids and codes, never a name. `kept` names a `kept_search`. */
export type Filters = {
  from?: string;
  to?: string;
  organisationId?: string;
  aidantId?: string;
  kept?: string;
  number?: string;
  kinds: string;
  theme?: string;
  result?: 'ok' | 'refused';
};

/** Where a page begins: after this entry in the list (older), or before it (newer). */
export type Edge = { after?: string; before?: string };

const RESULTS = ['ok', 'refused'] as const;

/**
 * The part of the filters that is typed or chosen as it stands, whether from an address or from the form, with a French
 * message for each field that does not hold.
 */
export function readPlainFilters(given: Form): { filters: Filters; errors: FieldErrors } {
  const text = (name: string) => textOf(given, name).trim();
  const [from, to, kinds, theme, result] = ['du', 'au', 'quoi', 'theme', 'resultat'].map(text) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const number = normaliseCrockford(text('mandat'));
  const known = RESULTS.find((one) => one === result);
  const errors: Record<string, string> = { ...periodErrors(from, to) };
  if (number && !/^[0-9A-HJKMNP-TV-Z]{16}$/.test(number)) errors.mandat = NOT_A_NUMBER;
  if (!isKindChoice(kinds)) errors.quoi = CHOOSE;
  if (theme && !themeOf(theme)) errors.theme = CHOOSE;
  if (result && !known) errors.resultat = CHOOSE;
  const filters: Filters = {
    ...(from && { from }),
    ...(to && { to }),
    ...(number && { number }),
    kinds: isKindChoice(kinds) ? kinds : ALL_ACTS,
    ...(theme && { theme }),
    ...(known && { result: known }),
  };
  return { filters, errors };
}

export const NOT_A_NUMBER =
  'Un numéro de mandat a 16\u00a0caractères, des chiffres et des lettres. Il est en haut du mandat.';
const CHOOSE = 'Choisissez dans la liste.';

/** All that an address holds. `forged`: an id that is none, which no page of ours wrote. */
export function readAddress(query: Readonly<Record<string, string>>): {
  filters: Filters;
  edge: Edge;
  errors: FieldErrors;
  forged: boolean;
} {
  const { filters, errors } = readPlainFilters(query);
  const { structure, aidant, personne, apres, avant } = query;
  const ids = [structure, aidant, personne, apres, avant].filter((id) => id !== undefined);
  return {
    filters: {
      ...filters,
      ...(structure !== undefined && { organisationId: structure }),
      ...(aidant !== undefined && { aidantId: aidant }),
      ...(personne !== undefined && { kept: personne }),
    },
    edge: avant !== undefined ? { before: avant } : apres !== undefined ? { after: apres } : {},
    errors,
    forged: !ids.every(isUuid),
  };
}

/** The address of a search, and of one page of it. */
export function searchHref(filters: Filters, { after, before }: Edge = {}): string {
  const { from, to, organisationId, aidantId, kept, number, kinds, theme, result } = filters;
  const given = {
    ...{ du: from, au: to, structure: organisationId, aidant: aidantId, personne: kept, mandat: number },
    ...{ quoi: kinds || undefined, theme, resultat: result, apres: after, avant: before },
  };
  const query = new URLSearchParams(Object.entries(given).filter((pair): pair is [string, string] => Boolean(pair[1])));
  return query.size > 0 ? `${SEARCH}?${query}` : SEARCH;
}

/** An address that carries the search it is read from, to come back to it: the same ids and codes, nothing else. */
export function carrying(href: string, search: string): string {
  const at = search.indexOf('?');
  return at < 0 ? href : `${href}${search.slice(at)}`;
}

/** The search that an address carries; the one that asks nothing when there is none, or when somebody made it up. */
export function carriedSearch(query: Readonly<Record<string, string>>): string {
  const { filters, edge, errors, forged } = readAddress(query);
  return forged || Object.keys(errors).length > 0 ? SEARCH : searchHref(filters, edge);
}
