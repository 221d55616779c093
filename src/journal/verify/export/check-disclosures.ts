import { readDecimal } from '../bytes.ts';
import { checkDisclosure } from '../disclosure.ts';
import { digestsOf, type ExportedEntry } from './entries.ts';
import { formatIntervals, intervalsOf, outsideOf, parseIntervals } from './intervals.ts';
import { FILES } from './layout.ts';
import { LINES, readLines } from './lines.ts';
import { type Check, fail, notChecked, pass, plural, shortened } from './report.ts';
import type { Subject } from './subject.ts';

/** What each entry commits to and that is opened here, by name. Only what its leaf committed to is in it. */
export type OpenedByIndex = ReadonlyMap<bigint, ReadonlyMap<string, string>>;

/** Each opened text is one that its entry committed to when it was written. Also gives them, for the checks that read them. */
export function checkDisclosures({ files, entries, manifest, tools }: Subject): {
  check: Check;
  opened: OpenedByIndex;
} {
  const opened = new Map<bigint, Map<string, string>>();
  if (!manifest) return { check: notChecked('disclosures', 'Sans manifeste, aucune entrée n’est lue.'), opened };
  const lines = readLines(files.get(FILES.disclosures), LINES.disclosures);
  if (!lines) return { check: fail('disclosures', `${FILES.disclosures} manque ou ne se lit pas.`), opened };
  const details =
    lines.length === manifest.disclosures
      ? []
      : [`${manifest.disclosures} ouvertures annoncées, ${lines.length} présentes.`];
  let last: { entry: ExportedEntry; digests: readonly string[] } | undefined;
  for (const { index = '', disclosure = '' } of lines) {
    const entry = entries.byIndex.get(readDecimal(index) ?? -1n);
    if (!entry) {
      details.push(`Entrée ${index}\u00a0: une ouverture, mais pas d’entrée.`);
      continue;
    }
    if (last?.entry !== entry) last = { entry, digests: digestsOf(entry) };
    const checked = checkDisclosure(tools.sha256, last.digests, disclosure);
    const names = opened.get(entry.index) ?? new Map<string, string>();
    if (!checked.ok)
      details.push(`Entrée ${index}\u00a0: ne s’est pas engagée sur ce qui est ouvert (${checked.fault}).`);
    else if (names.has(checked.name))
      details.push(`Entrée ${index}\u00a0: «\u00a0${checked.name}\u00a0» est ouvert deux fois.`);
    else opened.set(entry.index, names.set(checked.name, checked.value));
  }
  if (details.length > 0)
    return { check: fail('disclosures', 'Ce qui est ouvert n’est pas ce qui a été écrit.', details), opened };
  const line =
    lines.length === 0
      ? 'Rien n’est ouvert dans cet export\u00a0: seules les empreintes des données personnelles y sont.'
      : `${plural(lines.length, 'donnée ouverte', 'données ouvertes')}\u00a0: ce sur quoi ${plural(opened.size, 'entrée')} s’étaient engagées.`;
  return { check: pass('disclosures', line), opened };
}

/** Entries whose bytes are gone are told by an erasure; nothing that was erased from them is here. Erasures are listed. */
export function checkErasures({ files, entries, manifest }: Subject): Check {
  if (!manifest) return notChecked('erasures', 'Sans manifeste, aucune entrée n’est lue.');
  const lines = readLines(files.get(FILES.erasures), LINES.erasures);
  if (!lines) return fail('erasures', `${FILES.erasures} manque ou ne se lit pas.`);
  const details =
    lines.length === manifest.erasures ? [] : [`${manifest.erasures} effacements annoncés, ${lines.length} présents.`];
  const told: { begin: bigint; end: bigint }[] = [];
  const byId = new Map(entries.list.flatMap((entry) => (entry.facts ? [[entry.facts.id, entry.facts] as const] : [])));
  const said = lines.map((line) => {
    const { entry = '', what = '', ground = '', at = '', indices = '' } = line;
    const read = parseIntervals(indices);
    if (!read) details.push(`Effacement ${entry}\u00a0: ses places ne se lisent pas.`);
    if (what === 'period') told.push(...(read ?? []));
    const teller = byId.get(entry);
    if (teller && !TELLERS.test(teller.type))
      details.push(`Effacement ${entry}\u00a0: l’entrée de ce nom ne dit rien de tel.`);
    return `Effacé le ${at}\u00a0: ${WHAT[what] ?? what}${indices ? `, entrées ${indices}` : ' (rien ne dit plus lesquelles)'} (motif\u00a0: ${ground}).`;
  });
  const untold = outsideOf(told, entries.missing);
  if (untold.length > 0)
    details.push(`Entrées sans octets ni effacement qui le dise\u00a0: ${formatIntervals(intervalsOf(untold))}.`);
  if (details.length > 0) return fail('erasures', 'Des effacements ne sont pas ce qu’ils disent être.', details);
  if (lines.length === 0) return pass('erasures', 'Aucun effacement ne touche cet export.');
  const gone = entries.missing.length;
  return pass(
    'erasures',
    `${plural(lines.length, 'effacement déclaré', 'effacements déclarés')}${gone > 0 ? `\u00a0; il ne reste que l’empreinte de ${plural(gone, 'entrée')}` : ''}. Les preuves tiennent.`,
    shortened(said),
  );
}

const TELLERS = /^(erasure|retention)\./;
const WHAT: Readonly<Record<string, string>> = {
  field: 'une donnée',
  person: 'les données d’une personne',
  period: 'les entrées d’un mois',
  retention: 'des données arrivées à leur terme',
};
