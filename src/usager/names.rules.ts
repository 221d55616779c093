import type { Usager } from './usager.ts';

type Named = Pick<Usager, 'givenName' | 'familyName' | 'preferredUsername' | 'gender'>;

const LIGATURES: Record<string, string> = { œ: 'oe', æ: 'ae', ø: 'o', ł: 'l', đ: 'd', ß: 'ss' };
const BORN = { female: 'née', male: 'né', unspecified: 'né(e)' } as const;

/**
 * A text as names are searched: lower case, no accents, œ and æ in two letters; apostrophes, hyphens and every other sign
 * become spaces, in groups of one. Holds letters, digits and spaces only, so it can stand inside a LIKE; empty when nothing is left.
 */
export function searchNameOf(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[œæøłđß]/g, (letter) => LIGATURES[letter] ?? letter)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** What `usager.search_name` holds: usage name, birth name, given names, so that any of them finds the person. */
export function searchNameOfPerson({ preferredUsername, familyName, givenName }: Omit<Named, 'gender'>): string {
  return searchNameOf(`${preferredUsername ?? ''} ${familyName} ${givenName}`);
}

/** How a person is named on pages: « Martine DURAND, née LEFÈVRE », with all given names; without usage name, the birth name alone. */
export function usagerName({ givenName, familyName, preferredUsername, gender }: Named): string {
  const birthName = upper(familyName);
  const usageName = preferredUsername ? upper(preferredUsername) : birthName;
  return usageName === birthName
    ? `${givenName} ${birthName}`
    : `${givenName} ${usageName}, ${BORN[gender]} ${birthName}`;
}

/** The initials of the first given name and of the name in use: « M. D. », all that a public check may say of a person. */
export function initialsOf({ givenName, familyName, preferredUsername }: Omit<Named, 'gender'>): string {
  return [givenName, preferredUsername ?? familyName].map((name) => `${initial(name)}.`).join('\u00a0');
}

function initial(name: string): string {
  return upper(name.match(/\p{L}\p{M}*/u)?.[0] ?? '');
}

function upper(text: string): string {
  return text.toLocaleUpperCase('fr');
}
