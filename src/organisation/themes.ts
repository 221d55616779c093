import table from './themes.json' with { type: 'json' };

/**
 * One of the ten areas of procedures: the unit of authorisation, of use and of ending. `franceConnectLabel` is the word that
 * FranceConnect's services put in `rep_scope`.
 */
export type Theme = {
  readonly key: string;
  readonly title: string;
  readonly shortTitle: string;
  readonly description: string;
  readonly serviceExamples: readonly string[];
  readonly franceConnectLabel: string;
};

/** The ten themes, in the order in which every page shows them. */
export const themes: readonly Theme[] = table;

/** The theme of a key, or undefined: keys come from forms and addresses. */
export function themeOf(key: string): Theme | undefined {
  return themes.find((theme) => theme.key === key);
}
