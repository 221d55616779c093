import { createHash } from 'node:crypto';
import type { Persona, PivotIdentity } from './options.ts';

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Hash of the pivot identity; the place of birth counts only for people born in France (federation.md §1.3). */
export function identityHash(identity: PivotIdentity): string {
  const {
    given_name = '',
    family_name = '',
    birthdate = '',
    gender = '',
    birthplace = '',
    birthcountry = '',
  } = identity;
  return sha256(
    given_name + family_name + birthdate + gender + (birthcountry === '99100' ? birthplace : '') + birthcountry,
  );
}

/** The `sub` of one person for one entity: 64 hexadecimal digits and the suffix `v1`. */
export function pairwiseSub(entityId: string, personHash: string, secret: string): string {
  return `${sha256(entityId + personHash + secret)}v1`;
}

/** What `sub` is computed from: the pivot identity, unless the persona is one person under two civil statuses. */
export function personHash(identity: PivotIdentity, persona: Persona | undefined): string {
  return persona?.subjectKey === undefined ? identityHash(identity) : sha256(`subject:${persona.subjectKey}`);
}
