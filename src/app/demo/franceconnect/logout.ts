import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { BrowserSession } from './browser-sessions.ts';
import { prefix, type Simulation } from './context.ts';
import { FcFailure, fcErrors } from './errors.ts';
import { endSessionRequest } from './identity-provider-client.ts';
import { askLogoutPage, loggedOutPage, logoutPage } from './pages.ts';

/**
 * The first half of a logout (federation.md §1.6). The form that ends the provider's session is kept while the browser
 * closes the session at the identity provider, then sent at its return on `/client/logout-callback`.
 * Without `id_token_hint` the person is asked first.
 */
export async function renderLogout(simulation: Simulation, ctx: KoaContextWithOIDC, form: string): Promise<void> {
  const session = simulation.sessions.of(ctx.req as Request);
  if (simulation.faults.current.logoutDoesNotReturn) {
    if (session) simulation.sessions.destroy(session);
    ctx.body = loggedOutPage();
    return;
  }
  if (!session) {
    ctx.body = logoutPage(form);
    return;
  }
  session.logout = { form, state: randomBytes(32).toString('hex') };
  if (!ctx.oidc.entities.IdTokenHint) {
    ctx.body = askLogoutPage(session.csrf);
    return;
  }
  const elsewhere = await identityProviderLogout(simulation, session, session.logout.state);
  if (elsewhere === undefined) {
    simulation.sessions.destroy(session);
    ctx.body = logoutPage(form);
  } else {
    ctx.redirect(elsewhere);
    ctx.status = 303;
  }
}

async function identityProviderLogout(
  simulation: Simulation,
  { account }: BrowserSession,
  state: string,
): Promise<string | undefined> {
  const idp = account && simulation.registry.identityProvider(account.idpUid);
  if (!idp || account.idpIdToken === undefined) return undefined;
  const returnTo = `${simulation.url}${prefix}/client/logout-callback`;
  return endSessionRequest(idp, { idToken: account.idpIdToken, returnTo, state });
}

/** The person said yes to a logout that no service had asked for. */
export async function disconnectFromIdp(simulation: Simulation, request: Request, response: Response): Promise<void> {
  const session = simulation.sessions.of(request);
  if (!session?.logout) throw new FcFailure(fcErrors.sessionLost);
  if (request.body?.csrfToken !== session.csrf) throw new FcFailure(fcErrors.csrf);
  const elsewhere = await identityProviderLogout(simulation, session, session.logout.state);
  if (elsewhere === undefined) finish(simulation, session, session.logout.form, response);
  else response.redirect(303, elsewhere);
}

/** The second half: the identity provider gave the browser back. FranceConnect does not look at the state; an audit does. */
export function logoutCallback(simulation: Simulation, request: Request, response: Response): void {
  const session = simulation.sessions.of(request);
  if (!session?.logout) throw new FcFailure(fcErrors.sessionLost);
  const { form, state } = session.logout;
  const idp = simulation.registry.identityProvider(session.account?.idpUid ?? '');
  if (idp?.audit && request.query.state !== state) {
    throw new FcFailure(fcErrors.wrongState, 'audit: the identity provider did not give the state of the logout back');
  }
  finish(simulation, session, form, response);
}

function finish(simulation: Simulation, session: BrowserSession, form: string, response: Response): void {
  simulation.sessions.destroy(session, response);
  response.send(logoutPage(form));
}

export function renderLogoutSuccess(ctx: KoaContextWithOIDC): void {
  ctx.body = loggedOutPage();
}
