import table from './organisation-types.json' with { type: 'json' };

export type OrganisationType = { readonly key: string; readonly label: string };

/** What a structure can be. */
export const organisationTypes: readonly OrganisationType[] = table;

/** The words for a type, or undefined. */
export function organisationTypeOf(key: string): OrganisationType | undefined {
  return organisationTypes.find((type) => type.key === key);
}
