import { type EvidencePart, evidenceParts, evidencePath, formatLines, LINES, tokenPaths } from '../verify/index.ts';
import type { Archive } from './archive.ts';
import { ExportRefused } from './export.errors.ts';

/** What proves the consent to one mandate, as texts; tokens may have been erased before the rest. */
export type ExportedEvidence = {
  number: string;
  /** Id of the entry that concluded the mandate. */
  conclusion: string;
  idpId: string;
  acr: string;
  parts: { readonly [Part in Exclude<EvidencePart, 'about'>]?: string };
};

/**
 * Places the evidence of one mandate; answers whether the tokens of FranceConnect are gone from it. What is known from them is
 * then not told either. Throws when its conclusion is not among the entries: nothing would bind it.
 */
export function placeEvidence(
  archive: Archive,
  evidence: ExportedEvidence,
  indexOf: ReadonlyMap<string, bigint>,
): boolean {
  const { number, conclusion, parts } = evidence;
  const paths = tokenPaths(number);
  const gone = evidenceParts.some(
    (part) => paths.includes(evidencePath(number, part)) && !(part !== 'about' && parts[part]),
  );
  const { idpId, acr } = gone ? { idpId: '', acr: '' } : evidence;
  const index = indexOf.get(conclusion);
  if (index === undefined) {
    throw new ExportRefused(
      'not-published',
      `La conclusion du mandat ${number} n’est pas encore publiée\u00a0: réessayez dans une minute.`,
    );
  }
  const about = { number, index: String(index), idpId, acr };
  archive.add(evidencePath(number, 'about'), formatLines([about], LINES.about));
  for (const part of evidenceParts) {
    const [path, text] = [evidencePath(number, part), part === 'about' ? undefined : parts[part]];
    if (text !== undefined && !(gone && paths.includes(path))) archive.add(path, text);
  }
  return gone;
}
