/**
 * The pivot identity as it travels in claims. `birthdate` is text: `1950-00-00` is legal before RNIPP rectifies it.
 * A field may be absent in a persona made to test that very case.
 */
export interface PivotIdentity {
  readonly given_name?: string;
  readonly family_name?: string;
  readonly birthdate?: string;
  readonly gender?: string;
  readonly birthplace?: string;
  readonly birthcountry?: string;
}

export interface Identity extends PivotIdentity {
  readonly email?: string;
  readonly preferred_username?: string;
}

/** What the register of natural persons (RNIPP) answers for an identity, other than « found ». */
export type RnippRefusal = 'single-echo' | 'multiple-echoes' | 'marital-name-only' | 'no-echo' | 'deceased';

/** Somebody who can identify with the built-in demonstration account. */
export interface Persona {
  /** Stable; the value of the button on the page that chooses the identity provider. */
  readonly key: string;
  readonly label: string;
  /** What this person is there to show, in one short French sentence. */
  readonly purpose: string;
  readonly identity: Identity;
  /** Personas with the same key receive the same `sub`: one person whose civil status changed. */
  readonly subjectKey?: string;
  readonly rnipp?: RnippRefusal;
}

/** A service provider (FS): a relying party of FranceConnect. */
export interface RelyingPartyOptions {
  readonly clientId: string;
  /** 32 characters at least, as FranceConnect demands. */
  readonly clientSecret: string;
  /** `sub` is one per person and entity: two relying parties of one entity see the same `sub`. */
  readonly entityId: string;
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  /** `openid` included. `amr` in this list also allows the claim `amr` to be asked in the ID token. */
  readonly scopes: readonly string[];
  /** Perimeters (labels of FranceConnect); empty = identity providers by mandate are accepted without conditions. */
  readonly repScope: readonly string[];
  /** Uids of identity providers that this service refuses. */
  readonly idpFilterExclude?: readonly string[];
  /** Uids that this service may name in `idp_hint`. */
  readonly allowedIdpHints?: readonly string[];
}

export type SigningAlgorithm = 'ES256' | 'RS256' | 'HS256';

export interface IdentityProviderEndpoints {
  readonly authorization: string;
  readonly token: string;
  readonly userinfo: string;
  readonly jwks?: string;
  readonly endSession?: string;
}

/** An identity provider (FI) of FranceConnect, of the kind « connection with a mandate ». */
export interface IdentityProviderOptions {
  /** Becomes the claim `idp_id` for relying parties. */
  readonly uid: string;
  readonly title: string;
  /** Expected `iss`, to the letter. */
  readonly issuer: string;
  /** Document of discovery. Without it `endpoints` is required. */
  readonly discoveryUrl?: string;
  readonly endpoints?: IdentityProviderEndpoints;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Default `ES256`. */
  readonly idTokenSignedResponseAlg?: SigningAlgorithm;
  /** Default `ES256`; `null` = plain JSON. */
  readonly userinfoSignedResponseAlg?: SigningAlgorithm | null;
  /** Default `['eidas1']`. */
  readonly allowedAcr?: readonly string[];
  /** Default `openid profile email birth`. */
  readonly scope?: string;
  /** Fails on what FranceConnect itself lets through: see `audit.rules.ts`. */
  readonly audit?: boolean;
}

/** The « alerte de connexion » that FranceConnect sends to the address in the identity. */
export interface AlertMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** The part of pino that is used. */
export interface SimulatorLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface FranceconnectOptions {
  /** 0 = a free port. */
  readonly port: number;
  /** Default `http://localhost:PORT`. The issuer is this plus `/api/v2`. */
  readonly publicUrl?: string;
  /** Where it listens: 127.0.0.1 unless said otherwise. */
  readonly host?: string | undefined;
  readonly relyingParties: readonly RelyingPartyOptions[];
  readonly identityProviders: readonly IdentityProviderOptions[];
  readonly personas: readonly Persona[];
  readonly faults?: Partial<import('./faults.ts').Faults>;
  readonly logger?: SimulatorLogger;
  readonly now: () => Date;
  /** A rejection makes the connection fail, as in FranceConnect. Without it no alert is sent. */
  readonly sendMail?: (message: AlertMail) => Promise<void> | void;
  /** Enters the computation of `sub`. A fixed value keeps every `sub` from one start of the demo to the next. */
  readonly subjectSecret?: string;
}
