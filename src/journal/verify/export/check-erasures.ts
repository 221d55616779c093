import { firstThat } from './bisect.ts';
import { placeKey } from './by-place.ts';
import type { OpenedByIndex } from './check-disclosures.ts';
import { clearOf, type ExportedEntry } from './entries.ts';
import { contradiction, type ErasureLine, erasureTold, periodOf, readErasures, tellsErasure } from './erasure-lines.ts';
import { tellsTokens } from './gone-tokens.ts';
import { formatIntervals, type Intervals, intervalsOf, outsideOf } from './intervals.ts';
import { FILES } from './layout.ts';
import type { Manifest } from './manifest.ts';
import { type Check, fail, firstTold, notChecked, pass, plural, shortened } from './report.ts';
import type { Subject } from './subject.ts';

/** What was found of one line. `doubt`: why what it tells is not proven here. `gone`: the places it accounts for. */
type Finding = { told: () => string; faults: readonly string[]; doubt?: string | undefined; gone: Intervals };

/**
 * Entries whose bytes are gone are told by a proven entry `erasure.period` of this log and of these places; nothing that was
 * erased is here. A line of the file alone proves nothing: without the entry that tells it, it is NOT CHECKED.
 */
export function checkErasures(subject: Subject, opened: OpenedByIndex): Check {
  const { files, entries, elsewhere, manifest } = subject;
  if (!manifest) return notChecked('erasures', 'Sans manifeste, aucune entrée n’est lue.');
  const lines = readErasures(files.get(FILES.erasures));
  if (!lines) return fail('erasures', `${FILES.erasures} manque ou ne se lit pas.`);
  const named = lines.map(({ entry }) => entry);
  if (new Set(named).size < lines.length) return fail('erasures', 'Un effacement est donné deux fois.');
  if (named.some((entry, at) => at > 0 && entry < (named[at - 1] ?? '')))
    return fail('erasures', `${FILES.erasures} n’est pas dans l’ordre.`);
  const tellers = new Map([...elsewhere.list, ...entries.list].map((entry) => [entry.facts?.id, entry]));
  const context = { subject, manifest, tellers, opened };
  const findings = lines.map((line) => findingOf(context, line));
  const faults = [
    ...(lines.length === manifest.erasures
      ? []
      : [`${manifest.erasures} effacements annoncés, ${lines.length} présents.`]),
    ...findings.flatMap((found) => found.faults),
    ...unlisted(subject, new Set(named)),
    ...untold(entries.missing, findings),
  ];
  if (faults.length > 0) return fail('erasures', 'Des effacements ne sont pas ce qu’ils disent être.', faults);
  return answer(entries.missing, findings);
}

/** What tells an erasure is given beside for its line alone, or for evidence that reached its term. */
function unlisted({ entries, elsewhere }: Subject, named: ReadonlySet<string>): string[] {
  const beside = [...entries.list.filter((entry) => entry.beside), ...elsewhere.list];
  return beside
    .filter((entry) => tellsErasure(entry) && !tellsTokens(entry) && !named.has(entry.facts?.id ?? ''))
    .map(({ index }) => `L’entrée ${index} dit un effacement que ${FILES.erasures} ne donne pas.`);
}

function untold(missing: readonly bigint[], findings: readonly Finding[]): string[] {
  const places = outsideOf(
    findings.flatMap(({ gone }) => gone),
    missing,
  );
  if (places.length === 0) return [];
  return [`Entrées sans octets ni effacement qui le dise\u00a0: ${formatIntervals(intervalsOf(places))}.`];
}

function answer(missing: readonly bigint[], findings: readonly Finding[]): Check {
  if (findings.length === 0) return pass('erasures', 'Aucun effacement n’est déclaré pour ces entrées.');
  const told = plural(findings.length, 'effacement déclaré', 'effacements déclarés');
  const said = firstTold(findings, (found) => found.told());
  const doubts = findings.flatMap(({ doubt }) => doubt ?? []);
  if (doubts.length > 0) {
    const hidden =
      missing.length > 0
        ? ` ${plural(missing.length, 'entrée')} sans octets\u00a0: RIEN NE PROUVE ICI QU’ELLES ONT TOUTES ÉTÉ EFFACÉES.`
        : '';
    return notChecked('erasures', `${told}, dont ${doubts.length} sans preuve ici.${hidden}`, [
      ...shortened(doubts),
      ...said,
    ]);
  }
  const left = missing.length > 0 ? `\u00a0; il ne reste que l’empreinte de ${plural(missing.length, 'entrée')}` : '';
  return pass('erasures', `${told}${left}. Les preuves tiennent.`, said);
}

type Context = {
  subject: Subject;
  manifest: Manifest;
  tellers: ReadonlyMap<string | undefined, ExportedEntry>;
  opened: OpenedByIndex;
};

function findingOf(context: Context, line: ErasureLine): Finding {
  const teller = context.tellers.get(line.entry);
  const named = `Effacement ${line.entry}`;
  const { gone } = line;
  if (!teller) {
    const told = () => `${erasureTold(line, { persons: line.what === 'person' })}. L’entrée qui le dit n’est pas ici.`;
    const doubt = `${named}\u00a0: l’entrée qui le dit n’est pas dans cet export.`;
    return { told, faults: [], doubt, gone };
  }
  const persons = line.what === 'person' || Number(clearOf(teller).persons ?? 0) > 0;
  const told = () => `${erasureTold(line, { persons })}.`;
  const fault = contradiction(line, teller) ?? contentFault(context, line, teller);
  if (fault !== undefined) return { told, faults: [`${named}\u00a0: ${fault}.`], gone: [] };
  const sure = gone.length === 0 || isSure(context.manifest, line, teller);
  const doubt = sure ? undefined : `${named}\u00a0: l’entrée dit combien d’entrées sont effacées, pas lesquelles.`;
  return { told, faults: [], doubt, gone };
}

/** What the entry's own content contradicts. */
function contentFault(context: Context, line: ErasureLine, teller: ExportedEntry): string | undefined {
  if (line.what === 'field') return fieldFault(context, line, teller);
  return line.gone.length > 0 ? periodFault(context, line, teller) : undefined;
}

function fieldFault(
  { tellers, subject, opened }: Context,
  line: ErasureLine,
  teller: ExportedEntry,
): string | undefined {
  const { entry, field } = clearOf(teller);
  const touched = typeof entry === 'string' ? tellers.get(entry) : undefined;
  const here = touched && subject.entries.byIndex.get(placeKey(touched.index)) === touched ? touched : undefined;
  if (line.indices !== (here ? String(here.index) : '')) return 'l’entrée parle d’une autre place';
  const open = here && typeof field === 'string' && opened.get(placeKey(here.index))?.has(field);
  return open ? `«\u00a0${field}\u00a0» est effacé, et pourtant ouvert` : undefined;
}

function periodFault({ manifest, subject }: Context, { gone }: ErasureLine, teller: ExportedEntry): string | undefined {
  const period = periodOf(teller);
  if (period?.log !== manifest.log) return 'l’entrée parle d’un autre journal, ou d’aucune place';
  const { first, last, entries } = period;
  if (gone.some(({ begin, end }) => begin < first || end > last + 1n)) return 'l’entrée parle d’autres places';
  if (placesIn(gone) > entries)
    return `l’entrée parle de ${entries} entrées, ${placesIn(gone)} sont données pour effacées`;
  const kept = firstWithin(gone, subject.entries.list);
  return kept && `l’entrée ${kept.index} est donnée pour effacée, et elle est là`;
}

/** The first of these entries, in the order of the log, that is in one of the intervals. */
function firstWithin(intervals: Intervals, list: readonly ExportedEntry[]): ExportedEntry | undefined {
  for (const { begin, end } of intervals) {
    const next = list[firstThat(list, ({ index }) => index >= begin)];
    if (next && next.index < end) return next;
  }
  return undefined;
}

/** The entry tells a number and two ends. They name each place when none is left between, or when all are in this export. */
function isSure({ from, to }: Manifest, { gone }: ErasureLine, teller: ExportedEntry): boolean {
  const period = periodOf(teller);
  if (!period) return false;
  const { first, last, entries } = period;
  return last - first + 1n === entries || (from <= first && last < to && placesIn(gone) === entries);
}

const placesIn = (intervals: Intervals) => intervals.reduce((sum, { begin, end }) => sum + end - begin, 0n);
