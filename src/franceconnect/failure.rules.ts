import { ClientError, ResponseBodyError } from 'openid-client';
import { readReference, reasonOf } from './callback.rules.ts';
import { InvalidAnswer, type Refused, Unavailable } from './franceconnect.errors.ts';

/**
 * The outcome that an error during an exchange amounts to. An error that is neither ours nor the library's comes from the
 * program itself and is thrown again.
 */
export function refusalOf(error: unknown): Refused {
  const ours = oursIn(error);
  if (ours) return { ok: false, reason: ours instanceof Unavailable ? 'unavailable' : 'invalid-answer' };
  if (error instanceof ResponseBodyError) {
    const reason = reasonOf(error.error);
    const reference = readReference(error.cause.error_uri);
    // Refused at the token endpoint, it is not the person who gave up.
    return {
      ok: false,
      reason: reason === 'access-denied' ? 'invalid-answer' : reason,
      ...(reference && { reference }),
    };
  }
  if (error instanceof ClientError || codeOf(error)) return { ok: false, reason: 'invalid-answer' };
  throw error;
}

/** A code for the log: never a message, a claim or a body, which may quote what FranceConnect sent. */
export function faultOf(error: unknown): string {
  const ours = oursIn(error);
  if (ours) return ours.fault;
  if (error instanceof ResponseBodyError) return /^[a-z_]{1,40}$/.test(error.error) ? error.error : 'token-error';
  const claim = claimOf(error);
  return `${codeOf(error) ?? 'unexpected'}${claim && `:${claim}`}`;
}

/** openid-client wraps what its fetch threw. */
function oursIn(error: unknown): Unavailable | InvalidAnswer | undefined {
  if (error instanceof Unavailable || error instanceof InvalidAnswer) return error;
  return error instanceof ClientError && error.cause !== undefined ? oursIn(error.cause) : undefined;
}

/** The claim that openid-client found wrong: its name only. */
function claimOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error) return claimOf(cause);
  const claim = typeof cause === 'object' && cause !== null && 'claim' in cause ? cause.claim : '';
  return typeof claim === 'string' ? claim : '';
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return /^OAUTH_[A-Z_]{1,60}$/.test(error.code) ? error.code : undefined;
}
