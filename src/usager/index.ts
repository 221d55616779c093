/**
 * The persons who are helped: who FranceConnect said they are, and the address they gave. Owns the table `usager` and the
 * events `usager.added` and `usager.changed`. Whoever concludes a mandate calls `saveIdentity`; the identity provider tells
 * `pivotClaims`. Who may see a person is decided by those who hold their mandates, not here.
 */
export { type Born, isMinor } from './age.rules.ts';
export { birthplaceInWords } from './birthplace.rules.ts';
export type { Change } from './changes.rules.ts';
export { readEmail } from './email.rules.ts';
export { type GivenEmail, giveOwnEmail, type OwnEmail } from './give-own-email.ts';
export { initialsOf, searchNameOf, usagerName } from './names.rules.ts';
export { pivotClaims } from './pivot-claims.rules.ts';
export { type Recognised, recogniseIdentity } from './recognise-identity.ts';
export { type SavedIdentity, saveIdentity } from './save-identity.ts';
export { type Actor, usagerEvents } from './usager.events.ts';
export { findUsager } from './usager.queries.ts';
export {
  type ChangeableField,
  type FranceconnectIdentity,
  type Gender,
  PIVOT_FIELDS,
  type Usager,
} from './usager.ts';
