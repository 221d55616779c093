import type { AdapterPayload } from 'oidc-provider';
import { sha256 } from '#platform/crypto/hashes.ts';
import { routes } from './provider-paths.ts';

export type Model = 'Interaction' | 'AuthorizationCode' | 'AccessToken';

/** Ids are the codes and tokens themselves: only this is kept. */
export function hashOfId(id: string): Buffer {
  return sha256(id);
}

/** What is kept: without the copies of the id that the library puts in, and without what is not there. */
export function stripped(payload: AdapterPayload): AdapterPayload {
  const { jti: _jti, uid: _uid, returnTo: _returnTo, grantId: _grantId, ...kept } = payload;
  return kept;
}

/** What the library wrote, from what was kept and the id it was asked for by. */
export function restored(model: Model, id: string, kept: AdapterPayload, publicUrl: string): AdapterPayload {
  if (model !== 'Interaction') return { ...kept, jti: id };
  return { ...kept, jti: id, returnTo: `${publicUrl}${resumePath(id)}` };
}

/** Where the library takes an answered request up again. */
export function resumePath(uid: string): string {
  return `${routes.authorization}/${uid}`;
}

const PREFIX = 'use:';

/** One account of the provider per use: two mandates never share anything there. */
export function accountOf(useId: string): string {
  return `${PREFIX}${useId}`;
}

export function idOfUse(accountId: string): string {
  if (!accountId.startsWith(PREFIX)) throw new Error('not an account of ours');
  return accountId.slice(PREFIX.length);
}

/** Claims of the ID token that a grant must hold, or the library leaves them out; `sub`, `acr`, `auth_time` need none. */
export const GRANTED_CLAIMS = ['rep_scope', 'act', 'mandate'];

/** The grant as the library knows it: every scope that was asked, for this account and partner, for as long as `source`. */
export function grantFrom(useId: string, source: AdapterPayload): AdapterPayload & { jti: string } {
  const { accountId, clientId, scope, iat, exp } = source;
  return {
    kind: 'Grant',
    jti: useId,
    accountId,
    clientId,
    iat,
    exp,
    openid: { scope, claims: GRANTED_CLAIMS },
  } as AdapterPayload & { jti: string };
}
