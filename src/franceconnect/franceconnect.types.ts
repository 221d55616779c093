import type { FranceconnectIdentity } from '#usager';
import type { Refused } from './franceconnect.errors.ts';

/** What FranceConnect signed, to the byte, and the keys that verify it: enough to check everything again later, offline. */
export type Evidence = {
  idToken: string;
  userinfo: string;
  /** The JWKS document, as served. */
  jwks: string;
  idpId: string;
  acr: string;
  /** ISO 8601, by our clock. */
  receivedAt: string;
};

export type Redeemed = { ok: true; identity: FranceconnectIdentity; evidence: Evidence };
export type Redemption = Redeemed | Refused;

/** Where to send the browser; refused while FranceConnect does not say its addresses. */
export type Address = { ok: true; url: string } | { ok: false; reason: 'unavailable' | 'invalid-answer' };

export type Franceconnect = {
  /** `state` and `nonce` are the caller's, one of each per attempt; the nonce has 22 characters at least (federation.md §1.2). */
  authorizationUrl(request: { state: string; nonce: string }): Promise<Address>;
  /**
   * The answer that came back on /franceconnect/retour, with the state and nonce of the attempt it belongs to. A code is
   * redeemed once: the caller makes sure that an attempt is.
   */
  redeem(answer: { callbackParameters: URLSearchParams; state: string; nonce: string }): Promise<Redemption>;
  /**
   * Ends the person's session at FranceConnect; the browser comes back on /franceconnect/fin with this state. Without the
   * ID token of the session, FranceConnect asks first.
   */
  endSessionUrl(session: { idTokenHint: string | null; state: string }): Promise<Address>;
};
