import type { Selectable } from 'kysely';
import type { Usager as UsagerTable } from '#platform/db/tables.ts';

export type Gender = 'female' | 'male' | 'unspecified';

/**
 * A natural person as FranceConnect tells them (federation.md §1.4), checked and in Unicode NFC. `birthdate` is text, since
 * `1950-00-00` is legal; `birthplace` is a COG commune code, empty for who was born abroad; `birthcountry` a COG country code.
 */
export type FranceconnectIdentity = {
  sub: string;
  givenName: string;
  familyName: string;
  preferredUsername: string | null;
  gender: Gender;
  birthdate: string;
  /** What the identity provider said before the national register completed it: the presumed form, when there is one. */
  idpBirthdate: string | null;
  birthplace: string;
  birthcountry: string;
  email: string | null;
};

/** A person who was helped, as kept: everything but FranceConnect's `sub`, which only `saveIdentity` compares. */
export type Usager = Omit<Selectable<UsagerTable>, 'subHash' | 'subKeyId' | 'gender'> & { gender: Gender };

/** The six fields that FranceConnect identifies a person by. */
export const PIVOT_FIELDS = [
  'familyName',
  'givenName',
  'birthdate',
  'gender',
  'birthplace',
  'birthcountry',
] as const satisfies readonly (keyof Usager & keyof FranceconnectIdentity)[];

/** What may change of a person, by the names the journal says in clear. */
export const CHANGEABLE_FIELDS = [...PIVOT_FIELDS, 'preferredUsername', 'idpBirthdate', 'email', 'sub'] as const;

export type ChangeableField = (typeof CHANGEABLE_FIELDS)[number];
