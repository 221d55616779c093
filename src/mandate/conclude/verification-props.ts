import { themes } from '#organisation';
import { inGroups } from '#platform/ids/ids.ts';
import { birthdateInWords, momentOf } from '#platform/time/paris.ts';
import { birthplaceInWords, type Change, type FranceconnectIdentity, usagerName } from '#usager';
import type { VerificationProps } from '#views/mandate/conclude/verification-props.ts';
import { DURATION_WORDS, endOf, isDuration } from '../mandate.rules.ts';
import { DECLARATIONS } from './declarations.ts';
import type { Draft } from './draft.queries.ts';
import { type DraftRequest, headerOf } from './draft-page.ts';
import type { ConclusionPreview } from './preview-conclusion.ts';

const GENDERS = { female: 'Féminin', male: 'Masculin', unspecified: 'Non précisé' } as const;

const FIELDS: Record<string, string> = {
  familyName: 'Nom de naissance',
  givenName: 'Prénoms',
  birthdate: 'Date de naissance',
  gender: 'Sexe',
  birthplace: 'Lieu de naissance',
  birthcountry: 'Pays de naissance',
  preferredUsername: 'Nom d’usage',
  email: 'Adresse e-mail',
};

/** Page 3 as a view: everything in words. */
export function verificationProps(
  { frame, who, now }: DraftRequest,
  draft: Draft,
  preview: ConclusionPreview,
): Omit<VerificationProps, 'values' | 'errors'> {
  const { identity, known, changes, replaced, email, emailIsProfessional, seen } = preview;
  const { duration } = draft;
  if (!duration || !isDuration(duration)) throw new Error(`draft ${draft.id} has no duration`);
  return {
    ...{ frame, email, emailIsProfessional, seen, declarations: DECLARATIONS },
    draft: headerOf(draft, who),
    name: usagerName(identity),
    identity: identityInWords(identity),
    changes: known ? changesInWords(changes) : null,
    themes: themes
      .filter(({ key }) => draft.themes.includes(key))
      .map(({ key, title }) => ({ title, overIndebtedness: key === 'argent' })),
    duration: DURATION_WORDS[duration],
    ends: momentOf(endOf(duration, now)),
    replaced: replaced.map(({ theme, number, endsAt }) => ({
      theme: themes.find(({ key }) => key === theme)?.title ?? theme,
      number: inGroups(number).replaceAll('\u00a0', ' '), // may be cut between two groups
      ends: momentOf(endsAt),
    })),
    sessionLeftOpen: draft.franceconnectOpenedAt !== null,
  };
}

function identityInWords(identity: FranceconnectIdentity): VerificationProps['identity'] {
  return {
    givenNames: identity.givenName,
    birthName: identity.familyName,
    usageName: identity.preferredUsername,
    birthdate: birthdateInWords(identity.idpBirthdate ?? identity.birthdate),
    birthplace: birthplaceInWords(identity),
    gender: GENDERS[identity.gender],
  };
}

/** What a presumed date was before is of no use to who compares. */
function changesInWords(changes: readonly Change[]): NonNullable<VerificationProps['changes']> {
  return changes.flatMap(({ field, before, after }) => {
    const name = FIELDS[field];
    if (!name) return [];
    return [{ field: name, before: valueInWords(field, before), after: valueInWords(field, after) }];
  });
}

function valueInWords(field: Change['field'], value: string | null): string {
  if (!value) return 'rien';
  if (field === 'birthdate') return birthdateInWords(value);
  if (field === 'gender') return GENDERS[value as keyof typeof GENDERS];
  if (field === 'birthplace') return birthplaceInWords({ birthplace: value, birthcountry: '99100' });
  if (field === 'birthcountry') return birthplaceInWords({ birthplace: '', birthcountry: value });
  return value;
}
