import { sameSecret } from '#platform/crypto/hashes.ts';
import type { Reference, Refused } from './franceconnect.errors.ts';

/** What an authorization answer may hold; each at most once (RFC 6749 §3.1). */
const PARAMETERS = ['state', 'code', 'error', 'error_description', 'error_uri', 'iss'];
const LONGEST = 2048;

export type Callback = { ok: true; code: string } | (Refused & { fault: string });

/**
 * Reads what the browser brought back. The state is compared before anything else is looked at: whoever cannot give it
 * learns nothing and chooses no page (federation.md §1.7). `error_description` is never read: anyone can write it.
 */
export function readCallback(parameters: URLSearchParams, expected: { state: string; issuer: string }): Callback {
  const states = parameters.getAll('state');
  if (states.length !== 1 || !sameSecret(states[0] ?? '', expected.state)) return invalid('state');
  if (PARAMETERS.some((name) => parameters.getAll(name).length > 1)) return invalid('doubled-parameter');
  const issuer = parameters.get('iss'); // RFC 9207: a mix-up of providers
  if (issuer !== null && issuer !== expected.issuer) return invalid('iss-parameter');
  const error = parameters.get('error');
  if (error !== null) return readError(error, parameters.get('error_uri'));
  const code = parameters.get('code');
  if (!code || code.length > LONGEST || !/^[\x21-\x7e]+$/.test(code)) return invalid('code');
  return { ok: true, code };
}

function invalid(fault: string): Callback {
  return { ok: false, reason: 'invalid-answer', fault };
}

function readError(error: string, errorUri: string | null): Callback {
  const reference = readReference(errorUri);
  const fault = /^[a-z_]{1,40}$/.test(error) ? `error=${error}` : 'error';
  return { ok: false, reason: reasonOf(error), fault, ...(reference && { reference }) };
}

/** The reason that an OAuth error code amounts to, from the redirect or from the token endpoint. */
export function reasonOf(error: string): Refused['reason'] {
  if (error === 'access_denied') return 'access-denied';
  return error === 'temporarily_unavailable' || error === 'server_error' ? 'unavailable' : 'invalid-answer';
}

/** Code and incident from FranceConnect's `error_uri` (federation.md §1.7); anything that does not look like them is dropped. */
export function readReference(errorUri: unknown): Reference | undefined {
  if (typeof errorUri !== 'string' || errorUri.length > LONGEST || !URL.canParse(errorUri)) return undefined;
  const { searchParams } = new URL(errorUri);
  const code = searchParams.get('code') ?? '';
  const id = searchParams.get('id') ?? '';
  if (!/^Y[0-9A-F]{6,7}$/.test(code)) return undefined;
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? { code, id } : { code };
}
