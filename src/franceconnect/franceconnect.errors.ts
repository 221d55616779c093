/** Why an answer of FranceConnect leads to no identity; each has its page. */
export type RefusalReason =
  /** The person gave up, or FranceConnect refused them (its code says which). */
  | 'access-denied'
  /** FranceConnect is down, slow or overloaded: try again later. */
  | 'unavailable'
  /** What came back proves nothing: wrong state, signature, nonce, audience, date, or an error of configuration. */
  | 'invalid-answer'
  /** Identified through Entremise itself: a mandate must not be used to sign a wider one. */
  | 'own-idp'
  /** FranceConnect does not say through whom the person identified. */
  | 'idp-missing'
  /** A field of the pivot identity is absent or has not the form FranceConnect documents. */
  | 'incomplete-identity'
  | 'acr-too-low';

/** FranceConnect's own error code and the id of the incident, to quote to its support. */
export type Reference = { code: string; id?: string };

export type Refused = {
  ok: false;
  reason: RefusalReason;
  reference?: Reference;
  /** With `incomplete-identity`: the names of the claims at fault, never their values. */
  fields?: string[];
  /**
   * The ID token, when FranceConnect gave a signed one and the refusal came after: the person's session there is open, and
   * `endSessionUrl` closes it. Good for nothing else.
   */
  idTokenHint?: string;
};

/** FranceConnect did not answer, or answered that it cannot just now. `fault` is for the log: a code, never a body. */
export class Unavailable extends Error {
  readonly fault: string;
  constructor(fault: string) {
    super('FranceConnect is unavailable');
    this.name = 'Unavailable';
    this.fault = fault;
  }
}

/** FranceConnect, or someone in its place, answered something we do not accept. `fault` is for the log, as above. */
export class InvalidAnswer extends Error {
  readonly fault: string;
  constructor(fault: string) {
    super('the answer of FranceConnect is not valid');
    this.name = 'InvalidAnswer';
    this.fault = fault;
  }
}
