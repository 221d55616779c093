/**
 * How a person agreed, and how it can be shown later: the exact words they read, the terms whose salted hash is the nonce
 * that FranceConnect signs, the sealed evidence, the signed snapshot of what was concluded, and the command that computes
 * everything again. Owns the table `consent_evidence`; emits no event of its own (the conclusion commits to the hashes).
 * Called by the acts of a mandate, by `cli consent verify` and by the auditors' file of a mandate.
 */

export type { ConsentCheck, Verdict } from './consent-checks.ts';
export { consentText, linesOf, readConsentText } from './consent-text.rules.ts';
export type { ConsentSection, ConsentText } from './consent-text.schema.ts';
export { consentJobs, eraseTokens } from './erase-tokens.ts';
export { type ConsentEvidence, evidenceHashes, evidencePlace, openEvidence, sealEvidence } from './evidence.ts';
export { type SelectedMandates, selectMandates } from './select-mandates.ts';
export { mandateChannels, type Snapshot, type SnapshotWarning, snapshotWarnings } from './snapshot.schema.ts';
export {
  isSealedWithAKeyWeHave,
  readSnapshot,
  sealSnapshot,
  snapshotJwks,
  snapshotSealHolds,
  writeSnapshot,
} from './snapshot.ts';
export { CONSENT_CHANNEL, nonceOf, readTerms, type Terms, termsOf } from './terms.rules.ts';
export { type ConsentVerification, type Identification, verifyConsent } from './verify-consent.ts';
