import { type CanonicalValue, canonicalJson } from '#platform/crypto/canonical-json.ts';
import { type ChangeableField, type FranceconnectIdentity, PIVOT_FIELDS, type Usager } from './usager.ts';

/** A field of a person, as it was and as it is now; null where there was or is nothing. */
export type Change = { field: ChangeableField; before: string | null; after: string | null };

/** What FranceConnect may leave out: kept as it was when it does. */
const OPTIONAL_FIELDS = ['preferredUsername', 'idpBirthdate', 'email'] as const;

/** What an identity changes of a person known already. */
export function changesOf(known: Usager, told: FranceconnectIdentity): Change[] {
  const given = [...PIVOT_FIELDS, ...OPTIONAL_FIELDS.filter((field) => told[field] !== null)];
  return given
    .filter((field) => known[field] !== told[field])
    .map((field) => ({ field, before: known[field], after: told[field] }));
}

/** One side of the changes as the journal commits to it; what there was not is left out. */
export function sideOf(changes: readonly Change[], side: 'before' | 'after'): string {
  const present = changes.filter((change) => change[side] !== null).map((change) => [change.field, change[side]]);
  return canonicalJson(Object.fromEntries(present) as CanonicalValue);
}
