/** A structure and where it is: « CCAS d'Arras (62) ». */
export const placeOf = (at: { organisationName: string; departement: string }) =>
  `${at.organisationName} (${at.departement})`;
