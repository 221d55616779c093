import type { Request, Response } from 'express';
import { prefix, type Simulation } from './context.ts';
import { FcFailure, fcErrors } from './errors.ts';
import { acrRank, requestedAcr } from './identity.rules.ts';
import { authorizationRequest, checkState, redeem } from './identity-provider-client.ts';
import { abort, checkCsrf, type Journey, journeyOf } from './interaction.ts';
import type { RelyingPartyOptions } from './options.ts';
import { choosePage } from './pages.ts';
import { demoIdentityProvider } from './registry.ts';

export const callbackPath = `${prefix}/oidc-callback`;

export function isExcluded(service: RelyingPartyOptions, idpUid: string): boolean {
  return service.idpFilterExclude?.includes(idpUid) ?? false;
}

/** `GET /interaction/:uid`: straight on under single sign-on, else the page that chooses the identity provider. */
export async function showInteraction(simulation: Simulation, request: Request, response: Response): Promise<void> {
  const journey = await journeyOf(simulation, request, response, String(request.params.uid));
  const { service, session, params } = journey;
  if (simulation.faults.current.accessDenied) return abort(simulation, request, response, fcErrors.userAborted);
  if (acrRank(requestedAcr(params.acrValues)) > 0) return abort(simulation, request, response, fcErrors.invalidAcr);
  if (params.idpHint !== undefined && !service.allowedIdpHints?.includes(params.idpHint)) {
    return abort(simulation, request, response, fcErrors.invalidIdpHint);
  }
  if (asksAmr(params.claims) && !service.scopes.includes('amr')) throw new FcFailure(fcErrors.claimAmr);
  const account = simulation.sessions.liveAccount(session);
  if (account && !isExcluded(service, account.idpUid)) {
    return response.redirect(303, `${prefix}/interaction/${journey.uid}/verify`);
  }
  if (params.idpHint !== undefined) return goToIdentityProvider(simulation, journey, params.idpHint, response);
  const { banner } = session;
  delete session.banner;
  response.send(
    choosePage({
      serviceName: service.name,
      csrf: session.csrf,
      personas: simulation.options.personas,
      identityProviders: simulation.registry
        .identityProviders()
        .map((provider) => ({ ...provider, excluded: isExcluded(service, provider.uid) })),
      demoExcluded: isExcluded(service, demoIdentityProvider.uid),
      banner,
    }),
  );
}

function asksAmr(claims: string | undefined): boolean {
  if (claims === undefined) return false;
  // oidc-provider refused what is not JSON before this.
  const { id_token: idToken } = JSON.parse(claims) as { id_token?: Record<string, unknown> };
  return idToken !== undefined && 'amr' in idToken;
}

/** `POST /redirect-to-idp`, fields `csrfToken`, `providerUid`, and `persona` for the demonstration account. */
export async function chooseIdentityProvider(
  simulation: Simulation,
  request: Request,
  response: Response,
): Promise<void> {
  const journey = await journeyOf(simulation, request, response);
  const { session, service, uid } = journey;
  const { csrfToken, providerUid, persona: key } = (request.body ?? {}) as Record<string, unknown>;
  checkCsrf(session, csrfToken);
  if (isExcluded(service, String(providerUid))) throw new FcFailure(fcErrors.idpExcluded);
  if (providerUid !== demoIdentityProvider.uid) {
    return goToIdentityProvider(simulation, journey, String(providerUid), response);
  }
  const persona = simulation.options.personas.find((one) => one.key === key);
  if (!persona) throw new FcFailure(fcErrors.idpNotFound, `no persona ${String(key)}`);
  simulation.sessions.identify(session, response, {
    idpUid: demoIdentityProvider.uid,
    idpTitle: demoIdentityProvider.title,
    identity: persona.identity,
    acr: 'eidas1',
    repScope: [],
  });
  response.redirect(303, `${prefix}/interaction/${uid}/verify`);
}

async function goToIdentityProvider(
  simulation: Simulation,
  { session, service, params, uid }: Journey,
  idpUid: string,
  response: Response,
): Promise<void> {
  const idp = simulation.registry.identityProvider(idpUid);
  if (!idp) throw new FcFailure(fcErrors.idpNotFound, idpUid);
  const { url, state, nonce } = await authorizationRequest(idp, {
    callback: simulation.url + callbackPath,
    acr: requestedAcr(params.acrValues),
    repScope: service.repScope,
  });
  session.idpRequest = { idpUid, state, nonce, interactionUid: uid };
  response.redirect(303, url);
}

/** `GET /oidc-callback`: the answer of an identity provider (federation.md §2.1, step 4). */
export async function identityProviderCallback(
  simulation: Simulation,
  request: Request,
  response: Response,
): Promise<void> {
  const session = simulation.sessions.of(request);
  const idp = simulation.registry.identityProvider(session?.idpRequest?.idpUid ?? '');
  if (!session?.idpRequest || !idp) throw new FcFailure(fcErrors.sessionLost);
  const { interactionUid, ...expected } = session.idpRequest;
  if (request.query.error !== undefined) {
    checkState(typeof request.query.state === 'string' ? request.query.state : undefined, expected.state);
    simulation.log.info({ idp: idp.uid, error: request.query.error }, 'identity provider answered with an error');
    session.banner = `La connexion avec ${idp.title} n’a pas abouti. Choisissez un autre compte ou recommencez.`;
    return response.redirect(303, `${prefix}/interaction/${interactionUid}`);
  }
  const answer = await redeem(idp, simulation.url + callbackPath, request, expected, simulation.options.now());
  simulation.sessions.identify(session, response, {
    idpUid: idp.uid,
    idpTitle: idp.title,
    identity: answer.identity,
    acr: answer.acr,
    repScope: answer.repScope,
    idpIdToken: answer.idToken,
  });
  response.redirect(303, `${prefix}/interaction/${interactionUid}/verify`);
}
