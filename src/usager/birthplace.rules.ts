import communes from './communes.json' with { type: 'json' };
import { COUNTRIES } from './countries.ts';
import type { Usager } from './usager.ts';

const FRANCE = '99100';

/**
 * Where a person was born, as their papers say it: « Arras (62) », « Algérie ». A commune that is not in the table any more
 * (merged long ago), or a country that is not, is named by its code: FranceConnect gives codes only.
 */
export function birthplaceInWords({ birthplace, birthcountry }: Pick<Usager, 'birthplace' | 'birthcountry'>): string {
  if (birthcountry !== FRANCE) return COUNTRIES[birthcountry] ?? `Pays de code ${birthcountry}`;
  const name = communeName(birthplace);
  return name
    ? `${name} (${departementOf(birthplace)})`
    : `Commune de code ${birthplace} (${departementOf(birthplace)})`;
}

/** One line per commune, its code first; searched as it is, so that nothing is built at start. */
function communeName(code: string): string | undefined {
  const start = communes.lines.indexOf(`\n${code}`);
  if (start === -1 || code.length !== 5) return undefined;
  const line = communes.lines.slice(start + 1, communes.lines.indexOf('\n', start + 1));
  return line.slice(5);
}

function departementOf(code: string): string {
  return /^9[78]/.test(code) ? code.slice(0, 3) : code.slice(0, 2);
}
