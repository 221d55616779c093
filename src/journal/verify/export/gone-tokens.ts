import { firstThat } from './bisect.ts';
import { clearOf, type ExportedEntry } from './entries.ts';
import { EVIDENCE_FILES, type EvidencePart, evidencePath } from './layout.ts';
import { isInstant } from './lines.ts';

/** The rule of retention under which FranceConnect's tokens leave the evidence of consent. */
export const TOKENS_RULE = 'federation-traces';

/** What goes with the tokens, before the rest of the evidence. */
const ERASABLE: readonly EvidencePart[] = ['idToken', 'userinfo', 'jwks'];

/** Paths of the pieces that the term of the tokens takes away: all of them or none. */
export const tokenPaths = (number: string): string[] => ERASABLE.map((part) => evidencePath(number, part));

export const evidenceParts = Object.keys(EVIDENCE_FILES) as EvidencePart[];

/** Whether an entry says that tokens reached their term. */
export const tellsTokens = (entry: ExportedEntry): boolean =>
  entry.facts?.type === 'retention.applied' && clearOf(entry).rule === TOKENS_RULE;

/** An entry that says that the tokens of mandates that started before (milliseconds) had reached their term. */
export type Term = { before: number; entry: ExportedEntry };

/** Those of these entries that say so, without those that say no more than an earlier one. */
export function termsIn(list: readonly ExportedEntry[]): readonly Term[] {
  const terms: Term[] = [];
  for (const entry of list) {
    const { before } = tellsTokens(entry) ? clearOf(entry) : {};
    const instant = typeof before === 'string' && isInstant(before) ? Date.parse(before) : Number.NaN;
    if (instant > (terms.at(-1)?.before ?? Number.NEGATIVE_INFINITY)) terms.push({ before: instant, entry });
  }
  return terms;
}

/** The first entry that says that the tokens of a mandate had reached their term: they count from when it starts, by its conclusion. */
export function tokensGoneBy(terms: readonly Term[], conclusion: ExportedEntry): ExportedEntry | undefined {
  const { startsAt } = clearOf(conclusion);
  const since = Date.parse(typeof startsAt === 'string' ? startsAt : '');
  return terms[firstThat(terms, ({ before }) => since < before)]?.entry;
}
