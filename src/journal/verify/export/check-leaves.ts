import { isTimestamp } from './layout.ts';
import { type Check, fail, notChecked, pass, plural, shortened } from './report.ts';
import type { Subject } from './subject.ts';

/** Each leaf is its own canonical form, of this log, and no act has the id of another. */
export function checkLeaves({ entries, manifest }: Subject): Check {
  if (!manifest) return notChecked('leaves', 'Sans manifeste, aucune entrée n’est lue.');
  const ids = new Set<string>();
  const details = entries.list.flatMap(({ index, facts }) => {
    if (!facts) return [`Entrée ${index}\u00a0: n’est pas de forme canonique, ou pas d’une entrée de ce journal.`];
    if (ids.has(facts.id)) return [`Entrée ${index}\u00a0: a l’identifiant d’une autre (${facts.id}).`];
    ids.add(facts.id);
    return [];
  });
  if (details.length > 0) return fail('leaves', 'Des entrées n’ont pas la forme qu’elles doivent avoir.', details);
  return pass('leaves', 'Chaque entrée est dans sa forme canonique\u00a0: elle ne peut être lue que d’une façon.');
}

/**
 * The set of numbers of a mandate is 1..n, without order in the log. Two acts with one number, or a number above the one of
 * the closing act, are a fault; a missing number is one where the export says that the mandate is whole.
 */
export function checkCounters({ entries, manifest }: Subject): Check {
  if (!manifest) return notChecked('counters', 'Sans manifeste, aucune entrée n’est lue.');
  const mandates = new Map<string, { numbers: number[]; last: number | undefined }>();
  for (const { facts } of entries.list) {
    if (facts?.alias === undefined || facts.mn === undefined) continue;
    const mandate = mandates.get(facts.alias) ?? { numbers: [], last: undefined };
    mandates.set(facts.alias, mandate);
    mandate.numbers.push(facts.mn);
    if (facts.type === CLOSING) mandate.last = facts.mn;
  }
  const whole = new Map(manifest.mandates.map(({ alias, number }) => [alias, number]));
  const faults: string[] = [];
  const gaps: string[] = [];
  for (const [alias, { numbers, last }] of mandates) {
    const named = nameOf(whole, alias);
    // sorted, and in no set: engines hash numbers in a way that anyone can foresee
    numbers.sort((one, other) => one - other);
    const highest = numbers.at(-1) ?? 0;
    const doubled = numbers.filter((number, at) => numbers[at - 1] === number);
    if (doubled.length > 0) faults.push(`${named}\u00a0: deux actes portent le numéro ${doubled[0]}.`);
    if (last !== undefined && highest > last)
      faults.push(`${named}\u00a0: des actes après sa fin (${highest} > ${last}).`);
    const missing = highest - (numbers.length - doubled.length);
    if (missing > 0)
      (whole.has(alias) ? faults : gaps).push(`${named}\u00a0: ${missing} numéros manquent sur ${highest}.`);
  }
  for (const alias of whole.keys())
    if (!mandates.has(alias)) faults.push(`${nameOf(whole, alias)}\u00a0: aucun acte numéroté.`);
  if (faults.length > 0) return fail('counters', 'Les numéros d’acte d’un mandat ne se suivent pas.', faults);
  return toldGaps({
    count: mandates.size,
    gaps,
    wholeLog: manifest.kind === 'range' && manifest.from === 0n,
    open: [...whole.keys()]
      .filter((alias) => mandates.get(alias)?.last === undefined)
      .map((alias) => nameOf(whole, alias)),
  });
}

/** The act that ends a mandate has its last number (journal.md §2.5). */
const CLOSING = 'mandate.ended';

/** `numbers`: of mandates, by their aliases. */
function nameOf(numbers: ReadonlyMap<string, string>, alias: string): string {
  const number = numbers.get(alias);
  return number ? `Mandat ${number}` : `Mandat d’alias ${alias}`;
}

type Told = {
  count: number;
  gaps: string[];
  wholeLog: boolean;
  /** Names of the mandates that are here whole, without an act that closes them. */
  open: readonly string[];
};

function toldGaps({ count, gaps, wholeLog, open }: Told): Check {
  if (gaps.length > 0) {
    const why = wholeLog
      ? 'Des actes peuvent être scellés après cet export, ou avoir été effacés'
      : 'Les autres actes sont hors de cet export';
    return notChecked(
      'counters',
      `Il manque des numéros d’acte\u00a0: ${gaps.length} sur ${plural(count, 'mandat')}. ${why}.`,
      shortened(gaps),
    );
  }
  if (count === 0) return pass('counters', 'Aucune entrée ne porte de numéro d’acte.');
  return pass(
    'counters',
    `${plural(count, 'mandat')}\u00a0: les numéros d’acte se suivent depuis le premier, sans manque ni double.`,
    shortened(open.map((named) => `${named}\u00a0: n’est pas clos, rien n’est dit des actes qui suivent.`)),
  );
}

/** Qualified timestamps have a place in the export; checking them needs a tool that this verifier does not have. */
export function checkTimestamps({ files }: Subject): Check[] {
  const tokens = [...files.keys()].filter(isTimestamp);
  if (tokens.length === 0) return [];
  return [
    notChecked(
      'timestamps',
      `${tokens.length} jetons d’horodatage sont joints. Ils se vérifient à part\u00a0: openssl ts -verify -data checkpoint -in JETON -CAfile AUTORITÉ.`,
      shortened(tokens),
    ),
  ];
}
