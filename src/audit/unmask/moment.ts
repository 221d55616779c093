import { inWords } from '#platform/time/paris.ts';

/** An instant for a page: for machines, and in words with its day and hour. */
export const momentOf = (instant: Date) => ({ iso: instant.toISOString(), words: inWords(instant) });

/** A structure and where it is: « CCAS d'Arras (62) ». */
export const placeOf = (at: { organisationName: string; departement: string }) =>
  `${at.organisationName} (${at.departement})`;
