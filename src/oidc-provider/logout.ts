import type { KoaContextWithOIDC } from 'oidc-provider';
import { endActingFor } from '#mandate';
import type { AppContext } from '#platform/context.ts';
import { routes } from './provider-paths.ts';
import { personsNamed } from './subjects.ts';

/**
 * The end of a logout asked by a partner (RP-Initiated Logout 1.0). The library has verified the hint (expired is accepted)
 * and the address to go back to. There is no session here to close, hence nothing to ask the browser: instead of the form
 * that the library would post to itself — and that `form-action 'self'` would stop on its way out — it goes back at once.
 * Without a hint nobody is sent anywhere.
 */
export async function finishLogout(ctx: AppContext, request: KoaContextWithOIDC): Promise<void> {
  const { IdTokenHint: hint } = request.oidc.entities;
  const { post_logout_redirect_uri: back, state } = request.oidc.params ?? {};
  if (hint) await noteEnd(ctx, hint.payload);
  request.status = 303;
  if (!hint || typeof back !== 'string')
    return request.redirect(`${ctx.config.publicUrl}${routes.end_session}/success`);
  const address = new URL(back);
  if (typeof state === 'string') address.searchParams.set('state', state);
  request.redirect(address.href);
}

/** What this token had opened is closed: the aidant is no longer told that they act for this person. */
async function noteEnd(ctx: AppContext, payload: Record<string, unknown>): Promise<void> {
  const { aud, sub, act } = payload;
  const aidant = typeof act === 'object' && act !== null && 'sub' in act ? act.sub : undefined;
  if (typeof aud !== 'string' || typeof sub !== 'string' || typeof aidant !== 'string') return;
  const persons = await personsNamed(ctx.db, { clientId: aud, usager: sub, aidant });
  if (persons) await endActingFor(ctx, { clientId: aud, ...persons });
}
