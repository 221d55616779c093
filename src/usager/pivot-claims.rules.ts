import type { Usager } from './usager.ts';

type Told = Pick<
  Usager,
  | 'givenName'
  | 'familyName'
  | 'preferredUsername'
  | 'gender'
  | 'birthdate'
  | 'idpBirthdate'
  | 'birthplace'
  | 'birthcountry'
  | 'email'
>;

/**
 * The person in the claims that FranceConnect takes from an identity provider (federation.md §1.4, §2.4), `sub` apart.
 * `birthplace` is there and empty for who was born abroad; `preferred_username` and `email` are there only when there is
 * one (FranceConnect refuses an identity without e-mail: the provider has to see to that before).
 */
export function pivotClaims(usager: Told): Record<string, string> {
  return {
    given_name: usager.givenName,
    family_name: usager.familyName,
    birthdate: birthdateToTell(usager),
    gender: usager.gender,
    birthplace: usager.birthplace,
    birthcountry: usager.birthcountry,
    ...(usager.preferredUsername && { preferred_username: usager.preferredUsername }),
    ...(usager.email && { email: usager.email }),
  };
}

/**
 * The presumed form (`1950-00-00`) when the date we were given is that one completed by the register (`1950-01-01`,
 * federation.md §1.3–1.4): so FranceConnect and the site behind it learn what they would have learnt from the person's
 * own provider. Where the two differ otherwise, the register corrected a mistake, and its date is told.
 */
function birthdateToTell({ birthdate, idpBirthdate }: Pick<Told, 'birthdate' | 'idpBirthdate'>): string {
  return idpBirthdate && completed(idpBirthdate) === birthdate ? idpBirthdate : birthdate;
}

function completed(birthdate: string): string {
  return birthdate.replace('-00-00', '-01-01').replace(/-00$/, '-01');
}
