import { readDecimal } from '../bytes.ts';
import { checkDisclosure } from '../disclosure.ts';
import { type ByPlace, placeKey } from './by-place.ts';
import { digestsOf, type ExportedEntry } from './entries.ts';
import { formatIntervals, intervalsOf } from './intervals.ts';
import { FILES } from './layout.ts';
import { LINES, readLines } from './lines.ts';
import { type Check, fail, notChecked, pass, plural } from './report.ts';
import type { Subject } from './subject.ts';

/** What each entry commits to and that is opened here, by name. Only what its leaf committed to is in it. */
export type OpenedByIndex = ByPlace<ReadonlyMap<string, string>>;

/** Each opened text is one that its entry committed to when it was written. Also gives them, for the checks that read them. */
export function checkDisclosures({ files, entries, manifest, tools }: Subject): {
  check: Check;
  opened: OpenedByIndex;
} {
  const opened = new Map<string, Map<string, string>>();
  if (!manifest) return { check: notChecked('disclosures', 'Sans manifeste, aucune entrée n’est lue.'), opened };
  const lines = readLines(files.get(FILES.disclosures), LINES.disclosures);
  if (!lines) return { check: fail('disclosures', `${FILES.disclosures} manque ou ne se lit pas.`), opened };
  const details =
    lines.length === manifest.disclosures
      ? []
      : [`${manifest.disclosures} ouvertures annoncées, ${lines.length} présentes.`];
  let last: { entry: ExportedEntry; digests: readonly string[]; name: string } | undefined;
  for (const { index = '', disclosure = '' } of lines) {
    const entry = entries.byIndex.get(placeKey(readDecimal(index) ?? -1n));
    if (!entry) {
      details.push(`Entrée ${index}\u00a0: une ouverture, mais pas d’entrée.`);
      continue;
    }
    if (last && last.entry.index > entry.index) {
      // not looked at: two entries in turn would be read again at each line
      details.push(`Entrée ${index}\u00a0: n’est pas à son rang.`);
      continue;
    }
    if (last?.entry !== entry) last = { entry, digests: digestsOf(entry), name: '' };
    const checked = checkDisclosure(tools.sha256, last.digests, disclosure);
    const names = opened.get(placeKey(entry.index)) ?? new Map<string, string>();
    if (!checked.ok)
      details.push(`Entrée ${index}\u00a0: ne s’est pas engagée sur ce qui est ouvert (${checked.fault}).`);
    else if (names.has(checked.name))
      details.push(`Entrée ${index}\u00a0: «\u00a0${checked.name}\u00a0» est ouvert deux fois.`);
    else if (checked.name < last.name)
      details.push(`Entrée ${index}\u00a0: «\u00a0${checked.name}\u00a0» n’est pas à son rang.`);
    else {
      last.name = checked.name;
      opened.set(placeKey(entry.index), names.set(checked.name, checked.value));
    }
  }
  if (details.length > 0)
    return { check: fail('disclosures', 'Ce qui est ouvert n’est pas ce qui a été écrit.', details), opened };
  return { check: answer(lines.length, entries.list, opened), opened };
}

const MOST_PLACES = 12;

/** What is open, and of which other entries nothing is: digests do not tell values from decoys, so that an entry is not said to be whole. */
function answer(open: number, list: readonly ExportedEntry[], opened: OpenedByIndex): Check {
  if (open === 0)
    return pass(
      'disclosures',
      'Rien n’est ouvert dans cet export\u00a0: seules les empreintes des données personnelles y sont.',
    );
  const line = `${plural(open, 'donnée ouverte', 'données ouvertes')}\u00a0: ce sur quoi ${plural(opened.size, 'entrée s’était engagée', 'entrées s’étaient engagées')}.`;
  const closed = list.flatMap(({ index, beside, facts }) =>
    !beside && facts?.commits && !opened.has(placeKey(index)) ? [index] : [],
  );
  if (closed.length === 0) return pass('disclosures', line);
  const places = intervalsOf(closed);
  const told = formatIntervals(places.slice(0, MOST_PLACES)).replaceAll(',', ', ');
  const more = places.length > MOST_PLACES ? ' et d’autres' : '';
  return pass(
    'disclosures',
    `${line} ${plural(closed.length, 'autre entrée reste fermée', 'autres entrées restent fermées')}\u00a0: on n’en a ici que les empreintes.`,
    [`Places\u00a0: ${told}${more}. Pas ouvert à qui l’a demandé, effacé, ou rien à ouvrir.`],
  );
}
