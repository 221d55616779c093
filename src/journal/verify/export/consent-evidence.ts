import { utf8, utf8Text } from '../bytes.ts';
import { EVIDENCE_FILES, type EvidencePart, evidencePath } from './layout.ts';
import { LINES, type Line, readLines } from './lines.ts';
import type { Files } from './sums.ts';

/** The texts of the evidence of one mandate that are here. */
export type Evidence = { readonly [Part in EvidencePart]?: string };
/** What does not hold, and what could not be looked at, in French. */
export type Findings = { faults: string[]; unknown: string[] };

/** What even evidence without a fault does not prove, in French. */
export const CONSENT_DOES_NOT_PROVE: readonly string[] = [
  'Que le texte a bien été affiché devant la personne, et qu’elle l’a compris\u00a0: cela, le service et l’aidant l’attestent. FranceConnect n’a vu qu’une empreinte.',
  'Que la personne présente était celle du compte\u00a0: FranceConnect dit qui s’est identifié, l’aidant déclare avoir comparé.',
  'Que les clés jointes sont bien celles de FranceConnect, et celles du sceau bien celles du service\u00a0: comparez-les avec celles qui sont publiées ou archivées.',
  'Ce qui a été fait ensuite avec le mandat.',
];

export function evidenceOf(files: Files, number: string): Evidence {
  const parts = (Object.keys(EVIDENCE_FILES) as EvidencePart[]).map((part) => {
    const bytes = files.get(evidencePath(number, part));
    return [part, bytes && utf8Text(bytes)] as const;
  });
  return Object.fromEntries(parts.filter(([, text]) => text !== undefined));
}

/** What is said beside the evidence: one line, of the mandate whose folder it is in; undefined when it is not that. */
export function aboutOf({ about }: Evidence, number: string): Line | undefined {
  const lines = readLines(utf8(about ?? ''), LINES.about) ?? [];
  const [line] = lines;
  return lines.length === 1 && line?.number === number ? line : undefined;
}
