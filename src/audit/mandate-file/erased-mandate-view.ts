import { inWords } from '#platform/time/paris.ts';
import type { ErasedMandateView } from '#views/audit/mandate-file/erased-mandate.tsx';
import { whenAndWhy } from '../entry/absent.rules.ts';
import { doubtsOfLife } from './doubts.rules.ts';
import type { ErasedMandate } from './erased-mandate.ts';
import { connectionRows, lifeRows } from './mandate-file-view.ts';
import { endInWords, themesInWords } from './mandate-file-words.ts';

/** What the page of an erased mandate shows. */
export function erasedMandateView(file: ErasedMandate): ErasedMandateView {
  const { alias, structure, erased, conclusion, counter, life } = file;
  return {
    alias,
    structure: structure.name,
    departement: structure.departement,
    erased: erased ? erasedInWords(erased) : null,
    doubts: [
      ...doubtsOfLife(life),
      ...(conclusion ? [] : ['Le journal n’a pas une conclusion, et une seule, pour ce mandat.']),
      ...(counter.complete ? [] : ['Les numéros des actes ne se suivent pas.']),
    ],
    themes: themesInWords(conclusion?.themes ?? []),
    starts: conclusion ? inWords(conclusion.startsAt) : null,
    ends: conclusion ? inWords(conclusion.endsAt) : null,
    end: endInWords(file),
    connections: connectionRows(file),
    ...lifeRows(file),
  };
}

function erasedInWords(by: NonNullable<ErasedMandate['erased']>): string {
  const what = by.kind === 'person' ? 'La personne a été effacée' : 'Le dossier de ce mandat a été effacé';
  return `${what} ${whenAndWhy(by)}.`;
}
