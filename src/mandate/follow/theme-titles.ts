import { themes } from '#organisation';

/** The short titles of these themes, each once, in the order of the catalogue. */
export function shortTitles(keys: readonly string[]): string[] {
  return themes.filter(({ key }) => keys.includes(key)).map(({ shortTitle }) => shortTitle);
}

/** Themes by key, in the order of the catalogue, whatever the order of the rows. */
export function inCatalogueOrder<Row extends { theme: string }>(rows: readonly Row[]): Row[] {
  const place = ({ theme }: Row) => themes.findIndex(({ key }) => key === theme);
  return rows.toSorted((one, other) => place(one) - place(other));
}
