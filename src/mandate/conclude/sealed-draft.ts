import type { AppContext } from '#platform/context.ts';
import { seal, unseal } from '#platform/crypto/seal.ts';
import type { FranceconnectIdentity } from '#usager';

type Keys = Pick<AppContext, 'keys'>;

/** What belongs to one identification under way. */
export type Attempt = { state: string; nonce: string; salt: string };

type Column = 'attempt_sealed' | 'identity_sealed' | 'evidence_sealed' | 'id_token_hint_sealed';

/** Where a sealed column of a draft stands. */
export function draftPlace(draftId: string, column: Column) {
  return { table: 'mandate_draft', column, row: draftId };
}

export function sealAttempt({ keys }: Keys, draftId: string, attempt: Attempt): Buffer {
  return seal(keys.data, draftPlace(draftId, 'attempt_sealed'), JSON.stringify(attempt));
}

export function openAttempt({ keys }: Keys, draftId: string, sealed: Buffer): Attempt {
  return JSON.parse(unseal(keys.data, draftPlace(draftId, 'attempt_sealed'), sealed).toString());
}

/** Who identified, in which attempt of the draft, and by which answer of FranceConnect: what is put together later must agree. */
export type Identified = { attempt: number; userinfoSha256: string; identity: FranceconnectIdentity };

export function sealIdentity({ keys }: Keys, draftId: string, identified: Identified): Buffer {
  return seal(keys.data, draftPlace(draftId, 'identity_sealed'), JSON.stringify(identified));
}

export function openIdentity({ keys }: Keys, draftId: string, sealed: Buffer): Identified {
  return JSON.parse(unseal(keys.data, draftPlace(draftId, 'identity_sealed'), sealed).toString());
}

export function sealHint({ keys }: Keys, draftId: string, idToken: string): Buffer {
  return seal(keys.data, draftPlace(draftId, 'id_token_hint_sealed'), idToken);
}

export function openHint({ keys }: Keys, draftId: string, sealed: Buffer): string {
  return unseal(keys.data, draftPlace(draftId, 'id_token_hint_sealed'), sealed).toString();
}
