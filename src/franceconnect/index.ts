/**
 * Entremise as a relying party of FranceConnect (federation.md §1, §4.6): one person identifies, and what FranceConnect
 * signed is handed back, checked, with the raw bytes that prove it. Owns no table and writes nothing: who calls it keeps
 * state and nonce, and decides what an identity is good for.
 */

export type { Reference, RefusalReason, Refused } from './franceconnect.errors.ts';
export { createFranceconnect } from './franceconnect.ts';
export type { Address, Evidence, Franceconnect, Redeemed, Redemption } from './franceconnect.types.ts';
export { readIdentity } from './identity.rules.ts';
