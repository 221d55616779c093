import type { Request, Response } from 'express';
import { sendAlert } from './alert.ts';
import type { Account } from './browser-sessions.ts';
import { isExcluded } from './choose.routes.ts';
import { claimsForService } from './claims.ts';
import { prefix, type Simulation } from './context.ts';
import { FcFailure, fcErrors } from './errors.ts';
import { acrRank, repScopeFits, requestedAcr } from './identity.rules.ts';
import { checkCsrf, type Journey, journeyOf } from './interaction.ts';
import { consentPage } from './pages.ts';
import { demoIdentityProvider } from './registry.ts';
import { rectify } from './rnipp.ts';
import { claimsOfScope } from './scopes.ts';

/**
 * `GET /interaction/:uid/verify`: the checks of each connection, single sign-on included (federation.md §2.1 step 5).
 * @throws FcFailure Y1000xx (acr), Y0100xx (RNIPP), Y600020 (perimeters), in this order: RNIPP hides the perimeters.
 */
export async function verify(simulation: Simulation, request: Request, response: Response): Promise<void> {
  const journey = await journeyOf(simulation, request, response, String(request.params.uid));
  const account = simulation.sessions.liveAccount(journey.session);
  if (!account) throw new FcFailure(fcErrors.missingIdentity);
  if (isExcluded(journey.service, account.idpUid)) {
    delete journey.session.account;
    return response.redirect(303, `${prefix}/interaction/${journey.uid}`);
  }
  checkAccount(simulation, journey, account);
  journey.session.verifiedInteraction = journey.uid;
  response.redirect(303, `${prefix}/interaction/${journey.uid}/consent`);
}

function checkAccount(simulation: Simulation, { service, params }: Journey, account: Account): void {
  const { faults, log, options, registry } = simulation;
  const idp = registry.identityProvider(account.idpUid);
  if (acrRank(account.acr) < acrRank(requestedAcr(params.acrValues)))
    throw new FcFailure(fcErrors.acrTooLow, account.acr);
  if (!(idp?.allowedAcr ?? ['eidas1']).includes(account.acr)) throw new FcFailure(fcErrors.acrNotAllowed, account.acr);
  rectify(account.identity, { personas: options.personas, down: faults.current.rnippDown });
  if (account.idpUid === demoIdentityProvider.uid) return;
  const fits = repScopeFits(service.repScope, account.repScope);
  log.info(
    { service: service.name, wanted: service.repScope, received: account.repScope },
    fits ? 'FC_VALID_REP_SCOPE' : 'FC_INVALID_REP_SCOPE',
  );
  if (!fits) {
    const detail = `périmètres du service\u00a0: ${service.repScope.join(', ')}\u00a0; du mandat\u00a0: ${account.repScope.join(', ') || 'aucun'}`;
    throw new FcFailure(fcErrors.repScope, detail);
  }
}

interface Verified {
  readonly journey: Journey;
  readonly account: Account;
}

async function verified(simulation: Simulation, request: Request, response: Response, uid?: string): Promise<Verified> {
  const journey = await journeyOf(simulation, request, response, uid);
  const account = simulation.sessions.liveAccount(journey.session);
  if (!account || journey.session.verifiedInteraction !== journey.uid) throw new FcFailure(fcErrors.missingIdentity);
  return { journey, account };
}

/** `GET /interaction/:uid/consent`. */
export async function showConsent(simulation: Simulation, request: Request, response: Response): Promise<void> {
  const { journey, account } = await verified(simulation, request, response, String(request.params.uid));
  const available = claimsForService(simulation, account.id);
  response.send(
    consentPage({
      serviceName: journey.service.name,
      csrf: journey.session.csrf,
      personName: [available.given_name, available.family_name].join(' '),
      idpTitle: account.idpTitle,
      claims: claimsOfScope(journey.params.scope).filter((claim) => claim in available),
    }),
  );
}

/** `POST /login`, field `_csrf`: the person goes on to the service. */
export async function finish(simulation: Simulation, request: Request, response: Response): Promise<void> {
  const { journey, account } = await verified(simulation, request, response);
  checkCsrf(journey.session, (request.body as Record<string, unknown> | undefined)?._csrf);
  await sendAlert(simulation, journey, account);
  const provider = simulation.provider();
  const grant = new provider.Grant({ accountId: account.id, clientId: journey.service.clientId });
  grant.addOIDCScope(journey.params.scope);
  grant.addOIDCClaims(['acr', 'auth_time', 'amr', ...claimsOfScope(journey.params.scope)]);
  const grantId = await grant.save();
  await provider.interactionFinished(request, response, {
    login: { accountId: account.id, acr: 'eidas1', amr: ['fc'], remember: false },
    consent: { grantId },
  });
}
