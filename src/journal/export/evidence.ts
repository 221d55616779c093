import { EVIDENCE_FILES, type EvidencePart, evidencePath, formatLines, LINES } from '../verify/index.ts';
import type { Archive } from './archive.ts';
import { ExportRefused } from './export.errors.ts';

/** What proves the consent to one mandate, as texts; tokens may have been erased before the rest. */
export type ExportedEvidence = {
  number: string;
  /** Id of the entry that concluded the mandate. */
  conclusion: string;
  idpId: string;
  acr: string;
  /** ISO 8601 UTC. */
  receivedAt: string;
  parts: { readonly [Part in Exclude<EvidencePart, 'about'>]?: string };
};

/** Places the evidence of one mandate. Throws when its conclusion is not among the entries: nothing would bind it. */
export function placeEvidence(
  archive: Archive,
  evidence: ExportedEvidence,
  indexOf: ReadonlyMap<string, bigint>,
): void {
  const { number, conclusion, idpId, acr, receivedAt, parts } = evidence;
  const index = indexOf.get(conclusion);
  if (index === undefined) {
    throw new ExportRefused(
      'not-published',
      `La conclusion du mandat ${number} n’est pas encore publiée\u00a0: réessayez dans une minute.`,
    );
  }
  const about = { number, index: String(index), idpId, acr, receivedAt };
  archive.add(evidencePath(number, 'about'), formatLines([about], LINES.about));
  for (const part of Object.keys(EVIDENCE_FILES) as EvidencePart[]) {
    const text = part === 'about' ? undefined : parts[part];
    if (text !== undefined) archive.add(evidencePath(number, part), text);
  }
}
