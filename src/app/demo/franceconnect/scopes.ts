/** Claims of each scope on FranceConnect « low » (federation.md §1.3): groups, and each claim alone. */
export const claimsByScope = {
  openid: ['sub'],
  profile: ['given_name', 'given_name_array', 'family_name', 'birthdate', 'gender', 'preferred_username'],
  birth: ['birthplace', 'birthcountry'],
  identite_pivot: [
    'given_name',
    'given_name_array',
    'family_name',
    'birthdate',
    'gender',
    'birthplace',
    'birthcountry',
  ],
  given_name: ['given_name', 'given_name_array'],
  family_name: ['family_name'],
  birthdate: ['birthdate'],
  gender: ['gender'],
  birthplace: ['birthplace'],
  birthcountry: ['birthcountry'],
  preferred_username: ['preferred_username'],
  email: ['email'],
  idp_id: ['idp_id'],
  idp_birthdate: ['idp_birthdate'],
  amr: ['amr'],
};

/** Every claim that a `scope` parameter asks for, each once. */
export function claimsOfScope(scope: string): string[] {
  const byScope: Record<string, readonly string[]> = claimsByScope;
  return [...new Set(scope.split(' ').flatMap((name) => byScope[name] ?? []))];
}
