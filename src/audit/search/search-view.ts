import { themes } from '#organisation';
import type { AppContext } from '#platform/context.ts';
import { type FieldErrors, type Form, textOf } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { inGroups } from '#platform/ids/ids.ts';
import type { NamedChoice, SearchFormProps, SearchValues } from '#views/audit/search/search-form.tsx';
import { maskedPerson } from '../mask.ts';
import type { Filters } from './filters.rules.ts';
import { ALL_ACTS, KIND_CHOICES } from './kinds.rules.ts';
import type { Resolved } from './resolve-filters.ts';
import { SEARCH } from './search.paths.ts';

const FIELDS = [
  'du',
  'au',
  'quoi',
  'theme',
  'resultat',
  'structure',
  'structureNamed',
  'aidant',
  'aidantNamed',
  'mandat',
  'personMandate',
  'familyName',
  'birthdate',
  'motive',
] as const satisfies readonly (keyof SearchValues)[];

const THEMES = [
  { value: '', label: 'Tous les thèmes' },
  ...themes.map(({ key, title }) => ({ value: key, label: title })),
];

export type FormParts = {
  frame: Frame;
  values: SearchValues;
  errors: FieldErrors;
  structures?: readonly NamedChoice[];
  aidants?: readonly NamedChoice[];
  chosen?: SearchFormProps['chosen'];
  person?: SearchFormProps['person'];
};

/** The form of a search: empty, save what is handed. */
export function formProps(parts: FormParts): SearchFormProps {
  return {
    action: SEARCH,
    kinds: KIND_CHOICES,
    themes: THEMES,
    structures: [],
    aidants: [],
    chosen: { structureId: '', aidantId: '' },
    person: null,
    ...parts,
  };
}

/** What was typed, in every field. */
export function valuesOf(typed: Form): SearchValues {
  return Object.fromEntries(FIELDS.map((name) => [name, textOf(typed, name)])) as SearchValues;
}

/** The form of a search that holds: `typed` from the address, what its ids name in words. */
export function filledForm(typed: Form, { structure, aidant }: Resolved): Pick<FormParts, 'values' | 'chosen'> {
  const names = {
    structure: structure?.name ?? '',
    structureNamed: structure?.name ?? '',
    aidant: aidant?.name ?? '',
    aidantNamed: aidant?.name ?? '',
  };
  return {
    values: { ...valuesOf(typed), ...names },
    chosen: { structureId: structure?.id ?? '', aidantId: aidant?.id ?? '' },
  };
}

/** « Personne 7F3K-9Q2M », for as many as were found. */
export function personsInWords({ keys }: Pick<AppContext, 'keys'>, usagerIds: readonly string[]): string {
  if (usagerIds.length === 0) return 'aucune personne connue dans votre périmètre';
  return usagerIds.map((id) => maskedPerson(keys, id)).join(' ou ');
}

const RESULTS = { ok: 'Fait', refused: 'Refusé' } as const;

/** The filters in words, one by one: what the page under them answers. */
export function askedInWords(ctx: Pick<AppContext, 'keys'>, filters: Filters, resolved: Resolved): string[] {
  const { structure, aidant, mandate, usagerIds } = resolved;
  const theme = themes.find(({ key }) => key === filters.theme);
  return [
    filters.kinds !== ALL_ACTS && KIND_CHOICES.find(({ value }) => value === filters.kinds)?.label,
    filters.from && `Depuis le ${dayInWords(filters.from)}`,
    filters.to && `Jusqu’au ${dayInWords(filters.to)}`,
    theme && `Thème\u00a0: ${theme.title}`,
    filters.result && `Résultat\u00a0: ${RESULTS[filters.result]}`,
    structure && `Structure\u00a0: ${structure.name}, ${structure.more}`,
    aidant && `Aidant\u00a0: ${aidant.name}`,
    mandate && `Mandat ${inGroups(mandate.number)}`,
    usagerIds && `Concerne\u00a0: ${personsInWords(ctx, usagerIds)}`,
  ].filter((one) => typeof one === 'string');
}

function dayInWords(day: string): string {
  return day.split('-').toReversed().join('/');
}
