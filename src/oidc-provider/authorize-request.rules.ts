import { claimsParameterFor, readPerimeter } from './perimeter.rules.ts';

/** RFC 6749 §4.1.2.1 and OpenID Connect Core §3.1.2.6. */
export type OAuthError = { error: string; description: string };

type Check = readonly [test: (params: URLSearchParams) => boolean, error: string, description: string];

/** `state` and `nonce`: printable ASCII; FranceConnect sends 64 characters. */
const BOUNDED_ASCII = /^[\x20-\x7e]{1,512}$/;
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;
const PROMPTS = new Set(['login', 'consent', 'none']);
export const ACR = 'eidas1';

/** What we read of a request; everything else is passed over (RFC 6749 §3.1). */
const KNOWN = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'prompt',
  'acr_values',
  'max_age',
  'claims',
  'code_challenge',
  'code_challenge_method',
] as const;

const words = (params: URLSearchParams, name: string) => (params.get(name) ?? '').split(' ').filter(Boolean);
const isGiven = (name: string) => (params: URLSearchParams) => params.has(name);

/** In this order; the first that holds refuses the request. */
const CHECKS: readonly Check[] = [
  [isGiven('client_secret'), 'invalid_request', 'a secret does not belong in an address'],
  [isGiven('client_assertion'), 'invalid_request', 'client authentication does not belong in an address'],
  [isGiven('access_token'), 'invalid_request', 'a token does not belong in an address'],
  [isGiven('request'), 'request_not_supported', 'request objects are not supported'],
  [isGiven('request_uri'), 'request_uri_not_supported', 'request objects are not supported'],
  [isGiven('registration'), 'registration_not_supported', 'clients are registered beforehand'],
  [(params) => KNOWN.some((name) => params.getAll(name).length > 1), 'invalid_request', 'a parameter is given twice'],
  [
    (params) => !BOUNDED_ASCII.test(params.get('state') ?? ''),
    'invalid_request',
    'state: 1 to 512 characters of ASCII',
  ],
  [(params) => params.get('response_type') !== 'code', 'unsupported_response_type', 'response_type must be code'],
  [
    (params) => (params.get('response_mode') ?? 'query') !== 'query',
    'invalid_request',
    'the only response_mode is query',
  ],
  [
    (params) => !BOUNDED_ASCII.test(params.get('nonce') ?? ''),
    'invalid_request',
    'nonce: 1 to 512 characters of ASCII',
  ],
  [
    (params) => (params.get('scope') ?? '').length > 500 || !SCOPE.test(params.get('scope') ?? ''),
    'invalid_scope',
    'scope is missing, too long or wrongly written',
  ],
  [(params) => !words(params, 'scope').includes('openid'), 'invalid_scope', 'scope must hold openid'],
  [
    (params) => words(params, 'prompt').some((prompt) => !PROMPTS.has(prompt)),
    'invalid_request',
    'prompt may be login or consent',
  ],
  [
    (params) => words(params, 'prompt').includes('none') && words(params, 'prompt').length > 1,
    'invalid_request',
    'prompt=none stands alone',
  ],
  [(params) => words(params, 'prompt').includes('none'), 'login_required', 'somebody has to choose for whom they act'],
  [
    (params) => params.has('acr_values') && !words(params, 'acr_values').includes(ACR),
    'unmet_authentication_requirements',
    `the only level is ${ACR}`,
  ],
  [
    (params) => params.has('max_age') && !/^\d{1,9}$/.test(params.get('max_age') ?? ''),
    'invalid_request',
    'max_age is a number of seconds',
  ],
  [
    (params) => params.has('code_challenge_method') && params.get('code_challenge_method') !== 'S256',
    'invalid_request',
    'the only code_challenge_method is S256',
  ],
  [
    (params) => params.has('code_challenge') !== params.has('code_challenge_method'),
    'invalid_request',
    'code_challenge and code_challenge_method go together',
  ],
  [
    (params) => params.has('code_challenge') && !/^[\w-]{43}$/.test(params.get('code_challenge') ?? ''),
    'invalid_request',
    'code_challenge is not a SHA-256',
  ],
];

/**
 * What becomes of a request whose client and redirect_uri are known: refused (more strictly than the standards ask, see the
 * table), or accepted in the words that the provider is handed.
 */
export function readRequest(
  params: URLSearchParams,
): { ok: true; accepted: URLSearchParams } | { ok: false; refused: OAuthError } {
  const [, error, description] = CHECKS.find(([test]) => test(params)) ?? [];
  if (error && description) return { ok: false, refused: { error, description } };
  const perimeter = readPerimeter(params.get('claims') ?? undefined);
  if (!perimeter.ok) return { ok: false, refused: { error: 'invalid_request', description: perimeter.fault } };
  return { ok: true, accepted: acceptedParams(params, perimeter.themes) };
}

/** The state to send back with an error: only when it is one, and is one that we would have accepted. */
export function stateToEcho(params: URLSearchParams): string | undefined {
  const [state, ...others] = params.getAll('state');
  return state !== undefined && others.length === 0 && BOUNDED_ASCII.test(state) ? state : undefined;
}

/**
 * What the provider is handed: the parameters we read, `prompt=login` (somebody chooses each time, so there is no single
 * sign-on here), one level, and the claims of every ID token. `max_age=0` is « now », which the provider would not remember.
 */
function acceptedParams(params: URLSearchParams, perimeter: readonly string[] | null): URLSearchParams {
  const accepted = new URLSearchParams();
  for (const name of ['client_id', 'redirect_uri', 'response_type', 'scope', 'state', 'nonce'] as const) {
    accepted.set(name, params.get(name) ?? '');
  }
  for (const name of ['code_challenge', 'code_challenge_method'] as const) {
    if (params.has(name)) accepted.set(name, params.get(name) ?? '');
  }
  if (params.has('max_age')) accepted.set('max_age', String(Math.max(1, Number(params.get('max_age')))));
  accepted.set('prompt', 'login');
  accepted.set('acr_values', ACR);
  accepted.set('claims', claimsParameterFor(perimeter));
  return accepted;
}
