import { createHash, randomUUID } from 'node:crypto';

/** One line of FranceConnect's table of errors (federation.md §1.7). */
export interface FcError {
  readonly code: string;
  /** HTTP status of the page. */
  readonly status: number;
  /** What the service provider receives when the person goes back to it. */
  readonly error: string;
  readonly description: string;
  /** What the person reads. */
  readonly message: string;
}

const technical = 'Une erreur technique est survenue. Fermez l’onglet de votre navigateur et recommencez la connexion.';
const identityProblem =
  'Un problème lié à vos données d’identité empêche la connexion d’aboutir. Contactez-nous pour corriger le problème.';
const expired = 'Votre session a expiré ou n’est pas valide. Fermez l’onglet de votre navigateur et recommencez.';
const aborted = 'user authentication aborted';
const technicalDescription = 'authentication aborted due to a technical error on the authorization server';

function define(code: string, status: number, error: string, message: string, description?: string): FcError {
  const byDefault = error === 'access_denied' ? aborted : technicalDescription;
  return { code, status, error, description: description ?? byDefault, message };
}

export const fcErrors = {
  /** A fault of the simulator itself. */
  unexpected: define('Y000000', 500, 'server_error', technical),
  authorizeParams: define('Y030007', 400, 'invalid_request', technical, 'invalid parameter'),
  claimAmr: define('Y100009', 400, 'server_error', technical),
  userAborted: define('Y030030', 303, 'access_denied', '', 'User auth aborted'),
  invalidIdpHint: define('Y030032', 303, 'invalid_idp_hint', '', 'an idp_hint was provided but is not allowed'),
  invalidAcr: define(
    'Y030033',
    303,
    'invalid_acr',
    '',
    'acr_value is not valid, should be equal one of these values, expected eidas1',
  ),
  missingIdentity: define('Y000004', 403, 'access_denied', technical),
  idpNotFound: define('Y020019', 500, 'server_error', technical),
  idpExcluded: define('Y020023', 403, 'access_denied', technical, technicalDescription),
  missingState: define('Y020021', 400, 'invalid_request', technical, technicalDescription),
  wrongState: define('Y020022', 403, 'invalid_request', technical, 'invalid state parameter'),
  missingCode: define('Y020025', 400, 'server_error', technical),
  tokenFailed: define('Y020026', 502, 'server_error', technical),
  userinfoFailed: define('Y020027', 502, 'server_error', technical),
  endSessionUrl: define('Y020028', 500, 'server_error', technical),
  missingSub: define('Y020029', 500, 'server_error', technical),
  tokenResult: define('Y020030', 500, 'server_error', technical),
  acrTooLow: define('Y100001', 500, 'server_error', technical),
  acrNotAllowed: define('Y100018', 400, 'invalid_request', technical, 'idp returned a not allowed acr value'),
  invalidIdentity: define('Y600006', 400, 'server_error', technical),
  repScope: define('Y600020', 400, 'access_denied', technical, technicalDescription),
  rnippSingleEcho: define('Y010004', 403, 'access_denied', identityProblem),
  rnippMultipleEchoes: define('Y010006', 403, 'access_denied', identityProblem),
  rnippMaritalName: define('Y010007', 403, 'access_denied', identityProblem),
  rnippNoEcho: define('Y010008', 403, 'access_denied', identityProblem),
  rnippTimeout: define('Y010011', 504, 'temporarily_unavailable', technical),
  deceased: define(
    'Y010015',
    403,
    'access_denied',
    'Les identifiants utilisés correspondent à une identité qui ne permet plus la connexion.',
  ),
  noEmail: define(
    'Y270001',
    500,
    'server_error',
    'Les informations sur votre identité sont incomplètes et ne permettent pas de vous connecter à votre service.',
  ),
  mailFailed: define('Y270002', 500, 'server_error', technical),
  sessionLost: define('Y190001', 401, 'access_denied', expired),
  csrf: define('Y470001', 403, 'access_denied', expired),
  unexpectedNavigation: define(
    'Y420001',
    400,
    'access_denied',
    'Fermez tous les onglets de FranceConnect, puis recommencez la connexion depuis le service.',
  ),
} as const satisfies Record<string, FcError>;

const byCode = new Map<string, FcError>(Object.values(fcErrors).map((error) => [error.code, error]));

export function errorOfCode(code: string): FcError | undefined {
  return byCode.get(code);
}

/** Thrown by a step of the journey; ends as a page of FranceConnect that offers to go back to the service. */
export class FcFailure extends Error {
  readonly definition: FcError;
  /** For the log and the page of the simulator; FranceConnect would show its code alone. */
  readonly detail: string;

  constructor(definition: FcError, detail = '', options?: ErrorOptions) {
    super(`${definition.code} ${detail}`.trim(), options);
    this.name = 'FcFailure';
    this.definition = definition;
    this.detail = detail;
  }
}

/** Codes that FranceConnect gives to errors which its library raised by itself. */
const libraryCodes: Record<string, string> = {
  'client is invalid': 'Y04EA6EF',
  invalid_redirect_uri: 'Y04C013C',
  invalid_client: 'Y0434A7B',
  invalid_grant: 'Y049E20B',
  invalid_token: 'Y040001',
};

export function libraryErrorCode(error: string, description: string): string {
  const known = libraryCodes[description] ?? libraryCodes[error];
  return (
    known ?? `Y04${createHash('sha256').update(`${error} ${description}`).digest('hex').slice(0, 5).toUpperCase()}`
  );
}

/** The address of the documentation of one error, as FranceConnect gives it to service providers. */
export function errorUri(code: string): string {
  return `https://docs.partenaires.franceconnect.gouv.fr/fs/fs-technique/fs-technique-erreurs/?code=${code}&id=${randomUUID()}`;
}
