import { z } from 'zod';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Keyring } from '#platform/crypto/keys.ts';
import { type Place, seal, unseal } from '#platform/crypto/seal.ts';

const evidenceSchema = z.strictObject({
  /** Canonical JSON of the terms and of every text shown. */
  terms: z.string(),
  shownTexts: z.string(),
  /** The 32 random bytes of the nonce, base64url. */
  salt: z.string(),
  /** As FranceConnect sent them: two signed JWT, and the keys that verified them. */
  idToken: z.string(),
  userinfo: z.string(),
  jwks: z.string(),
  idpId: z.string(),
  acr: z.string(),
  /** When we received them, ISO 8601 UTC. */
  receivedAt: z.string(),
});

/** What proves, later and to others, who identified to which terms. */
export type ConsentEvidence = z.infer<typeof evidenceSchema>;

/** The parts whose SHA-256 the journal commits to. */
const COMMITTED_PARTS = ['terms', 'shownTexts', 'salt', 'idToken', 'userinfo', 'jwks'] as const;
export type CommittedPart = (typeof COMMITTED_PARTS)[number];

/** The SHA-256 of each part that is there, in hexadecimal. */
export function evidenceHashes(evidence: ConsentEvidence): { [Part in CommittedPart]?: string } {
  const there = COMMITTED_PARTS.filter((part) => evidence[part] !== '');
  return Object.fromEntries(there.map((part) => [part, sha256(evidence[part]).toString('hex')]));
}

/** The same evidence once the tokens of FranceConnect have reached their term: empty texts in their places. */
export function withoutTokens(evidence: ConsentEvidence): ConsentEvidence {
  return { ...evidence, idToken: '', userinfo: '', jwks: '' };
}

/** Whether the tokens are still there: their term is shorter than that of the mandate. */
export function hasTokens(evidence: ConsentEvidence): boolean {
  return evidence.idToken !== '';
}

/** Where the evidence of a mandate stands. That of a draft stands on the draft. */
export function evidencePlace(mandateId: string): Place {
  return { table: 'consent_evidence', column: 'sealed', row: mandateId };
}

/** Throws when a member is missing or badly formed. */
export function sealEvidence({ keys }: { keys: Keyring }, place: Place, evidence: ConsentEvidence): Buffer {
  return seal(keys.data, place, JSON.stringify(evidenceSchema.parse(evidence)));
}

/** Throws when the bytes were made for another row, changed, or sealed with a key that is gone. */
export function openEvidence({ keys }: { keys: Keyring }, place: Place, sealed: Buffer): ConsentEvidence {
  return evidenceSchema.parse(JSON.parse(unseal(keys.data, place, sealed).toString()));
}
